//! The recorded answers of Java Siddhi about what is SiddhiQL and what is not.

use siddhi_query::{
    parse_aggregation, parse_app, parse_expression, parse_function, parse_on_demand,
    parse_partition, parse_query, parse_stream, parse_table, parse_time,
};

use crate::corpus::cases;

fn refusal(entry: &str, text: &str) -> Option<String> {
    let result = match entry {
        "app" => parse_app(text).map(drop),
        "stream" => parse_stream(text).map(drop),
        "table" => parse_table(text).map(drop),
        "aggregation" => parse_aggregation(text).map(drop),
        "function" => parse_function(text).map(drop),
        "partition" => parse_partition(text).map(drop),
        "query" => parse_query(text).map(drop),
        "ondemand" => parse_on_demand(text).map(drop),
        "expression" => parse_expression(text).map(drop),
        "time" => parse_time(text).map(drop),
        other => panic!("no entry point {other}"),
    };
    result.err().map(|errors| errors.to_string())
}

#[test]
fn accepts_and_refuses_what_java_does() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for case in cases() {
        let Some(entry) = case["parse"].as_str() else { continue };
        count += 1;
        let text = case["app"].as_str().unwrap();
        let accepted = case["accepted"] == true;
        let refusal = refusal(entry, text);
        if refusal.is_none() != accepted {
            let ours = refusal.unwrap_or_else(|| "accepted".to_owned());
            wrong.push(format!("{} ({entry}) {text:?}: {ours}", case["name"]));
        }
    }
    assert!(count >= 3000, "only {count} cases found");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn reads_every_app_and_on_demand_query_that_runs() {
    let mut wrong = Vec::new();
    for case in cases() {
        if case.get("parse").is_some() || case["rejected"] == true {
            continue;
        }
        let text = case["app"].as_str().unwrap();
        if let Err(errors) = parse_app(text) {
            wrong.push(format!("{}: {errors}\n    {text:?}", case["name"]));
        }
        let answered: Vec<u64> = case["outputs"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|output| output["kind"] == "answer")
            .filter_map(|output| output["step"].as_u64())
            .collect();
        for (index, step) in case["steps"].as_array().into_iter().flatten().enumerate() {
            let Some(query) = step["query"].as_str() else { continue };
            if answered.contains(&(index as u64))
                && let Err(errors) = parse_on_demand(query)
            {
                wrong.push(format!("{} step {index}: {errors}\n    {query:?}", case["name"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} are refused:\n{}", wrong.len(), wrong.join("\n"));
}
