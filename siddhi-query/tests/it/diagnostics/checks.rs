//! What the grammar takes and Siddhi refuses.

use super::report;

#[test]
fn names_given_twice() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, a long);",
        "define stream S (a int);\ndefine table S (a int);",
        "define stream S (a int);\ndefine stream S (b int);",
        "define stream S (a int, b int); from S select a, b as a insert into O;",
        "define stream S (a int, b int); @info(name='q') from S insert into O;\n@info(name='q') from S insert into P;",
        "define stream S (a int, b int); @info(name='q') @info(name='p') from S insert into O;",
        "define stream S (a int, b int); @info(name='q', name='p') from S insert into O;",
        "define stream S (a int, b int); partition with (a of S, b of S) begin from S insert into O; end;",
    ]));
}

#[test]
fn definitions() {
    insta::assert_snapshot!(report(&[
        "define stream #S (a int);",
        "define function f[js] return int {};",
        "define stream S (a int, b int); define aggregation A from S select sum(a) as s aggregate every week;",
        "define stream S (a int, b int); define aggregation A from S#window.length(1) select sum(a) as s aggregate every sec;",
    ]));
}
