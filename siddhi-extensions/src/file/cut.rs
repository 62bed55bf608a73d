//! Cutting what has been read into payloads.

use std::io::Read;

use siddhi_core::extension::SourceMapper;

use super::config::Mode;

/// Bytes that are read at once.
const BLOCK: usize = 64 * 1024;
/// A payload longer than this is rejected: input must not fill the memory.
pub(super) const PAYLOAD_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A payload of more lines or bytes than this is rejected, unless it is a single line.
const LINES_MAX: usize = 100;
const LINES_BYTES_MAX: usize = 64 * 1024;
/// A record that does not end within so many lines or bytes has a quote that somebody forgot to
/// close. Its first line is rejected, and the rest read for itself, so that one bad line does not
/// swallow the rest of the file, nor hold back for long what a slow pipe brings.
const RECORD_LINES_MAX: usize = 1000;
const RECORD_BYTES_MAX: usize = 1024 * 1024;
/// The end of a record is looked for in so many lines, one number after the other: most are short.
const LOOKED_AT_LINES: [usize; 3] = [8, LINES_MAX, RECORD_LINES_MAX];

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
    /// The record at `start` has not ended, and is too long for a payload.
    is_overlong: bool,
    /// Nothing more is waited for to know where that record ends.
    is_settled: bool,
}

/// The next payload.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut<'a> {
    /// A payload and its line.
    Payload(&'a [u8], u64),
    /// A payload that is longer than allowed, and its line. It is passed over; with regular
    /// expressions up to where it has been read.
    TooLong(u64),
    /// A payload of more lines or bytes than lines may have together, and its first line. It is
    /// passed over.
    TooManyLines(u64),
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
        let is_front = self.bytes.len() as u64 == self.position;
        if is_front && self.bytes.starts_with(BYTE_ORDER_MARK) {
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

    /// The text was cut off, maybe in the middle of a line: takes away the one without an end, and
    /// with regular expressions all that is not a payload yet. The line of what was lost.
    pub(super) fn cut_off(&mut self, mode: &Mode) -> Option<u64> {
        let text = self.bytes.get(self.start..).unwrap_or_default();
        let whole = match mode {
            Mode::Line => text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1),
            Mode::Full | Mode::Regex { .. } => 0,
        };
        let was_begun = whole < text.len() && !self.is_skipping;
        let line = self.line + line_ends(text.get(..whole).unwrap_or_default());
        self.bytes.truncate(self.start + whole);
        self.scanned = self.scanned.min(self.bytes.len());
        was_begun.then_some(line)
    }

    /// Waits no longer for the end of a record that is too long for a payload; false when there is
    /// none.
    pub(super) fn settle(&mut self) -> bool {
        let waits = self.is_overlong && !self.is_settled;
        self.is_settled |= waits;
        waits
    }

    /// The next payload. `at_end`: nothing follows what has been read. The mapper says whether lines
    /// are a payload.
    pub(super) fn next(&mut self, mode: &Mode, at_end: bool, mapper: &dyn SourceMapper) -> Cut<'_> {
        if self.is_skipping && !self.skip_payload(mode) {
            return Cut::NeedsMore;
        }
        let line = self.line;
        let found = match mode {
            Mode::Line => match self.lines(at_end, mapper) {
                Lines::Payload(end, next) => Some((self.start, end, next)),
                Lines::TooMany(next) => {
                    self.advance(next);
                    return Cut::TooManyLines(line);
                }
                Lines::NeedMore => None,
            },
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
                let skipped = line_ends(self.bytes.get(self.start..from).unwrap_or_default());
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
        let line = self.line + line_ends(rest.get(..from).unwrap_or_default());
        self.advance(self.bytes.len());
        Some(line)
    }

    fn advance(&mut self, next: usize) {
        self.line += line_ends(self.bytes.get(self.start..next).unwrap_or_default());
        self.start = next;
        self.scanned = next;
        self.is_overlong = false;
        self.is_settled = false;
    }

    /// The place of the next line end.
    fn line_end(&mut self) -> Option<usize> {
        let from = self.start.max(self.scanned);
        let rest = self.bytes.get(from..).unwrap_or_default();
        let found = rest.iter().position(|byte| *byte == b'\n').map(|end| from + end);
        self.scanned = found.unwrap_or(self.bytes.len());
        found
    }

    /// The next line, or lines when one is not a payload.
    fn lines(&mut self, at_end: bool, mapper: &dyn SourceMapper) -> Lines {
        let end = match self.line_end() {
            Some(end) => end,
            None if at_end && self.start < self.bytes.len() => self.bytes.len(),
            None => return Lines::NeedMore,
        };
        let line = self.bytes.get(self.start..end).unwrap_or_default();
        if mapper.is_complete(line) {
            return Lines::Payload(end, (end + 1).min(self.bytes.len()));
        }
        self.record(end, at_end, mapper)
    }

    /// The record that begins with a line that is not a payload. When it does not end, or has a
    /// mistake, it is the first line alone.
    fn record(&mut self, first_end: usize, at_end: bool, mapper: &dyn SourceMapper) -> Lines {
        let text = self.bytes.get(self.start..).unwrap_or_default();
        let within_bytes = text.get(..RECORD_BYTES_MAX).unwrap_or(text);
        let mut looked_at = within_bytes;
        let length = LOOKED_AT_LINES.iter().find_map(|lines| {
            looked_at = first_lines(within_bytes, *lines);
            let is_all = at_end && looked_at.len() == text.len();
            // Of a record that seems to end where the text does the line end may follow.
            let ends = |length: &usize| {
                is_all || looked_at.get(..*length).is_some_and(|record| record.ends_with(b"\n"))
            };
            mapper.record_length(looked_at).filter(ends)
        });
        let record = length.and_then(|length| looked_at.get(..length));
        let first_line = first_end + 1 - self.start;
        if let Some(record) = record.filter(|record| record.len() > first_line) {
            let next = self.start + record.len();
            let content = record.strip_suffix(b"\n").unwrap_or(record);
            return if fits(content) {
                Lines::Payload(self.start + content.len(), next)
            } else {
                Lines::TooMany(next)
            };
        }
        let is_full = looked_at.len() < text.len();
        if record.is_some() || at_end || is_full || self.is_settled {
            return Lines::Payload(first_end, (first_end + 1).min(self.bytes.len()));
        }
        self.is_overlong = !fits(text);
        Lines::NeedMore
    }
}

/// Whether a record of this text, which has no line end behind it, may be a payload.
fn fits(text: &[u8]) -> bool {
    text.len() <= LINES_BYTES_MAX && line_ends(text) < LINES_MAX as u64
}

/// The first lines of a text, up to so many.
fn first_lines(text: &[u8], lines: usize) -> &[u8] {
    let mut ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    match ends.nth(lines.saturating_sub(1)) {
        Some((end, _)) => text.get(..=end).unwrap_or(text),
        None => text,
    }
}

fn line_ends(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// What lines are.
enum Lines {
    /// A payload up to here, and where the next begins.
    Payload(usize, usize),
    /// No payload, since it has too many lines or bytes, and where the next begins.
    TooMany(usize),
    /// Nothing without reading more.
    NeedMore,
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
