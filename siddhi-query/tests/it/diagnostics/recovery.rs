//! Several mistakes in one text.

use super::report;

#[test]
fn text_before() {
    insta::assert_snapshot!(report(&[
        "My first app\n\ndefine stream S (a int);",
        "<?xml version='1.0'?>\n@app:name('x')\ndefine stream S (a int);",
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
