//! Names: too many points, keywords, misspelled words.

use super::super::grammar::Rule;
use super::super::scan::TokenKind;
use super::Trouble;
use super::expected;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

/// `from S.window.time(…)`.
pub(super) fn window_mark(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let word = trouble.text(at + 1).to_ascii_lowercase();
    let marks = trouble.text(at) == "." && matches!(word.as_str(), "window" | "windows");
    if !marks || trouble.text(at + 2) != "." || !trouble.is_name(at + 3) {
        return None;
    }
    let span = trouble.span(at).to(trouble.span(at + 1));
    Some(
        Diagnostic::error(
            Code::DOTTED_NAME,
            "a window stands behind `#`",
            trouble.span(at),
            "no point may stand here",
        )
        .with_fix("write `#window`", span, "#window"),
    )
}

/// `#windows.time(…)`.
pub(super) fn window_word(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let word = trouble.before(1);
    let nearly = word.eq_ignore_ascii_case("windows") || super::is_nearly(word, "window");
    if trouble.text(trouble.at) != "." || trouble.before(2) != "#" || !nearly {
        return None;
    }
    let span = trouble.span(trouble.at.checked_sub(1)?);
    let diagnostic = Diagnostic::error(
        Code::MISSPELLED_KEYWORD,
        format!("`{word}` is probably misspelled"),
        span,
        "did you mean `window`?",
    );
    Some(if word.eq_ignore_ascii_case("windows") {
        diagnostic.with_fix("write `window`", span, "window")
    } else {
        diagnostic.with_suggestion("write `window`", span, "window")
    })
}

/// `a.b.c`, and names of streams with points.
pub(super) fn dotted(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if trouble.text(at) != "." || !trouble.is_name(at.checked_sub(1)?) || !trouble.is_name(at + 1) {
        return None;
    }
    let mut start = at - 1;
    while start >= 2 && trouble.text(start - 1) == "." && trouble.is_name(start - 2) {
        start -= 2;
    }
    let mut end = at + 1;
    while trouble.text(end + 1) == "." && trouble.is_name(end + 2) {
        end += 2;
    }
    let span = trouble.span(start).to(trouble.span(end));
    let name = trouble.slice(span);
    let diagnostic = Diagnostic::error(
        Code::DOTTED_NAME,
        "a name with too many points",
        trouble.span(at),
        "no point may stand here",
    );
    if name.contains('`') || trouble.text(start.wrapping_sub(1)) == "#" {
        return Some(diagnostic);
    }
    Some(
        diagnostic
            .with_help("an attribute is `stream.attribute`; a name that holds points itself stands in back quotes")
            .with_suggestion("make it one name", span, format!("`{}`", name.split_whitespace().collect::<String>())),
    )
}

/// A keyword where only a name of one's own will do.
pub(super) fn reserved(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if !trouble.expects(Rule::plain_name) || trouble.kind(at) != Some(TokenKind::Word) {
        return None;
    }
    let word = trouble.text(at);
    Some(
        Diagnostic::error(
            Code::RESERVED_NAME,
            format!("the keyword `{word}` cannot be a name here"),
            trouble.span(at),
            "a keyword",
        )
        .with_note("triggers, functions, their languages, and aggregations cannot be called like a keyword")
        .with_fix("put it in back quotes", trouble.span(at), format!("`{word}`")),
    )
}

/// The keywords that a rule begins with.
fn opening_words(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::definition | Rule::entry_definition | Rule::entry_first => &["define"],
        Rule::stream_definition => &["stream"],
        Rule::table_definition => &["table"],
        Rule::window_definition => &["window"],
        Rule::trigger_definition => &["trigger"],
        Rule::function_definition => &["function"],
        Rule::aggregation_definition => &["aggregation"],
        Rule::query | Rule::entry_query => &["from"],
        Rule::partition | Rule::entry_partition | Rule::entry_partition_header => &["partition"],
        Rule::selector | Rule::aggregation_selector => &["select"],
        Rule::group_by => &["group"],
        Rule::having => &["having"],
        Rule::order_by => &["order"],
        Rule::limit => &["limit"],
        Rule::offset => &["offset"],
        Rule::output_rate => &["output"],
        Rule::output => &["insert", "update", "delete", "return"],
        Rule::output_events => &["all", "expired", "current", "events"],
        Rule::join_operator => &["join", "left", "right", "full", "inner", "outer"],
        Rule::logical_operator | Rule::operator => &["and", "or"],
        Rule::set_clause => &["set"],
        Rule::unidirectional => &["unidirectional"],
        _ => &[],
    }
}

/// A word that is nearly one of those expected.
pub(super) fn misspelled(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let word = trouble.text(at);
    if trouble.kind(at) != Some(TokenKind::Word) || word.len() < 3 {
        return None;
    }
    let mut wanted: Vec<String> = Vec::new();
    for rule in &trouble.expected {
        wanted.extend(expected::keyword(*rule));
        wanted.extend(opening_words(*rule).iter().map(|&word| word.to_owned()));
    }
    let meant = did_you_mean(word, wanted.iter().map(String::as_str))?;
    // The word itself is right, and something else is wrong with it.
    if meant.eq_ignore_ascii_case(word) {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::MISSPELLED_KEYWORD,
            format!("`{word}` is probably misspelled"),
            trouble.span(at),
            format!("did you mean `{meant}`?"),
        )
        .with_suggestion(format!("write `{meant}`"), trouble.span(at), meant),
    )
}
