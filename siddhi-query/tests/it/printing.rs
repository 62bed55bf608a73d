//! What is printed is read back as the same tree.

use proptest::prelude::*;
use siddhi_query::ast::{Constant, Definition, Expression, ExpressionKind};
use siddhi_query::{
    Diagnostics, parse_aggregation, parse_app, parse_expression, parse_function, parse_on_demand,
    parse_partition, parse_query, parse_stream, parse_table, parse_time, parse_trigger,
    parse_window,
};

use crate::{corpus, trees};

/// Checks that a text printed from `tree` is read as `tree`.
fn same<Tree: PartialEq + std::fmt::Debug + std::fmt::Display>(
    tree: &Tree,
    parse: impl Fn(&str) -> Result<Tree, Diagnostics>,
) -> Result<(), TestCaseError> {
    let text = tree.to_string();
    match parse(&text) {
        Ok(read) => prop_assert_eq!(tree, &read, "{}", text),
        Err(errors) => return Err(TestCaseError::fail(format!("{errors}\nof\n{text}"))),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn expressions(tree in trees::expression()) {
        same(&tree, parse_expression)?;
    }

    #[test]
    fn times(tree in trees::time()) {
        same(&tree, parse_time)?;
    }

    #[test]
    fn numbers_to_the_bit(constant in trees::constant()) {
        let read = parse_expression(&constant.to_string());
        let read = read.map_err(|errors| TestCaseError::fail(errors.to_string()))?;
        match (constant, read.kind) {
            (Constant::Float(value), ExpressionKind::Constant(Constant::Float(read))) => {
                prop_assert_eq!(value.to_bits(), read.to_bits());
            }
            (Constant::Double(value), ExpressionKind::Constant(Constant::Double(read))) => {
                prop_assert_eq!(value.to_bits(), read.to_bits());
            }
            (constant, read) => prop_assert_eq!(ExpressionKind::Constant(constant), read),
        }
    }

    #[test]
    fn definitions(tree in trees::definition()) {
        same(&tree, |text| match &tree {
            Definition::Stream(_) => parse_stream(text).map(Definition::Stream),
            Definition::Table(_) => parse_table(text).map(Definition::Table),
            Definition::Window(_) => parse_window(text).map(Definition::Window),
            Definition::Trigger(_) => parse_trigger(text).map(Definition::Trigger),
            Definition::Function(_) => parse_function(text).map(Definition::Function),
            Definition::Aggregation(_) => parse_aggregation(text).map(Definition::Aggregation),
        })?;
    }

    #[test]
    fn queries(tree in trees::query()) {
        same(&tree, parse_query)?;
    }

    #[test]
    fn on_demand_queries(tree in trees::on_demand()) {
        same(&tree, parse_on_demand)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn partitions(tree in trees::partition()) {
        same(&tree, parse_partition)?;
    }

    #[test]
    fn apps(tree in trees::app()) {
        same(&tree, parse_app)?;
    }
}

/// Reads, prints and reads again; what is refused at first is no matter here.
fn again<Tree: PartialEq + std::fmt::Debug + std::fmt::Display>(
    text: &str,
    parse: impl Fn(&str) -> Result<Tree, Diagnostics>,
) -> Option<String> {
    let tree = parse(text).ok()?;
    same(&tree, parse).err().map(|error| format!("{text}\n{error}"))
}

#[test]
fn the_corpus() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in corpus::cases() {
        let text = case["app"].as_str().expect("every case has a text");
        count += 1;
        wrong.extend(match case["parse"].as_str().unwrap_or("app") {
            "app" => again(text, parse_app),
            "stream" => again(text, parse_stream),
            // A table's definition alone prints as a stream's: the fields are the same.
            "table" => again(text, |text| parse_table(text).map(Definition::Table)),
            "aggregation" => again(text, parse_aggregation),
            "function" => again(text, parse_function),
            "partition" => again(text, parse_partition),
            "query" => again(text, parse_query),
            "ondemand" => again(text, parse_on_demand),
            "expression" => again(text, parse_expression),
            "time" => again(text, parse_time),
            other => panic!("no entry point {other}"),
        });
        for step in case["steps"].as_array().into_iter().flatten() {
            wrong.extend(step["query"].as_str().and_then(|text| again(text, parse_on_demand)));
        }
    }
    assert!(count > 9000, "only {count} cases found");
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn precedence_needs_few_brackets() {
    for text in [
        "(a + b) * c",
        "a - (b - c)",
        "a - b - c",
        "not (a == b)",
        "not a == b",
        "a == not b",
        "a and b or c and d",
        "(a or b) and (c or d)",
        "S.a == T.a in T",
        "S.a == (T.a in T)",
        "a in T in U",
        "a - -5",
        "x is null and S.a is null",
    ] {
        let tree: Expression = parse_expression(text).expect(text);
        assert_eq!(tree.to_string(), text);
    }
}

/// Saved states are known by the printed text of their queries: a change of this snapshot makes all
/// of them unreadable, and raises the schema version of queries in siddhi-core.
#[test]
fn the_text_of_queries_stays_as_it_is() {
    let app = parse_app(
        "define stream S (a int);
         from S#window.length(5) select * insert into O;
         from S[a>1 and not(b==2.5f) or c!='x']#log('m',true)#window.time(1 min 2 sec)
         select a as x,count() as n,sum(a)+b*(c-1)%2/3 as y,-5 as z,null is null as w
         group by a,b having n>=2 and y<5L order by x desc,n asc limit 3 offset 1
         output last every 5 events insert all events into O;
         from every e1=S[price>20]->e2=T[symbol==e1.symbol]<2:5> within 10 sec
         select e1.price as p,e2[0].price as q,e2[last].price as r insert expired events into O;
         from e1=S and e2=T->not U for 5 sec select e1.a insert into #O;
         from e1=S[a==1]+,e2=S? select e1.a return;
         from S#window.length(2) as l unidirectional left outer join T as r on l.a==r.a
         select l.a,r.b insert into O;
         from S select ifThenElse(a in Table,'yes','no') as t,math:abs(`group`) as g
         update or insert into Table set Table.t=t on Table.g==g;
         from (from S select a return) select a delete Table on Table.a==a;
         partition with (a of S,b>1 as 'big' or b<=1 as 'small' of T) begin
         @info(name='q') from S select a insert into #I; from #I select a insert into O; end;",
    )
    .unwrap();
    insta::assert_snapshot!(app.to_string());
}
