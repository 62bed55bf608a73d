//! Queries.

use super::expression::clamp;
use super::{
    Absent, Counted, Element, Event, EveryState, HandledWindow, Join, List, NOWHERE, Pair, Pattern,
    Plain, Sequence, Stream, Windowed,
};
use crate::ast::{
    Annotation, Call, Constant, Expression, Ident, InnerQuery, Input, OrderBy, Output,
    OutputAction, OutputEvents, OutputRate, PatternInput, PatternKind, Query, RateKind,
    RateSelection, SelectItem, Selector, SetItem, Source, TimeValue, Variable,
};

impl Query {
    /// A query that reads `input`: a name, a [`stream`](super::stream) with handlers, a join, a
    /// pattern, a sequence or an inner query.
    ///
    /// ```
    /// use siddhi_query::ast::{OutputEvents, Query, RateSelection, TimeValue};
    /// use siddhi_query::builder::{Operators, attr, call};
    ///
    /// let query = Query::from("Trades")
    ///     .window("time", [TimeValue::minutes(5)])
    ///     .select((attr("symbol"), call("sum", [attr("volume")]).named("volume")))
    ///     .group_by([attr("symbol")])
    ///     .having(attr("volume").gt(1000))
    ///     .order_by([attr("volume").descending()])
    ///     .limit(10)
    ///     .every(RateSelection::Last, TimeValue::seconds(1))
    ///     .events(OutputEvents::All)
    ///     .insert_into("Volumes");
    /// assert_eq!(
    ///     query.to_string(),
    ///     "\
    /// from Trades#window.time(5 min)
    /// select symbol, sum(volume) as volume
    /// group by symbol
    /// having volume > 1000
    /// order by volume desc
    /// limit 10
    /// output last every 1 sec
    /// insert all events into Volumes"
    /// );
    /// ```
    pub fn from<I: IntoInput>(input: I) -> QueryBuilder<I::Stage> {
        QueryBuilder {
            annotations: Vec::new(),
            input: input.into_stage(),
            selector: Selector::default(),
            rate: None,
            events: OutputEvents::Current,
        }
    }
}

/// What a query can read.
pub trait IntoInput {
    /// A stream, to which handlers can still be added, or a finished input.
    type Stage: Into<Input>;

    /// The input as the query takes it.
    fn into_stage(self) -> Self::Stage;
}

macro_rules! inputs {
    ($($type:ty => $stage:ty: |$it:ident| $input:expr;)*) => {$(
        impl IntoInput for $type {
            type Stage = $stage;

            fn into_stage(self) -> $stage {
                let $it = self;
                $input
            }
        }
    )*};
}

inputs! {
    &str => Stream<Plain>: |it| it.into();
    Source => Stream<Plain>: |it| it.into();
    Stream<Plain> => Self: |it| it;
    Stream<Windowed> => Self: |it| it;
    Stream<HandledWindow> => Self: |it| it;
    Join => Input: |it| Input::Join(Box::new(it.into()));
    Event => Input: |it| pattern(it);
    Counted => Input: |it| pattern(it);
    Pair => Input: |it| pattern(it);
    Absent => Input: |it| pattern(it);
    Sequence => Input: |it| Input::Pattern(it.into());
    PatternInput => Input: |it| Input::Pattern(it);
    InnerQuery => Input: |it| Input::Inner(Box::new(it));
}

impl<Every: EveryState> IntoInput for Pattern<Every> {
    type Stage = Input;

    fn into_stage(self) -> Input {
        pattern(self)
    }
}

fn pattern(element: impl Element) -> Input {
    Input::Pattern(super::pattern::whole(PatternKind::Pattern, element.into_element()))
}

impl<State> From<Stream<State>> for Input {
    fn from(stream: Stream<State>) -> Self {
        Self::Single(stream.into())
    }
}

/// A query being made, until its output is said.
///
/// The clauses may come in any order. Without [`select`](Self::select) all attributes are
/// selected.
#[derive(Clone, Debug)]
#[must_use]
pub struct QueryBuilder<Stage> {
    annotations: Vec<Annotation>,
    input: Stage,
    selector: Selector,
    rate: Option<OutputRate>,
    events: OutputEvents,
}

/// The clauses of a selection, for all that have a field `selector`.
macro_rules! selection {
    () => {
        /// Says what is selected: plain references, and expressions under a
        /// [name](super::Operators::named).
        pub fn select(mut self, items: impl List<SelectItem>) -> Self {
            self.selector.items = items.into_list();
            self
        }

        /// Adds `group by`.
        pub fn group_by(mut self, variables: impl List<Variable>) -> Self {
            self.selector.group_by = variables.into_list();
            self
        }

        /// Adds a condition on what is put out.
        pub fn having(mut self, condition: impl Into<Expression>) -> Self {
            self.selector.having = Some(condition.into());
            self
        }

        /// Adds `order by`: references, or [descending](Variable::descending) ones.
        pub fn order_by(mut self, items: impl List<OrderBy>) -> Self {
            self.selector.order_by = items.into_list();
            self
        }

        /// Puts out so many rows at most.
        pub fn limit(mut self, rows: u32) -> Self {
            self.selector.limit = Some(Constant::Int(clamp(rows)).into());
            self
        }

        /// Leaves out so many rows first.
        pub fn offset(mut self, rows: u32) -> Self {
            self.selector.offset = Some(Constant::Int(clamp(rows)).into());
            self
        }
    };
}
pub(super) use selection;

impl<Stage> QueryBuilder<Stage> {
    selection!();

    /// Names the query: `@info(name='name')`.
    pub fn info(self, name: &str) -> Self {
        self.annotation(Annotation::info(name))
    }

    /// Adds an annotation.
    pub fn annotation(mut self, annotation: Annotation) -> Self {
        self.annotations.push(annotation);
        self
    }

    /// Puts out after every so many events.
    pub fn every_events(self, selection: RateSelection, count: u32) -> Self {
        self.rate(RateKind::Events(selection, clamp(count)))
    }

    /// Puts out whenever so much time has passed.
    pub fn every(self, selection: RateSelection, time: TimeValue) -> Self {
        self.rate(RateKind::Time(selection, time))
    }

    /// Puts out what holds at the time, again and again.
    pub fn snapshot_every(self, time: TimeValue) -> Self {
        self.rate(RateKind::Snapshot(time))
    }

    fn rate(mut self, kind: RateKind) -> Self {
        self.rate = Some(OutputRate { kind, span: NOWHERE });
        self
    }

    /// Says which kinds of events are put out; the current ones when not said.
    pub fn events(self, events: OutputEvents) -> Self {
        Self { events, ..self }
    }
}

impl<Stage: Into<Input>> QueryBuilder<Stage> {
    /// Inserts the output into a stream, a table or a window.
    #[must_use]
    pub fn insert_into(self, target: impl Into<Source>) -> Query {
        self.output(OutputAction::Insert(target.into()))
    }

    /// Deletes all rows of a table.
    #[must_use]
    pub fn delete(self, table: impl Into<Ident>) -> Query {
        self.output(OutputAction::Delete(table.into().into(), None))
    }

    /// Deletes the rows of a table for which the condition holds.
    #[must_use]
    pub fn delete_where(self, table: impl Into<Ident>, on: impl Into<Expression>) -> Query {
        self.output(OutputAction::Delete(table.into().into(), Some(on.into())))
    }

    /// Updates the rows of a table for which the condition holds.
    ///
    /// With nothing to [`set`], the attributes of the same names are.
    ///
    /// ```
    /// use siddhi_query::ast::Query;
    /// use siddhi_query::builder::{Operators, attr, set};
    ///
    /// let query = Query::from("S").update(
    ///     "T",
    ///     [set(attr("a").of("T"), attr("a") + 1)],
    ///     attr("k").of("T").equals(attr("k")),
    /// );
    /// assert!(query.to_string().ends_with("update T set T.a = a + 1 on T.k == k"));
    /// ```
    #[must_use]
    pub fn update(
        self,
        table: impl Into<Ident>,
        set: impl List<SetItem>,
        on: impl Into<Expression>,
    ) -> Query {
        self.output(OutputAction::Update(table.into().into(), set.into_list(), on.into()))
    }

    /// Updates the rows of a table for which the condition holds, or inserts a row if there are
    /// none.
    #[must_use]
    pub fn update_or_insert(
        self,
        table: impl Into<Ident>,
        set: impl List<SetItem>,
        on: impl Into<Expression>,
    ) -> Query {
        self.output(OutputAction::UpdateOrInsert(table.into().into(), set.into_list(), on.into()))
    }

    /// Gives the output to callbacks only.
    #[must_use]
    pub fn returning(self) -> Query {
        self.output(OutputAction::Return)
    }

    /// Makes it an input of another query: `(from … return)`; annotations are left out.
    #[must_use]
    pub fn into_input(self) -> InnerQuery {
        InnerQuery {
            input: self.input.into(),
            selector: self.selector,
            rate: self.rate,
            events: self.events,
            span: NOWHERE,
        }
    }

    fn output(self, action: OutputAction) -> Query {
        Query {
            annotations: self.annotations,
            input: self.input.into(),
            selector: self.selector,
            rate: self.rate,
            output: Output { action, events: self.events, span: NOWHERE },
            span: NOWHERE,
        }
    }
}

impl QueryBuilder<Stream<Plain>> {
    /// Lets pass only what fulfils the condition.
    pub fn filter(self, condition: impl Into<Expression>) -> Self {
        self.map(|it| it.filter(condition))
    }

    /// Applies a stream function.
    pub fn function(self, function: Call) -> Self {
        self.map(|it| it.function(function))
    }

    /// Adds the window.
    pub fn window(
        self,
        name: impl Into<Ident>,
        arguments: impl List<Expression>,
    ) -> QueryBuilder<Stream<Windowed>> {
        self.map(|it| it.window(name, arguments))
    }
}

macro_rules! behind_window {
    ($($state:ty),*) => {$(
        impl QueryBuilder<Stream<$state>> {
            /// Lets pass only what fulfils the condition, of what comes out of the window.
            pub fn filter(
                self,
                condition: impl Into<Expression>,
            ) -> QueryBuilder<Stream<HandledWindow>> {
                self.map(|it| it.filter(condition))
            }

            /// Applies a stream function to what comes out of the window.
            pub fn function(self, function: Call) -> QueryBuilder<Stream<HandledWindow>> {
                self.map(|it| it.function(function))
            }
        }
    )*};
}
behind_window!(Windowed, HandledWindow);

impl<Stage> QueryBuilder<Stage> {
    fn map<Next>(self, change: impl FnOnce(Stage) -> Next) -> QueryBuilder<Next> {
        QueryBuilder {
            annotations: self.annotations,
            input: change(self.input),
            selector: self.selector,
            rate: self.rate,
            events: self.events,
        }
    }
}

/// `target = value`, an item of an update.
#[must_use]
pub fn set(target: Variable, value: impl Into<Expression>) -> SetItem {
    SetItem { target, value: value.into(), span: NOWHERE }
}

impl Variable {
    /// Orders by this attribute from large to small.
    #[must_use]
    pub fn descending(self) -> OrderBy {
        OrderBy { descending: true, ..self.into() }
    }
}

/// Orders from small to large.
impl From<Variable> for OrderBy {
    fn from(variable: Variable) -> Self {
        Self { variable, descending: false, span: NOWHERE }
    }
}
