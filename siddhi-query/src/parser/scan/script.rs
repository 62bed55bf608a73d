//! Where a script ends.
//!
//! The text between the braces is read freely: a quote may begin a text that hides braces, or be
//! a character like others; the same holds for `//`. Of all readings the longest counts, so all
//! of them are followed side by side, as a set of states: how deep in braces, and whether in a
//! quoted text or in a line comment.

/// Braces nest at most so deep; what is deeper is not followed.
const DEPTH_MAX: usize = 128;

/// Looks for the ends of scripts.
///
/// A script that is not closed is searched for to the end of the text, so many of them would take
/// quadratic time. One is enough to refuse the text: the searches share a budget.
#[derive(Debug)]
pub(super) struct Scripts {
    /// How many bytes may still be searched in vain.
    budget: usize,
    /// Where the last closing brace ends: behind it there is no end to be found.
    end: usize,
}

/// A set of depths.
#[derive(Clone, Default)]
struct Depths {
    bits: Vec<u64>,
}

impl Depths {
    fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }

    fn add(&mut self, other: &Self) {
        if self.bits.len() < other.bits.len() {
            self.bits.resize(other.bits.len(), 0);
        }
        for (word, more) in self.bits.iter_mut().zip(&other.bits) {
            *word |= more;
        }
    }

    /// One brace opened.
    fn deeper(&mut self) {
        let mut carry = 0;
        for word in &mut self.bits {
            let out = *word >> 63;
            *word = *word << 1 | carry;
            carry = out;
        }
        if carry > 0 && self.bits.len() < DEPTH_MAX / 64 {
            self.bits.push(carry);
        }
    }

    /// One brace closed; true when some reading has closed its last one, and so is complete.
    fn shallower(&mut self) -> bool {
        let complete = self.bits.first().is_some_and(|word| word & 1 == 1);
        let mut carry = 0;
        for word in self.bits.iter_mut().rev() {
            let out = *word << 63;
            *word = *word >> 1 | carry;
            carry = out;
        }
        complete
    }
}

impl Scripts {
    /// Searches in `text`.
    pub(super) fn new(text: &str) -> Self {
        let end = text.rfind('}').map_or(0, |last| last + 1);
        Self { budget: text.len().saturating_mul(16), end }
    }

    /// The length of the script that begins at `offset`, braces included.
    pub(super) fn length(&mut self, text: &str, offset: usize) -> Option<usize> {
        let bytes = text.as_bytes().get(offset..self.end)?;
        if bytes.len() > self.budget {
            return None;
        }
        let found = longest(bytes);
        if found.is_none() {
            self.budget -= bytes.len();
        }
        found
    }
}

fn longest(bytes: &[u8]) -> Option<usize> {
    // Bit 0 stands for the outermost brace alone.
    let mut plain = Depths { bits: vec![1] };
    let mut quoted = Depths::default();
    let mut comment = Depths::default();
    let mut longest = None;
    for (offset, &byte) in bytes.iter().enumerate().skip(1) {
        match byte {
            b'{' => plain.deeper(),
            b'}' if plain.shallower() => longest = Some(offset + 1),
            b'}' => {}
            b'"' => {
                let opened = plain.clone();
                plain.add(&quoted);
                quoted = opened;
            }
            b'/' if bytes.get(offset - 1) == Some(&b'/') => comment.add(&plain),
            b'\r' | b'\n' => comment = Depths::default(),
            _ => continue,
        }
        // A comment may stop behind any character of its line.
        plain.add(&comment);
        if plain.is_empty() && quoted.is_empty() {
            break;
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::Scripts;

    #[test]
    fn the_longest_reading_wins() {
        for (text, expected) in [
            ("{ a } b }", Some("{ a }")),
            ("{ { } }", Some("{ { } }")),
            ("{ \"}\" }", Some("{ \"}\" }")),
            ("{ '}' }", Some("{ '}")),
            ("{ // { \n }", Some("{ // { \n }")),
            ("{ // a }", Some("{ // a }")),
            ("{ // a }; }", Some("{ // a }; }")),
            ("{ \" }; x", Some("{ \" }")),
            ("{ \" }; \"}\" }", Some("{ \" }; \"}")),
            ("{ a", None),
            ("{}", Some("{}")),
        ] {
            let found = Scripts::new(text).length(text, 0).and_then(|end| text.get(..end));
            assert_eq!(found, expected, "{text}");
        }
    }
}
