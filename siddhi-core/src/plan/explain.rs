//! Plans as text.

use siddhi_query::ast::OutputEvents;

use super::logical::{
    AggregatePlan, ConditionPlan, HandlerPlan, InputPlan, LogicalApp, PartitionByPlan, QueryPlan,
    SelectorPlan, StreamInputPlan,
};
use crate::expression::typed::{Expr, ExprKind};
use crate::runtime::query::QueryInput;
use crate::runtime::region::Region;

/// The logical plan: what each query reads, keeps and puts out, with every column resolved.
pub(crate) fn logical(app: &LogicalApp) -> String {
    let mut text = Lines::default();
    text.line(0, &format!("app {}", app.name.as_deref().unwrap_or("siddhi-app")));
    if let Some(playback) = app.playback {
        let idle = playback.idle.map_or(String::new(), |idle| {
            format!(", idle {} ms moves {} ms", idle.time_ms, idle.increment_ms)
        });
        text.line(1, &format!("playback{idle}"));
    }
    for stream in &app.streams {
        text.line(1, &format!("stream {}", stream.signature()));
    }
    for partition in &app.partitions {
        text.line(1, &format!("partition {}", partition.name));
        for key in &partition.keys {
            let stream = stream_name(app, key.stream);
            let by = match &key.by {
                PartitionByPlan::Value { aggregates, value } => {
                    with_aggregates(expression(value), aggregates, &number)
                }
                PartitionByPlan::Ranges(ranges) => {
                    let list: Vec<String> = ranges
                        .iter()
                        .map(|(condition, label)| {
                            format!("{} as '{label}'", self::condition(condition))
                        })
                        .collect();
                    list.join(" or ")
                }
            };
            text.line(2, &format!("key of {stream}: {by}"));
        }
    }
    for query in &app.queries {
        text.query(app, query);
    }
    text.0
}

/// How the app runs: who reads each stream in which order, the forms of windows, what is indexed.
pub(crate) fn physical(app: &LogicalApp, region: &Region) -> String {
    let mut text = Lines::default();
    for junction in &region.junctions {
        text.line(0, &format!("stream {}", junction.name));
        for line in junction.rules.iter().flat_map(|rules| rules.explain()) {
            text.line(1, &line);
        }
        for reader in junction.explain_readers(region) {
            text.line(1, &reader);
        }
    }
    for (query, plan) in region.queries.iter().zip(&app.queries) {
        text.line(0, &format!("query {} -> {}", query.name, stream_name(app, plan.target)));
        match &query.input {
            QueryInput::Stream(input) => {
                let (before, after) = plan_handlers(plan);
                text.handlers(1, before);
                if let Some((stage, _)) = &input.window {
                    text.line(1, &format!("window in {:?} form", stage.form));
                    text.line(2, &stage.explain());
                }
                text.handlers(1, after);
            }
            QueryInput::Light(_) => {
                text.handlers(1, plan_handlers(plan).0);
                text.line(1, "light form: no state");
            }
            QueryInput::Pattern(pattern) => {
                for line in pattern.borrow().explain() {
                    text.line(1, &line);
                }
            }
        }
        text.line(1, &format!("selector puts out {:?}", query.selector.form));
    }
    text.0
}

/// The handlers of a query before its window, and those behind it.
fn plan_handlers(plan: &QueryPlan) -> (&[HandlerPlan], &[HandlerPlan]) {
    match &plan.input {
        InputPlan::Stream(input) => (&input.before, &input.after),
        InputPlan::Pattern(_) => (&[], &[]),
    }
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, depth: usize, line: &str) {
        self.0.extend(std::iter::repeat_n("  ", depth));
        self.0.extend([line, "\n"]);
    }

    fn query(&mut self, app: &LogicalApp, query: &QueryPlan) {
        let place = query.partition.and_then(|index| app.partitions.get(index));
        let place = place.map_or(String::new(), |partition| format!(" in {}", partition.name));
        self.line(1, &format!("query {}{place}", query.name));
        match &query.input {
            InputPlan::Stream(input) => self.stream_input(app, input),
            InputPlan::Pattern(pattern) => {
                for line in pattern.explain(&|stream| stream_name(app, stream)) {
                    self.line(2, &line);
                }
            }
        }
        self.selector(&query.selector);
        let events = match query.events {
            OutputEvents::Current => "current events",
            OutputEvents::Expired => "expired events",
            OutputEvents::All => "all events",
        };
        self.line(2, &format!("insert {events} into {}", stream_name(app, query.target)));
    }

    fn stream_input(&mut self, app: &LogicalApp, input: &StreamInputPlan) {
        self.line(2, &format!("from {}", stream_name(app, input.stream)));
        self.handlers(3, &input.before);
        if let Some(window) = &input.window {
            self.line(3, &format!("window {}({})", window.name, window.parameters));
        }
        self.handlers(3, &input.after);
    }

    fn handlers(&mut self, depth: usize, handlers: &[HandlerPlan]) {
        for plan in handlers {
            self.line(depth, &handler(plan));
        }
    }

    fn selector(&mut self, selector: &SelectorPlan) {
        if !selector.group_by.is_empty() {
            let list: Vec<String> = selector.group_by.iter().map(|c| format!("#{c}")).collect();
            self.line(2, &format!("group by {}", list.join(", ")));
        }
        let width = selector.input_types.len();
        for (index, aggregate) in selector.aggregates.iter().enumerate() {
            let list: Vec<String> = aggregate.call.arguments.iter().map(expression).collect();
            let guard = aggregate
                .guard
                .as_ref()
                .map_or(String::new(), |guard| format!(" where {}", expression(guard)));
            let call = format!("{}({})", aggregate.call.name, list.join(", "));
            self.line(2, &format!("#{} = {call}{guard} {}", width + index, aggregate.data_type));
        }
        let items: Vec<String> = selector
            .items
            .iter()
            .map(|item| {
                let value = expression(&item.expression);
                format!("{value} as {} {}", item.name, item.expression.data_type)
            })
            .collect();
        self.line(2, &format!("select {}", items.join(", ")));
        if let Some(having) = &selector.having {
            let output = |column| output_name(selector, column);
            self.line(2, &format!("having {}", condition_over(having, &output)));
        }
        for (item, descending) in &selector.order_by {
            let name = output_name(selector, *item);
            self.line(2, &format!("order by {name}{}", if *descending { " desc" } else { "" }));
        }
        if let Some(limit) = selector.limit {
            self.line(2, &format!("limit {limit}"));
        }
        if selector.offset > 0 {
            self.line(2, &format!("offset {}", selector.offset));
        }
    }
}

fn stream_name(app: &LogicalApp, stream: usize) -> String {
    app.streams.get(stream).map_or_else(|| format!("?{stream}"), |stream| stream.name.clone())
}

pub(crate) fn handler(handler: &HandlerPlan) -> String {
    match handler {
        HandlerPlan::Filter(plan) => format!("filter {}", condition(plan)),
        HandlerPlan::Function(plan) => {
            let list: Vec<String> = plan.arguments.iter().map(expression).collect();
            format!("function {}({})", plan.name, list.join(", "))
        }
        HandlerPlan::Processor(plan) => {
            let list: Vec<String> = plan.arguments.iter().map(expression).collect();
            format!("processor {}({})", plan.name, list.join(", "))
        }
    }
}

/// What a column of a selection's output is called; `having` and `order by` look at those.
fn output_name(selector: &SelectorPlan, column: usize) -> String {
    selector.items.get(column).map_or_else(|| format!("#{column}"), |item| item.name.clone())
}

fn condition(plan: &ConditionPlan) -> String {
    condition_over(plan, &number)
}

fn condition_over(plan: &ConditionPlan, column: &dyn Fn(usize) -> String) -> String {
    with_aggregates(expression_over(&plan.condition, column), &plan.aggregates, column)
}

/// An expression with what aggregators its columns behind the input's are.
fn with_aggregates(
    text: String,
    aggregates: &[AggregatePlan],
    column: &dyn Fn(usize) -> String,
) -> String {
    let aggregates: Vec<String> = aggregates
        .iter()
        .map(|aggregate| {
            let arguments = aggregate.call.arguments.iter();
            let list: Vec<String> = arguments.map(|e| expression_over(e, column)).collect();
            format!("{}({})", aggregate.call.name, list.join(", "))
        })
        .collect();
    if aggregates.is_empty() { text } else { format!("{text} with {}", aggregates.join(", ")) }
}

fn number(column: usize) -> String {
    format!("#{column}")
}

/// A checked expression as text: columns by number.
pub(crate) fn expression(e: &Expr) -> String {
    expression_over(e, &number)
}

/// A checked expression as text, with columns as `column` calls them.
fn expression_over(e: &Expr, column: &dyn Fn(usize) -> String) -> String {
    let expression = |e: &Expr| expression_over(e, column);
    let call = |name: &str, arguments: &[Expr]| {
        let list: Vec<String> = arguments.iter().map(expression).collect();
        format!("{name}({})", list.join(", "))
    };
    match &e.kind {
        ExprKind::Constant(crate::Value::String(text)) => format!("'{text}'"),
        ExprKind::Constant(value) => value.to_string(),
        ExprKind::Column(index) => column(*index),
        ExprKind::Arithmetic(op, a, b) | ExprKind::Compare(op, a, b) => {
            format!("({} {op} {})", expression(a), expression(b))
        }
        ExprKind::And(a, b) => format!("({} and {})", expression(a), expression(b)),
        ExprKind::Or(a, b) => format!("({} or {})", expression(a), expression(b)),
        ExprKind::Not(a) => format!("not {}", expression(a)),
        ExprKind::IsNull(a) => format!("{} is null", expression(a)),
        ExprKind::Convert(a) => format!("{}({})", e.data_type, expression(a)),
        ExprKind::IfThenElse(a, b, c) => {
            format!("ifThenElse({}, {}, {})", expression(a), expression(b), expression(c))
        }
        ExprKind::Call(bound) => call(&bound.name, &bound.arguments),
        ExprKind::EventTimestamp => "eventTimestamp()".into(),
        ExprKind::Aggregate(aggregate) => call(&aggregate.name, &aggregate.arguments),
    }
}
