//! Cases of grammar alone: is a text accepted at an entry point of the parser?

use siddhi_query::{
    Diagnostics, parse_aggregation, parse_app, parse_expression, parse_function, parse_on_demand,
    parse_partition, parse_query, parse_stream, parse_table, parse_time,
};

use super::case::Case;
use super::verdict::Verdict;

/// Parses the text of the case at the entry point that it names.
pub(crate) fn judge(case: &Case, entry: &str) -> Verdict {
    let text = case.app.as_str();
    let refusal = match entry {
        "app" => refusal(parse_app(text)),
        "stream" => refusal(parse_stream(text)),
        "table" => refusal(parse_table(text)),
        "aggregation" => refusal(parse_aggregation(text)),
        "function" => refusal(parse_function(text)),
        "partition" => refusal(parse_partition(text)),
        "query" => refusal(parse_query(text)),
        "ondemand" => refusal(parse_on_demand(text)),
        "expression" => refusal(parse_expression(text)),
        "time" => refusal(parse_time(text)),
        other => return Verdict::Failed(format!("no entry point is called {other}")),
    };
    Verdict::of(match refusal {
        None if case.rejected => Some("expected to be rejected, but accepted".to_owned()),
        Some(why) if case.accepted => Some(format!("expected to be accepted, but rejected: {why}")),
        _ => None,
    })
}

fn refusal<T>(parsed: Result<T, Diagnostics>) -> Option<String> {
    parsed.err().map(|diagnostics| diagnostics.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(entry: &str, text: &str, answer: &str) -> Verdict {
        let case = format!(r#"{{"app": "{text}", "parse": "{entry}", "{answer}": true}}"#);
        judge(&Case::read(&case).unwrap(), entry)
    }

    #[test]
    fn what_is_accepted_must_be_accepted() {
        assert_eq!(verdict("expression", "a + 1", "accepted"), Verdict::Passed);
        assert_eq!(verdict("expression", "a +", "rejected"), Verdict::Passed);
        assert!(matches!(verdict("expression", "a + 1", "rejected"), Verdict::Failed(_)));
        assert!(matches!(verdict("stream", "define stream", "accepted"), Verdict::Failed(_)));
        assert!(matches!(verdict("poem", "a", "accepted"), Verdict::Failed(_)));
    }
}
