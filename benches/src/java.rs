//! The published Java Siddhi as a rival: resolved by Maven, compiled with one source of ours.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::contestant::Contestant;

/// A rival that is ready to run.
pub(crate) struct Java {
    classpath: std::ffi::OsString,
}

/// A garbage collector of the JVM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Collector {
    /// The JVM's default: short pauses.
    G1,
    /// The one for throughput.
    Parallel,
}

impl Collector {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::G1 => "G1",
            Self::Parallel => "Parallel",
        }
    }
}

impl Java {
    /// Resolves Java Siddhi and compiles the rival; says what is missing when it cannot.
    pub(crate) fn build() -> anyhow::Result<Self> {
        let tools = [("java", "a JDK"), ("javac", "a JDK"), ("mvn", "Maven")];
        let missing: Vec<String> = tools
            .iter()
            .filter(|(program, _)| !is_there(program))
            .map(|(program, of)| format!("{program} (of {of})"))
            .collect();
        ensure!(
            missing.is_empty(),
            "--against java needs a JDK and Maven on the path; missing: {}",
            missing.join(", ")
        );
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("java");
        let build = build_directory()?;
        let classes = build.join("classes");
        std::fs::create_dir_all(&classes)
            .with_context(|| format!("making {}", classes.display()))?;

        let list = build.join("classpath");
        if !is_newer(&list, &source.join("pom.xml")) {
            let mut resolve = Command::new("mvn");
            resolve.args(["--quiet", "--batch-mode", "--file"]).arg(source.join("pom.xml"));
            resolve.arg("dependency:build-classpath");
            resolve.arg(format!("-Dmdep.outputFile={}", list.display()));
            run(resolve)?;
        }
        let resolved = std::fs::read_to_string(&list)
            .with_context(|| format!("reading {}", list.display()))?;
        let all = std::iter::once(classes.clone()).chain(std::env::split_paths(resolved.trim()));
        let classpath = std::env::join_paths(all)?;

        let mut compile = Command::new("javac");
        compile.arg("-nowarn").arg("-d").arg(&classes).arg("-cp").arg(&classpath);
        compile.arg(source.join("Rival.java"));
        run(compile)?;
        Ok(Self { classpath })
    }

    /// A JVM with this collector.
    pub(crate) fn start(&self, collector: Collector) -> anyhow::Result<Contestant> {
        let mut command = Command::new("java");
        command.arg("-Xmx4g").arg(format!("-XX:+Use{}GC", collector.name()));
        command.arg("-Dlog4j2.level=OFF").arg("-cp").arg(&self.classpath).arg("Rival");
        command.stderr(Stdio::null());
        Contestant::spawn(command)
    }
}

/// Beside what cargo builds.
fn build_directory() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("where is this program?")?;
    let target = program.ancestors().nth(2).context("this program is not in a build directory")?;
    Ok(target.join("java-rival"))
}

fn is_there(program: &str) -> bool {
    let mut ask = Command::new(program);
    ask.arg("-version").stdout(Stdio::null()).stderr(Stdio::null());
    ask.status().is_ok_and(|status| status.success())
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let modified = |file: &Path| file.metadata().and_then(|it| it.modified());
    match (modified(file), modified(than)) {
        (Ok(file), Ok(than)) => file > than,
        _ => false,
    }
}

fn run(mut command: Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("starting {command:?}"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}
