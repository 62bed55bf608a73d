//! Siddhi 3, and types and units of other languages.

use super::report;

#[test]
fn siddhi_3() {
    insta::assert_snapshot!(report(&[
        "@Plan:name('x') @Plan:statistics('true')\ndefine stream S (a int);",
        "define stream S (a int, b int); define table T (a int, b int); from S insert overwrite T on T.a == a;",
        "define stream S (a int, b int); from S#window:time(5 min) select a insert into O;",
        "define stream S (a int); from e1=S<2> -> e2=S[not isNull(e1[last - 1].a) or isNull(e1[0])] select AVG(e2.a) as x insert into O;",
        "define stream S (a int, b int); from S[isNull(a + b)] select a insert into O;",
        "define function SUM[js] return int { return 1; }; define stream S (a int); from S select SUM(a) as x, Max(a) as y insert into O;",
        "define stream S (a int, b int); from S[isNull(a)] select SUM(b) as x, Count() as n insert into O;",
    ]));
}

#[test]
fn swallowed() {
    insta::assert_snapshot!(report(&[r#"define function f[js] return string { return "a"; };
define function g[js] return string { return "b"; };
define stream S (a int);"#,]));
}

#[test]
fn types() {
    insta::assert_snapshot!(report(&[
        "define stream S (a boolean, b Integer, c varchar, d decimal, e strng, f foo);",
        "define function f[js] return number { return 1; };\ndefine stream S (a int);",
    ]));
}

#[test]
fn units() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S#window.time(5 mins) insert into O;",
        "define stream S (a int, b int); from S#window.time(500ms) insert into O;",
        "define stream S (a int, b int); from S#window.time(1.5 min) select a insert into O;",
        "define stream S (a int); from S output every .25 seconds insert into O;",
        "define stream S (a int); from S output every 0.3333 hours insert into O;",
        "define stream S (a int, b int); from S#window.time(5days) insert into O;",
        "define stream S (a int, b int); from S output every 10 secnds insert into O;",
    ]));
}

#[test]
fn types_before_names() {
    insta::assert_snapshot!(report(&[
        "define stream S (string sym, double v); from S select sym insert into O;",
        "define table T (integer x, string text, v foo);",
    ]));
}

#[test]
fn create() {
    insta::assert_snapshot!(report(&[
        "create stream S (a int); from S select a insert into O;",
        "define stream S (a int); create table T (a int); from S select a insert into T;",
    ]));
}

#[test]
fn distinct() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S select distinct a, b insert into O;",
    ]));
}
