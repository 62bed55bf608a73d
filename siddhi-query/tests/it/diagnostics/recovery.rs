//! Several mistakes in one text.

use super::report;

#[test]
fn text_before() {
    insta::assert_snapshot!(report(&[
        "My first app\n\ndefine stream S (a int);",
        "<?xml version='1.0'?>\n@app:name('x')\ndefine stream S (a int);",
        "A /* b\n c */ d's -- e\r\n\n  `f g` define stream S (a int);",
        "create stream T (a int)\ndefine stream S (a int);",
        "\u{FEFF}define stream S (a int);",
        "\u{FEFF}My app\ndefine stream S (a boolean);",
    ]));
}

#[test]
fn fences() {
    insta::assert_snapshot!(report(&[
        "```sql\ndefine stream S (a int);\nfrom S[a = 1] insert into O;\n```\n",
        "The app:\n```\ndefine stream S (a int);\n```",
        "define stream S (a int);\n```\nfrom S insert into O;",
    ]));
}

#[test]
fn semicolons() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int)\ndefine stream T (a int)\nfrom S select a insert into O\nfrom T select a insert into P;",
        ";define stream S (a int);;",
        "define stream S (a int, b int); from S insert into O;;",
    ]));
}

#[test]
fn definitions_first() {
    insta::assert_snapshot!(report(&[
        "",
        "from S insert into O;",
        "@info(name='q') from Trades[price > 5.0] select symbol, sum(volume) as v group by symbol insert into O;\nfrom O insert into P;",
        "from Orders as o join Users#window.length(5) as u on o.user == u.id select o.amount * 2 as twice, u.name insert into O;",
        "partition with (card of S) begin from every e1=S[amount > 5] -> e2=S[card == e1.card] select e2.place as p insert into #O; from #O insert into P; end;",
        "from S slect a insert into O;",
        "from Trades[price = 5.0] select avg(volume) as v insert into O",
        "define stream S (a int); from S insert into O; define stream T (a int);",
    ]));
}

#[test]
fn partitions() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); partition with (a of S) begin end;",
        "define stream S (a int, b int); partition with (a of S) begin from S insert into O;",
        "define stream S (a int, b int); partition with (a off S) begin\nfrom S[a = 1] insert into O;\nfrom S select a, insert into P;\nend;\nfrom S inser into Q;",
        "define stream S (a int, b int); partition with (a of S) begin from S insert into O; end from S insert into P;",
    ]));
}

#[test]
fn all_of_them() {
    insta::assert_snapshot!(report(&[
        "@Plan:name('x')\n@source(type='http' port=80)\ndefine stream S (a boolean, b Integer);\ndefine table T (a.b int);\nfrom S#window.time(5 mins)\nselect a, SUM(b) as s,\nwhere a = 1\ninsert into O\nfrom S[a && b] insert into P;",
    ]));
}

#[test]
fn mistakes_of_a_statement_that_are_not_shown_are_counted() {
    for (count, shown, note) in [
        (20, 20, None),
        (21, 20, Some("1 more mistake of this statement is not shown")),
        (31, 20, Some("11 more mistakes of this statement are not shown")),
        (300, 20, Some("80 or more mistakes of this statement are not shown")),
    ] {
        let attributes: Vec<String> = (0..count).map(|n| format!("a{n} boolean")).collect();
        let text = format!("define stream S ({});", attributes.join(", "));
        let found = siddhi_query::parse_app_recovering(&text).diagnostics;
        assert_eq!(found.len(), shown, "{count}");
        let (last, before) = found.split_last().unwrap();
        assert!(before.iter().all(|it| it.notes.is_empty()), "{count}");
        assert_eq!(last.notes.last().map(String::as_str), note, "{count}");
    }
}
