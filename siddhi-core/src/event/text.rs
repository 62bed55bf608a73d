//! A string value of 16 bytes: short texts inline, long ones counted.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that fit without an allocation.
const INLINE: usize = 14;

/// A text: up to 14 bytes inline, longer ones behind a reference count.
///
/// Copying a short text copies 16 bytes; copying a long one counts up. Equality of short texts
/// compares two words and never touches other memory.
///
/// ```
/// use siddhi_core::Text;
/// let text = Text::from("IBM");
/// assert_eq!(text.as_str(), "IBM");
/// assert_eq!(size_of::<Text>(), 16);
/// ```
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    Inline(Inline),
    Counted(Arc<Box<str>>),
}

/// The bytes, zero behind the text, and in the last place the length; 15 bytes so that the tag makes
/// it 16.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Inline([u8; INLINE + 1]);

impl Inline {
    /// The first eight bytes and the last eight: together the whole value. They share one byte, so
    /// that each is a single load.
    #[inline]
    fn words(&self) -> (u64, u64) {
        // Both chunks are there: the array is longer.
        let word = |chunk: Option<&[u8; 8]>| chunk.map_or(0, |chunk| u64::from_le_bytes(*chunk));
        (word(self.0.first_chunk()), word(self.0.last_chunk()))
    }
}

impl Text {
    /// The empty text.
    pub const EMPTY: Self = Self(Repr::Inline(Inline([0; INLINE + 1])));

    /// What a value is written as, without an allocation when it is short.
    #[must_use]
    pub fn of(value: &dyn fmt::Display) -> Self {
        let mut writer = Writer { bytes: [0; INLINE], length: 0, long: String::new() };
        // Neither part of the writer fails.
        if fmt::Write::write_fmt(&mut writer, format_args!("{value}")).is_err() {
            return Self::EMPTY;
        }
        let short = writer.bytes.get(..writer.length).map(std::str::from_utf8);
        match short {
            Some(Ok(short)) if writer.long.is_empty() => Self::from(short),
            _ => Self::from(writer.long),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // The bytes came from a `str` of this length; the check costs a few nanoseconds where a
            // text leaves the engine and nowhere else.
            Repr::Inline(Inline(bytes)) => bytes
                .get(..usize::from(bytes[INLINE]))
                .and_then(|bytes| std::str::from_utf8(bytes).ok())
                .unwrap_or_default(),
            Repr::Counted(text) => text,
        }
    }

    /// A hash for dense ids and indexes; equal texts have equal hashes within one process.
    #[inline]
    #[must_use]
    pub(crate) fn fast_hash(&self) -> u64 {
        match &self.0 {
            Repr::Inline(inline) => {
                let (a, b) = inline.words();
                fold(a ^ 0x243f_6a88_85a3_08d3, b ^ 0x1319_8a2e_0370_7344)
            }
            Repr::Counted(text) => long_hash(text),
        }
    }
}

/// Takes in a text piece by piece: in place as long as it is short.
struct Writer {
    bytes: [u8; INLINE],
    length: usize,
    /// The whole text, once it is long.
    long: String,
}

impl fmt::Write for Writer {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let end = self.length + piece.len();
        if self.long.is_empty()
            && let Some(place) = self.bytes.get_mut(self.length..end)
        {
            place.copy_from_slice(piece.as_bytes());
            self.length = end;
            return Ok(());
        }
        if self.long.is_empty() {
            let short = self.bytes.get(..self.length).unwrap_or_default();
            self.long.push_str(std::str::from_utf8(short).unwrap_or_default());
        }
        self.long.push_str(piece);
        Ok(())
    }
}

#[cold]
fn long_hash(text: &str) -> u64 {
    foldhash::fast::FixedState::with_seed(0).hash_one(text.as_bytes())
}

/// The high and low half of a 128-bit product, folded: the mixing step of foldhash and wyhash.
#[inline]
pub(crate) fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    #[allow(clippy::cast_possible_truncation, reason = "both halves are meant")]
    let folded = (product as u64) ^ ((product >> 64) as u64);
    folded
}

impl Clone for Text {
    #[inline]
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }

    /// Over a short text a short one is written in place.
    #[inline]
    fn clone_from(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (Repr::Inline(place), Repr::Inline(text)) => *place = *text,
            _ => *self = other.clone(),
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut bytes = [0; INLINE + 1];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(length)) if text.len() <= INLINE => {
                place.copy_from_slice(text.as_bytes());
                bytes[INLINE] = length;
                Self(Repr::Inline(Inline(bytes)))
            }
            _ => Self(Repr::Counted(Arc::new(text.into()))),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl PartialEq for Text {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Inline(a), Repr::Inline(b)) => a.words() == b.words(),
            (Repr::Counted(a), Repr::Counted(b)) => a == b,
            // One length is short, the other long.
            _ => false,
        }
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(Self::from(&*text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back() {
        for length in 0..40 {
            let text: String =
                "abcdefghijklmnopqrstuvwxyzäöüß0123456789".chars().take(length).collect();
            let value = Text::from(text.as_str());
            assert_eq!(value.as_str(), text);
            assert_eq!(value, value.clone());
            assert_eq!(value.fast_hash(), Text::from(text.as_str()).fast_hash());
            let (one, other) = text.split_at(text.floor_char_boundary(length / 2));
            assert_eq!(Text::of(&format_args!("{one}{other}")), value);
        }
    }

    #[test]
    fn zero_bytes_count() {
        assert_ne!(Text::from("a"), Text::from("a\0"));
        assert_ne!(Text::from(""), Text::from("\0"));
    }

    #[test]
    fn order_is_that_of_the_texts() {
        let texts = ["B", "Ba", "Zebra", "a text too long to stand inline"];
        assert!(texts.map(Text::from).is_sorted());
    }
}
