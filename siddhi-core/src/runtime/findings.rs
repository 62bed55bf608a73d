//! What is wrong with the text of an app, told all at once.

use siddhi_query::ast::{self, Definition, ExecutionElement, Span};
use siddhi_query::{Code, Diagnostic, Severity};

use super::error::CreateError;
use crate::expression::codes::UNKNOWN_FUNCTION;
use crate::plan::codes;

/// What [`SiddhiManager::check`](super::manager::SiddhiManager::check) finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// Errors and warnings in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The features that are not supported yet, each once, when nothing else is wrong.
    pub unsupported: Vec<String>,
}

impl Findings {
    /// Puts together what the parser and the binder say of one text.
    pub(crate) fn of(
        parsed: Vec<Diagnostic>,
        bound: Vec<Diagnostic>,
        unsupported: Vec<(String, Span)>,
    ) -> Self {
        let mut features: Vec<String> = Vec::new();
        let mut creation = bound;
        for (feature, span) in unsupported {
            creation.push(Diagnostic::error(
                codes::NOT_SUPPORTED,
                format!("not supported yet: {feature}"),
                span,
                "Siddhi has this, this engine not yet",
            ));
            if !features.contains(&feature) {
                features.push(feature);
            }
        }
        let mut diagnostics = parsed;
        for error in creation {
            match diagnostics.iter_mut().find(|lint| explains(lint, &error)) {
                // Refused for what the lint says, and better than the binder can say it.
                Some(lint) => lint.severity = Severity::Error,
                None => diagnostics.push(error),
            }
        }
        diagnostics.sort_by_key(|found| (found.span().start, found.span().end));
        let is_mistake =
            |it: &Diagnostic| it.severity == Severity::Error && it.code != codes::NOT_SUPPORTED;
        if diagnostics.iter().any(is_mistake) {
            features.clear();
        }
        Self { diagnostics, unsupported: features }
    }

    /// The warnings of an app that can be created, or the error.
    pub(crate) fn into_warnings(self) -> Result<Vec<Diagnostic>, CreateError> {
        if !self.unsupported.is_empty() {
            let (features, diagnostics) = (self.unsupported, self.diagnostics);
            return Err(CreateError::Unsupported { features, diagnostics });
        }
        if self.diagnostics.iter().any(|found| found.severity == Severity::Error) {
            return Err(CreateError::Refused(self.diagnostics));
        }
        Ok(self.diagnostics)
    }
}

/// Whether the parser has said of the same place what creation says of it, and said it better: what
/// was meant by a name that creation does not know, or which other query has the name.
fn explains(lint: &Diagnostic, error: &Diagnostic) -> bool {
    let explained: &[Code] = match lint.code {
        Code::SIDDHI_3 => &[UNKNOWN_FUNCTION, codes::UNKNOWN_STREAM_FUNCTION, codes::NOT_SUPPORTED],
        Code::DUPLICATE_QUERY => &[codes::QUERY_NAME],
        _ => &[],
    };
    explained.contains(&error.code) && lint.span().start == error.span().start
}

/// Takes out mistakes about names that are defined by what is not built yet: an expression that
/// names a table is not wrong because there are no tables.
pub(crate) fn forgive_readers(
    text: &str,
    unsupported: &[(String, Span)],
    found: &mut Vec<Diagnostic>,
) {
    let text_of = |span: Span| text.get(span.range()).unwrap_or_default();
    found.retain(|mistake| {
        let Some(name) = words(text_of(mistake.span())).next() else { return true };
        !unsupported.iter().any(|(_, span)| text_of(*span) == name)
    });
}

/// The mistakes among `found` that do not follow from statements that could not be read: what a
/// lost statement defines is not known, and nor is what is made of it.
pub(crate) fn without_followers(
    text: &str,
    tree: &ast::App,
    parsed: &[Diagnostic],
    mut found: Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let mut lost = lost_names(text, tree, parsed);
    let mut followers: Vec<Span> = Vec::new();
    // A reader of what is lost is lost itself, with what it writes.
    loop {
        let before = followers.len();
        for element in &tree.elements {
            let span = match element {
                ExecutionElement::Query(query) => query.span,
                ExecutionElement::Partition(partition) => partition.span,
            };
            let statement = text.get(span.range()).unwrap_or_default();
            // Spans are equal wherever they are, since trees compare without their places.
            let is_known = followers.iter().any(|known| known.start == span.start);
            if !is_known && words(statement).any(|it| lost.contains(&it)) {
                followers.push(span);
                lost.extend(targets(statement));
            }
        }
        if followers.len() == before {
            break;
        }
    }
    found.retain(|mistake| {
        let at = mistake.span().start;
        !followers.iter().any(|span| span.start <= at && at < span.end)
    });
    found
}

/// The names that statements define or fill that are not in the tree.
fn lost_names<'t>(text: &'t str, tree: &ast::App, parsed: &[Diagnostic]) -> Vec<&'t str> {
    let mut kept: Vec<Span> = tree.definitions.iter().map(span).collect();
    for element in &tree.elements {
        match element {
            ExecutionElement::Query(query) => kept.push(query.span),
            ExecutionElement::Partition(partition) => {
                kept.extend(partition.queries.iter().map(|query| query.span));
            }
        }
    }
    kept.sort_by_key(|span| span.start);
    let end = Span::new(text.len(), text.len());
    let mut lost = Vec::new();
    let mut from = 0;
    for span in kept.into_iter().chain([end]) {
        let gap = from..(span.start as usize).max(from);
        let is_wrong = |it: &Diagnostic| {
            let at = it.span();
            it.severity == Severity::Error
                && at.start as usize <= gap.end
                && gap.start <= at.end as usize
        };
        if parsed.iter().any(is_wrong) {
            lost.extend(targets(text.get(gap).unwrap_or_default()));
        }
        from = from.max(span.end as usize);
    }
    lost
}

fn span(definition: &Definition) -> Span {
    match definition {
        Definition::Stream(it) | Definition::Table(it) => it.span,
        Definition::Window(it) => it.span,
        Definition::Trigger(it) => it.span,
        Definition::Function(it) => it.span,
        Definition::Aggregation(it) => it.span,
    }
}

/// The names behind the words that define or fill something.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    const BEFORE: [&str; 9] = [
        "stream",
        "table",
        "window",
        "trigger",
        "aggregation",
        "function",
        "into",
        "update",
        "delete",
    ];
    let mut before = "";
    words(text).filter(move |word| {
        let is_target = BEFORE.iter().any(|known| known.eq_ignore_ascii_case(before));
        before = word;
        is_target
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    pieces_of_code(text)
        .into_iter()
        .flat_map(|piece| piece.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
        .filter(|word| !word.is_empty())
}

/// What stands between comments.
fn pieces_of_code(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let (mark, end) = match (rest.find("--"), rest.find("/*")) {
            (Some(line), Some(block)) if block < line => (block, "*/"),
            (Some(line), _) => (line, "\n"),
            (None, Some(block)) => (block, "*/"),
            (None, None) => break,
        };
        let (code, comment) = rest.split_at(mark);
        pieces.push(code);
        rest = comment.split_once(end).map_or("", |(_, behind)| behind);
    }
    pieces.push(rest);
    pieces
}
