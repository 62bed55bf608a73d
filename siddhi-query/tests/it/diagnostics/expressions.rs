//! Operators and null checks.

use super::report;

#[test]
fn operators() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S[a = 5 && b <> 3 || !(a > 1)] insert into O;",
        "define stream S (a int, b int); from S[a > 1 and !b] insert into O;",
        "define stream S (a int, b int); from S select a having a = 1 insert into O;",
    ]));
}

#[test]
fn signs() {
    insta::assert_snapshot!(report(&[
        "define stream S (vol int); from S[-vol > 5] insert into O;",
        "define stream S (vol int); from S select 2 * -vol as x, a - -vol as y, +(vol) as z insert into O;",
    ]));
}

#[test]
fn name_without_as() {
    insta::assert_snapshot!(report(&[
        "define stream S (symbol string, vol int); from S select symbol, sum(vol) total insert into O;",
        "define stream S (vol int); from S select vol + 1 more, vol v group by vol insert into O;",
    ]));
}

#[test]
fn foreign_comments() {
    insta::assert_snapshot!(report(&[
        "define stream S (vol int); from S[vol = 3 // note\n] insert into O;",
        "define stream S (vol int); from S[vol == 3 // note] insert into O;",
    ]));
}

#[test]
fn null_checks() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S[a is not null and S.b is not null] insert into O;",
        "define stream S (a int, b int); from S[(a) is null] insert into O;",
        "define stream S (price int); from S[price != null or price == NULL] insert into O;",
    ]));
}

#[test]
fn incomplete() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S[a + ] insert into O;",
        "define stream S (a int, b int); from S select a +  insert into O;",
        "define stream S (a int, b int); from S[a == 1 insert into O;",
        "define stream S (a int, b int); from S[(a == 1] insert into O;",
        "define stream S (a int, b int); from S[a == 1)] insert into O;",
        "define stream S (a int, b int); from S select e[0] as x insert into O;",
        "define stream S (a int, b int); from S select 2147483648 as x insert into O;",
        "define stream S (a int, b int); from S select a + b insert into O;",
    ]));
}

#[test]
fn too_much() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S select (((a))) as x, 5 sec 1 min as y insert into O;",
    ]));
}

#[test]
fn flipped_operators() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S[a => 5 and b =< 3 or a =! b] insert into O;",
        "define stream S (a int, b int); from S[a = > 5] insert into O;",
        "define stream S (a int, b int); from e1=S => e2=S select e1.a as x insert into O;",
    ]));
}
