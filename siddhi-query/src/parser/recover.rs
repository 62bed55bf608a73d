//! Reading a broken app piece by piece.
//!
//! Statements end with `;`, whatever is wrong inside, so each is read by itself; what is right
//! goes into the tree. A statement that cannot be read is explained; when the explanation has a
//! fix, the statement is read again with the fix made, so that the next mistake in it is found
//! too.

mod mistakes;
mod patch;
mod split;

use pest::Parser as _;

pub(super) use self::mistakes::mistakes;
use self::split::{Kind, Piece};
use super::explain;
use super::grammar::{Grammar, Node, Rule};
use super::scan::{Scan, TokenKind};
use super::tree::Builder;
use super::{Parsed, check};
use crate::ast::{App, ExecutionElement, Partition, Query, Span};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, Fix};
use crate::fitting::missing_definitions;

/// Reads an app that the grammar refuses.
pub(super) fn app(scan: &Scan<'_>, masked: &str) -> Parsed<App> {
    let mut recovery = Recovery {
        scan,
        masked,
        app: App {
            annotations: Vec::new(),
            definitions: Vec::new(),
            elements: Vec::new(),
            span: Span::new(0, scan.text.len()),
        },
        partition: None,
        first_query: None,
        mended: Vec::new(),
        definitions_seen: false,
        text_before_seen: false,
        passed: 0,
        found: Vec::new(),
    };
    recovery.statements();
    let mut diagnostics = recovery.found;
    diagnostics.extend(check::app(&recovery.app));
    Parsed { tree: Some(recovery.app), diagnostics }
}

struct Recovery<'s> {
    scan: &'s Scan<'s>,
    masked: &'s str,
    app: App,
    partition: Option<OpenPartition>,
    /// Where the first query or partition begins.
    first_query: Option<usize>,
    /// Queries as they would be without their mistakes.
    mended: Vec<Query>,
    definitions_seen: bool,
    text_before_seen: bool,
    /// The tokens before this one have been passed over as a comment.
    passed: usize,
    found: Vec<Diagnostic>,
}

/// A partition whose `end` has not come yet.
struct OpenPartition {
    /// The tree so far, when the header could be read.
    tree: Option<Partition>,
    /// The word `partition`.
    word: Span,
    /// A query, right or wrong, has been seen.
    queries_seen: bool,
}

impl Recovery<'_> {
    fn statements(&mut self) {
        let pieces = split::at_semicolons(self.scan);
        let last = pieces.len().saturating_sub(1);
        for (index, mut piece) in pieces.into_iter().enumerate() {
            if piece.start < self.passed {
                piece.start = self.passed;
                if piece.is_empty() {
                    continue;
                }
            }
            if piece.is_empty() {
                if index < last || index == 0 {
                    self.extra_semicolon(piece, index == last);
                }
            } else {
                self.statement(piece);
                if split::has_open_script(self.scan, piece) {
                    // What follows is the script, whatever it looks like.
                    return;
                }
            }
        }
        if let Some(open) = self.partition.take() {
            self.found.push(
                Diagnostic::error(
                    Code::UNBALANCED_BRACKET,
                    "the partition is not closed",
                    open.word,
                    "`end` is missing at its end",
                )
                .with_help("a partition is `partition with (…) begin … end`"),
            );
        }
        if !self.definitions_seen {
            self.nothing_defined();
        }
    }

    /// No definition at all: what the queries read is offered.
    fn nothing_defined(&mut self) {
        let diagnostic = Diagnostic::error(
            Code::DEFINITIONS_FIRST,
            "the app defines nothing",
            Span::new(0, self.scan.tokens.first().map_or(0, |it| it.span.end as usize)),
            "a definition must come first",
        )
        .with_help("an app begins with at least one `define stream`, `table`, `window`, `trigger`, `function` or `aggregation`");
        let queries = self.app.elements.iter().flat_map(|element| match element {
            ExecutionElement::Query(query) => std::slice::from_ref(query),
            ExecutionElement::Partition(partition) => &partition.queries,
        });
        let missing = missing_definitions(queries.chain(&self.mended));
        self.found.push(match self.first_query {
            Some(first) if !missing.is_empty() => diagnostic.with_suggestion(
                "define what the queries read",
                Span::new(first, first),
                missing.join("\n") + "\n",
            ),
            _ => diagnostic,
        });
    }

    /// Two semicolons in a row, or one at the beginning.
    fn extra_semicolon(&mut self, piece: Piece, whole: bool) {
        // An empty text has no semicolon to blame; that nothing is defined is said elsewhere.
        if whole {
            return;
        }
        let Some(token) = self.scan.tokens.get(piece.end) else { return };
        self.found.push(
            Diagnostic::error(
                Code::EXTRA_SEMICOLON,
                "a semicolon too many",
                token.span,
                "no statement before it",
            )
            .with_fix("leave it out", token.span, ""),
        );
    }

    /// One statement, or several between which a semicolon is missing.
    fn statement(&mut self, piece: Piece) {
        let mut rest = Some(piece);
        while let Some(piece) = rest {
            rest = self.first_statement(piece);
        }
    }

    /// Reads the first statement of a piece and gives back what follows it.
    fn first_statement(&mut self, piece: Piece) -> Option<Piece> {
        let piece = self.byte_order_mark(piece);
        if piece.is_empty() {
            return None;
        }
        if let Some(rest) = self.foreign_comment(piece) {
            return Some(rest);
        }
        if let Some(piece) = self.text_before(piece) {
            return Some(piece);
        }
        if let Some(rest) = self.shell_comment(piece) {
            return Some(rest);
        }
        if self.partition.is_some()
            && let Some(rest) = self.closed(piece)
        {
            return Some(rest);
        }
        let (kind, _) = split::kind(self.scan, piece);
        match kind {
            Kind::Partition => self.open_partition(piece),
            Kind::Annotations => {
                self.annotations_alone(piece);
                None
            }
            Kind::Definition | Kind::Query | Kind::Unknown => {
                let (first, rest) = self.divided(piece, kind);
                if kind == Kind::Definition {
                    self.definition(first);
                } else {
                    self.query(first);
                }
                rest
            }
        }
    }

    /// Passes over the mark with which some editors begin a file.
    fn byte_order_mark(&mut self, piece: Piece) -> Piece {
        let mark = Span::new(0, '\u{FEFF}'.len_utf8());
        if piece.start > 0 || self.scan.text.get(mark.range()) != Some("\u{FEFF}") {
            return piece;
        }
        self.found.push(
            Diagnostic::error(
                Code::STRAY_CHARACTER,
                "a byte order mark",
                mark,
                "the invisible character U+FEFF begins the text",
            )
            .with_fix("remove it", mark, ""),
        );
        Piece { start: 1, ..piece }
    }

    /// Passes over a comment that begins with `//`; gives back what follows its line, be it empty.
    fn foreign_comment(&mut self, piece: Piece) -> Option<Piece> {
        let slashes = split::span(self.scan, Piece { end: piece.start + 2, ..piece });
        if self.scan.text.get(slashes.range()) != Some("//") {
            return None;
        }
        self.found.push(explain::foreign_comment(slashes));
        Some(self.behind_comment(piece))
    }

    /// What follows the line with which a piece begins. The line may hold semicolons: they are part
    /// of the comment, and what is behind them too.
    fn behind_comment(&mut self, piece: Piece) -> Piece {
        self.passed = split::behind_line(self.scan, piece.start);
        Piece { start: self.passed, ..piece }
    }

    /// Passes over a comment that begins with `#`, which begins no statement.
    fn shell_comment(&mut self, piece: Piece) -> Option<Piece> {
        let sign = split::span(self.scan, Piece { end: piece.start + 1, ..piece });
        if self.scan.text.get(sign.range()) != Some("#") {
            return None;
        }
        let next = |place: usize| self.scan.tokens.get(piece.start + place).copied();
        let joined =
            next(1).is_some_and(|it| it.span.start == sign.end && it.kind == TokenKind::Word);
        let called =
            next(2).is_some_and(|it| matches!(self.scan.text_of(it), "." | "(" | "[" | ":"));
        // A handler of a statement that ended too early.
        if joined && called {
            return None;
        }
        let mut diagnostic = explain::shell_comment(sign);
        if joined {
            diagnostic.doubt();
        }
        self.found.push(diagnostic);
        Some(self.behind_comment(piece))
    }

    /// Text before the first definition that is not SiddhiQL at all is passed over.
    fn text_before(&mut self, piece: Piece) -> Option<Piece> {
        if self.definitions_seen || self.first_query.is_some() || self.text_before_seen {
            return None;
        }
        let start = split::first_statement_start(self.scan, piece)?;
        if start == piece.start {
            return None;
        }
        // A misspelled word is explained as such.
        if start == piece.start + 1 && explain::is_nearly_statement_word(self.scan, piece.start) {
            return None;
        }
        self.text_before_seen = true;
        let span = split::span(self.scan, Piece { end: start, ..piece });
        let next = self.scan.tokens.get(start).map_or(span, |token| token.span);
        let diagnostic = Diagnostic::error(
            Code::TEXT_BEFORE_DEFINITION,
            "text before the first definition",
            span,
            "this is not SiddhiQL",
        )
        .with_help("an app begins with its annotations and definitions; other text stands in comments: `-- …` or `/* … */`");
        let edits = line_comments(self.scan.text, span, next);
        let text = Piece { end: start, ..piece };
        let fix = Fix {
            message: "make it a comment".to_owned(),
            edits,
            applicability: if split::holds_definition(self.scan, text) {
                Applicability::MaybeIncorrect
            } else {
                Applicability::MachineApplicable
            },
        };
        self.found.push(Diagnostic { fixes: vec![fix], ..diagnostic });
        Some(Piece { start, ..piece })
    }

    /// Divides a piece where a semicolon is missing.
    fn divided(&mut self, piece: Piece, kind: Kind) -> (Piece, Option<Piece>) {
        if self.reads(rule(kind), piece) {
            return (piece, None);
        }
        let reads = |piece: Piece| self.reads(rule(kind), piece);
        let Some(place) = split::missing_semicolon(self.scan, piece, kind, reads) else {
            return (piece, None);
        };
        let before =
            self.scan.tokens.get(place.wrapping_sub(1)).map_or(0, |it| it.span.end as usize);
        let insertion = Span::new(before, before);
        let next = self.scan.tokens.get(place).map_or(insertion, |token| token.span);
        self.found.push(
            Diagnostic::error(
                Code::MISSING_SEMICOLON,
                "`;` is missing between two statements",
                insertion,
                "`;` must stand here",
            )
            .with_secondary(next, "the next statement begins here")
            .with_fix("end the statement", insertion, ";"),
        );
        (Piece { end: place, ..piece }, Some(Piece { start: place, ..piece }))
    }

    fn definition(&mut self, piece: Piece) {
        let span = split::span(self.scan, piece);
        if self.first_query.is_some() {
            let (_, place) = split::kind(self.scan, piece);
            let word = self.scan.tokens.get(place).map_or(span, |token| token.span);
            self.found.push(
                Diagnostic::error(
                    Code::DEFINITIONS_FIRST,
                    "a definition behind a query",
                    word,
                    "definitions stand before all queries and partitions",
                )
                .with_help("move it up"),
            );
        }
        self.definitions_seen = true;
        let parts = self.read(Rule::entry_first, piece, |builder, node, parts: &mut Parts| {
            match node.as_rule() {
                Rule::app_annotation => parts.annotations.extend(builder.annotation(node)),
                Rule::definition => parts.definitions.extend(builder.definition(node)),
                _ => {}
            }
        });
        if let Some(parts) = parts {
            self.app.annotations.extend(parts.annotations);
            self.app.definitions.extend(parts.definitions);
        }
    }

    fn query(&mut self, piece: Piece) {
        self.query_begins(piece);
        let parts = self.read(Rule::entry_query, piece, |builder, node, parts: &mut Parts| {
            if node.as_rule() == Rule::query {
                parts.queries.extend(builder.query(node));
            }
        });
        let queries = parts.map(|parts| parts.queries).unwrap_or_default();
        match &mut self.partition {
            None => self.app.elements.extend(queries.into_iter().map(ExecutionElement::Query)),
            Some(open) => {
                open.queries_seen = true;
                if let Some(tree) = &mut open.tree {
                    tree.queries.extend(queries);
                }
            }
        }
    }

    fn query_begins(&mut self, piece: Piece) {
        let start = split::span(self.scan, piece).start as usize;
        self.first_query.get_or_insert(start);
    }

    /// `partition with (…) begin`: the rest of the piece is its first query.
    fn open_partition(&mut self, piece: Piece) -> Option<Piece> {
        self.query_begins(piece);
        let (_, place) = split::kind(self.scan, piece);
        let word = self.scan.tokens.get(place).map(|token| token.span).unwrap_or_default();
        let begin = split::find_word(self.scan, piece, "begin");
        let header = Piece { end: begin.map_or(piece.end, |begin| begin + 1), ..piece };
        let parts =
            self.read(Rule::entry_partition_header, header, |builder, node, parts: &mut Parts| {
                if node.as_rule() == Rule::partition_header {
                    parts.header = builder.partition_header(node);
                }
            });
        let tree = parts.and_then(|parts| parts.header).map(|(annotations, keys)| Partition {
            annotations,
            keys,
            queries: Vec::new(),
            span: split::span(self.scan, piece),
        });
        self.partition = Some(OpenPartition { tree, word, queries_seen: false });
        let rest = Piece { start: header.end, ..piece };
        begin.filter(|_| !rest.is_empty()).map(|_| rest)
    }

    /// Closes the partition when the piece ends with `end`, or begins with it.
    ///
    /// `Some` means that the piece has been dealt with, up to the rest that is given back, be it
    /// empty.
    fn closed(&mut self, piece: Piece) -> Option<Piece> {
        let is_end = |index: usize| {
            self.scan
                .tokens
                .get(index)
                .is_some_and(|&it| self.scan.text_of(it).eq_ignore_ascii_case("end"))
        };
        if is_end(piece.start) {
            self.close(piece.start);
            let rest = Piece { start: piece.start + 1, ..piece };
            if rest.is_empty() {
                return Some(rest);
            }
            let end = self.scan.tokens.get(piece.start).map_or(0, |it| it.span.end as usize);
            let insertion = Span::new(end, end);
            self.found.push(
                Diagnostic::error(
                    Code::MISSING_SEMICOLON,
                    "`;` is missing between two statements",
                    insertion,
                    "`;` must stand here",
                )
                .with_fix("end the statement", insertion, ";"),
            );
            return Some(rest);
        }
        let last = piece.end.checked_sub(1).filter(|&last| last > piece.start && is_end(last))?;
        let query = Piece { end: last, ..piece };
        // `… insert into end` names a stream, unless the query is complete without it.
        if !self.reads(Rule::entry_query, query) && self.reads(Rule::entry_query, piece) {
            return None;
        }
        let mut rest = Some(query);
        while let Some(piece) = rest {
            rest = self.first_statement(piece);
        }
        self.close(last);
        Some(Piece { start: piece.end, ..piece })
    }

    fn close(&mut self, end: usize) {
        let Some(open) = self.partition.take() else { return };
        let end = self.scan.tokens.get(end).map(|token| token.span).unwrap_or_default();
        if !open.queries_seen {
            self.found.push(Diagnostic::error(
                Code::EMPTY_PARTITION,
                "the partition holds no query",
                open.word.to(end),
                "nothing between `begin` and `end`",
            ));
        }
        if let Some(mut tree) = open.tree
            && !tree.queries.is_empty()
        {
            tree.span = tree.span.to(end);
            self.app.elements.push(ExecutionElement::Partition(tree));
        }
    }

    fn annotations_alone(&mut self, piece: Piece) {
        // With a bracket open, the mistake is in the annotation.
        if !split::is_balanced(self.scan, piece) {
            return self.definition(piece);
        }
        let points = split::app_points(self.scan, piece).map(explain::app_point);
        self.found.extend(points);
        let annotations = split::span(self.scan, piece);
        let semicolon = self.scan.tokens.get(piece.end).map(|token| token.span);
        let followed = self.scan.tokens.get(piece.end + 1).is_some();
        self.found.push(match semicolon.filter(|_| followed) {
            Some(semicolon) => Diagnostic::error(
                Code::EXTRA_SEMICOLON,
                "a semicolon behind an annotation",
                semicolon,
                "an annotation is part of the statement that follows it",
            )
            .with_secondary(annotations, "the annotation")
            .with_fix("leave it out", semicolon, ""),
            None => Diagnostic::error(
                Code::SYNTAX,
                "nothing follows the annotation",
                annotations,
                "a definition, query or partition must follow",
            ),
        });
    }

    /// Whether a piece is right.
    fn reads(&self, rule: Rule, piece: Piece) -> bool {
        let span = split::span(self.scan, piece);
        self.masked.get(span.range()).is_some_and(|text| Grammar::parse(rule, text).is_ok())
    }

    /// Reads a piece, or explains why it cannot be read.
    fn read(
        &mut self,
        rule: Rule,
        piece: Piece,
        build: impl Fn(&mut Builder<'_>, Node<'_>, &mut Parts),
    ) -> Option<Parts> {
        let span = split::span(self.scan, piece);
        let text = self.masked.get(span.range())?;
        let Ok(nodes) = Grammar::parse(rule, text) else {
            let original = self.scan.text.get(span.range())?;
            let mended = mistakes(original, span.start as usize, rule, build, &mut self.found);
            self.mended.extend(mended.into_iter().flat_map(|parts: Parts| parts.queries));
            return None;
        };
        let mut builder = Builder::new(self.scan, span.start as usize);
        let mut parts = Parts::default();
        for node in nodes.flat_map(Node::into_inner) {
            build(&mut builder, node, &mut parts);
        }
        self.found.append(&mut builder.diagnostics);
        Some(parts)
    }
}

/// What a piece turned out to hold.
#[derive(Default)]
struct Parts {
    annotations: Vec<crate::ast::Annotation>,
    definitions: Vec<crate::ast::Definition>,
    queries: Vec<Query>,
    header: Option<(Vec<crate::ast::Annotation>, Vec<crate::ast::PartitionKey>)>,
}

/// The edits that make line comments of all lines of `text`, also where it holds comments; what
/// comes `next` begins a line of its own.
fn line_comments(text: &str, lines: Span, next: Span) -> Vec<Edit> {
    let inside = text.get(lines.range()).unwrap_or_default();
    let mut edits = Vec::new();
    let mut offset = lines.start as usize;
    for line in inside.split_inclusive(['\n', '\r']) {
        if !line.trim().is_empty() {
            let span = Span::new(offset, offset);
            edits.push(Edit { span, replacement: "-- ".to_owned() });
        }
        offset += line.len();
    }
    let (end, start) = (lines.end as usize, next.start as usize);
    let between = text.get(end..start).unwrap_or_default();
    if !between.contains(['\n', '\r']) {
        let span = Span::new(start, start);
        edits.push(Edit { span, replacement: "\n".to_owned() });
    }
    edits
}

fn rule(kind: Kind) -> Rule {
    if kind == Kind::Definition { Rule::entry_first } else { Rule::entry_query }
}
