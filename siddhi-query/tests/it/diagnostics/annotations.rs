//! Annotations.

use super::report;

#[test]
fn comma_missing() {
    insta::assert_snapshot!(report(&[
        "@source(type='http' receiver.url='http://x')\ndefine stream S (a int);",
        "@source(type='http', @map(type='json') @attributes('a'))\ndefine stream S (a int);",
    ]));
}

#[test]
fn text_swallows_the_next() {
    insta::assert_snapshot!(report(&[
        "@source(type='http, receiver.url='http://x', @map(type='json'))\ndefine stream S (a int);",
        "@source(type='http, receiver.url='http://x', port=80)\ndefine stream S (a int);",
        "@sink(type='log, prefix='a')\ndefine stream S (a int);",
        "@sink(type='log, @map(type='json'))\ndefine stream S (a int);",
        "@sink(type='log, prefix='')\ndefine stream S (a int);",
        "@sink(url='http://x?a=b' type='http')\ndefine stream S (a int);",
    ]));
}

#[test]
fn comma_too_many() {
    insta::assert_snapshot!(report(&[
        "@info(name='q',)\ndefine stream S (a int);",
        "@async(buffer.size='64'),\ndefine stream S (a int);",
    ]));
}

#[test]
fn at_missing() {
    insta::assert_snapshot!(report(&[
        "@source(type='http', map(type='json', attributes(a='x')))\ndefine stream S (a int);",
    ]));
}

#[test]
fn bare_value() {
    insta::assert_snapshot!(report(&[
        "@sink(type='tcp', port=6379, ssl=true)\ndefine stream S (a int);",
        "@store(type=rdbms, url=localhost:3306)\ndefine table T (a int);",
        "@cache(100)\ndefine stream S (a int);",
    ]));
}

#[test]
fn colon() {
    insta::assert_snapshot!(report(&["@sink(type: 'log')\ndefine stream S (a int);",]));
}

#[test]
fn misplaced() {
    insta::assert_snapshot!(report(&[
        "@info(name='q');\ndefine stream S (a int);",
        "@info(name='q';\ndefine stream S (a int);",
        "define stream S (a int;);",
        "@async define trigger T at every 5 sec;",
        "define stream S (a int);\n@info(name='q')",
        "@a() define stream S (a int);",
        "@foo:bar('x') define stream S (a int);",
    ]));
}

#[test]
fn point_behind_app() {
    insta::assert_snapshot!(report(&[
        "@app.name('x') define stream S (a int); define stream T (a int); from S select a insert into O;",
        "@app.name('x'); define stream S (a int); from S select a insert into O;",
        "@App.playback define stream S (a int); from S select a insert into O;",
    ]));
}
