//! Statements and clauses: which tokens begin a line.
//!
//! Keywords can be names, and only the grammar tells which is which. This guesses by the order of
//! the clauses and the neighbours of the word; a wrong guess costs beauty, not meaning.

use super::super::pieces::{Kind, Piece};
use super::super::spacing::{Region, is_spaced};
use super::Break;

/// Where a piece of code goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    /// What comes before it.
    pub(super) before: Break,
    /// True when a blank comes before it, if no break does.
    pub(super) spaced: bool,
    /// The number of its statement.
    pub(super) statement: usize,
}

/// What the empty lines around a statement depend on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Summary {
    /// How many lines it has.
    lines: usize,
    /// It is one annotation of the app.
    pub(super) is_app_annotation: bool,
    /// It is the first in its partition.
    pub(super) is_first: bool,
    /// It is the end of a partition.
    pub(super) is_end: bool,
}

impl Summary {
    /// True for what wants empty lines around it.
    pub(super) fn is_long(&self) -> bool {
        self.lines > 1 || self.is_end
    }
}

/// The clauses in the order in which a statement has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Start,
    Input,
    Select,
    Group,
    Having,
    Order,
    Limit,
    Offset,
    Rate,
    Action,
}

/// What kind of statement is being laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Statement {
    /// Only annotations have come yet.
    Unknown,
    /// `define`, other than of an aggregation; its attributes have not come yet.
    Define,
    /// `define` behind its attributes.
    Defined,
    /// A query, or the definition of an aggregation.
    Query,
    /// `partition with (…)`.
    Partition,
}

/// Words behind which a keyword is a name.
const NAME_FOLLOWS: &[&str] = &[
    "and", "as", "by", "delete", "every", "from", "having", "in", "into", "join", "not", "of",
    "on", "or", "select", "update",
];

/// Punctuation behind which a keyword is a name.
const NAME_FOLLOWS_MARK: &[&str] = &[
    ",", ".", ":", "#", "!", "@", "(", "[", "=", "->", "+", "-", "*", "/", "%", "<", "<=", ">",
    ">=", "==", "!=",
];

/// Words that begin or continue the operator of a join.
const JOIN_WORDS: &[&str] = &["left", "right", "full", "inner", "outer", "join"];

/// Goes through the tokens from left to right, without comments.
pub(super) struct Statements<'a> {
    code: &'a [&'a Piece<'a>],
    kind: Statement,
    stage: Stage,
    /// How deep in brackets.
    brackets: usize,
    in_partition: bool,
    /// The last token was the `begin` of a partition.
    begun: bool,
    /// The index behind the last annotation.
    annotated: usize,
    summaries: Vec<Summary>,
}

impl<'a> Statements<'a> {
    /// At the first token.
    pub(super) fn new(code: &'a [&'a Piece<'a>]) -> Self {
        Self {
            code,
            kind: Statement::Unknown,
            stage: Stage::Start,
            brackets: 0,
            in_partition: false,
            begun: false,
            annotated: 0,
            summaries: Vec::new(),
        }
    }

    /// Places the token at `index`; the one before has been placed.
    pub(super) fn place(&mut self, index: usize) -> Placed {
        let Some(piece) = self.code.get(index) else {
            return Placed { before: Break::None, spaced: false, statement: 0 };
        };
        let before = self.break_before(index, piece);
        let spaced = is_spaced(self.code, index, self.region(index, piece));
        self.take(index, piece);
        if let (Break::Line { .. }, Some(summary)) = (before, self.summaries.last_mut()) {
            summary.lines += 1;
        }
        Placed { before, spaced, statement: self.summaries.len().saturating_sub(1) }
    }

    /// The statements, by number.
    pub(super) fn finish(self) -> Vec<Summary> {
        self.summaries
    }

    fn previous(&self, index: usize) -> Option<&'a Piece<'a>> {
        index.checked_sub(1).and_then(|it| self.code.get(it)).copied()
    }

    fn line(&self) -> Break {
        Break::Line { depth: usize::from(self.in_partition), blank: false }
    }

    fn break_before(&mut self, index: usize, piece: &Piece<'_>) -> Break {
        if self.is_partition_end(index, piece) {
            self.in_partition = false;
            self.begin(Summary { is_end: true, ..Summary::default() });
            return self.line();
        }
        if self.is_statement_start(index) {
            let is_app_annotation = self.is_app_annotation(index);
            let is_first = self.begun;
            self.begin(Summary { is_app_annotation, is_first, ..Summary::default() });
            return self.line();
        }
        if index < self.annotated {
            let behind_comma = self.previous(index).is_some_and(|it| it.is_mark(","));
            return if behind_comma { Break::Weak } else { Break::None };
        }
        let next_annotation = self.kind == Statement::Unknown && piece.is_mark("@");
        if index == self.annotated || next_annotation || self.is_partition_begin(piece) {
            return self.line();
        }
        match self.stage_at(index, piece) {
            Some(stage) if stage > self.stage => self.line(),
            _ => self.inner_break(index, piece),
        }
    }

    fn begin(&mut self, summary: Summary) {
        self.kind = Statement::Unknown;
        self.stage = Stage::Start;
        self.brackets = 0;
        self.begun = false;
        self.summaries.push(summary);
    }

    fn is_statement_start(&self, index: usize) -> bool {
        let behind_app_annotation =
            index == self.annotated && self.summaries.last().is_some_and(|it| it.is_app_annotation);
        self.begun
            || behind_app_annotation
            || self.previous(index).is_none_or(|before| before.is_mark(";"))
    }

    fn is_app_annotation(&self, index: usize) -> bool {
        let at = |offset: usize| self.code.get(index + offset);
        at(0).is_some_and(|it| it.is_mark("@"))
            && at(1).is_some_and(|it| it.is_word("app"))
            && at(2).is_some_and(|it| it.is_mark(":"))
    }

    fn is_partition_begin(&self, piece: &Piece<'_>) -> bool {
        self.kind == Statement::Partition && self.brackets == 0 && piece.is_word("begin")
    }

    fn is_partition_end(&self, index: usize, piece: &Piece<'_>) -> bool {
        self.in_partition
            && self.brackets == 0
            && index >= self.annotated
            && piece.is_word("end")
            && self.code.get(index + 1).is_none_or(|next| next.is_mark(";"))
            && !self.is_name_here(index)
    }

    /// True where the token before makes a keyword a name.
    fn is_name_here(&self, index: usize) -> bool {
        self.previous(index).is_some_and(|before| {
            before.is_word_of(NAME_FOLLOWS) || before.is_one_of(NAME_FOLLOWS_MARK)
        })
    }

    /// The clause that begins with this token, if it is none yet in the statement.
    fn stage_at(&self, index: usize, piece: &Piece<'_>) -> Option<Stage> {
        // `select *`, and `S*`, `S+` of a sequence, are complete.
        let closing: &[&str] = if self.stage == Stage::Input { &["*", "+"] } else { &["*"] };
        let closed = self.previous(index).is_some_and(|before| before.is_one_of(closing));
        let is_name = self.is_name_here(index) && !closed;
        if self.kind != Statement::Query || self.brackets > 0 || is_name {
            return None;
        }
        let followed_by = |word| self.code.get(index + 1).is_some_and(|next| next.is_word(word));
        let stage = match piece.text.to_ascii_lowercase().as_str() {
            "from" => Stage::Input,
            "select" => Stage::Select,
            "group" if followed_by("by") => Stage::Group,
            "having" => Stage::Having,
            "order" if followed_by("by") => Stage::Order,
            "limit" => Stage::Limit,
            "offset" => Stage::Offset,
            "output" => Stage::Rate,
            "insert" | "delete" | "update" | "return" | "aggregate" => Stage::Action,
            _ => return None,
        };
        (piece.kind == Kind::Word).then_some(stage)
    }

    /// Where a clause may be broken when it is too long.
    fn inner_break(&self, index: usize, piece: &Piece<'_>) -> Break {
        let Some(before) = self.previous(index) else {
            return Break::None;
        };
        let is_part = before.is_mark(",")
            || piece.is_mark("->")
            || match self.stage {
                Stage::Input => {
                    let joins = piece.is_word_of(JOIN_WORDS) && !before.is_word_of(JOIN_WORDS);
                    joins || piece.is_word_of(&["on", "within"])
                }
                Stage::Action => piece.is_word_of(&["set", "on"]),
                _ => false,
            } && !self.is_name_here(index);
        if is_part {
            if self.brackets == 0 { Break::Strong } else { Break::Weak }
        } else if piece.is_word_of(&["and", "or"]) && !self.is_name_here(index) {
            Break::Weak
        } else {
            Break::None
        }
    }

    fn region(&self, index: usize, piece: &Piece<'_>) -> Region {
        if index < self.annotated {
            Region::Annotation
        } else if self.kind == Statement::Define && piece.is_mark("(") {
            Region::Attributes
        } else if self.kind == Statement::Query && self.stage == Stage::Input {
            Region::Input
        } else {
            Region::Other
        }
    }

    /// Goes on behind the token at `index`.
    fn take(&mut self, index: usize, piece: &Piece<'_>) {
        if index < self.annotated {
            return;
        }
        if self.kind == Statement::Unknown {
            self.take_first(index, piece);
        } else if self.is_partition_begin(piece) {
            self.in_partition = true;
            self.begun = true;
        } else if let Some(stage) = self.stage_at(index, piece) {
            self.stage = self.stage.max(stage);
        } else if self.kind == Statement::Define && piece.is_mark("(") {
            self.kind = Statement::Defined;
        }
        if piece.is_one_of(&["(", "["]) {
            self.brackets += 1;
        } else if piece.is_one_of(&[")", "]"]) {
            self.brackets = self.brackets.saturating_sub(1);
        }
    }

    /// Takes the first token of a statement, or of its next annotation.
    fn take_first(&mut self, index: usize, piece: &Piece<'_>) {
        let next = self.code.get(index + 1);
        if piece.is_mark("@") {
            self.annotated = self.annotation_end(index);
        } else if piece.is_word("define") && !next.is_some_and(|it| it.is_word("aggregation")) {
            self.kind = Statement::Define;
        } else if piece.is_word("partition") {
            self.kind = Statement::Partition;
        } else {
            self.kind = Statement::Query;
            self.stage = if piece.is_word("from") { Stage::Input } else { Stage::Start };
        }
    }

    /// The index behind the annotation whose `@` is at `index`.
    fn annotation_end(&self, index: usize) -> usize {
        let is = |index: usize, mark| self.code.get(index).is_some_and(|it| it.is_mark(mark));
        let name = if is(index + 2, ":") { index + 3 } else { index + 1 };
        if !is(name + 1, "(") {
            return name + 1;
        }
        let mut depth = 0_usize;
        for (offset, piece) in self.code.iter().enumerate().skip(name + 1) {
            if piece.is_mark("(") {
                depth += 1;
            } else if piece.is_mark(")") {
                depth = depth.saturating_sub(1);
            }
            if depth == 0 {
                return offset + 1;
            }
        }
        self.code.len()
    }
}
