//! The source `file`.

use std::collections::{BTreeSet, VecDeque};
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

use siddhi_core::extension::{
    ConnectorDocumentation, Decoder, OptionError, Options, Place, Progress, PullSource, Rejection,
    Schema, Source, SourceError, SourceFactory,
};

use super::config::{Action, Config, DOCUMENTATION, Mode, Origin};
use super::cut::{Cut, Cutter, PAYLOAD_BYTES_MAX};
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
            self.bytes_done += open.cutter.position();
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
                        Some(Successor::Other(successor)) => {
                            // What was written before the other file took its place is still to
                            // be read.
                            self.successor = Some(successor);
                        }
                        Some(Successor::Emptied(successor)) => {
                            open.reject_rest("the file became shorter in this line", decoder);
                            open.at_end = true;
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
        let open = self.open.as_ref().map_or(0, |open| open.cutter.position());
        let known = self.bytes_total > 0 && !self.config.tailing;
        known.then_some((self.bytes_done + open, self.bytes_total))
    }
}

/// A file that is being read.
struct OpenFile {
    /// None for standard input.
    path: Option<PathBuf>,
    reader: Reader,
    /// A read may wait for whoever writes: this is no file on a disk, but a pipe or a terminal.
    may_wait: bool,
    cutter: Cutter,
    header_lines_left: u64,
    at_end: bool,
    /// What had been read when there was nothing more for the first time.
    idle_at: Option<u64>,
    place: Place,
}

enum Reader {
    File(File),
    StandardInput(std::io::Stdin),
}

impl std::fmt::Debug for OpenFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenFile").field("path", &self.path).finish_non_exhaustive()
    }
}

enum Step {
    /// There may be more.
    Went,
    /// Reading on may take as long as whoever writes likes, and there are rows to be handed on.
    WouldWait,
    /// Nothing more can be read for now.
    End,
}

impl OpenFile {
    fn new(path: Option<PathBuf>, reader: Reader, may_wait: bool, header_lines: u64) -> Self {
        let origin = match &path {
            Some(path) => path.display().to_string().into(),
            None => "standard input".into(),
        };
        Self {
            path,
            reader,
            may_wait,
            cutter: Cutter::new(PAYLOAD_BYTES_MAX),
            header_lines_left: header_lines,
            at_end: false,
            idle_at: None,
            place: Place { origin, line: None },
        }
    }

    fn open(path: &Path, header_lines: u64) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let may_wait = !file.metadata()?.is_file();
        Ok(Self::new(Some(path.into()), Reader::File(file), may_wait, header_lines))
    }

    fn standard_input(header_lines: u64) -> Self {
        Self::new(None, Reader::StandardInput(std::io::stdin()), true, header_lines)
    }

    /// Hands on the next payload, or reads on.
    fn step(&mut self, mode: &Mode, decoder: &mut Decoder<'_>) -> std::io::Result<Step> {
        if self.header_lines_left > 0 {
            if self.cutter.skip_line(self.at_end) {
                self.header_lines_left -= 1;
                return Ok(Step::Went);
            }
            return self.fill(decoder);
        }
        match self.cutter.next(mode, self.at_end, &*decoder.mapper) {
            Cut::Payload(payload, line) => {
                let payload = match mode {
                    Mode::Line => payload.strip_suffix(b"\r").unwrap_or(payload),
                    _ => payload,
                };
                self.place.line = Some(line);
                decoder.payload(payload, &self.place);
                Ok(Step::Went)
            }
            Cut::TooLong(line) => Ok(self.reject(line, "longer than 64 MB", decoder)),
            Cut::TooManyLines(line) => {
                Ok(self.reject(line, "a row of more than 100 lines or 64 KB", decoder))
            }
            Cut::Unfinished(line) => {
                Ok(self.reject(line, "the text ends before the event does", decoder))
            }
            Cut::NeedsMore => self.fill(decoder),
        }
    }

    fn reject(&mut self, line: u64, reason: &str, decoder: &mut Decoder<'_>) -> Step {
        self.place.line = Some(line);
        let rejection = Rejection { place: self.place.clone(), reason: reason.into() };
        decoder.buffer.rejections.push(rejection);
        Step::Went
    }

    fn fill(&mut self, decoder: &Decoder<'_>) -> std::io::Result<Step> {
        if self.at_end {
            return Ok(Step::End);
        }
        // A read gives what is there, up to a block, so that a fast writer loses nothing by this.
        let buffer = &decoder.buffer;
        if self.may_wait && !(buffer.batch.is_empty() && buffer.rejections.is_empty()) {
            return Ok(Step::WouldWait);
        }
        let reader: &mut dyn Read = match &mut self.reader {
            Reader::File(file) => file,
            Reader::StandardInput(input) => input,
        };
        Ok(if self.cutter.fill(reader)? == 0 { Step::End } else { Step::Went })
    }

    /// Where nothing has been written since the source was last asked, whoever writes is not in the
    /// middle of a row, and one that is too long has a forgotten quote: the rows behind it must not
    /// wait for as many as it takes to be sure.
    fn settle(&mut self) -> bool {
        let position = Some(self.cutter.position());
        let rests = std::mem::replace(&mut self.idle_at, position) == position;
        rests && self.cutter.settle()
    }

    /// What stands at the path of a file that is followed, when it is not what has been read: after
    /// its log was rotated another file, or the same one from its start. None while there is
    /// nothing new, nor at the path, which is so for a moment while a log is rotated.
    fn successor(&self, header_lines: u64) -> Option<Successor> {
        let (Some(path), Reader::File(file)) = (&self.path, &self.reader) else { return None };
        if self.may_wait {
            return None;
        }
        let is_other = |known: &Metadata, found: &Metadata| identity(known) != identity(found);
        let known = file.metadata().ok()?;
        let found = std::fs::metadata(path).ok()?;
        if !is_other(&known, &found) && found.len() >= self.cutter.position() {
            return None;
        }
        let open = Self::open(path, header_lines).ok()?;
        // What has been opened counts: the path may have changed once more.
        let Reader::File(file) = &open.reader else { return None };
        let is_other = is_other(&known, &file.metadata().ok()?);
        Some(if is_other { Successor::Other(open) } else { Successor::Emptied(open) })
    }

    /// Rejects what has been read of a payload whose end is lost.
    fn reject_rest(&mut self, reason: &str, decoder: &mut Decoder<'_>) {
        if let Some(line) = self.cutter.skip_rest() {
            self.reject(line, reason, decoder);
        }
    }
}

/// What follows a file at its path.
enum Successor {
    /// Another file.
    Other(OpenFile),
    /// The same file, which somebody emptied and refills.
    Emptied(OpenFile),
}

/// What tells a file from another one of its name.
#[cfg(unix)]
fn identity(file: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (file.dev(), file.ino())
}

/// What tells a file from another one of its name.
#[cfg(not(unix))]
fn identity(file: &Metadata) -> Option<std::time::SystemTime> {
    file.created().ok()
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
