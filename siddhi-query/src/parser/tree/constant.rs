//! Constants: numbers, strings, times, types.

use super::super::grammar::{Node, Rule};
use super::Builder;
use crate::ast::{Constant, DataType, Span, TimeUnit, TimeValue};
use crate::diagnostic::{Code, Diagnostic};

/// The text between the quotes of a string.
pub(super) fn unquoted(text: &str) -> &str {
    let triple = text.strip_prefix("\"\"\"").and_then(|text| text.strip_suffix("\"\"\""));
    let inner = triple.or_else(|| text.get(1..text.len().saturating_sub(1)));
    inner.unwrap_or_default()
}

/// The type of that name.
pub(super) fn data_type(word: &str) -> Option<DataType> {
    let types = [
        DataType::String,
        DataType::Int,
        DataType::Long,
        DataType::Float,
        DataType::Double,
        DataType::Bool,
        DataType::Object,
    ];
    types.into_iter().find(|data_type| data_type.as_str().eq_ignore_ascii_case(word))
}

/// The unit of a word in the singular or plural, milliseconds left out.
pub(super) fn time_unit(word: &str) -> Option<TimeUnit> {
    let word = word.to_ascii_lowercase();
    Some(match word.as_str() {
        "sec" | "second" | "seconds" => TimeUnit::Second,
        "min" | "minute" | "minutes" => TimeUnit::Minute,
        "hour" | "hours" => TimeUnit::Hour,
        "day" | "days" => TimeUnit::Day,
        "week" | "weeks" => TimeUnit::Week,
        "month" | "months" => TimeUnit::Month,
        "year" | "years" => TimeUnit::Year,
        _ => return None,
    })
}

fn unit_millis(unit: Option<TimeUnit>) -> i64 {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    match unit {
        None => 1,
        Some(TimeUnit::Second) => 1000,
        Some(TimeUnit::Minute) => 60 * 1000,
        Some(TimeUnit::Hour) => 60 * 60 * 1000,
        Some(TimeUnit::Day) => DAY,
        Some(TimeUnit::Week) => 7 * DAY,
        Some(TimeUnit::Month) => 30 * DAY,
        Some(TimeUnit::Year) => 365 * DAY,
    }
}

impl Builder<'_> {
    /// A number with its sign.
    pub(super) fn number(&mut self, node: Node<'_>) -> Option<Constant> {
        let span = self.span(&node);
        let mut digits = String::new();
        for part in node.into_inner() {
            digits.push_str(Self::token(&part));
        }
        let text = digits.to_ascii_lowercase();
        let constant = match text.as_bytes().last()? {
            b'f' => text.trim_end_matches('f').parse().ok().map(Constant::Float),
            b'l' => text.trim_end_matches('l').parse().ok().map(Constant::Long),
            b'd' => text.trim_end_matches('d').parse().ok().map(Constant::Double),
            _ if text.contains(['.', 'e']) => text.parse().ok().map(Constant::Double),
            _ => text.parse().ok().map(Constant::Int),
        };
        if constant.is_none() {
            self.out_of_range(span, &digits);
        }
        constant
    }

    fn out_of_range(&mut self, span: Span, digits: &str) {
        let long = digits.ends_with(['l', 'L']);
        let (kind, limit) = if long { ("long", "64") } else { ("int", "32") };
        let mut diagnostic = Diagnostic::error(
            Code::NUMBER_RANGE,
            format!("number out of range for {kind}"),
            span,
            format!("does not fit {limit} bits"),
        );
        if !long && digits.parse::<i64>().is_ok() {
            let replacement = format!("{digits}L");
            diagnostic = diagnostic
                .with_help("a number with the suffix `L` is a long of 64 bits")
                .with_suggestion("make it a long", span, replacement);
        }
        self.report(diagnostic);
    }

    /// A count or index: an integer of 32 bits without sign.
    pub(super) fn integer(&mut self, node: &Node<'_>) -> Option<i32> {
        let digits = Self::token(node);
        let value = digits.parse().ok();
        if value.is_none() {
            let span = self.span(node);
            self.error(
                Code::NUMBER_RANGE,
                "number out of range for int",
                span,
                "does not fit 32 bits",
            );
        }
        value
    }

    /// `1 min 30 sec`: the sum in milliseconds, wrapping around in 64 bits as Java's long does.
    pub(in super::super) fn time(&mut self, node: Node<'_>) -> Option<TimeValue> {
        let span = self.span(&node);
        let mut millis = 0_i64;
        let mut last: Option<(i64, Span)> = None;
        for pair in node.into_inner() {
            let pair_span = self.span(&pair);
            let (count, unit) = self.time_part(pair)?;
            let unit = unit_millis(unit);
            if let Some((before, before_span)) = last
                && unit >= before
            {
                self.report(
                    Diagnostic::error(
                        Code::UNIT_ORDER,
                        "the units of a time value must get smaller",
                        pair_span,
                        "not smaller than the unit before",
                    )
                    .with_secondary(before_span, "the unit before"),
                );
                return None;
            }
            last = Some((unit, pair_span));
            millis = millis.wrapping_add(count.wrapping_mul(unit));
        }
        Some(TimeValue { millis, span })
    }

    /// One number and its unit; none for milliseconds.
    fn time_part(&mut self, node: Node<'_>) -> Option<(i64, Option<TimeUnit>)> {
        let mut count = None;
        let mut unit = None;
        for part in node.into_inner() {
            let text = Self::token(&part);
            match part.as_rule() {
                Rule::integer => {
                    count = text.parse().ok();
                    if count.is_none() {
                        let span = self.span(&part);
                        self.out_of_range(span, &format!("{text}L"));
                    }
                }
                _ => unit = time_unit(text),
            }
        }
        Some((count?, unit))
    }

    /// The type that a node names.
    pub(super) fn data_type(node: &Node<'_>) -> Option<DataType> {
        data_type(Self::token(node))
    }
}
