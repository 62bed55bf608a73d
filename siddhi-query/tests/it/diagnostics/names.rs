//! Names.

use super::report;

#[test]
fn dotted() {
    insta::assert_snapshot!(report(&[
        "define stream org.wso2.S (a int);",
        "define stream S (a int, b int); from S select x.y.z as q insert into O;",
    ]));
}

#[test]
fn reserved() {
    insta::assert_snapshot!(report(&[
        "define trigger end at 'start';",
        "define function set[js] return int { return 1; };",
    ]));
}

#[test]
fn misspelled() {
    insta::assert_snapshot!(report(&[
        "defin stream S (a int);",
        "define straem S (a int);",
        "define stream S (a int, b int); form S select a insert into O;",
        "define stream S (a int, b int); from S slect a insert into O;",
        "define stream S (a int, b int); from S select a insert inot O;",
        "define stream S (a int, b int); from S select a gruop by a insert into O;",
    ]));
}

#[test]
fn windows() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int); from S.window.time(5 sec) select a insert into O;",
        "define stream S (a int); from S#windows.time(5 sec) select a insert into O;",
        "define stream S (a int); from S#windwo.time(5 sec) select a insert into O;",
    ]));
}
