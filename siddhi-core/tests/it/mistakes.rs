//! One run tells all independent mistakes of an app, each once.

use siddhi_core::{CreateError, SiddhiManager};
use siddhi_query::Severity;

const DEFINITIONS: &str = "
    define stream S (a int, b long, s string);
    define stream T (c int, d double);
    define stream Full (x int);
    define table Stored (k int);
";

/// The mistakes in statements behind the definitions: their codes and the texts at their places, in
/// the order of the text.
fn told(statements: &str) -> Vec<String> {
    let text = format!("{DEFINITIONS}{statements}");
    let found = SiddhiManager::new().check(&text).diagnostics;
    found
        .iter()
        .filter(|found| found.severity == Severity::Error)
        // That tables are not supported yet is no mistake of the statements.
        .filter(|found| found.span().start as usize >= DEFINITIONS.len())
        .map(|found| format!("{} {}", found.code, text.get(found.span().range()).unwrap()))
        .collect()
}

/// Checks that the statements have these mistakes and no others.
fn check(cases: &[(&str, &[&str])]) {
    let wrong = cases.iter().filter_map(|(statements, expected)| {
        let told = told(statements);
        (told != *expected).then(|| format!("{statements}\n  {told:?}\n  instead of {expected:?}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_clause_hides_the_mistakes_of_another() {
    check(&[
        (
            "from S#window.lenght(5) select nope, foo(a) as f insert into O;",
            &["SID0302 lenght", "SID0201 nope", "SID0203 foo"],
        ),
        (
            "from S#window.lenght(nope1) select a having nope2 > 1 insert into O;",
            &["SID0302 lenght", "SID0201 nope1", "SID0201 nope2"],
        ),
        (
            "from S[nope1 > 1][a]#window.length('x') select sum(s) as t insert into O;",
            &["SID0201 nope1", "SID0208 a", "SID0304 'x'", "SID0204 s"],
        ),
        (
            "from S select nope1, a group by nope2 having nope3 > 1 order by nope4 limit -1 \
             offset -2 insert into O;",
            &[
                "SID0201 nope1",
                "SID0201 nope2",
                "SID0201 nope3",
                "SID0201 nope4",
                "SID0308 -1",
                "SID0308 -2",
            ],
        ),
        (
            "from S select a group by nope1, nope2 having 1 order by nope3, nope4 insert into O;",
            &["SID0201 nope1", "SID0201 nope2", "SID0208 1", "SID0201 nope3", "SID0201 nope4"],
        ),
        (
            "from S select a + nope1 > nope2 as t, foo(nope3) as u insert into O;",
            &["SID0201 nope1", "SID0201 nope2", "SID0203 foo", "SID0201 nope3"],
        ),
        ("from S#log(sum(nope)) select a insert into O;", &["SID0209 sum(nope)", "SID0201 nope"]),
        (
            "from S select a, nope as b insert into Full; from Full select gone insert into O;",
            &["SID0201 nope", "SID0201 gone"],
        ),
        // The output does not fit its stream, whatever is wrong elsewhere.
        (
            "from S[nope > 1] select a having gone > 1 insert into Full;",
            &["SID0201 nope", "SID0201 gone", "SID0305 Full"],
        ),
        // Of an output that is known the readers are looked at.
        (
            "from S[nope > 1] select a insert into M; from M select a, gone insert into O;",
            &["SID0201 nope", "SID0201 gone"],
        ),
    ]);
}

#[test]
fn no_element_of_a_pattern_hides_mistakes() {
    check(&[
        (
            "from every e1=S[nope1 > 1] -> e2=T[nope2 > e1.nope3] select e1.nope4 as x, e2.c \
             group by nope5 having nope6 > 1 order by nope7 insert into O;",
            &[
                "SID0201 nope1",
                "SID0201 nope2",
                "SID0201 nope3",
                "SID0201 nope4",
                "SID0201 nope5",
                "SID0201 nope6",
                "SID0201 nope7",
            ],
        ),
        (
            "from every e1=S#window.length(2) -> e2=T[nope > 1] select e1.gone as x insert into O;",
            &["SID0120 length(2)", "SID0201 nope", "SID0201 gone"],
        ),
        // What the unknown stream has is not known; what the other has is.
        (
            "from every e1=Nowhere[p > 1] -> e2=T[d > e1.p and nope > 1] \
             select e1.p, q, e2.gone as g having e1.r > 1 and x > 2 insert into O;",
            &["SID0301 Nowhere", "SID0201 nope", "SID0201 gone"],
        ),
        (
            "from every e1=S#foo(nope) -> e2=T select e1.p, c, e2.gone as g insert into O;",
            &["SID0303 foo", "SID0201 nope", "SID0201 gone"],
        ),
        (
            "from every e1=Nowhere -> e2=T select * having x > foo(1) insert into O;",
            &["SID0301 Nowhere", "SID0203 foo"],
        ),
    ]);
}

#[test]
fn no_query_hides_the_mistakes_of_its_partition() {
    check(&[
        (
            "partition with (nope1 of S) begin from S select nope2 insert into O; end;",
            &["SID0201 nope1", "SID0201 nope2"],
        ),
        (
            "partition with (nope1 > 1 as 'x' or a as 'y' or nope2 > 2 as 'z' of S) \
             begin from S#window.lenght(1) select a insert into #I; from #I select gone insert \
             into O; end;",
            &["SID0201 nope1", "SID0208 a", "SID0201 nope2", "SID0302 lenght", "SID0201 gone"],
        ),
        // A key that no query needs is not looked at, as in Siddhi.
        (
            "partition with (nope1 of S, nope2 of T) begin from S select gone insert into O; end;",
            &["SID0201 nope1", "SID0201 gone"],
        ),
    ]);
}

#[test]
fn nothing_is_told_twice() {
    check(&[
        // The items did not bind: what they are called is known all the same.
        (
            "from S select nope as x, foo() as y having x > 1 and y == 2 order by x insert into O;",
            &["SID0201 nope", "SID0203 foo"],
        ),
        (
            "from every e1=S -> e2=T select e1.nope as x having x > 1 insert into O;",
            &["SID0201 nope"],
        ),
        // What an unknown stream has.
        (
            "from Nowhere[p > 1]#window.length(p) select p, Nowhere.q, sum(r) as s, maximum(*) as \
             m, x is null as z, foo(t) as f group by g having m > 1 order by z insert into O;",
            &["SID0301 Nowhere", "SID0203 foo"],
        ),
        ("from Nowhere select * having x > 1 order by y insert into O;", &["SID0301 Nowhere"]),
        ("from Nowhere select T.c as x insert into O;", &["SID0301 Nowhere", "SID0202 T"]),
        // What a stream function would have added.
        (
            "from S#foo(a)[p > 1] select a + s as t, p insert into O;",
            &["SID0303 foo", "SID0205 a + s"],
        ),
        ("from S#pol2Cart(s, a) select x, y, a insert into O;", &["SID0304 s"]),
        ("from S#pol2Cart(nope, a) select x, y insert into O;", &["SID0201 nope"]),
        // What a query would have put out.
        (
            "from S select nope as x insert into M; from M select x, y insert into N; from N[z > \
             foo()] select * insert into O;",
            &["SID0201 nope", "SID0203 foo"],
        ),
        (
            "from Nowhere select a insert into O; from Nowhere select b insert into P;",
            &["SID0301 Nowhere"],
        ),
        // What the parser has told.
        (
            "@info(name = 'q') from S select a, a insert into O; @info(name = 'q') from S select b \
             insert into P;",
            &["SID0140 a", "SID0142 name = 'q'"],
        ),
        (
            "partition with (k of Nowhere) begin from Nowhere select k insert into O; end;",
            &["SID0301 Nowhere"],
        ),
    ]);
}

#[test]
fn what_is_not_supported_yet_and_mistakes_are_told_side_by_side() {
    check(&[
        (
            "from S#window.sort(2, a) select nope insert into O;",
            &["SID0399 sort(2, a)", "SID0201 nope"],
        ),
        (
            "from S select math:abs(a) as x having x > 1 and nope > 2 insert into O;",
            &["SID0399 math:abs(a)", "SID0201 nope"],
        ),
        // What the function adds is not known.
        ("from S#str:split(s) select p insert into O;", &["SID0399 str:split(s)"]),
        // Nothing is known of the names.
        (
            "from S join T on S.a == T.c select nope insert into O;",
            &["SID0399 S join T on S.a == T.c"],
        ),
        ("from Stored select v insert into O;", &[]),
    ]);
}

#[test]
fn an_app_without_mistakes_is_refused_as_not_supported() {
    let create = |text: &str| SiddhiManager::new().create_app(&format!("{DEFINITIONS}{text}"));
    let features = |text: &str| match create(text) {
        Err(CreateError::Unsupported { features, .. }) => features,
        other => panic!("{other:?}"),
    };
    let text = "from S#window.sort(2, a) select a insert into M;
                from M#window.delay(1 sec) select a insert into O;";
    assert_eq!(features(text), ["tables", "window sort", "window delay"]);
    let wrong = "from S#window.sort(2, a) select nope insert into O;";
    assert!(matches!(create(wrong), Err(CreateError::Refused(_))));
}

#[test]
fn a_mistake_of_syntax_that_can_be_mended_hides_none_of_meaning() {
    check(&[
        (
            "from S[a = 1 and nope1 > 3] select nope2, summ(a) as t group by nope3 having nope4 > 3 \
             insert into O;",
            &[
                "SID0111 =",
                "SID0201 nope1",
                "SID0201 nope2",
                "SID0203 summ",
                "SID0201 nope3",
                "SID0201 nope4",
            ],
        ),
        // Nothing is said of what a guess would make of it.
        ("from S[a => 1 & nope1 > 3] select nope2 insert into O;", &["SID0111 =>", "SID0111 &"]),
        ("from S[a => 1] select a insert into P", &["SID0111 =>"]),
    ]);
}

/// The helps and notes of what is found in statements.
fn advice(statements: &str) -> Vec<String> {
    let found = SiddhiManager::new().check(&format!("{DEFINITIONS}{statements}")).diagnostics;
    found.into_iter().flat_map(|found| found.help.into_iter().chain(found.notes)).collect()
}

#[test]
fn a_function_of_another_language_is_named_or_the_list_of_them() {
    for (called, advised) in [
        ("mean(a)", "did you mean `avg`?"),
        ("Average(a)", "did you mean `avg`?"),
        ("total(a)", "did you mean `sum`?"),
        ("now()", "did you mean `currentTimeMillis`?"),
        ("std(a)", "did you mean `stdDev`?"),
        ("summ(a)", "did you mean `sum`?"),
        ("round(a)", "`siddhi functions` lists what is built in"),
        ("upper(s)", "`siddhi functions` lists what is built in"),
        ("concat(s, s)", "`siddhi functions` lists what is built in"),
    ] {
        let told = advice(&format!("from S select {called} as x insert into O;"));
        assert!(told.iter().any(|it| it == advised), "{called}: {told:?}");
        assert_eq!(
            told.iter().filter(|it| it.starts_with("did you")).count(),
            usize::from(advised.starts_with("did you")),
            "{called}: {told:?}"
        );
    }
}

#[test]
fn attributes_are_listed_only_when_all_are_known() {
    let listed = |statements: &str| {
        advice(statements).iter().filter(|it| it.starts_with("its attributes are")).count()
    };
    assert_eq!(listed("from S select a having total > 4 insert into O;"), 1);
    assert_eq!(listed("from S select a, sum(s) as t having total > 4 insert into O;"), 0);
    assert_eq!(listed("from S select sum(s) as t having total > 4 insert into O;"), 0);
}
