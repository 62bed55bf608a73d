//! The language of Siddhi 3, and types and units of other languages.

use super::super::grammar::Rule;
use super::super::scan::TokenKind;
use super::Trouble;
use crate::ast::Span;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

/// `@Plan:name('…')`, and other colons in the name of an annotation.
pub(super) fn plan_annotation(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    // The grammar stops at the name, which should have been `app`, or at the colon.
    let name = if trouble.before(1) == "@" { trouble.at } else { trouble.at.checked_sub(1)? };
    let marked = name.checked_sub(1).is_some_and(|mark| trouble.text(mark) == "@");
    if !marked || trouble.text(name + 1) != ":" || trouble.is_word(name, "app") {
        return None;
    }
    if trouble.is_word(name, "plan") {
        return Some(
            Diagnostic::error(
                Code::SIDDHI_3,
                "an annotation of Siddhi 3",
                trouble.span(name),
                "now called `app`",
            )
            .with_fix("write `@app:…`", trouble.span(name), "app"),
        );
    }
    Some(
        Diagnostic::error(
            Code::SYNTAX,
            "a colon in the name of an annotation",
            trouble.span(name + 1),
            "only annotations of the app have one",
        )
        .with_help("annotations of the app are written `@app:name(…)`"),
    )
}

/// `create stream S (…)`.
pub(super) fn create(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    const KINDS: [&str; 6] = ["stream", "table", "window", "trigger", "function", "aggregation"];
    let at = trouble.at;
    let kind = KINDS.iter().any(|kind| trouble.is_word(at + 1, kind));
    let begins = [Rule::definition, Rule::entry_definition, Rule::entry_first, Rule::kw_define]
        .into_iter()
        .any(|rule| trouble.expects(rule));
    if !trouble.is_word(at, "create") || !kind || !begins {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::MISSPELLED_KEYWORD,
            "SiddhiQL has no `create`",
            trouble.span(at),
            "did you mean `define`?",
        )
        .with_fix("write `define`", trouble.span(at), "define"),
    )
}

/// `insert overwrite T`.
pub(super) fn insert_overwrite(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if !trouble.is_word(at, "overwrite") || !trouble.before(1).eq_ignore_ascii_case("insert") {
        return None;
    }
    let span = trouble.span(at - 1).to(trouble.span(at));
    Some(
        Diagnostic::error(
            Code::SIDDHI_3,
            "`insert overwrite` is of Siddhi 3",
            span,
            "now `update or insert into`",
        )
        .with_help("`update or insert into T set T.a = a on T.key == key`")
        .with_suggestion("write `update or insert into`", span, "update or insert into"),
    )
}

/// The word for a unit that SiddhiQL has, of one that it has not.
fn unit(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "ms" | "msec" | "msecs" | "milli" | "millis" | "millisecs" => "millisec",
        "s" | "secs" | "sek" => "sec",
        "m" | "mins" | "minuts" => "min",
        "h" | "hr" | "hrs" => "hours",
        "days" | "ays" | "ay" => "days",
        "w" | "wk" | "wks" => "weeks",
        "mon" | "mons" | "mth" | "mths" => "months",
        "y" | "yr" | "yrs" => "years",
        _ => return None,
    })
}

/// `5 mins`, `5 ms`, and `5days`, which reads as the double `5d`.
pub(super) fn unknown_unit(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let number = at.checked_sub(1)?;
    if trouble.kind(at) != Some(TokenKind::Word) || trouble.kind(number) != Some(TokenKind::Number)
    {
        return None;
    }
    let digits = trouble.text(number);
    let span = trouble.span(at);
    if let Some(digits) = digits.strip_suffix(['d', 'D'])
        && matches!(trouble.text(at), "ay" | "ays" | "AY" | "AYS")
    {
        let whole = trouble.span(number).to(span);
        return Some(
            Diagnostic::error(
                Code::UNKNOWN_UNIT,
                "a blank is missing before `days`",
                whole,
                "reads as the double `5d` and a name".replace("5d", trouble.text(number)),
            )
            .with_fix("add the blank", whole, format!("{digits} days")),
        );
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let word = trouble.text(at);
    let units = [
        "year",
        "month",
        "week",
        "day",
        "hour",
        "min",
        "minutes",
        "sec",
        "seconds",
        "millisec",
        "milliseconds",
    ];
    let (meant, sure) = match unit(word) {
        Some(meant) => (meant, true),
        None => (did_you_mean(word, units).filter(|_| word.len() > 2)?, false),
    };
    let blank = if trouble.span(number).end == span.start { " " } else { "" };
    let replacement = format!("{blank}{meant}");
    let diagnostic = Diagnostic::error(
        Code::UNKNOWN_UNIT,
        format!("`{word}` is no unit of time"),
        span,
        format!("`{meant}` is one"),
    )
    .with_help("the units are year, month, week, day, hour, min, sec and millisec, also written out and in the plural");
    let message = format!("write `{meant}`");
    Some(if sure {
        diagnostic.with_fix(message, span, replacement)
    } else {
        diagnostic.with_suggestion(message, span, replacement)
    })
}

/// The units from long to short, by a word for each that people read well, in milliseconds.
const UNITS: [(&str, u64); 7] = [
    ("year", 31_536_000_000),
    ("week", 604_800_000),
    ("day", 86_400_000),
    ("hour", 3_600_000),
    ("min", 60_000),
    ("sec", 1_000),
    ("millisec", 1),
];

/// `1.5 min`, where the grammar takes the number for one that stands alone, or not at all.
pub(super) fn broken_time(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let places = [Some(trouble.at), trouble.at.checked_sub(1)];
    let mut places = places.into_iter().flatten();
    let number = places.find(|&place| trouble.kind(place) == Some(TokenKind::Number))?;
    if !trouble.text(number).contains('.') {
        return None;
    }
    let (digits, word) = (trouble.text(number), trouble.text(number + 1));
    let word = unit(word).unwrap_or(word).to_ascii_lowercase();
    let singular = match word.strip_suffix('s').unwrap_or(&word) {
        "minute" => "min",
        "second" => "sec",
        "millisecond" => "millisec",
        other => other,
    };
    let is_unit = singular == "month" || UNITS.iter().any(|(name, _)| *name == singular);
    if !is_unit {
        return None;
    }
    let span = trouble.span(number).to(trouble.span(number + 1));
    let diagnostic = Diagnostic::error(
        Code::NUMBER_RANGE,
        "a time value takes whole numbers",
        trouble.span(number),
        "not a whole number",
    )
    .with_help("smaller units can follow: `1 min 30 sec`");
    let length = UNITS.iter().find(|(name, _)| *name == singular).map(|(_, length)| *length);
    Some(match length.and_then(|length| whole_time(digits, length)) {
        Some(time) => diagnostic.with_fix(format!("write `{time}`"), span, time),
        None => diagnostic,
    })
}

/// A decimal number of units of so many milliseconds in the longest unit that leaves no fraction.
fn whole_time(digits: &str, length: u64) -> Option<String> {
    let (whole, fraction) = digits.split_once('.')?;
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let parse = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse().ok() };
    let (whole, fraction): (u64, u64) = (parse(whole)?, parse(fraction)?);
    let scaled = whole.checked_mul(scale)?.checked_add(fraction)?.checked_mul(length)?;
    let millis = scaled.checked_div(scale).filter(|millis| millis * scale == scaled)?;
    let (name, length) = UNITS.iter().find(|(_, length)| millis % length == 0)?;
    Some(format!("{} {name}", millis / length))
}

/// The type that a type of another language stands for, and whether that is beyond doubt.
fn data_type(word: &str) -> Option<(&'static str, bool)> {
    Some(match word.to_ascii_lowercase().as_str() {
        "boolean" => ("bool", true),
        "integer" | "int32" => ("int", true),
        "str" | "text" | "varchar" | "char" => ("string", true),
        "bigint" | "int64" => ("long", true),
        "float64" => ("double", true),
        "float32" => ("float", true),
        "short" | "byte" | "smallint" | "tinyint" => ("int", false),
        "number" | "numeric" | "decimal" | "real" | "bigdecimal" => ("double", false),
        "timestamp" | "datetime" | "date" | "time" => ("long", false),
        "map" | "list" | "array" | "json" | "any" => ("object", false),
        _ => return None,
    })
}

const TYPES: [&str; 7] = ["string", "int", "long", "float", "double", "bool", "object"];

/// `string symbol`.
pub(super) fn type_before_name(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let ends = matches!(trouble.text(at + 1), "," | ")");
    if !trouble.expects(Rule::data_type) || !trouble.is_name(at) || !ends {
        return None;
    }
    let (name, before) = (trouble.text(at), trouble.before(1));
    let exact = TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(before));
    let foreign = data_type(before).filter(|(_, sure)| *sure).map(|(meant, _)| meant);
    // The word may be a type of another language, and stand where it should.
    let is_type = data_type(name).is_some() || did_you_mean(name, TYPES).is_some();
    let meant = exact.or(foreign.filter(|_| !is_type))?;
    let span = trouble.span(at.checked_sub(1)?).to(trouble.span(at));
    let mut diagnostic = Diagnostic::error(
        Code::UNKNOWN_TYPE,
        "the name of an attribute stands before its type",
        span,
        "the other way round",
    )
    .with_fix(format!("write `{name} {meant}`"), span, format!("{name} {meant}"));
    if exact.is_none() || is_type {
        diagnostic.doubt();
    }
    Some(diagnostic)
}

/// A type that SiddhiQL does not have.
pub(super) fn unknown_type(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if !trouble.expects(Rule::data_type) || trouble.kind(at) != Some(TokenKind::Word) {
        return None;
    }
    let word = trouble.text(at);
    let span: Span = trouble.span(at);
    let diagnostic = Diagnostic::error(
        Code::UNKNOWN_TYPE,
        format!("`{word}` is no type"),
        span,
        "not a type of SiddhiQL",
    )
    .with_help("the types are string, int, long, float, double, bool and object");
    Some(match data_type(word) {
        Some((meant, true)) => diagnostic.with_fix(format!("write `{meant}`"), span, meant),
        Some((meant, false)) => diagnostic.with_suggestion(format!("write `{meant}`"), span, meant),
        None => match did_you_mean(word, TYPES) {
            Some(meant) => diagnostic.with_suggestion(format!("write `{meant}`"), span, meant),
            // Another type is a guess, but lets the rest be read.
            None => diagnostic.with_suggestion("write `object`", span, "object"),
        },
    })
}
