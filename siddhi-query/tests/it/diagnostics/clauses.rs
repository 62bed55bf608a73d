//! Clauses of queries.

use super::report;

#[test]
fn order() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S having a > 1 select a insert into O;",
        "define stream S (a int, b int); from S select a having a > 1 group by a insert into O;",
        "define stream S (a int, b int); from S group by a insert into O;",
        "define stream S (a int, b int); from S select a order by a limit 5 limit 6 insert into O;",
    ]));
}

#[test]
fn sql() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S where a > 1 select a insert into O;",
        "define stream S (a int, b int); define table T (a int); from S delete from T on T.a == a;",
        "define stream S (a int, b int); from S as s select a insert into O;",
        "define stream S (a int, b int); from S select a insert into O for all events;",
        "define stream S (a int, b int); from S select a insert into O for all-events;",
        "define stream S (a int, b int); from S select a insert into O for all a;",
    ]));
}

#[test]
fn commas() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S select a, b, insert into O;",
        "define stream S (a int, b int); from S select a, group by a insert into O;",
        "define stream S (a int, b int,);",
    ]));
}

#[test]
fn targets() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S delete #T on a == 1;",
        "define stream S (a int, b int); from S select a update T;",
        "define stream S (a int, b int); from S select a limit b insert into O;",
    ]));
}

#[test]
fn joins() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S outer join S on a == b select a insert into O;",
        "define stream S (a int, b int); from S unidirectional join S unidirectional select a insert into O;",
        "define stream S (a int, b int); from S#window.length(5)[a > 1] as x join S as y select x.a insert into O;",
        "define stream S (a int, b int); from S#window.length(1)#window.length(2) insert into O;",
    ]));
}
