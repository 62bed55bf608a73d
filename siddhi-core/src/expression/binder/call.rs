//! Calls of functions and aggregators.

use siddhi_query::ast::{Call, DataType, Expression, ExpressionKind, Span};
use siddhi_query::{Diagnostic, did_you_mean};

use super::{Binder, codes};
use crate::expression::typed::{AggregateCall, BoundFunction, Expr, ExprKind};
use crate::extension::{BindError, BoundScalar, Callee, Documentation, ParameterValue, ask};

/// The namespaces of functions that Siddhi's own extensions bring.
const NAMESPACES: [&str; 13] = [
    "approximate",
    "env",
    "geo",
    "json",
    "list",
    "map",
    "math",
    "regex",
    "reorder",
    "str",
    "time",
    "unique",
    "unitconversion",
];

impl Binder<'_> {
    pub(super) fn call(&mut self, call: &Call) -> Option<Expr> {
        if let Some(expr) = self.timestamp_of_event(call) {
            return Some(expr);
        }
        let name = full_name(call);
        if let Some(factory) = self.registry.function(&name).cloned() {
            let arguments = self.arguments(call)?;
            let parameters = parameters(&arguments);
            return match ask(&format!("`{name}`"), || factory.bind(&parameters), BindError::call) {
                Ok(bound) => Some(apply(name, bound, arguments, call.span)),
                Err(error) => self.refuse(call, &arguments, &factory.documentation(), error),
            };
        }
        if let Some(factory) = self.registry.aggregator(&name).cloned() {
            let arguments = self.arguments(call);
            if !self.aggregates {
                self.diagnostics.push(misplaced(&name, call.span));
                return None;
            }
            let arguments = arguments?;
            let parameters = parameters(&arguments);
            return match ask(&format!("`{name}`"), || factory.bind(&parameters), BindError::call) {
                Ok(bound) => Some(Expr {
                    data_type: bound.return_type,
                    kind: ExprKind::Aggregate(Box::new(AggregateCall { name, bound, arguments })),
                    span: call.span,
                }),
                Err(error) => self.refuse(call, &arguments, &factory.documentation(), error),
            };
        }
        self.unknown(call, name);
        None
    }

    /// `eventTimestamp(e)`, where `e` names an event and no attribute.
    fn timestamp_of_event(&self, call: &Call) -> Option<Expr> {
        let [Expression { kind: ExpressionKind::Variable(event), .. }] = call.arguments.as_slice()
        else {
            return None;
        };
        if call.namespace.is_some() || call.name.name != "eventTimestamp" {
            return None;
        }
        let column = self.scope.event_timestamp(event)?;
        Some(Expr::column(column.index, column.data_type, call.span))
    }

    fn arguments(&mut self, call: &Call) -> Option<Vec<Expr>> {
        if call.star {
            let columns = self.scope.star()?;
            return Some(
                columns
                    .into_iter()
                    .map(|column| Expr::column(column.index, column.data_type, call.span))
                    .collect(),
            );
        }
        // All arguments are checked even when one is wrong: all mistakes are reported at once.
        let arguments: Vec<Option<Expr>> =
            call.arguments.iter().map(|argument| self.expression(argument)).collect();
        arguments.into_iter().collect()
    }

    fn refuse(
        &mut self,
        call: &Call,
        arguments: &[Expr],
        page: &Documentation,
        error: BindError,
    ) -> Option<Expr> {
        let argument = error.argument.and_then(|index| arguments.get(index));
        let (span, label) = if let Some(argument) = argument {
            (argument.span, format!("of type {}", argument.data_type))
        } else {
            let types: Vec<String> =
                arguments.iter().map(|argument| argument.data_type.to_string()).collect();
            (call.span, format!("called with ({})", types.join(", ")))
        };
        self.diagnostics.push(
            Diagnostic::error(codes::ARGUMENTS, error.message, span, label)
                .with_help(format!("it is called as {}", page.syntax)),
        );
        None
    }

    fn unknown(&mut self, call: &Call, name: String) {
        // The arguments may hold mistakes of their own.
        for argument in &call.arguments {
            self.expression(argument);
        }
        let namespace = call.namespace.as_ref().map(|namespace| namespace.name.as_str());
        if namespace.is_some_and(|namespace| NAMESPACES.contains(&namespace)) {
            self.unsupported.push((name, call.span));
            return;
        }
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_FUNCTION,
            format!("no function or aggregator `{name}`"),
            call.name.span,
            "not known",
        );
        let known = || self.registry.callable_names();
        let meant = meant(&name).filter(|meant| known().any(|known| known == *meant));
        if let Some(guess) = meant.or_else(|| did_you_mean(&name, known())) {
            let place = call
                .namespace
                .as_ref()
                .map_or(call.name.span, |namespace| namespace.span.to(call.name.span));
            diagnostic = diagnostic.with_help(format!("did you mean `{guess}`?")).with_suggestion(
                format!("call `{guess}`"),
                place,
                guess,
            );
        } else {
            diagnostic = diagnostic.with_help("`siddhi functions` lists what is built in");
        }
        self.diagnostics.push(diagnostic);
    }
}

/// What a function of another language is called here, where the names are far apart.
fn meant(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "mean" | "average" => "avg",
        "total" => "sum",
        "now" => "currentTimeMillis",
        "std" | "stddev" | "stdev" => "stdDev",
        _ => return None,
    })
}

/// The name as the registry knows it.
fn full_name(call: &Call) -> String {
    match &call.namespace {
        Some(namespace) => format!("{}:{}", namespace.name, call.name.name),
        None => call.name.name.clone(),
    }
}

fn parameters(arguments: &[Expr]) -> Vec<ParameterValue> {
    let parameter = |argument: &Expr| ParameterValue {
        data_type: argument.data_type,
        constant: match &argument.kind {
            ExprKind::Constant(value) => Some(value.clone()),
            _ => None,
        },
        attribute: matches!(argument.kind, ExprKind::Column(_)),
    };
    arguments.iter().map(parameter).collect()
}

fn apply(name: String, bound: BoundScalar, arguments: Vec<Expr>, span: Span) -> Expr {
    let BoundScalar { callee, return_type: data_type, pure, fallible } = bound;
    let kind = match callee {
        Callee::Function(function) => {
            ExprKind::Call(BoundFunction { name, function, arguments, pure, fallible })
        }
        Callee::EventTimestamp => ExprKind::EventTimestamp,
        Callee::IfThenElse => return choice(arguments, data_type, span),
    };
    Expr { kind, data_type, span }
}

fn choice(arguments: Vec<Expr>, data_type: DataType, span: Span) -> Expr {
    let mut arguments = arguments.into_iter().map(Box::new);
    let kind = if let (Some(condition), Some(then), Some(otherwise)) =
        (arguments.next(), arguments.next(), arguments.next())
    {
        ExprKind::IfThenElse(condition, then, otherwise)
    } else {
        debug_assert!(false, "a choice is bound with three arguments");
        ExprKind::Constant(crate::event::value::Value::Null)
    };
    Expr { kind, data_type, span }
}

fn misplaced(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::AGGREGATOR_PLACE,
        format!("the aggregator `{name}` cannot stand here"),
        span,
        "nothing to aggregate over",
    )
    .with_help(
        "aggregators stand in `select`, in `having` and in filters of a query over one stream",
    )
}
