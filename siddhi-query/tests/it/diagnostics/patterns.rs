//! Patterns and sequences.

use super::report;

#[test]
fn forms() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from e1=S -> e2=S, e3=S select 1 as x insert into O;",
        "define stream S (a int, b int); from not S for 1 sec -> not S for 2 sec select 1 as x insert into O;",
        "define stream S (a int, b int); from not S -> S select 1 as x insert into O;",
        "define stream S (a int, b int); from S+ select 1 as x insert into O;",
        "define stream S (a int, b int); from S, every S select 1 as x insert into O;",
        "define stream S (a int, b int); from every (every S) -> S select 1 as x insert into O;",
        "define stream S (a int, b int); from S#window.length(1) -> S select 1 as x insert into O;",
        "define stream S (a int, b int); from S<2> and S select 1 as x insert into O;",
        "define stream S (a int, b int); from not S or S select 1 as x insert into O;",
        "define stream S (a int, b int); from S -> select 1 as x insert into O;",
    ]));
}
