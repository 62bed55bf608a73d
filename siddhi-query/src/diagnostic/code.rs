//! The stable codes of the diagnostics of this crate.

/// The stable code of a kind of mistake, such as `SID0101`.
///
/// This crate owns `SID00xx` (characters and tokens) and `SID01xx` (statements); other crates of
/// the engine make codes of their own above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct Code(&'static str);

impl Code {
    /// A code of another crate.
    #[must_use]
    pub const fn new(code: &'static str) -> Self {
        Self(code)
    }

    /// The code as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal;)*) => {
        impl Code {
            $($(#[doc = $doc])* pub const $name: Self = Self($code);)*

            /// Every code of this crate with what it stands for, in order.
            pub const ALL: &'static [(Self, &'static str)] =
                &[$((Self::$name, concat!($($doc, "\n"),*))),*];
        }
    };
}

codes! {
    /// A quote, a quoted name or a script is opened and never closed.
    UNCLOSED = "SID0001";
    /// A character that begins nothing in SiddhiQL.
    STRAY_CHARACTER = "SID0002";
    /// A typographic quote, as word processors and web pages make them.
    TYPOGRAPHIC_QUOTE = "SID0003";
    /// A number outside the range of its type.
    NUMBER_RANGE = "SID0004";
    /// The text is nested deeper, or one expression is longer, than the engine can handle.
    TOO_DEEP = "SID0005";
    /// A bracket is opened and never closed, or closed and never opened.
    UNBALANCED_BRACKET = "SID0006";
    /// The script of a function is empty.
    EMPTY_SCRIPT = "SID0007";
    /// A script ends later than it seems to.
    SCRIPT_SWALLOWS = "SID0008";
    /// A fence of Markdown around the app.
    MARKDOWN_FENCE = "SID0009";

    /// Something else is expected here.
    SYNTAX = "SID0100";
    /// Text stands before the first definition.
    TEXT_BEFORE_DEFINITION = "SID0101";
    /// Two statements are not separated.
    MISSING_SEMICOLON = "SID0102";
    /// A semicolon stands where none may.
    EXTRA_SEMICOLON = "SID0103";
    /// Two elements of a list are not separated.
    MISSING_COMMA = "SID0104";
    /// A comma stands where no element follows.
    EXTRA_COMMA = "SID0105";
    /// The value of an annotation is not in quotes.
    UNQUOTED_VALUE = "SID0106";
    /// An annotation lacks its `@`.
    MISSING_AT = "SID0107";
    /// The text is in the language of Siddhi 3.
    SIDDHI_3 = "SID0108";
    /// A type that SiddhiQL does not have.
    UNKNOWN_TYPE = "SID0109";
    /// A unit of time that SiddhiQL does not have.
    UNKNOWN_UNIT = "SID0110";
    /// An operator of another language.
    FOREIGN_OPERATOR = "SID0111";
    /// A name with more points than SiddhiQL has levels.
    DOTTED_NAME = "SID0112";
    /// A keyword where only a name of one's own will do.
    RESERVED_NAME = "SID0113";
    /// A word that is nearly a keyword.
    MISSPELLED_KEYWORD = "SID0114";
    /// An app defines nothing, or too late.
    DEFINITIONS_FIRST = "SID0115";
    /// An expression in `select` has no name.
    MISSING_ALIAS = "SID0116";
    /// A reference stops before the attribute.
    MISSING_ATTRIBUTE = "SID0117";
    /// A null check of a form that does not exist.
    NULL_CHECK = "SID0118";
    /// An annotation where none may stand.
    MISPLACED_ANNOTATION = "SID0119";
    /// A window where none may stand, or a second one.
    MISPLACED_WINDOW = "SID0120";
    /// A join of a form that does not exist.
    JOIN_FORM = "SID0121";
    /// A pattern or sequence whose elements cannot stand in this order.
    CHAIN_FORM = "SID0122";
    /// Units of a time value not in falling order.
    UNIT_ORDER = "SID0123";
    /// `limit` or `offset` with something else than a whole number.
    LIMIT_CONSTANT = "SID0124";
    /// A stream's mark where only a plain name may stand.
    MARKED_NAME = "SID0125";
    /// A unit that aggregations do not have.
    AGGREGATION_UNIT = "SID0126";
    /// Clauses of a query in the wrong order, or twice.
    CLAUSE_ORDER = "SID0127";
    /// A partition without queries.
    EMPTY_PARTITION = "SID0128";

    /// Two attributes of one definition or one output have the same name.
    DUPLICATE_ATTRIBUTE = "SID0140";
    /// A name is defined twice.
    DUPLICATE_DEFINITION = "SID0141";
    /// Two queries have the same name.
    DUPLICATE_QUERY = "SID0142";
    /// A query is named twice.
    DUPLICATE_INFO = "SID0143";
    /// A stream has two keys in one partition.
    DUPLICATE_PARTITION_KEY = "SID0144";
}
