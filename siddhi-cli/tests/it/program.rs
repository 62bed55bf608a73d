//! The program in a directory of its own.

use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A directory with files.
pub(crate) struct Directory(tempfile::TempDir);

/// What a run gave.
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Directory {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let directory = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            directory.write(name, text);
        }
        directory
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `siddhi` with arguments that have no blanks in them.
    pub(crate) fn siddhi(&self, arguments: &str) -> Output {
        self.siddhi_reading(arguments, "")
    }

    /// The same with a text on standard input.
    pub(crate) fn siddhi_reading(&self, arguments: &str, input: &str) -> Output {
        self.siddhi_knowing(&[], arguments, input)
    }

    /// The same with variables in its environment.
    pub(crate) fn siddhi_knowing(
        &self,
        variables: &[(&str, &str)],
        arguments: &str,
        input: &str,
    ) -> Output {
        let mut program = self.spawn(variables, arguments);
        // A program that refuses its command line does not read.
        program.stdin.take().unwrap().write_all(input.as_bytes()).unwrap_or_default();
        let output = program.wait_with_output().unwrap();
        let directory = self.0.path().display().to_string();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&directory, "DIR");
        Output { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn spawn(&self, variables: &[(&str, &str)], arguments: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_siddhi"))
            .args(arguments.split_whitespace())
            .envs(variables.iter().copied())
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Starts `siddhi` and leaves its standard input open.
    pub(crate) fn start(&self, arguments: &str) -> Running {
        let mut program = self.spawn(&[], arguments);
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        Running { input: program.stdin.take(), program, lines }
    }
}

/// A program that runs while its test writes its input and reads its output.
pub(crate) struct Running {
    program: Child,
    pub(crate) input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Writes to its standard input.
    pub(crate) fn write(&mut self, text: &str) {
        self.input.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// The next line of its output, which is waited for.
    pub(crate) fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    /// Asks it to end, as Ctrl-C does.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let id = self.program.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    }

    /// Ends its input and waits for it: its code, and what it told.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        drop(self.input.take());
        let mut err = String::new();
        self.program.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.program.wait().unwrap().code(), err)
    }
}

impl Output {
    /// All of it as one text, without how long it took.
    pub(crate) fn text(&self) -> String {
        let is_timed = |line: &&str| line.contains(" events/s,");
        let err: Vec<&str> = self.err.lines().filter(|line| !is_timed(line)).collect();
        format!("exit {:?}\n{}--\n{}", self.code, self.out, err.join("\n"))
    }
}
