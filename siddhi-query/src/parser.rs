//! Reading SiddhiQL.
//!
//! A text goes through three hands: the scanner (`scan`) cuts it into tokens, finds the ends of
//! scripts and measures the nesting; the grammar (`siddhi.pest`) reads it; the builder (`tree`)
//! makes the tree and refuses what the grammar takes too generously. A text that the grammar
//! refuses is read again piece by piece (`recover`), so that one run reports all mistakes.

mod check;
mod explain;
mod fence;
mod grammar;
mod lint;
mod recover;
pub(crate) mod scan;
mod tree;

use pest::Parser as _;

use crate::ast::{
    AggregationDefinition, App, Definition, ExecutionElement, Expression, FunctionDefinition,
    OnDemandQuery, Partition, Query, Span, StreamDefinition, TimeValue, TriggerDefinition,
    WindowDefinition,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use grammar::{Grammar, Node, Rule};
use scan::Scan;
use tree::Builder;

/// Brackets nest at most so deep: the generated parser reads them by recursion, and must do so on
/// the 2 MiB of a thread, unoptimized, where a bracket takes up to 16 KiB.
const NESTING_MAX: usize = 100;

/// Queries nest at most so deep in `from`: each takes up to 32 KiB. Siddhi runs none of them.
const QUERY_NESTING_MAX: usize = 16;

/// What was read, and what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed<T> {
    /// The tree; of a broken app it holds the pieces that could be read.
    pub tree: Option<T>,
    /// Errors and warnings in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Parsed<T> {
    /// True when no diagnostic is an error: the tree is there, and complete.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.tree.is_some() && !self.diagnostics.iter().any(|it| it.severity == Severity::Error)
    }

    /// The tree, or the errors; warnings are dropped.
    ///
    /// # Errors
    /// When the text was refused.
    pub fn into_result(self) -> Result<T, Diagnostics> {
        let mut errors = self.diagnostics;
        errors.retain(|diagnostic| diagnostic.severity == Severity::Error);
        match (self.tree, Diagnostics::new(errors)) {
            (Some(tree), None) => Ok(tree),
            (_, Some(errors)) => Err(errors),
            (None, None) => Err(Diagnostics::from(unreadable())),
        }
    }
}

/// Reads an app.
///
/// # Errors
/// When anything in it is wrong: all independent mistakes are reported.
///
/// ```
/// let app = siddhi_query::parse_app(
///     "define stream S (price double);
///      from S[price > 10] select price insert into Dear;",
/// )?;
/// assert_eq!(app.definitions.len(), 1);
/// # Ok::<(), siddhi_query::Diagnostics>(())
/// ```
pub fn parse_app(text: &str) -> Result<App, Diagnostics> {
    parse_app_recovering(text).into_result()
}

/// Reads an app as far as possible: what is wrong with it, and the pieces that are right.
#[must_use]
pub fn parse_app_recovering(text: &str) -> Parsed<App> {
    read_app(text, true)
}

/// Reads an app that may stand between the fences of Markdown, or between none.
fn read_app(text: &str, fenced: bool) -> Parsed<App> {
    let scan = Scan::new(text);
    if let Some(refusal) = refuse_size(&scan) {
        return Parsed { tree: None, diagnostics: vec![refusal] };
    }
    let masked = scan.masked();
    match Grammar::parse(Rule::app, &masked) {
        Ok(mut nodes) => {
            let mut builder = Builder::new(&scan, 0);
            let tree = nodes.next().map(|node| builder.app(node));
            let mut diagnostics = builder.diagnostics;
            diagnostics.extend(tree.iter().flat_map(check::app));
            diagnostics.extend(lint::lint(&scan));
            finish(tree, diagnostics)
        }
        Err(_) => match fence::find(&scan).filter(|_| fenced) {
            Some(fences) => {
                let Parsed { tree, mut diagnostics } = read_app(&fences.blanked, false);
                diagnostics.push(fences.diagnostic);
                finish(tree, diagnostics)
            }
            None => recovered(&scan, &masked),
        },
    }
}

/// Reads one construct that has an entry rule of its own.
fn parse_entry<T>(
    text: &str,
    rule: Rule,
    build: impl Fn(&mut Builder<'_>, Node<'_>) -> Option<T>,
) -> Parsed<T> {
    let scan = Scan::new(text);
    if let Some(refusal) = refuse_size(&scan) {
        return Parsed { tree: None, diagnostics: vec![refusal] };
    }
    let masked = scan.masked();
    let Ok(mut nodes) = Grammar::parse(rule, &masked) else {
        let mut found = Vec::new();
        let build = |builder: &mut Builder<'_>, node: Node<'_>, (): &mut ()| {
            // Only what the builder reports is of interest.
            if node.as_rule() != Rule::EOI {
                drop(build(builder, node));
            }
        };
        recover::mistakes(text, 0, rule, build, &mut found);
        return Parsed { tree: None, diagnostics: found };
    };
    let mut builder = Builder::new(&scan, 0);
    let node = nodes.next().and_then(|entry| entry.into_inner().next());
    let tree = node.and_then(|node| build(&mut builder, node));
    finish(tree, builder.diagnostics)
}

/// Reads a broken app; should no piece of it be found wrong, the grammar's own word is given.
fn recovered(scan: &Scan<'_>, masked: &str) -> Parsed<App> {
    let mut parsed = recover::app(scan, masked);
    if !parsed.diagnostics.iter().any(|it| it.severity == Severity::Error)
        && let Err(error) = Grammar::parse(Rule::app, masked)
    {
        parsed.diagnostics.push(explain::explain(scan, &error));
    }
    parsed.diagnostics.extend(lint::lint(scan));
    finish(parsed.tree, parsed.diagnostics)
}

fn finish<T>(tree: Option<T>, mut diagnostics: Vec<Diagnostic>) -> Parsed<T> {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span().start, diagnostic.span().end));
    if tree.is_none() && diagnostics.is_empty() {
        diagnostics.push(unreadable());
    }
    Parsed { tree, diagnostics }
}

/// Said when the grammar takes what the builder cannot read, which would be a mistake of ours.
fn unreadable() -> Diagnostic {
    Diagnostic::error(Code::SYNTAX, "the text cannot be read", Span::default(), "")
}

/// Refuses what would exhaust the stack, or does not fit the spans.
fn refuse_size(scan: &Scan<'_>) -> Option<Diagnostic> {
    for (what, deepest, limit) in
        [("brackets", scan.brackets, NESTING_MAX), ("queries", scan.queries, QUERY_NESTING_MAX)]
    {
        if deepest.depth > limit {
            return Some(Diagnostic::error(
                Code::TOO_DEEP,
                format!("{what} are nested too deep"),
                deepest.span,
                format!("{} are open here; {limit} are possible", deepest.depth),
            ));
        }
    }
    u32::try_from(scan.text.len()).is_err().then(|| {
        Diagnostic::error(
            Code::TOO_DEEP,
            "the text is too long",
            Span::default(),
            "more than 4 GiB",
        )
    })
}

macro_rules! definition_entries {
    ($($(#[$meta:meta])* $name:ident -> $tree:ty = $variant:ident, $what:literal;)*) => {$(
        $(#[$meta])*
        ///
        /// # Errors
        /// When the text is anything else, or wrong.
        pub fn $name(text: &str) -> Result<$tree, Diagnostics> {
            match definition(text)? {
                Definition::$variant(tree) => Ok(tree),
                other => Err(Diagnostics::from(explain::another_kind(&other, $what))),
            }
        }
    )*};
}

definition_entries! {
    /// Reads one stream definition, with its annotations.
    parse_stream -> StreamDefinition = Stream, "stream";
    /// Reads one table definition, with its annotations.
    parse_table -> StreamDefinition = Table, "table";
    /// Reads one window definition, with its annotations.
    parse_window -> WindowDefinition = Window, "window";
    /// Reads one trigger definition.
    parse_trigger -> TriggerDefinition = Trigger, "trigger";
    /// Reads one aggregation definition, with its annotations.
    parse_aggregation -> AggregationDefinition = Aggregation, "aggregation";
    /// Reads one function definition.
    parse_function -> FunctionDefinition = Function, "function";
}

fn definition(text: &str) -> Result<Definition, Diagnostics> {
    parse_entry(text, Rule::entry_definition, |builder, node| builder.definition(node))
        .into_result()
}

/// Reads one partition, with its annotations.
///
/// # Errors
/// When the text is anything else, or wrong.
pub fn parse_partition(text: &str) -> Result<Partition, Diagnostics> {
    let mut parsed =
        parse_entry(text, Rule::entry_partition, |builder, node| builder.partition(node));
    if let Some(partition) = &parsed.tree {
        check::queries(&partition.queries, &mut parsed.diagnostics);
    }
    parsed.into_result()
}

/// Reads one query, with its annotations.
///
/// # Errors
/// When the text is anything else, or wrong.
pub fn parse_query(text: &str) -> Result<Query, Diagnostics> {
    parse_entry(text, Rule::entry_query, |builder, node| builder.query(node)).into_result()
}

/// Reads one on-demand query.
///
/// # Errors
/// When the text is anything else, or wrong.
pub fn parse_on_demand(text: &str) -> Result<OnDemandQuery, Diagnostics> {
    parse_entry(text, Rule::entry_on_demand, |builder, node| builder.on_demand(node)).into_result()
}

/// Reads the longest expression at the beginning of the text; what follows it is not looked at.
///
/// # Errors
/// When the text does not begin with an expression, or goes on in a way that only a longer
/// expression could.
pub fn parse_expression(text: &str) -> Result<Expression, Diagnostics> {
    parse_entry(text, Rule::entry_expression, |builder, node| builder.expression(node))
        .into_result()
}

/// Reads the longest time value at the beginning of the text; what follows it is not looked at.
///
/// # Errors
/// When the text does not begin with a time value, or goes on in a way that only a longer one
/// could.
pub fn parse_time(text: &str) -> Result<TimeValue, Diagnostics> {
    parse_entry(text, Rule::entry_time, |builder, node| builder.time(node)).into_result()
}

impl Builder<'_> {
    /// A whole app; pieces that cannot be read are left out, with a diagnostic each.
    fn app(&mut self, node: Node<'_>) -> App {
        let span = self.span(&node);
        let mut app =
            App { annotations: Vec::new(), definitions: Vec::new(), elements: Vec::new(), span };
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::app_annotation => app.annotations.extend(self.annotation(part)),
                Rule::definition => app.definitions.extend(self.definition(part)),
                Rule::query => app.elements.extend(self.query(part).map(ExecutionElement::Query)),
                Rule::partition => {
                    app.elements.extend(self.partition(part).map(ExecutionElement::Partition));
                }
                _ => {}
            }
        }
        app
    }
}
