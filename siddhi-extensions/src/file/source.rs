//! The source `file`.

use std::collections::{BTreeSet, VecDeque};
use std::fs::File;
use std::path::{Path, PathBuf};

use siddhi_core::extension::{
    ConnectorDocumentation, Decoder, OptionError, Options, Place, Progress, PullSource, Rejection,
    Schema, Source, SourceError, SourceFactory,
};

use super::config::{Action, Config, DOCUMENTATION, Origin};
use super::open::{OpenFile, Step, Successor};
use crate::environment::Environment;

/// So many files of one name are kept side by side.
const NUMBERS_MAX: u32 = 100_000;

/// Makes sources that read files.
#[derive(Debug)]
pub(crate) struct FileSourceFactory {
    pub(crate) environment: Environment,
}

impl SourceFactory for FileSourceFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, options: &Options, _: &Schema) -> Result<Source, OptionError> {
        let config = Config::read(options, &self.environment)?;
        Ok(Source::Pull(Box::new(FileSource::new(config))))
    }
}

#[derive(Debug)]
struct FileSource {
    config: Config,
    /// The origin has been looked at for the first time.
    begun: bool,
    /// Files to be read, in order.
    pending: VecDeque<PathBuf>,
    /// Files of the directory that are pending or done, so that each is read once.
    seen: BTreeSet<PathBuf>,
    open: Option<OpenFile>,
    /// The file that stands where a followed one stood, to be read when that is done.
    successor: Option<OpenFile>,
    /// Bytes of the files that are done, and of all that are known.
    bytes_done: u64,
    bytes_total: u64,
}

impl FileSource {
    fn new(config: Config) -> Self {
        Self {
            config,
            begun: false,
            pending: VecDeque::new(),
            seen: BTreeSet::new(),
            open: None,
            successor: None,
            bytes_done: 0,
            bytes_total: 0,
        }
    }

    /// Opens the next file. None when there is none for now.
    fn open_next(&mut self, decoder: &mut Decoder<'_>) -> Result<Option<OpenFile>, SourceError> {
        if !self.begun {
            self.begun = true;
            match &self.config.origin {
                Origin::StandardInput => {
                    decoder.begin();
                    return Ok(Some(OpenFile::standard_input(self.config.header_lines)));
                }
                Origin::File(path) => {
                    self.pending.push_back(path.clone());
                    self.bytes_total = std::fs::metadata(path).map_or(0, |found| found.len());
                }
                Origin::Directory { .. } => {}
            }
        }
        if let Some(open) = self.successor.take() {
            decoder.begin();
            return Ok(Some(open));
        }
        if let (true, Origin::Directory { path, names }) =
            (self.pending.is_empty(), &self.config.origin)
        {
            let (path, names) = (path.clone(), names.clone());
            self.look_for_files(&path, names.as_deref()).map_err(|source| failed(&path, source))?;
        }
        while let Some(path) = self.pending.pop_front() {
            match OpenFile::open(&path, self.config.header_lines) {
                Ok(open) => {
                    decoder.begin();
                    return Ok(Some(open));
                }
                Err(error) => self.give_up(&path, error, decoder)?,
            }
        }
        Ok(None)
    }

    /// Adds the files of the directory that have not been seen, in the order of their names.
    fn look_for_files(
        &mut self,
        directory: &Path,
        names: Option<&[String]>,
    ) -> std::io::Result<()> {
        let is_named = |name: &std::ffi::OsStr| {
            names.is_none_or(|names| names.iter().any(|known| name == known.as_str()))
        };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            let is_new = !self.seen.contains(&entry.path());
            if metadata.is_file() && is_new && is_named(&entry.file_name()) {
                self.bytes_total += metadata.len();
                found.push(entry.path());
            }
        }
        found.sort();
        self.seen.extend(found.iter().cloned());
        self.pending.extend(found);
        Ok(())
    }

    /// A file cannot be read. In a directory the others go on.
    fn give_up(
        &self,
        path: &Path,
        error: std::io::Error,
        decoder: &mut Decoder<'_>,
    ) -> Result<(), SourceError> {
        if !matches!(self.config.origin, Origin::Directory { .. }) {
            return Err(failed(path, error));
        }
        let place = Place { origin: path.display().to_string().into(), line: None };
        let reason = format!("cannot be read: {error}");
        decoder.buffer.rejections.push(Rejection { place, reason });
        act(path, &self.config.after_failure)
    }

    /// The end of the open file has been reached. One that was followed is left alone: its path is
    /// that of its successor.
    fn close(&mut self, follows: bool) -> Result<(), SourceError> {
        if let Some(open) = self.open.take() {
            self.bytes_done += open.position();
            if let Some(path) = open.path.filter(|_| !follows) {
                act(&path, &self.config.after_process)?;
            }
        }
        Ok(())
    }

    /// Follows a file only; a directory is watched for others instead.
    fn follows_file(&self) -> bool {
        self.config.tailing && matches!(self.config.origin, Origin::File(_))
    }
}

impl PullSource for FileSource {
    fn next(&mut self, decoder: &mut Decoder<'_>) -> Result<Progress, SourceError> {
        let idle = Progress::Idle { poll_ms: self.config.poll_ms };
        while !decoder.is_full() {
            let follows = self.follows_file();
            let Some(open) = &mut self.open else {
                self.open = self.open_next(decoder)?;
                match self.open {
                    Some(_) => continue,
                    None if self.config.tailing => return Ok(idle),
                    None => return Ok(Progress::Finished),
                }
            };
            match open.step(&self.config.mode, decoder) {
                Ok(Step::Went) => {}
                Ok(Step::WouldWait) => return Ok(Progress::More),
                Ok(Step::End) if open.at_end => self.close(follows)?,
                Ok(Step::End) if follows && self.successor.is_none() => {
                    match open.successor(self.config.header_lines) {
                        // What was written before another file took its place is still to be read.
                        Some(Successor::Other(successor)) => self.successor = Some(successor),
                        Some(Successor::Emptied(successor)) => {
                            open.cut_off(&self.config.mode, decoder);
                            self.successor = Some(successor);
                        }
                        None if open.settle() => {}
                        None => return Ok(idle),
                    }
                }
                Ok(Step::End) => open.at_end = true,
                Err(error) => {
                    let path = open.path.clone().unwrap_or_else(|| "standard input".into());
                    self.open = None;
                    self.give_up(&path, error, decoder)?;
                }
            }
        }
        Ok(Progress::More)
    }

    fn position(&self) -> Option<(u64, u64)> {
        let open = self.open.as_ref().map_or(0, |open| open.position());
        let known = self.bytes_total > 0 && !self.config.tailing;
        known.then_some((self.bytes_done + open, self.bytes_total))
    }

    fn may_wait(&self) -> bool {
        let is_file = |path: &Path| std::fs::metadata(path).is_ok_and(|found| found.is_file());
        match &self.config.origin {
            Origin::StandardInput => !is_file(Path::new("/dev/stdin")),
            // One that is not there fails at once.
            Origin::File(path) => path.exists() && !is_file(path),
            Origin::Directory { .. } => false,
        }
    }
}

fn failed(path: &Path, source: std::io::Error) -> SourceError {
    SourceError::Io { origin: path.display().to_string(), source }
}

fn act(path: &Path, action: &Action) -> Result<(), SourceError> {
    match action {
        Action::Keep => Ok(()),
        Action::Delete => std::fs::remove_file(path),
        Action::Move { directory, overwrites } => move_file(path, directory, *overwrites),
    }
    .map_err(|source| failed(path, source))
}

#[allow(clippy::disallowed_methods, reason = "the app says that files are moved")]
fn move_file(path: &Path, directory: &Path, overwrites: bool) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    let target = directory.join(name);
    if overwrites {
        return std::fs::rename(path, target);
    }
    // A file that is there already would get another name each time, and be read each time.
    if target.exists() && std::fs::canonicalize(&target)? == std::fs::canonicalize(path)? {
        return Ok(());
    }
    let target = reserve(directory, name)?;
    std::fs::rename(path, &target).inspect_err(|_| {
        // The error that counts is the first one.
        std::fs::remove_file(&target).unwrap_or_default();
    })
}

/// Makes an empty file of a name that is free in a directory, to be renamed over: the name itself,
/// or one with a number.
fn reserve(directory: &Path, name: &std::ffi::OsStr) -> std::io::Result<PathBuf> {
    let name = Path::new(name);
    for number in 0..=NUMBERS_MAX {
        let mut numbered = name.file_stem().unwrap_or_default().to_owned();
        if number > 0 {
            numbered.push(format!("-{number}"));
        }
        if let Some(extension) = name.extension() {
            numbered.push(".");
            numbered.push(extension);
        }
        let target = directory.join(numbered);
        match File::create_new(&target) {
            Ok(_) => return Ok(target),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, "no name is free"))
}
