//! `${VARIABLE}` substitution, done on the text before it is parsed.
//!
//! A variable may stand anywhere, in strings and comments too, and its value may be any piece of
//! text; so this is no part of the grammar. What a variable means is up to the caller, who gives
//! the look-up: this crate reads no environment.
//!
//! Diagnostics of the substituted text would point at places the user never wrote, hence
//! [`Substituted::original`], which leads a span back to the text before substitution.

use crate::ast::Span;
use crate::diagnostic::{Diagnostic, Edit};

/// Replaces every `${word}` of `text` by what `lookup` gives for `word`.
///
/// A word is made of ASCII letters, digits and underscores. Everything else stays as it is:
/// `${}`, `${a b}`, `${a.b}`, `$x`. Values are not looked through again.
///
/// # Errors
///
/// The first variable for which `lookup` gives nothing.
///
/// # Examples
///
/// ```
/// use siddhi_query::ast::Span;
/// use siddhi_query::variables::substitute;
///
/// let lookup = |name: &str| (name == "LIMIT").then(|| "100".to_owned());
/// let substituted = substitute("from S[a > ${LIMIT}]", lookup)?;
/// assert_eq!(substituted.text(), "from S[a > 100]");
/// assert_eq!(substituted.original(Span::new(11, 14)).range(), 11..19);
///
/// let missing = substitute("from ${STREAM}", lookup).unwrap_err();
/// assert_eq!(missing.name, "STREAM");
/// assert_eq!(missing.span.range(), 5..14);
/// # Ok::<(), siddhi_query::variables::MissingVariable>(())
/// ```
#[expect(
    clippy::string_slice,
    reason = "references come in rising order, and begin and end between characters"
)]
pub fn substitute(
    text: &str,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Substituted, MissingVariable> {
    let mut new = String::with_capacity(text.len());
    let mut replacements = Vec::new();
    let mut copied = 0;
    for Reference { name, start, end } in references(text) {
        let value = lookup(name).ok_or_else(|| MissingVariable {
            name: name.to_owned(),
            span: Span::new(start, end),
        })?;
        new.push_str(&text[copied..start]);
        let new_start = new.len();
        new.push_str(&value);
        replacements.push(Replacement { new: new_start..new.len(), old: start..end });
        copied = end;
    }
    new.push_str(&text[copied..]);
    Ok(Substituted { text: new, replacements })
}

/// A text whose variables, or other pieces, are replaced, and the way back to the text it was made from.
#[derive(Clone, Debug)]
pub struct Substituted {
    text: String,
    /// In rising order, in both texts.
    replacements: Vec<Replacement>,
}

impl Substituted {
    /// The text with edits made that are sorted and do not overlap.
    pub(crate) fn of_edits(text: &str, edits: Vec<&Edit>) -> Self {
        let mut new = String::with_capacity(text.len());
        let mut replacements = Vec::with_capacity(edits.len());
        let mut done = 0;
        for edit in edits {
            let old = edit.span.range();
            new.push_str(text.get(done..old.start).unwrap_or_default());
            let start = new.len();
            new.push_str(&edit.replacement);
            done = old.end;
            replacements.push(Replacement { new: start..new.len(), old });
        }
        new.push_str(text.get(done..).unwrap_or_default());
        Self { text: new, replacements }
    }

    /// The text with all variables replaced.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes the text out, when no span has to be led back any more.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// Leads a span of the new text back to the original one.
    ///
    /// A span that touches a value is widened to the whole `${word}` that the value came from:
    /// that is what the user wrote and can change.
    #[must_use]
    pub fn original(&self, span: Span) -> Span {
        let range = span.range();
        Span::new(self.original_start(range.start), self.original_end(range.end))
    }

    /// Leads a diagnostic of the new text back to the original one.
    ///
    /// A fix that would change a value is dropped: the value does not stand in the original text,
    /// and what does stand there means more than this place.
    pub fn lead_back(&self, diagnostic: &mut Diagnostic) {
        diagnostic.fixes.retain(|fix| !fix.edits.iter().any(|edit| self.changes_value(edit.span)));
        diagnostic.map_spans(|span| self.original(span));
    }

    /// Whether an edit of a span changes more than copied text.
    fn changes_value(&self, span: Span) -> bool {
        let edit = span.range();
        self.replacements.iter().any(|it| {
            let overlaps = it.new.start < edit.end && edit.start < it.new.end;
            // Of an empty value nothing is left to overlap with.
            overlaps || it.new.is_empty() && edit.start <= it.new.start && it.new.end <= edit.end
        })
    }

    fn original_start(&self, offset: usize) -> usize {
        let behind = self.replacements.partition_point(|it| it.new.end <= offset);
        match self.replacements.get(behind) {
            Some(it) if it.new.start <= offset => it.old.start,
            _ => self.shifted(offset, behind),
        }
    }

    fn original_end(&self, offset: usize) -> usize {
        let behind = self.replacements.partition_point(|it| it.new.end < offset);
        match self.replacements.get(behind) {
            Some(it) if it.new.start < offset => it.old.end,
            _ => self.shifted(offset, behind),
        }
    }

    /// The original offset of a character that was copied, with `behind` replacements before it.
    fn shifted(&self, offset: usize, behind: usize) -> usize {
        match behind.checked_sub(1).and_then(|last| self.replacements.get(last)) {
            Some(last) => last.old.end + (offset - last.new.end),
            None => offset,
        }
    }
}

/// A variable for which the look-up gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no value for the variable ${{{name}}}")]
pub struct MissingVariable {
    /// The name between the braces.
    pub name: String,
    /// Where `${name}` stands in the original text.
    pub span: Span,
}

/// One `${word}` and the value it became, as ranges of bytes.
#[derive(Clone, Debug)]
struct Replacement {
    new: std::ops::Range<usize>,
    old: std::ops::Range<usize>,
}

/// One `${word}` of a text.
pub(crate) struct Reference<'text> {
    /// The word.
    pub(crate) name: &'text str,
    /// The offset of the dollar sign.
    pub(crate) start: usize,
    /// The offset behind the closing brace.
    pub(crate) end: usize,
}

/// Finds every `${word}`, from left to right.
pub(crate) fn references(text: &str) -> impl Iterator<Item = Reference<'_>> {
    text.match_indices("${").filter_map(|(start, mark)| {
        let rest = text.get(start + mark.len()..)?;
        let length = rest.bytes().take_while(|byte| is_word(*byte)).count();
        let (name, behind) = rest.split_at_checked(length)?;
        let closed = !name.is_empty() && behind.starts_with('}');
        closed.then(|| Reference { name, start, end: start + mark.len() + length + 1 })
    })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> Option<String> {
        match name {
            "a" => Some("long value".to_owned()),
            "b_1" => Some("x".to_owned()),
            "empty" => Some(String::new()),
            "dollar" => Some("${a}".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn replaces_in_strings_and_comments() {
        let text = "'${a}' -- ${b_1}\n/* ${empty} */ `${b_1}`";
        let substituted = substitute(text, value).unwrap();
        assert_eq!(substituted.text(), "'long value' -- x\n/*  */ `x`");
    }

    #[test]
    fn leaves_what_is_no_variable() {
        for text in ["${}", "${a b}", "${a.b}", "$a", "$ {a}", "${a", "{a}", "${é}", "$"] {
            assert_eq!(substitute(text, value).unwrap().into_text(), text);
        }
    }

    #[test]
    fn does_not_look_into_values() {
        assert_eq!(substitute("${dollar}", value).unwrap().text(), "${a}");
        assert_eq!(substitute("$${a}", value).unwrap().text(), "$long value");
    }

    #[test]
    fn names_the_missing_variable_and_its_place() {
        let missing = substitute("é ${nope}", value).unwrap_err();
        assert_eq!(missing.name, "nope");
        assert_eq!(missing.span.range(), 3..10);
        assert_eq!(missing.to_string(), "no value for the variable ${nope}");
    }

    #[test]
    fn leads_spans_back() {
        // new: "xx long value y x z", old: "xx ${a} y ${b_1} z"
        let substituted = substitute("xx ${a} y ${b_1} z", value).unwrap();
        let back = |start, end| substituted.original(Span::new(start, end)).range();
        assert_eq!(back(0, 2), 0..2);
        assert_eq!(back(3, 13), 3..7, "the whole value");
        assert_eq!(back(5, 6), 3..7, "a part of it");
        assert_eq!(back(14, 15), 8..9, "between");
        assert_eq!(back(0, 18), 0..17, "from a copied piece behind a value");
        assert_eq!(back(16, 17), 10..16);
        assert_eq!(back(18, 19), 17..18);
    }

    #[test]
    fn fixes_are_led_back_or_dropped() {
        let text =
            "define stream S (a int); /* ${a} */ from S[a = 1 and a = ${b_1}] insert into O;";
        let number = |name: &str| value(name).map(|_| "12345".to_owned());
        let substituted = substitute(text, number).unwrap();
        let mut found = crate::parse_app_recovering(substituted.text()).diagnostics;
        assert_eq!(found.len(), 2);
        for diagnostic in &mut found {
            substituted.lead_back(diagnostic);
        }
        let mended =
            "define stream S (a int); /* ${a} */ from S[a == 1 and a == ${b_1}] insert into O;";
        assert_eq!(crate::apply_fixes(text, &found), mended);
        let within = Diagnostic::error(crate::Code::SYNTAX, "", Span::new(0, 1), "").with_fix(
            "",
            Span::new(30, 31),
            "x",
        );
        let mut within = within;
        substituted.lead_back(&mut within);
        assert!(within.fixes.is_empty(), "an edit of a value");
    }

    #[test]
    fn leads_spans_back_around_an_empty_value() {
        let substituted = substitute("a${empty}b", value).unwrap();
        assert_eq!(substituted.original(Span::new(0, 1)).range(), 0..1);
        assert_eq!(substituted.original(Span::new(1, 2)).range(), 9..10);
        assert_eq!(substituted.original(Span::new(0, 2)).range(), 0..10);
    }
}
