//! One query: its name, and its parts put together.

use hashbrown::{HashMap, HashSet};
use siddhi_query::Diagnostic;
use siddhi_query::ast::{self, Annotation, ExecutionElement, Span};

use super::scopes::marked_name;
use super::selector::BoundSelector;
use super::{AppBinder, annotations, fingerprint};
use crate::plan::codes;
use crate::plan::logical::QueryPlan;

/// The names of all queries, in the order of the text.
pub(super) struct Names(Vec<QueryName>);

#[derive(Clone)]
pub(super) struct QueryName {
    pub(super) name: String,
    pub(super) named: bool,
}

/// The names in a partition, and those that `@info` gives, with their places.
type Inside = (HashSet<String>, Vec<(String, Span)>);

/// The name in `@info(name = '…')`.
pub(super) fn info_name(annotations: &[Annotation]) -> Option<(&str, Span)> {
    annotations::named(annotations, "info")
        .find_map(|info| annotations::element(info, "name"))
        .map(|element| (element.value.as_str(), element.span))
}

impl Names {
    /// Gives every query its name: the given one, or `query_N` with its number in the app.
    pub(super) fn assign(app: &ast::App, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut names = Self(Vec::new());
        let mut outside: HashMap<String, Span> = HashMap::new();
        let mut inside: Vec<Inside> = Vec::new();
        for element in &app.elements {
            match element {
                ExecutionElement::Query(query) => {
                    let (name, span) = names.add(query);
                    if outside.insert(name.clone(), span).is_some() {
                        diagnostics.push(taken(&name, span));
                    }
                }
                ExecutionElement::Partition(partition) => {
                    if let Some((name, span)) = info_name(&partition.annotations)
                        && outside.insert(name.into(), span).is_some()
                    {
                        diagnostics.push(taken(name, span));
                    }
                    let mut seen = HashSet::new();
                    let mut list = Vec::new();
                    for query in &partition.queries {
                        let (name, span) = names.add(query);
                        if !seen.insert(name.clone()) {
                            diagnostics.push(taken(&name, span));
                        }
                        list.push((name, span));
                    }
                    inside.push((seen, list));
                }
            }
        }
        for (index, (_, list)) in inside.iter().enumerate() {
            for (name, span) in list {
                let elsewhere = inside.iter().take(index).any(|(seen, _)| seen.contains(name));
                if elsewhere || outside.contains_key(name) {
                    diagnostics.push(taken(name, *span));
                }
            }
        }
        names
    }

    fn add(&mut self, query: &ast::Query) -> (String, Span) {
        let given = info_name(&query.annotations);
        let number = self.0.len() + 1;
        let name = given.map_or_else(|| format!("query_{number}"), |(name, _)| name.into());
        self.0.push(QueryName { name: name.clone(), named: given.is_some() });
        (name, given.map_or(query.span, |(_, span)| span))
    }

    pub(super) fn get(&self, number: usize) -> QueryName {
        let missing = || QueryName { name: format!("query_{}", number + 1), named: false };
        self.0.get(number).cloned().unwrap_or_else(missing)
    }
}

fn taken(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::QUERY_NAME,
        format!("the query name `{name}` is taken"),
        span,
        "used a second time",
    )
    .with_help("give each query a name of its own with `@info(name = '…')`")
}

/// The name by which `having` and `order by` may qualify output attributes.
fn output_name(query: &ast::Query) -> String {
    match &query.output.action {
        ast::OutputAction::Insert(target) => marked_name(target),
        _ => String::new(),
    }
}

impl AppBinder<'_> {
    /// Binds a query: each part, whatever is wrong with the others. Nothing is planned when one does
    /// not bind.
    pub(super) fn query(&mut self, query: &ast::Query, name: QueryName, partition: Option<usize>) {
        if let Some(rate) = &query.rate {
            self.not_supported("output rates", rate.span);
        }
        let (input, selector) = match self.input(query) {
            Some(input) => {
                let selector = self.selector(&query.selector, &input.scope, output_name(query));
                (input.plan, selector)
            }
            None => (None, BoundSelector::default()),
        };
        let target = self.output(&query.output, selector.attributes, partition);
        let (Some(input), Some(selector), Some(target)) = (input, selector.plan, target) else {
            return;
        };
        let mut plan = QueryPlan {
            name: name.name,
            named: name.named,
            partition,
            input,
            selector,
            events: query.output.events,
            target,
            text: query.to_string(),
            fingerprint: None,
        };
        plan.fingerprint = fingerprint::of_query(query, &plan, &self.app.streams);
        self.app.queries.push(plan);
    }
}
