//! A file that is being read, and what stands at its path meanwhile.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

use siddhi_core::extension::{Decoder, Place, Rejection};

use super::config::Mode;
use super::cut::{Cut, Cutter, PAYLOAD_BYTES_MAX};

/// A file that is being read.
pub(super) struct OpenFile {
    /// None for standard input.
    pub(super) path: Option<PathBuf>,
    reader: Reader,
    /// A read may wait for whoever writes: this is no file on a disk, but a pipe or a terminal.
    may_wait: bool,
    cutter: Cutter,
    header_lines_left: u64,
    /// Nothing more is to be read: what is left of it is cut as it stands.
    pub(super) at_end: bool,
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

pub(super) enum Step {
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

    #[allow(clippy::disallowed_methods, reason = "this source reads files")]
    pub(super) fn open(path: &Path, header_lines: u64) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let may_wait = !file.metadata()?.is_file();
        Ok(Self::new(Some(path.into()), Reader::File(file), may_wait, header_lines))
    }

    pub(super) fn standard_input(header_lines: u64) -> Self {
        Self::new(None, Reader::StandardInput(std::io::stdin()), true, header_lines)
    }

    /// Bytes that have been read.
    pub(super) fn position(&self) -> u64 {
        self.cutter.position()
    }

    /// Hands on the next payload, or reads on.
    pub(super) fn step(&mut self, mode: &Mode, decoder: &mut Decoder<'_>) -> std::io::Result<Step> {
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
    pub(super) fn settle(&mut self) -> bool {
        let position = Some(self.cutter.position());
        let rests = std::mem::replace(&mut self.idle_at, position) == position;
        rests && self.cutter.settle()
    }

    /// What stands at the path of a file that is followed, when it is not what has been read: after
    /// its log was rotated another file, or the same one from its start. None while there is
    /// nothing new, nor at the path, which is so for a moment while a log is rotated. Nor while the
    /// other file is empty: whoever writes has not yet been told of it, and writes to the old one.
    pub(super) fn successor(&self, header_lines: u64) -> Option<Successor> {
        let (Some(path), Reader::File(file)) = (&self.path, &self.reader) else { return None };
        if self.may_wait {
            return None;
        }
        let known = file.metadata().ok()?;
        let is_new = |found: &Metadata| {
            if identity(&known) == identity(found) {
                found.len() < self.cutter.position()
            } else {
                found.len() > 0
            }
        };
        std::fs::metadata(path).ok().filter(is_new)?;
        let open = Self::open(path, header_lines).ok()?;
        // What has been opened counts: the path may have changed once more.
        let Reader::File(file) = &open.reader else { return None };
        let found = file.metadata().ok().filter(is_new)?;
        let is_other = identity(&known) != identity(&found);
        Some(if is_other { Successor::Other(open) } else { Successor::Emptied(open) })
    }

    /// The file became shorter than what has been read: rejects the line that has no end.
    pub(super) fn cut_off(&mut self, mode: &Mode, decoder: &mut Decoder<'_>) {
        if let Some(line) = self.cutter.cut_off(mode) {
            self.reject(line, "the file became shorter in this line", decoder);
        }
        self.at_end = true;
    }
}

/// What follows a file at its path.
pub(super) enum Successor {
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
