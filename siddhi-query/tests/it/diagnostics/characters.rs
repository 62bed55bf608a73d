//! Characters and quotes.

use super::report;

#[test]
fn not_closed() {
    insta::assert_snapshot!(report(&[
        "@app:name('x)\ndefine stream S (a int);\nfrom S select a insert into O;",
        r#"define stream S (a int, b int); from S select 'it"s' as x insert into O;"#,
        r#"define stream S (a int, b int); from S[b == "x] select a insert into O;"#,
        "define stream `S (a int);",
        "define stream S (a int); /* from S insert into O;",
        "define function f[js] return int { return 1; ;\ndefine stream S (a int);",
    ]));
}

#[test]
fn typographic() {
    insta::assert_snapshot!(report(&[
        "@app:name(“My app”)\ndefine stream S (a int);",
        "define stream S (a int, b int); from S select ‘x’ as y insert into O;",
        "define stream S (a int); from S select “it’s” as x, ‘it’s’ as y, ‘it's’ as z insert into O;",
        "define stream S (a int); from S select „a“ as x, «b» as y, “c\" as z insert into O;",
        "define stream S (a int); from S select “say \"x\"” as y insert into O;",
        "define stream S (a int); from S select “x as y insert into O;",
    ]));
}

#[test]
fn stray() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int, b int); from S select a insert into O; ~;",
        "define stream S (a int, b int); from S[a ^ 2] insert into O;",
        "// comment\ndefine stream S (a int);",
        "define stream S (a int); from S insert into O;",
        "define stream ${name} (a int);",
        "define stream Zähler (a int);",
    ]));
}

#[test]
fn shell_comments() {
    insta::assert_snapshot!(report(&[
        "define stream S (a int); from S select a insert into O; # other",
        "define stream S (a int);\n# one; two; three\nfrom S select a insert into O; #four\nfrom S select a insert into P;",
        "define stream S (a int); from S; #window.length(5) select a insert into O;",
    ]));
}
