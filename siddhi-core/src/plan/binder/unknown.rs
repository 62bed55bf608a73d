//! The definition that would fit a stream that nobody defines.

use siddhi_query::ast::{
    BinaryOperator, Call, Constant, DataType, Expression, ExpressionKind, Handler, Input, Query,
    Variable,
};

/// A definition of `stream` with the attributes that `query` uses, their types guessed from use.
pub(super) fn fitting_definition(stream: &str, query: &Query) -> String {
    let mut uses = Uses { stream, attributes: Vec::new() };
    if let Input::Single(single) = &query.input {
        for handler in &single.handlers {
            match handler {
                Handler::Filter(condition) => uses.expression(condition, DataType::Bool),
                Handler::Function(call) | Handler::Window(call) => uses.arguments(call, None),
            }
        }
    }
    for item in &query.selector.items {
        uses.expression(&item.expression, DataType::String);
    }
    for variable in &query.selector.group_by {
        uses.variable(variable, DataType::String);
    }
    if uses.attributes.is_empty() {
        return format!("define stream {stream} (attribute string);");
    }
    let list: Vec<String> =
        uses.attributes.iter().map(|(name, data_type)| format!("{name} {data_type}")).collect();
    format!("define stream {stream} ({});", list.join(", "))
}

struct Uses<'a> {
    stream: &'a str,
    attributes: Vec<(String, DataType)>,
}

impl Uses<'_> {
    fn variable(&mut self, variable: &Variable, guess: DataType) {
        if variable.stream.as_ref().is_some_and(|source| source.name.name != self.stream) {
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

    fn arguments(&mut self, call: &Call, guess: Option<DataType>) {
        for argument in &call.arguments {
            self.expression(argument, guess.unwrap_or(DataType::String));
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
                let numeric = ["sum", "avg", "min", "max", "stdDev", "maximum", "minimum"];
                let guess = numeric.contains(&call.name.name.as_str()).then_some(DataType::Double);
                self.arguments(call, guess);
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
