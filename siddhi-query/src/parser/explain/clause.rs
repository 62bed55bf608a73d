//! Clauses in the wrong place, and clauses of SQL.

use super::super::grammar::Rule;
use super::super::scan::TokenKind;
use super::Trouble;
use crate::ast::Span;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, Fix};

/// The clauses of a query in their order, by their first word.
pub(super) const CLAUSES: &[&str] = &[
    "from", "select", "group", "having", "order", "limit", "offset", "output", "insert", "delete",
    "update", "return",
];

/// `where`.
pub(super) fn where_clause(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    // Behind a comma `where` is an attribute, and the word behind it is not expected.
    let place = [Some(trouble.at), trouble.at.checked_sub(1)];
    let place = place.into_iter().flatten().find(|&index| trouble.is_word(index, "where"))?;
    Some(
        Diagnostic::error(
            Code::CLAUSE_ORDER,
            "SiddhiQL has no `where`",
            trouble.span(place),
            "no such clause",
        )
        .with_help("a condition on the input stands in square brackets: `from S[price > 10]`; one on the output is `having`; those of joins, tables and on-demand queries stand behind `on`"),
    )
}

/// `select distinct symbol`.
pub(super) fn distinct(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let word = trouble.at.checked_sub(1)?;
    let selects = trouble.before(2).eq_ignore_ascii_case("select");
    if !trouble.is_word(word, "distinct") || !selects || !trouble.is_name(trouble.at) {
        return None;
    }
    let span = trouble.span(word);
    let with_blank = Span::new(span.start as usize, trouble.span(trouble.at).start as usize);
    Some(
        Diagnostic::error(
            Code::CLAUSE_ORDER,
            "SiddhiQL has no `distinct`",
            span,
            "every event is selected",
        )
        .with_help("`distinctCount(…)` counts the values that differ")
        .with_suggestion("leave it out", with_blank, ""),
    )
}

/// `insert into T for all events`, in Siddhi 2 `for all-events`.
pub(super) fn events_behind_target(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if !trouble.is_word(at, "for") || !trouble.before(2).eq_ignore_ascii_case("into") {
        return None;
    }
    let kind =
        ["all", "expired", "current"].into_iter().find(|word| trouble.is_word(at + 1, word))?;
    let insert = at.checked_sub(3).filter(|&insert| trouble.is_word(insert, "insert"))?;
    let events = if trouble.text(at + 2) == "-" { at + 3 } else { at + 2 };
    if !trouble.is_word(events, "events") {
        return None;
    }
    let into = trouble.span(insert + 1).start as usize;
    let clause = Span::new(trouble.gap(at).start as usize, trouble.span(events).end as usize);
    let mut diagnostic = Diagnostic::error(
        Code::CLAUSE_ORDER,
        "the kind of events stands before `into`",
        trouble.span(at).to(trouble.span(events)),
        "not behind the target of an insert",
    );
    diagnostic.fixes.push(Fix {
        message: format!("write `insert {kind} events into`"),
        edits: vec![
            Edit { span: Span::new(into, into), replacement: format!("{kind} events ") },
            Edit { span: clause, replacement: String::new() },
        ],
        applicability: Applicability::MachineApplicable,
    });
    Some(diagnostic)
}

/// `delete from T`.
pub(super) fn delete_from(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let from = at.checked_sub(1)?;
    let delete = at.checked_sub(2)?;
    if !trouble.is_word(from, "from") || !trouble.is_word(delete, "delete") || !trouble.is_name(at)
    {
        return None;
    }
    let removed = Span::new(trouble.span(from).start as usize, trouble.span(at).start as usize);
    Some(
        Diagnostic::error(
            Code::CLAUSE_ORDER,
            "`delete` takes the table directly",
            trouble.span(from),
            "no `from` here",
        )
        .with_fix("leave `from` out", removed, ""),
    )
}

/// `from S as s select …`.
pub(super) fn alias_of_single(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if !trouble.expects(Rule::join_operator) || !trouble.before(2).eq_ignore_ascii_case("as") {
        return None;
    }
    let word = at.checked_sub(2)?;
    let span = trouble.span(word).to(trouble.span(at - 1));
    Some(
        Diagnostic::error(
            Code::CLAUSE_ORDER,
            "only the sides of a join have an alias",
            span,
            "not for a single stream",
        )
        .with_suggestion("leave it out", span, ""),
    )
}

/// `from A -> select …`: the arrow makes the next clause a stream.
pub(super) fn arrow_before_clause(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let arrow = (at.saturating_sub(3)..at).rev().find(|&index| {
        trouble.text(index) == "->"
            && CLAUSES.iter().any(|clause| trouble.is_word(index + 1, clause))
    })?;
    Some(Diagnostic::error(
        Code::CHAIN_FORM,
        format!("nothing but `{}` follows the arrow", trouble.text(arrow + 1)),
        trouble.span(arrow),
        "an element of the pattern is missing behind it",
    ))
}

/// `select a, b, from …`: the comma makes the next clause an attribute.
pub(super) fn comma_before_clause(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let near = (at.saturating_sub(3)..at).rev();
    let comma = near.into_iter().find(|&index| {
        trouble.text(index) == ","
            && CLAUSES.iter().any(|clause| trouble.is_word(index + 1, clause))
    })?;
    Some(
        Diagnostic::error(
            Code::EXTRA_COMMA,
            format!("a comma before `{}`", trouble.text(comma + 1)),
            trouble.span(comma),
            "no element follows it",
        )
        .with_fix("leave it out", trouble.span(comma), ""),
    )
}

/// The clause word before `index`, brackets between passed over.
fn clause_before(trouble: &Trouble<'_>, index: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for place in (0..index).rev() {
        match trouble.text(place) {
            ")" | "]" => depth += 1,
            "(" | "[" => depth = depth.checked_sub(1)?,
            _ if depth > 0 => {}
            word if CLAUSES.iter().any(|clause| clause.eq_ignore_ascii_case(word)) => {
                return Some(place);
            }
            _ => {}
        }
    }
    None
}

/// A clause that should have stood before one that has been read.
pub(super) fn out_of_order(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if trouble.kind(at) != Some(TokenKind::Word) {
        return None;
    }
    let rank = |index: usize| CLAUSES.iter().position(|clause| trouble.is_word(index, clause));
    let this = rank(at).filter(|&rank| rank > 0)?;
    let before = clause_before(trouble, at)?;
    let before = (before, rank(before)?);
    let word = trouble.text(at);
    let (message, label) = if before.1 == this {
        (format!("`{word}` stands twice"), "the second one")
    } else if before.1 > this {
        (format!("`{word}` stands too late"), "must come before the other clause")
    } else if this <= 6 && !(0..at).any(|index| trouble.is_word(index, "select")) && this > 1 {
        (format!("`{word}` needs a `select` before it"), "no `select` in this query")
    } else {
        return None;
    };
    Some(
        Diagnostic::error(Code::CLAUSE_ORDER, message, trouble.span(at), label)
            .with_secondary(trouble.span(before.0), "the clause before")
            .with_help(
                "the order is: select, group by, having, order by, limit, offset, output, insert",
            ),
    )
}

/// A second semicolon behind the only statement of a text.
pub(super) fn extra_semicolon(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let alone = trouble.token(at + 1).is_none();
    if trouble.text(at) != ";" || trouble.before(1) != ";" || !alone {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::EXTRA_SEMICOLON,
            "a semicolon too many",
            trouble.span(at),
            "no statement before it",
        )
        .with_fix("leave it out", trouble.span(at), ""),
    )
}
