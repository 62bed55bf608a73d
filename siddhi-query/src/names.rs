//! Names and keywords: which names must stand in back quotes, and where.

use crate::ast::Ident;

/// Words that the lexer takes for keywords, in any mixture of cases.
const KEYWORDS: &str = "\
    aggregate aggregation all and app as asc at begin bool by current day days define \
    delete desc double end events every expired false first float for from full function \
    group having hour hours in inner insert int into is join last left limit long millisec \
    millisecond milliseconds min minute minutes month months not null object of offset on \
    or order outer output partition per raw return right sec second seconds select set \
    snapshot stream string table trigger true unidirectional update week weeks window with \
    within year years";

/// Keywords that begin or join nothing wherever a name may stand, and so are readable bare.
///
/// Units are among them although `5 sec` is a time value: no name ever follows a number directly.
const HARMLESS: &str = "\
    aggregation app at bool day days define double first float function hour hours int \
    last long millisec millisecond milliseconds min minute minutes month months object raw \
    sec second seconds stream string table trigger week weeks year years";

/// Where a name stands: it decides which keywords may go without back quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Only an identifier is read here: the name of a trigger, a function, an aggregation.
    Id,
    /// Any name is read here, but a keyword may also be read as the begin of something else.
    Name,
    /// Nothing but a name can stand here: behind `@`, `#`, `.` and `namespace:`, before a type.
    Marked,
}

/// The name as it is written at `place`.
pub(crate) fn written(name: &Ident, place: Place) -> String {
    let bare = is_identifier(&name.name)
        && match place {
            Place::Id => !is_keyword(&name.name),
            Place::Name => !is_keyword(&name.name) || contains(HARMLESS, &name.name),
            Place::Marked => true,
        };
    if bare { name.name.clone() } else { format!("`{}`", name.name) }
}

/// True for what can be written as a key of an annotation without quotes, such as `a.b-c:d`.
pub(crate) fn is_bare_key(key: &str) -> bool {
    key.split(['.', '-', ':']).all(is_identifier)
}

/// True for the words that the lexer takes for keywords.
fn is_keyword(word: &str) -> bool {
    contains(KEYWORDS, word)
}

fn contains(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|it| it.eq_ignore_ascii_case(word))
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_harmless_is_a_keyword() {
        assert!(HARMLESS.split_ascii_whitespace().all(is_keyword));
        assert!(is_keyword("every") && is_keyword("Years") && !is_keyword("price"));
    }

    #[test]
    fn quotes_where_the_bare_name_would_be_read_otherwise() {
        let at = |name: &str, place| written(&Ident::from(name), place);
        assert_eq!(at("price", Place::Id), "price");
        assert_eq!(at("min", Place::Id), "`min`");
        assert_eq!(at("min", Place::Name), "min");
        assert_eq!(at("Every", Place::Name), "`Every`");
        assert_eq!(at("true", Place::Name), "`true`");
        assert_eq!(at("from", Place::Marked), "from");
        assert_eq!(at("two words", Place::Marked), "`two words`");
        assert_eq!(at("", Place::Name), "``");
        assert_eq!(at("5a", Place::Name), "`5a`");
        assert_eq!(at("é", Place::Name), "`é`");
    }

    #[test]
    fn knows_keys() {
        assert!(is_bare_key("a.b-c:d"));
        assert!(is_bare_key("table.name"));
        for key in ["", "a.", "a--b", "5", "a b", "a..b"] {
            assert!(!is_bare_key(key), "{key}");
        }
    }
}
