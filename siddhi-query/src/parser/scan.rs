//! The text cut into tokens, before the grammar sees it.
//!
//! The grammar reads characters and needs no tokens. They are there for what a grammar cannot
//! say: where scripts end, how deep brackets nest (found before a recursive parser meets them),
//! where statements begin and end in a broken text, and what a message should quote.

use std::borrow::Cow;

use crate::ast::Span;

mod script;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An identifier or keyword.
    Word,
    /// A name in back quotes.
    Quoted,
    /// A number of any form.
    Number,
    /// A string.
    Text,
    /// `{ … }`.
    Script,
    /// Punctuation.
    Punctuation,
    /// A quote, back quote or brace that is never closed: one character.
    Unclosed,
    /// Any other character.
    Stray,
}

/// A token and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Where it is.
    pub(crate) span: Span,
}

/// All tokens of a text.
#[derive(Debug)]
pub(crate) struct Scan<'t> {
    /// The text.
    pub(super) text: &'t str,
    /// The tokens, blanks and comments left out.
    pub(crate) tokens: Vec<Token>,
    /// The beginning of a comment that is never closed.
    pub(super) open_comment: Option<Span>,
    /// The deepest nesting of brackets.
    pub(super) brackets: Deepest,
    /// The deepest nesting of queries as inputs of queries: words `from` that follow each other.
    pub(super) queries: Deepest,
}

/// How deep something nests, and where.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Deepest {
    /// The depth.
    pub(super) depth: usize,
    /// Where it is reached.
    pub(super) span: Span,
}

impl Deepest {
    fn note(&mut self, depth: usize, span: Span) {
        if depth > self.depth {
            *self = Self { depth, span };
        }
    }
}

impl<'t> Scan<'t> {
    /// Cuts a text.
    pub(crate) fn new(text: &'t str) -> Self {
        let (brackets, queries) = (Deepest::default(), Deepest::default());
        let mut scan = Self { text, tokens: Vec::new(), open_comment: None, brackets, queries };
        let mut offset = 0;
        let mut depth = 0_usize;
        let mut froms = 0_usize;
        let mut scripts = script::Scripts::new(text);
        while let Some(rest) = text.get(offset..).filter(|rest| !rest.is_empty()) {
            let Some((kind, length)) = next_token(text, offset, &mut scripts) else {
                if rest.strip_prefix("/*").is_some_and(|body| !body.contains("*/")) {
                    scan.open_comment = Some(Span::new(offset, offset + 2));
                }
                offset += blank_length(rest);
                continue;
            };
            let span = Span::new(offset, offset + length);
            match rest.as_bytes().first() {
                Some(b'(' | b'[') => depth += 1,
                Some(b')' | b']') => depth = depth.saturating_sub(1),
                Some(b'f' | b'F') if is_word(rest, length, "from") => froms += 1,
                _ => froms = 0,
            }
            scan.brackets.note(depth, span);
            scan.queries.note(froms, span);
            scan.tokens.push(Token { kind, span });
            offset += length;
        }
        scan
    }

    /// The text of a token.
    pub(super) fn text_of(&self, token: Token) -> &'t str {
        self.text.get(token.span.range()).unwrap_or_default()
    }

    /// The index of the first token that begins at `offset` or behind.
    pub(super) fn index_at(&self, offset: usize) -> usize {
        self.tokens.partition_point(|token| (token.span.start as usize) < offset)
    }

    /// The span of `start..end` without the blanks and comments at its end.
    pub(super) fn trimmed(&self, start: usize, end: usize) -> Span {
        // A comment ends with a slash, with a line, or with the text; most ends need no search.
        let last = self.text.as_bytes().get(end.wrapping_sub(1)).copied();
        let blank = last.is_none_or(|byte| byte == b'/' || byte <= b' ');
        if end < self.text.len() && !blank {
            return Span::new(start, end);
        }
        let last = self.index_at(end).checked_sub(1).and_then(|index| self.tokens.get(index));
        let end = last.map_or(start, |token| (token.span.end as usize).min(end));
        Span::new(start, end.max(start))
    }

    /// The text as the grammar wants it: inside a script stands no `}` but the last one, and a
    /// brace that opens no script is a character that begins nothing.
    ///
    /// Offsets stay as they are, so that nodes can be looked up in the text itself.
    pub(super) fn masked(&self) -> Cow<'t, str> {
        let mut masked = String::new();
        let mut done = 0;
        for &token in &self.tokens {
            let text = self.text_of(token);
            let replacement = match token.kind {
                TokenKind::Script => {
                    let inner = text.strip_suffix('}').unwrap_or(text);
                    if !inner.contains('}') {
                        continue;
                    }
                    inner.replace('}', " ") + "}"
                }
                TokenKind::Unclosed if text == "{" => "\u{1}".to_owned(),
                _ => continue,
            };
            let range = token.span.range();
            masked.push_str(self.text.get(done..range.start).unwrap_or_default());
            masked.push_str(&replacement);
            done = range.end;
        }
        if done == 0 {
            return Cow::Borrowed(self.text);
        }
        masked.push_str(self.text.get(done..).unwrap_or_default());
        Cow::Owned(masked)
    }
}

/// The length of the blank or comment at the beginning of `rest`; at least one character.
fn blank_length(rest: &str) -> usize {
    if rest.starts_with("--") {
        rest.find(['\r', '\n']).unwrap_or(rest.len())
    } else if let Some(body) = rest.strip_prefix("/*") {
        body.find("*/").map_or(rest.len(), |end| end + 4)
    } else {
        1
    }
}

fn is_word(rest: &str, length: usize, word: &str) -> bool {
    rest.get(..length).is_some_and(|text| text.eq_ignore_ascii_case(word))
}

/// The token at `offset`, or none when a blank or comment stands there.
fn next_token(
    text: &str,
    offset: usize,
    scripts: &mut script::Scripts,
) -> Option<(TokenKind, usize)> {
    let rest = text.get(offset..)?;
    let bytes = rest.as_bytes();
    let second = bytes.get(1).copied();
    Some(match bytes.first()? {
        b' ' | b'\t' | 0x0B | b'\r' | b'\n' => return None,
        b'-' if second == Some(b'-') => return None,
        b'/' if second == Some(b'*') => return None,
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => (TokenKind::Word, word_length(bytes)),
        b'0'..=b'9' => (TokenKind::Number, number_length(bytes)),
        b'.' if second.is_some_and(|byte| byte.is_ascii_digit()) => {
            (TokenKind::Number, number_length(bytes))
        }
        b'\'' => closed(TokenKind::Text, string_length(rest, '\'')),
        b'"' => closed(TokenKind::Text, triple_length(rest).or_else(|| string_length(rest, '"'))),
        b'`' => {
            let end = rest.get(1..).and_then(|body| body.find('`'));
            closed(TokenKind::Quoted, end.map(|end| end + 2))
        }
        b'{' => closed(TokenKind::Script, scripts.length(text, offset)),
        b'.' if rest.starts_with("...") => (TokenKind::Punctuation, 3),
        b'-' if second == Some(b'>') => (TokenKind::Punctuation, 2),
        b'<' | b'>' | b'=' | b'!' if second == Some(b'=') => (TokenKind::Punctuation, 2),
        b':' | b';' | b'.' | b'(' | b')' | b'[' | b']' | b',' | b'=' | b'*' | b'+' | b'?'
        | b'-' | b'/' | b'%' | b'<' | b'>' | b'@' | b'#' | b'!' => (TokenKind::Punctuation, 1),
        _ => (TokenKind::Stray, rest.chars().next().map_or(1, char::len_utf8)),
    })
}

fn closed(kind: TokenKind, length: Option<usize>) -> (TokenKind, usize) {
    length.map_or((TokenKind::Unclosed, 1), |length| (kind, length))
}

fn word_length(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
}

fn digits(bytes: &[u8], from: usize) -> usize {
    let digits = bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit());
    from + digits.count()
}

/// The longest number at the beginning, as the grammar's `unsigned` takes it.
fn number_length(bytes: &[u8]) -> usize {
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0).to_ascii_lowercase();
    let whole = digits(bytes, 0);
    // A point alone belongs to the number only when an exponent or a suffix follows.
    let fraction = if at(whole) == b'.' { digits(bytes, whole + 1) } else { whole };
    let mantissa_open = fraction == whole + 1;
    let exponent = if at(fraction) == b'e' {
        let sign = usize::from(matches!(at(fraction + 1), b'+' | b'-'));
        let end = digits(bytes, fraction + 1 + sign);
        if end > fraction + 1 + sign { end } else { fraction }
    } else {
        fraction
    };
    if matches!(at(exponent), b'f' | b'd') {
        return exponent + 1;
    }
    if exponent > fraction || !mantissa_open && fraction > whole {
        return exponent;
    }
    if at(whole) == b'l' { whole + 1 } else { whole }
}

fn string_length(rest: &str, quote: char) -> Option<usize> {
    let body = rest.get(1..)?;
    let end = body.find(|c: char| c == quote || c == '"' || c <= '\u{1F}')?;
    body.get(end..)?.starts_with(quote).then_some(end + 2)
}

fn triple_length(rest: &str) -> Option<usize> {
    rest.strip_prefix("\"\"\"")?.find("\"\"\"").map(|end| end + 6)
}

#[cfg(test)]
mod tests {
    use super::Scan;
    use super::TokenKind::{Unclosed, Word};

    fn cut(text: &str) -> Vec<&str> {
        let scan = Scan::new(text);
        scan.tokens.iter().map(|&token| scan.text_of(token)).collect()
    }

    #[test]
    fn the_longest_token_wins() {
        assert_eq!(cut("5days 5hours 1das"), ["5d", "ays", "5", "hours", "1d", "as"]);
        assert_eq!(cut("1. 1.d 1.e5 .5 a.5"), ["1", ".", "1.d", "1.e5", ".5", "a", ".5"]);
        assert_eq!(
            cut("1.5e 1.5e3f 1e+2 7L 1.x"),
            ["1.5", "e", "1.5e3f", "1e+2", "7L", "1", ".", "x"]
        );
        assert_eq!(cut("a--5\nb/*x*/c/*"), ["a", "b", "c"]);
        assert_eq!(cut("\"\"\"\"a\"\"\" 'it''s'"), ["\"\"\"\"a\"\"\"", "'it'", "'s'"]);
        assert_eq!(cut("a->b !=c ...d"), ["a", "->", "b", "!=", "c", "...", "d"]);
    }

    #[test]
    fn what_is_not_closed_is_one_character() {
        let scan = Scan::new("'it\"s' `a {b");
        let kinds: Vec<_> = scan.tokens.iter().map(|token| token.kind).collect();
        assert_eq!(
            kinds,
            [Unclosed, Word, Unclosed, Word, Unclosed, Unclosed, Word, Unclosed, Word]
        );
    }

    #[test]
    fn masking_keeps_offsets() {
        let text = "define function f[js] return int { a { é } \"}\" }; x";
        let masked = Scan::new(text).masked();
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked, "define function f[js] return int { a { é   \" \" }; x");
    }
}
