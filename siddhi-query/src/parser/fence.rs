//! The fences of Markdown: lines of three back quotes around an app that was copied with them.
//!
//! Back quotes open names that run over lines, so a fence hides the statements behind it; it must
//! be gone before they are looked at.

use super::scan::{Scan, TokenKind};
use crate::ast::Span;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, Fix};

const FENCE: &str = "```";

/// The fences of a text that cannot be read.
pub(super) struct Fences {
    /// The text with blanks in their place.
    pub(super) blanked: String,
    /// What is to be said of them.
    pub(super) diagnostic: Diagnostic,
}

/// Finds the lines that are fences; the first must stand between tokens.
pub(super) fn find(scan: &Scan<'_>) -> Option<Fences> {
    let mut lines: Vec<Span> = Vec::new();
    let mut offset = 0;
    for line in scan.text.split_inclusive('\n') {
        let span = Span::new(offset, offset + line.len());
        if is_fence(line) && (!lines.is_empty() || begins_token(scan, line, offset)) {
            lines.push(span);
        }
        offset += line.len();
    }
    let first = *lines.first()?;
    let mut blanked = String::with_capacity(scan.text.len());
    let mut fences = lines.iter().peekable();
    for line in scan.text.split_inclusive('\n') {
        let start = blanked.len();
        if fences.next_if(|span| span.start as usize == start).is_some() {
            blanked.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        } else {
            blanked.push_str(line);
        }
    }
    let shown = scan.text.get(first.range()).unwrap_or_default().trim();
    let indent = scan.text.get(first.range()).and_then(|line| line.find(FENCE)).unwrap_or(0);
    let start = first.start as usize + indent;
    let diagnostic = Diagnostic::error(
        Code::MARKDOWN_FENCE,
        "a fence of Markdown",
        Span::new(start, start + shown.len()),
        "not part of the app",
    )
    .with_help("copy only what stands between the fences");
    let edits = lines.iter().map(|&span| Edit { span, replacement: String::new() }).collect();
    let fix = Fix {
        message: "remove the fences".to_owned(),
        edits,
        applicability: Applicability::MachineApplicable,
    };
    Some(Fences { blanked, diagnostic: Diagnostic { fixes: vec![fix], ..diagnostic } })
}

/// Three back quotes, and perhaps the name of a language.
fn is_fence(line: &str) -> bool {
    let language = line.trim_start_matches('\u{FEFF}').trim().strip_prefix(FENCE);
    language.is_some_and(|name| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '.'))
    })
}

/// Whether the scanner, too, sees a quote at the fence: not the inside of a text or comment.
fn begins_token(scan: &Scan<'_>, line: &str, offset: usize) -> bool {
    let place = offset + line.find(FENCE).unwrap_or(0);
    scan.tokens.get(scan.index_at(place)).is_some_and(|token| {
        token.span.start as usize == place
            && matches!(token.kind, TokenKind::Quoted | TokenKind::Unclosed)
    })
}
