//! The definition that would fit a stream that nobody defines.

use std::collections::BTreeSet;

use crate::ast::{
    AttributeDefinition, BinaryOperator, Call, Constant, DataType, Expression, ExpressionKind,
    Handler, Ident, Input, OutputAction, PatternElement, Query, SingleInput, Source, Span,
    StreamDefinition, Variable,
};

/// A definition of `stream` with the attributes that `query` uses, their types guessed from use.
///
/// ```
/// let query = siddhi_query::parse_query("from S[price > 5.0] select symbol insert into O")?;
/// let definition = siddhi_query::fitting_definition("S", &query);
/// assert_eq!(definition, "define stream S (price double, symbol string);");
/// # Ok::<(), siddhi_query::Diagnostics>(())
/// ```
#[must_use]
pub fn fitting_definition(stream: &str, query: &Query) -> String {
    let mut uses = Uses { stream, names: Vec::new(), alone: false, attributes: Vec::new() };
    let mut inputs = Vec::new();
    named_inputs(&query.input, &mut inputs);
    uses.alone = inputs.len() == 1;
    for (input, name) in &inputs {
        if is_plain(&input.source, stream) {
            uses.names.push(name);
        }
    }
    for (input, _) in &inputs {
        // Inside the handlers of a stream its attributes need no name.
        let alone = std::mem::replace(&mut uses.alone, is_plain(&input.source, stream));
        uses.handlers(&input.handlers);
        uses.alone = alone;
    }
    if let Input::Join(join) = &query.input
        && let Some(condition) = &join.on
    {
        uses.expression(condition, DataType::Bool);
    }
    for item in &query.selector.items {
        uses.expression(&item.expression, DataType::String);
    }
    for variable in &query.selector.group_by {
        uses.variable(variable, DataType::String);
    }
    let mut attributes = uses.attributes;
    if attributes.is_empty() {
        attributes.push(("attribute".to_owned(), DataType::String));
    }
    let attributes = attributes.into_iter().map(|(name, data_type)| AttributeDefinition {
        name: Ident { name, span: Span::default() },
        data_type,
        type_span: Span::default(),
    });
    let definition = StreamDefinition {
        annotations: Vec::new(),
        name: Ident { name: stream.to_owned(), span: Span::default() },
        attributes: attributes.collect(),
        span: Span::default(),
    };
    format!("{};", crate::ast::Definition::Stream(definition))
}

/// Definitions of what the queries of an app without definitions read, and no query above fills.
pub(crate) fn missing_definitions<'a>(queries: impl IntoIterator<Item = &'a Query>) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut missing = Vec::new();
    for query in queries {
        let mut inputs = Vec::new();
        named_inputs(&query.input, &mut inputs);
        for (input, _) in inputs {
            let Source { name, inner, fault, .. } = &input.source;
            if !inner && !fault && known.insert(name.name.as_str()) {
                missing.push(fitting_definition(&name.name, query));
            }
        }
        if let OutputAction::Insert(target) = &query.output.action {
            known.insert(&target.name.name);
        }
    }
    missing
}

fn is_plain(source: &Source, stream: &str) -> bool {
    source.name.name == stream && !source.inner && !source.fault
}

/// The streams of an input, each with the name by which the query refers to it.
fn named_inputs<'a>(input: &'a Input, found: &mut Vec<(&'a SingleInput, &'a str)>) {
    match input {
        Input::Single(single) => found.push((single, &single.source.name.name)),
        Input::Join(join) => {
            for side in [&join.left, &join.right] {
                let name = side.alias.as_ref().unwrap_or(&side.input.source.name);
                found.push((&side.input, &name.name));
            }
        }
        Input::Pattern(pattern) => elements(&pattern.element, found),
        Input::Inner(inner) => named_inputs(&inner.input, found),
    }
}

fn elements<'a>(element: &'a PatternElement, found: &mut Vec<(&'a SingleInput, &'a str)>) {
    match element {
        PatternElement::Stream(stream) => found.push((&stream.input, event_name(stream))),
        PatternElement::Count(count) => {
            found.push((&count.stream.input, event_name(&count.stream)));
        }
        PatternElement::Absent(absent) => {
            found.push((&absent.input, &absent.input.source.name.name));
        }
        PatternElement::Logical(logical) => {
            elements(&logical.first, found);
            elements(&logical.second, found);
        }
        PatternElement::Next(first, second) => {
            elements(first, found);
            elements(second, found);
        }
        PatternElement::Every(inner, _) => elements(inner, found),
    }
}

fn event_name(stream: &crate::ast::PatternStream) -> &str {
    &stream.reference.as_ref().unwrap_or(&stream.input.source.name).name
}

struct Uses<'a> {
    stream: &'a str,
    /// The names by which the query refers to it.
    names: Vec<&'a str>,
    /// Whether what has no name is of this stream.
    alone: bool,
    attributes: Vec<(String, DataType)>,
}

impl Uses<'_> {
    fn handlers(&mut self, handlers: &[Handler]) {
        for handler in handlers {
            match handler {
                Handler::Filter(condition) => self.expression(condition, DataType::Bool),
                Handler::Function(call) | Handler::Window(call) => {
                    self.arguments(call, DataType::String);
                }
            }
        }
    }

    fn variable(&mut self, variable: &Variable, guess: DataType) {
        let of_this = match &variable.stream {
            Some(source) => {
                let name = source.name.name.as_str();
                name == self.stream || self.names.contains(&name)
            }
            None => self.alone,
        };
        if !of_this {
            return;
        }
        let name = &variable.attribute.name;
        match self.attributes.iter_mut().find(|(known, _)| known == name) {
            // A text is what is guessed when nothing is known: anything else is better founded.
            Some((_, known)) if *known == DataType::String => *known = guess,
            Some(_) => {}
            None => self.attributes.push((name.clone(), guess)),
        }
    }

    fn arguments(&mut self, call: &Call, guess: DataType) {
        for argument in &call.arguments {
            self.expression(argument, guess);
        }
    }

    fn expression(&mut self, expression: &Expression, guess: DataType) {
        match &expression.kind {
            ExpressionKind::Variable(variable) => self.variable(variable, guess),
            ExpressionKind::Constant(_) | ExpressionKind::IsNullStream(_) => {}
            ExpressionKind::Not(operand) => self.expression(operand, DataType::Bool),
            ExpressionKind::IsNull(operand) | ExpressionKind::In(operand, _) => {
                self.expression(operand, DataType::String);
            }
            ExpressionKind::Call(call) => {
                let name = call.name.name.as_str();
                let numeric = matches!(
                    name,
                    "sum" | "avg" | "min" | "max" | "stdDev" | "maximum" | "minimum"
                );
                self.arguments(call, if numeric { DataType::Double } else { DataType::String });
            }
            ExpressionKind::Binary(operator, left, right) => {
                let guess = match operator {
                    BinaryOperator::And | BinaryOperator::Or => DataType::Bool,
                    BinaryOperator::Equal | BinaryOperator::NotEqual => constant_type(left)
                        .or_else(|| constant_type(right))
                        .unwrap_or(DataType::String),
                    _ => DataType::Double,
                };
                self.expression(left, guess);
                self.expression(right, guess);
            }
        }
    }
}

fn constant_type(expression: &Expression) -> Option<DataType> {
    match &expression.kind {
        ExpressionKind::Constant(constant) => Some(match constant {
            Constant::Bool(_) => DataType::Bool,
            Constant::Int(_) => DataType::Int,
            Constant::Long(_) | Constant::Time(_) => DataType::Long,
            Constant::Float(_) => DataType::Float,
            Constant::Double(_) => DataType::Double,
            Constant::String(_) => DataType::String,
        }),
        _ => None,
    }
}
