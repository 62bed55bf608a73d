//! What is wrong at the place where the grammar stopped, and what was probably meant.
//!
//! The grammar knows what it expected; people want to know what they did. Each function of
//! [`MISTAKES`] knows one kind of mistake that people make, and looks at the tokens around the
//! place. The first that knows better than "unexpected" speaks.

mod annotation;
mod bracket;
mod character;
mod clause;
mod dialect;
mod expected;
mod expression;
mod name;

pub(super) use self::annotation::app_point;
pub(super) use self::character::{foreign_comment, shell_comment};

use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::Rule;
use super::scan::{Scan, Token, TokenKind};
use crate::ast::{Definition, Span};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

/// Those that know a mistake, the surest first.
const MISTAKES: &[fn(&Trouble<'_>) -> Option<Diagnostic>] = &[
    annotation::swallowing_quote,
    character::not_closed,
    character::typographic_quote,
    dialect::plan_annotation,
    annotation::point_behind_app,
    annotation::comma_behind,
    annotation::empty_brackets,
    annotation::missing_at,
    annotation::missing_comma,
    annotation::bare_value,
    annotation::colon_for_equals,
    bracket::comma_before,
    dialect::create,
    dialect::insert_overwrite,
    dialect::broken_time,
    dialect::unknown_unit,
    dialect::type_before_name,
    dialect::unknown_type,
    expression::flipped_operator,
    expression::single_equals,
    expression::unary_sign,
    expression::foreign_operator,
    expression::not_null,
    expression::bracketed_null_check,
    character::comment_inside,
    character::stray,
    name::window_mark,
    name::window_word,
    name::dotted,
    name::reserved,
    clause::where_clause,
    clause::events_behind_target,
    clause::delete_from,
    clause::alias_of_single,
    clause::comma_before_clause,
    clause::arrow_before_clause,
    clause::distinct,
    expression::missing_as,
    name::misspelled,
    clause::out_of_order,
    bracket::not_closed,
    bracket::not_opened,
    clause::extra_semicolon,
];

/// A place where the grammar stopped.
struct Trouble<'s> {
    scan: &'s Scan<'s>,
    /// The token that was not expected; behind the last one at the end of the text.
    at: usize,
    /// What would have been right.
    expected: Vec<Rule>,
}

/// Explains why the grammar stopped.
pub(super) fn explain(scan: &Scan<'_>, error: &Error<Rule>) -> Diagnostic {
    let offset = match error.location {
        InputLocation::Pos(offset) | InputLocation::Span((offset, _)) => offset,
    };
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.clone(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    // A token that the grammar stopped inside of is the one to blame.
    let inside =
        |token: &&Token| (token.span.start as usize) < offset && offset < token.span.end as usize;
    let index = scan.index_at(offset);
    let before = index.checked_sub(1);
    let at = match before.and_then(|before| scan.tokens.get(before)).filter(inside) {
        Some(_) => index - 1,
        None => index,
    };
    let trouble = Trouble { scan, at, expected };
    MISTAKES.iter().find_map(|mistake| mistake(&trouble)).unwrap_or_else(|| trouble.unexpected())
}

/// Whether a word is nearly, but not quite, the wanted one.
pub(super) fn is_nearly(word: &str, wanted: &str) -> bool {
    word.len() > 2 && !word.eq_ignore_ascii_case(wanted) && did_you_mean(word, [wanted]).is_some()
}

/// Whether a token is nearly a word that begins a statement.
pub(super) fn is_nearly_statement_word(scan: &Scan<'_>, index: usize) -> bool {
    let word = scan.tokens.get(index).map_or("", |&token| scan.text_of(token));
    ["define", "from", "partition"].iter().any(|wanted| is_nearly(word, wanted))
}

impl<'s> Trouble<'s> {
    fn token(&self, index: usize) -> Option<Token> {
        self.scan.tokens.get(index).copied()
    }

    fn kind(&self, index: usize) -> Option<TokenKind> {
        self.token(index).map(|token| token.kind)
    }

    /// The text of a token; empty when there is none.
    fn text(&self, index: usize) -> &'s str {
        self.token(index).map_or("", |token| self.scan.text_of(token))
    }

    /// The text of the token so many places before the unexpected one.
    fn before(&self, count: usize) -> &'s str {
        self.at.checked_sub(count).map_or("", |index| self.text(index))
    }

    fn is_word(&self, index: usize, word: &str) -> bool {
        self.text(index).eq_ignore_ascii_case(word)
    }

    fn is_name(&self, index: usize) -> bool {
        matches!(self.kind(index), Some(TokenKind::Word | TokenKind::Quoted))
    }

    /// The place of a token, or the end of the text.
    fn span(&self, index: usize) -> Span {
        let end = self.scan.tokens.last().map_or(0, |token| token.span.end as usize);
        self.token(index).map_or(Span::new(end, end), |token| token.span)
    }

    /// The place behind the token before `index`.
    fn gap(&self, index: usize) -> Span {
        let end = index.checked_sub(1).map_or(0, |before| self.span(before).end as usize);
        Span::new(end, end)
    }

    fn slice(&self, span: Span) -> &'s str {
        self.scan.text.get(span.range()).unwrap_or_default()
    }

    /// The brackets that are open at a token, from the outermost.
    fn open_brackets(&self, index: usize) -> Vec<usize> {
        let mut open = Vec::new();
        for place in 0..index {
            match self.text(place) {
                "(" | "[" => open.push(place),
                ")" | "]" => drop(open.pop()),
                _ => {}
            }
        }
        open
    }

    /// The bracket of the innermost annotation around a token.
    fn annotation_bracket(&self, index: usize) -> Option<usize> {
        let bracket = self.open_brackets(index).pop()?;
        let named = bracket.checked_sub(2).is_some_and(|at| self.text(at) == "@");
        let app = bracket
            .checked_sub(4)
            .is_some_and(|at| self.text(at) == "@" && self.text(at + 2) == ":");
        (named || app).then_some(bracket)
    }

    fn expects(&self, rule: Rule) -> bool {
        self.expected.contains(&rule)
    }

    /// The plain message: what is there, and what would have been right.
    fn unexpected(&self) -> Diagnostic {
        let found = match self.token(self.at) {
            None => "the end".to_owned(),
            Some(token) => format!("`{}`", short(self.scan.text_of(token))),
        };
        let wanted = expected::phrase(&self.expected);
        let diagnostic = Diagnostic::error(
            Code::SYNTAX,
            format!(
                "unexpected {}",
                if self.token(self.at).is_none() { "end of the text" } else { &found }
            ),
            self.span(self.at),
            wanted.map_or_else(
                || "not possible here".to_owned(),
                |wanted| format!("expected {wanted}"),
            ),
        );
        match self.open_brackets(self.at).pop() {
            Some(open) if self.token(self.at).is_none() => {
                diagnostic.with_secondary(self.span(open), "this bracket is open")
            }
            _ => diagnostic,
        }
    }
}

/// The first line of a token, cut where it gets long.
fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let cut: String = line.chars().take(30).collect();
    if cut.len() < text.len() { cut + "…" } else { cut }
}

/// Said when a definition is of another kind than the entry point reads.
pub(super) fn another_kind(definition: &Definition, wanted: &str) -> Diagnostic {
    let (found, span) = match definition {
        Definition::Stream(it) => ("stream", it.span),
        Definition::Table(it) => ("table", it.span),
        Definition::Window(it) => ("window", it.span),
        Definition::Trigger(it) => ("trigger", it.span),
        Definition::Function(it) => ("function", it.span),
        Definition::Aggregation(it) => ("aggregation", it.span),
    };
    let message = format!("expected the definition of a {wanted}, found that of a {found}");
    Diagnostic::error(Code::SYNTAX, message, span, "another kind of definition")
}
