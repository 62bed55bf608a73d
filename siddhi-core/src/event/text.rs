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
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    Inline(Inline),
    Counted(Arc<Box<str>>),
}

/// The bytes, zero behind the text, and the length; 15 bytes so that the tag makes it 16.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Inline {
    length: u8,
    bytes: [u8; INLINE],
}

impl Inline {
    /// The first eight bytes, and the other six with the length: together the whole value.
    fn words(&self) -> (u64, u64) {
        let b = &self.bytes;
        (
            u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]),
            u64::from_le_bytes([b[8], b[9], b[10], b[11], b[12], b[13], self.length, 0]),
        )
    }
}

impl Text {
    /// The empty text.
    pub const EMPTY: Self = Self(Repr::Inline(Inline { length: 0, bytes: [0; INLINE] }));

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // The bytes came from a `str` of this length; the check costs a few nanoseconds where a
            // text leaves the engine and nowhere else.
            Repr::Inline(inline) => inline
                .bytes
                .get(..usize::from(inline.length))
                .and_then(|bytes| std::str::from_utf8(bytes).ok())
                .unwrap_or_default(),
            Repr::Counted(text) => text,
        }
    }

    /// Bytes on the heap that this value holds alone or together with its copies.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        match &self.0 {
            Repr::Inline(_) => 0,
            Repr::Counted(text) => text.len() + size_of::<Box<str>>() + 2 * size_of::<usize>(),
        }
    }

    /// A hash for dense ids and indexes; equal texts have equal hashes within one process.
    #[must_use]
    pub(crate) fn fast_hash(&self) -> u64 {
        match &self.0 {
            Repr::Inline(inline) => {
                let (a, b) = inline.words();
                fold(
                    fold(a ^ 0x243f_6a88_85a3_08d3, 0x9e37_79b9_7f4a_7c15),
                    b ^ 0x1319_8a2e_0370_7344,
                )
            }
            Repr::Counted(text) => {
                foldhash::fast::FixedState::with_seed(0).hash_one(text.as_bytes())
            }
        }
    }
}

/// The high and low half of a 128-bit product, folded: the mixing step of foldhash and wyhash.
pub(crate) fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b | 1);
    #[allow(clippy::cast_possible_truncation, reason = "both halves are meant")]
    let folded = (product as u64) ^ ((product >> 64) as u64);
    folded
}

impl Default for Text {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(text.as_bytes());
                Self(Repr::Inline(Inline { length, bytes }))
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
