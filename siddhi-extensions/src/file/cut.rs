//! Cutting what has been read into payloads.

use std::io::Read;

use super::config::Mode;

/// Bytes that are read at once.
const BLOCK: usize = 64 * 1024;
/// A payload longer than this is rejected: input must not fill the memory.
pub(super) const PAYLOAD_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A quoted text of more lines or bytes than this is taken for a quote that somebody forgot, so
/// that one bad line does not swallow the rest of the file.
const QUOTED_LINES_MAX: usize = 100;
const QUOTED_BYTES_MAX: usize = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What has been read of a file and not yet been handed on.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    bytes: Vec<u8>,
    /// Where the next payload begins.
    start: usize,
    /// Up to here there is no line end behind `start`.
    scanned: usize,
    /// The line, from 1, in which the next payload begins.
    line: u64,
    /// Bytes read so far.
    position: u64,
    /// A payload longer than this is rejected.
    payload_bytes_max: usize,
    /// What is read belongs to a payload that was rejected, up to its end.
    is_skipping: bool,
}

/// The next payload.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut<'a> {
    /// A payload and its line.
    Payload(&'a [u8], u64),
    /// A payload that is longer than allowed, and its line. It is passed over; with regular
    /// expressions up to where it has been read.
    TooLong(u64),
    /// A payload that begins in this line and does not end.
    Unfinished(u64),
    /// Not without reading more.
    NeedsMore,
}

impl Cutter {
    pub(super) fn new(payload_bytes_max: usize) -> Self {
        Self { line: 1, payload_bytes_max, ..Self::default() }
    }

    /// Bytes that have been read.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Reads the next bytes; 0 at the end.
    pub(super) fn fill(&mut self, reader: &mut dyn Read) -> std::io::Result<usize> {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.scanned = self.scanned.saturating_sub(self.start);
            self.start = 0;
        }
        let before = self.bytes.len();
        self.bytes.resize(before + BLOCK, 0);
        let read = loop {
            match reader.read(self.bytes.get_mut(before..).unwrap_or_default()) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.bytes.truncate(before + *read.as_ref().unwrap_or(&0));
        self.position += *read.as_ref().unwrap_or(&0) as u64;
        let is_first = before == 0 && self.position <= BLOCK as u64;
        if is_first && self.bytes.starts_with(BYTE_ORDER_MARK) {
            self.start = BYTE_ORDER_MARK.len();
        }
        read
    }

    /// Leaves out a line; false when it is not there yet.
    pub(super) fn skip_line(&mut self, at_end: bool) -> bool {
        match self.line_end() {
            Some(end) => self.advance(end + 1),
            None if at_end => self.advance(self.bytes.len()),
            None => return false,
        }
        true
    }

    /// Passes over what has been read of a payload that does not end; its line, when there is one.
    pub(super) fn skip_rest(&mut self) -> Option<u64> {
        let begun = !self.is_skipping && self.start < self.bytes.len();
        let line = self.line;
        self.advance(self.bytes.len());
        begun.then_some(line)
    }

    /// The next payload. `at_end`: nothing follows what has been read. `is_complete` says whether
    /// lines are a payload.
    pub(super) fn next(
        &mut self,
        mode: &Mode,
        at_end: bool,
        is_complete: impl Fn(&[u8]) -> bool,
    ) -> Cut<'_> {
        if self.is_skipping && !self.skip_payload(mode) {
            return Cut::NeedsMore;
        }
        let line = self.line;
        let found = match mode {
            Mode::Line => self.lines(at_end, is_complete),
            Mode::Full if at_end && self.start < self.bytes.len() => {
                Some((self.start, self.bytes.len(), self.bytes.len()))
            }
            Mode::Full => None,
            Mode::Regex { begin, end } => {
                let text = self.bytes.get(self.start..).unwrap_or_default();
                let found = between(text, begin.as_ref(), end.as_ref(), at_end);
                found.map(|(from, to)| (self.start + from, self.start + to, self.start + to))
            }
        };
        match found {
            Some((from, to, next)) => {
                let skipped = self.bytes.get(self.start..from).unwrap_or_default();
                let skipped = skipped.iter().filter(|byte| **byte == b'\n').count() as u64;
                self.advance(next);
                Cut::Payload(self.bytes.get(from..to).unwrap_or_default(), line + skipped)
            }
            None if self.bytes.len() - self.start > self.payload_bytes_max => {
                self.advance(self.bytes.len());
                self.is_skipping = !matches!(mode, Mode::Regex { .. });
                Cut::TooLong(line)
            }
            None if at_end => self.unfinished(mode).map_or(Cut::NeedsMore, Cut::Unfinished),
            None => Cut::NeedsMore,
        }
    }

    /// Passes over what is there of a payload that was rejected; true when it ends.
    fn skip_payload(&mut self, mode: &Mode) -> bool {
        let end = match mode {
            Mode::Line => self.line_end(),
            Mode::Full | Mode::Regex { .. } => None,
        };
        self.advance(end.map_or(self.bytes.len(), |end| end + 1));
        self.is_skipping = end.is_none();
        end.is_some()
    }

    /// Passes over the rest of the text; the line in which a payload begins there.
    fn unfinished(&mut self, mode: &Mode) -> Option<u64> {
        let Mode::Regex { begin, .. } = mode else { return None };
        let rest = self.bytes.get(self.start..).unwrap_or_default();
        let from = match begin {
            Some(begin) => begin.find(rest)?.start(),
            None => rest.iter().position(|byte| !byte.is_ascii_whitespace())?,
        };
        let before = rest.get(..from).unwrap_or_default();
        let line = self.line + before.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.advance(self.bytes.len());
        Some(line)
    }

    fn advance(&mut self, next: usize) {
        let done = self.bytes.get(self.start..next).unwrap_or_default();
        self.line += done.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.start = next;
        self.scanned = next;
    }

    /// The place of the next line end.
    fn line_end(&mut self) -> Option<usize> {
        let from = self.start.max(self.scanned);
        let rest = self.bytes.get(from..).unwrap_or_default();
        let found = rest.iter().position(|byte| *byte == b'\n').map(|end| from + end);
        self.scanned = found.unwrap_or(self.bytes.len());
        found
    }

    /// The next line, or lines when one is not complete: its start and end, and where the next
    /// begins.
    fn lines(
        &mut self,
        at_end: bool,
        is_complete: impl Fn(&[u8]) -> bool,
    ) -> Option<(usize, usize, usize)> {
        let first = match self.line_end() {
            Some(end) => (end, end + 1),
            None if at_end && self.start < self.bytes.len() => (self.bytes.len(), self.bytes.len()),
            None => return None,
        };
        let mut found = first;
        for _ in 0..QUOTED_LINES_MAX {
            let text = self.bytes.get(self.start..found.0).unwrap_or_default();
            // Whether it is too long must not depend on how much of it has been read.
            if found.0 > first.0 && text.len() > QUOTED_BYTES_MAX {
                break;
            }
            if is_complete(text) {
                return Some((self.start, found.0, found.1));
            }
            let rest = self.bytes.get(found.1..).unwrap_or_default();
            found = match rest.iter().position(|byte| *byte == b'\n') {
                Some(end) => (found.1 + end, found.1 + end + 1),
                None if text.len() + rest.len() > QUOTED_BYTES_MAX => break,
                None if !at_end => return None,
                None if rest.is_empty() => break,
                None => (self.bytes.len(), self.bytes.len()),
            };
        }
        Some((self.start, first.0, first.1))
    }
}

/// The first stretch from a match of `begin` to a match of `end`; where one of them is not given,
/// up to the next match of `begin` or from the front.
fn between(
    text: &[u8],
    begin: Option<&regex::bytes::Regex>,
    end: Option<&regex::bytes::Regex>,
    at_end: bool,
) -> Option<(usize, usize)> {
    // A match that touches the end of what has been read could go on behind it.
    let settled = |found: &regex::bytes::Match<'_>| at_end || found.end() < text.len();
    let (from, behind) = match begin {
        Some(begin) => {
            let found = begin.find(text).filter(settled)?;
            (found.start(), found.end())
        }
        None => (0, 0),
    };
    let to = match (end, begin) {
        (Some(end), _) => end.find_at(text, behind).filter(settled)?.end(),
        (None, Some(begin)) => match begin.find_at(text, behind).filter(settled) {
            Some(next) => next.start(),
            None if at_end => text.len(),
            None => return None,
        },
        (None, None) => return None,
    };
    Some((from, to))
}
