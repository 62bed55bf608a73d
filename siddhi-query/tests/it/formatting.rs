//! The formatter changes white space only, and changes nothing the second time.

use proptest::prelude::*;
use siddhi_query::format::format;
use siddhi_query::parse_app;

use crate::{corpus, trees};

/// The text without any white space between its tokens and comments, which stand each in a line.
///
/// Comments are compared as they are, but for blanks at the ends of their lines. Quoted texts lose
/// their white space alike on both sides: a quote in a script may pair with one behind it.
fn bare(text: &str) -> String {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let length = piece_length(rest);
        let (piece, behind) = rest.split_at(length);
        pieces.push(if piece.starts_with("--") || piece.starts_with("/*") {
            piece.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
        } else {
            piece.split_whitespace().collect()
        });
        rest = behind.trim_start();
    }
    pieces.join("\n")
}

/// The length of the comment, the quoted text or the other character that begins a text.
fn piece_length(text: &str) -> usize {
    let up_to = |end: &str, from: usize| {
        let place = text.get(from..).and_then(|rest| rest.find(end));
        place.map_or(text.len(), |place| from + place + end.len())
    };
    if text.starts_with("--") {
        text.find(['\n', '\r']).unwrap_or(text.len())
    } else if text.starts_with("/*") {
        up_to("*/", 2)
    } else if text.starts_with("\"\"\"") {
        up_to("\"\"\"", 3)
    } else if let Some(quote) = text.get(..1).filter(|first| ["'", "\"", "`"].contains(first)) {
        up_to(quote, 1)
    } else {
        text.chars().next().map_or(0, char::len_utf8)
    }
}

#[test]
fn what_counts_as_white_space() {
    assert_eq!(bare("a /* b  c */\n-- d \n"), bare("a/* b  c */ -- d"));
    assert_ne!(bare("a /* b  c */"), bare("a /* b c */"));
    assert_ne!(bare("-- a b"), bare("-- ab"));
}

/// What is wrong with how a readable text is formatted.
fn fault(text: &str) -> Option<String> {
    let tree = parse_app(text).ok()?;
    let formatted = match format(text) {
        Ok(formatted) => formatted,
        Err(errors) => return Some(format!("{text}\nis refused: {errors}")),
    };
    let fault = if bare(&formatted) != bare(text) {
        "has other tokens"
    } else if parse_app(&formatted).as_ref() != Ok(&tree) {
        "is read otherwise"
    } else if format(&formatted).as_ref() != Ok(&formatted) {
        "is formatted otherwise again"
    } else {
        return None;
    };
    Some(format!("{text}\nbecame\n{formatted}\nwhich {fault}"))
}

/// A text with something between any two of its words.
fn scattered(text: &str, between: &[String]) -> String {
    let mut between = between.iter().cycle();
    let mut out = String::new();
    let mut in_string = None;
    for character in text.chars() {
        in_string = match in_string {
            Some(quote) if quote == character => None,
            None if matches!(character, '\'' | '"' | '`') => Some(character),
            same => same,
        };
        if in_string.is_none() && matches!(character, ' ' | '\n') {
            out.push(' ');
            out.push_str(between.next().map_or("", String::as_str));
        }
        out.push(character);
    }
    out
}

/// White space, a line comment or a block comment.
const COMMENTS: &str = "[ \n]{0,3}|--[a-z ]{0,9}\r?\n|\n?/\\*[a-z\n ]{0,9}\\*/[ \n]{0,2}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn random_apps(app in trees::app()) {
        prop_assert_eq!(fault(&app.to_string()), None);
    }

    #[test]
    fn random_comments(
        app in trees::app(),
        between in prop::collection::vec(COMMENTS, 1..6),
    ) {
        prop_assert_eq!(fault(&scattered(&app.to_string(), &between)), None);
    }
}

#[test]
fn the_corpus() {
    let apps: Vec<String> = corpus::cases()
        .iter()
        .filter(|case| case["parse"].as_str().is_none_or(|entry| entry == "app"))
        .filter_map(|case| case["app"].as_str().map(str::to_owned))
        .collect();
    assert!(apps.len() > 6000, "only {} apps found", apps.len());
    let faults: Vec<String> = apps.iter().filter_map(|app| fault(app)).collect();
    assert!(faults.is_empty(), "{} are wrong:\n{}", faults.len(), faults.join("\n\n"));
}

#[test]
fn one_clause_a_line() {
    let text = "/* of
 all */ @app:name('x') @source(type='http',@map(type='json'))define stream S(a int,b int);
define table T(k string primary,v long);
@info(name='q')from S[a>5 and not(b<-3)]#window.length(5) as s left outer join T as t on s.a==t.v
select s.a,count()as n,min(a)*2 as m -- three
group by s.a having n>5 insert all events into O;-- four
partition with(a of S,b>5 as 'x' or b<=5 as 'y' of T)begin from every e1=S<2:3>->e2=#I[e1[last-1].a is null]
-- between
select e1[0].a insert into #X;from e1=S*,e2=S+ select e2.a update T set T.v=a on T.k==k end"
        .replace(" primary", "");
    assert_eq!(
        format(&text).unwrap(),
        "\
/* of
 all */
@app:name('x')

@source(type='http', @map(type='json'))
define stream S (a int, b int);

define table T (k string, v long);

@info(name='q')
from S[a > 5 and not (b < -3)]#window.length(5) as s left outer join T as t on s.a == t.v
select s.a, count() as n, min(a) * 2 as m -- three
group by s.a
having n > 5
insert all events into O; -- four

partition with (a of S, b > 5 as 'x' or b <= 5 as 'y' of T)
begin
    from every e1=S<2:3> -> e2=#I[e1[last - 1].a is null]
    -- between
    select e1[0].a
    insert into #X;

    from e1=S*, e2=S+
    select e2.a
    update T set T.v = a on T.k == k
end
"
    );
}

#[test]
fn long_lines_are_broken_where_they_can_be() {
    let text = "define stream S (a int);
from S#window.time(5 min) as left_side full outer join Another#window.length(1000) as right_side on left_side.a == right_side.a
select a as the_first_of_many_attributes, a + 1 as the_second_of_many_attributes, a + 2 as c
insert into O;";
    assert_eq!(
        format(text).unwrap(),
        "\
define stream S (a int);

from S#window.time(5 min) as left_side
    full outer join Another#window.length(1000) as right_side
    on left_side.a == right_side.a
select a as the_first_of_many_attributes, a + 1 as the_second_of_many_attributes, a + 2 as c
insert into O;
"
    );
}

#[test]
fn a_semicolon_behind_a_line_comment_gets_its_own_line() {
    let text = "define stream S (a int) -- all\n; from S insert into O -- done\n;";
    assert_eq!(
        format(text).unwrap(),
        "\
define stream S (a int) -- all
    ;

from S
insert into O -- done
    ;
"
    );
}

#[test]
fn an_open_comment_stays_the_end() {
    let text = "define stream S (a int); /* the rest";
    assert_eq!(format(text).unwrap(), text);
}

#[test]
fn variables_are_left_where_they_are() {
    let text = "define stream S${n} (a int);from S${n}[a>${ limit}+${limit}] insert into ${out}";
    let text = text.replace("${ limit}+", "");
    assert_eq!(
        format(&text).unwrap(),
        "\
define stream S${n} (a int);

from S${n}[a > ${limit}]
insert into ${out}
"
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    assert!(format("define stream S (a int").is_err());
    assert!(format("from S[a = '${v}'] insert into O").is_err());
}
