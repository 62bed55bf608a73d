//! Texts that nest, right ones and such with a mistake in the middle.
//!
//! The unit tests of the grammar read them too, and measure its work.

/// What a text that nests is made of.
pub(crate) struct Shape {
    before: &'static str,
    open: &'static str,
    /// What can stand in the middle.
    core: &'static str,
    close: &'static str,
    after: &'static str,
    /// The levels that `before` opens.
    around: usize,
}

impl Shape {
    /// The text with so many levels around `core`.
    pub(crate) fn around(&self, core: &str, levels: usize) -> String {
        let Self { before, open, close, after, .. } = self;
        format!("{before}{}{core}{}{after}", open.repeat(levels), close.repeat(levels))
    }

    /// A right text of this depth.
    pub(crate) fn of_depth(&self, depth: usize) -> String {
        self.around(self.core, depth - self.around)
    }
}

/// Makes shapes of lines `before, open, core, close, after`.
macro_rules! shapes {
    ($($before:literal $open:literal $core:literal $close:literal $after:literal $around:literal;)*) => {
        &[$(Shape {
            before: $before,
            open: $open,
            core: $core,
            close: $close,
            after: $after,
            around: $around,
        }),*]
    };
}

/// Brackets, one a level.
pub(crate) const BRACKETS: &[Shape] = shapes![
    "from S[" "(" "a" ")" "] insert into O" 1;
    "from S[" "not (" "a" ")" "] insert into O" 1;
    "from S[" "a or not (" "a" ")" "] insert into O" 1;
    "from S[" "not (a or not " "(a)" ")" "] insert into O" 2;
    "from S[" "not not (" "a" ")" "] insert into O" 1;
    "from S[" "not (a, " "a" ") is null" "] insert into O" 1;
    "from S[" "f(" "a" ")" "] insert into O" 1;
    "from S[" "n:f(" "a" ")" "] insert into O" 1;
    "from S[" "(a in T or " "a" ")" "] insert into O" 1;
    "from S select " "f(" "a" ")" " as x insert into O" 0;
    "from S select a as b having " "not (" "a" ")" " insert into O" 0;
    "from S#f(" "g(" "a" ")" ") insert into O" 1;
    "from S as s join T as t on " "not (" "a" ")" " select 1 as x insert into O" 0;
    "from A -> B[" "not (" "a" ")" "] select 1 as x insert into O" 1;
    "from A, B[" "not (" "a" ")" "] select 1 as x insert into O" 1;
    "from " "(" "S -> T" ")" " select 1 as x insert into O" 0;
    "from " "(" "S -> not T for 1 sec" ")" " select 1 as x insert into O" 0;
    "from " "(A -> " "S" ")" " select 1 as x insert into O" 0;
    "from S" ", (S" "" ")" " select 1 as x insert into O" 0;
    "from e=S" ", (S" "" ")" " select 1 as x insert into O" 0;
    "" "@a(" "'x'" ")" " from S insert into O" 0;
    "" "@a(k='v', @b('x'), " "'x'" ")" " from S insert into O" 1;
];

/// Queries as inputs of queries.
pub(crate) const QUERIES: &[Shape] = shapes![
    "from " "(from " "S" " return)" " insert into O" 1;
    "from " "from " "S" " return" " insert into O" 1;
    "from " "(from " "A -> S" " return)" " select 1 as x insert into O" 1;
    "from " "(from " "S[not (a)] as s join T" " return)" " select 1 as x insert into O" 1;
];

/// What can stand in the middle of no text, or of few.
pub(crate) const MISTAKES: &[&str] = &[
    "", "a x", "a = b", "a &&", "a +", "a.b.c", "a is", "a[", "S ->", "S -> (", "S[", "f(a", "'x",
    "@", "@a", "@a(", "not", "not (", "from", "every", "every (", "5 sec 5", ")", "))", "]", ";",
    "{", "~",
];
