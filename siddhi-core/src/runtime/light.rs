//! The light form of a query that only filters and computes: no window, no state, nothing that can
//! fail. Most queries of an app with many are of this kind.

use std::cell::Cell;

use siddhi_pipeline::Random;
use siddhi_query::ast::OutputEvents;

use super::count::Count;
use super::lone::LazyEvent;
use super::query::Query;
use super::region::Region;
use crate::event::column::Column;
use crate::event::incoming::Incoming;
use crate::event::view::{Columns, Selection, View};
use crate::expression::predicate::Predicate;
use crate::expression::program::{Program, Scratch};
use crate::expression::typed::{Expr, ExprKind};
use crate::extension::CallContext;
use crate::plan::logical::{HandlerPlan, InputPlan, QueryPlan};

/// What a light query does with a chunk.
pub(crate) struct Light {
    filters: Vec<LightFilter>,
    items: Program,
    /// Nothing in it asks for time or randomness.
    pure: bool,
    /// Its filters are nothing but tests of columns.
    bare: bool,
    /// See [`Light::takes_events`].
    takes_events: bool,
    /// Buffers that no pass uses at the moment.
    work: Cell<Option<Box<LightWork>>>,
    pub(crate) rows_in: Count,
}

struct LightFilter {
    condition: Predicate,
    rows_out: Count,
}

struct LightWork {
    rows: Vec<u32>,
    buffer: Vec<u32>,
    filters: Vec<Scratch>,
    items: Scratch,
    /// One row of the attributes that go out of events that stand in no column.
    copies: Vec<Column>,
}

impl Light {
    /// Whether a query has a light form.
    pub(crate) fn fits(plan: &QueryPlan) -> bool {
        let InputPlan::Stream(input) = &plan.input else { return false };
        let selector = &plan.selector;
        input.window.is_none()
            && plan.events != OutputEvents::Expired
            && selector.group_by.is_empty()
            && !selector.has_aggregates()
            && selector.having.is_none()
            && selector.order_by.is_empty()
            && selector.limit.is_none()
            && selector.offset == 0
            && !selector.items.iter().any(|item| item.expression.fallible())
            && input.before.iter().all(|handler| match handler {
                HandlerPlan::Filter(filter) => {
                    filter.aggregates.is_empty() && !filter.condition.fallible()
                }
                HandlerPlan::Function(_) | HandlerPlan::Processor(_) => false,
            })
    }

    /// The light form of a query, when it has one.
    pub(crate) fn of(plan: &QueryPlan) -> Option<Self> {
        let InputPlan::Stream(input) = &plan.input else { return None };
        if !Self::fits(plan) {
            return None;
        }
        let selector = &plan.selector;
        let filter = |handler: &HandlerPlan| match handler {
            HandlerPlan::Filter(filter) => Some(LightFilter {
                condition: Predicate::compile(&filter.condition),
                rows_out: Count::default(),
            }),
            HandlerPlan::Function(_) | HandlerPlan::Processor(_) => None,
        };
        let filters: Vec<LightFilter> = input.before.iter().filter_map(filter).collect();
        let items: Vec<Expr> = selector.items.iter().map(|item| item.expression.clone()).collect();
        let program = Program::compile(&items);
        let bare = filters.iter().all(|filter| filter.condition.is_bare());
        Some(Self {
            bare,
            takes_events: bare && (!filters.is_empty() || program.has_only_kernels()),
            filters,
            pure: items.iter().all(asks_nothing) && input.before.iter().all(filter_asks_nothing),
            items: program,
            work: Cell::new(None),
            rows_in: Count::default(),
        })
    }

    /// Buffers for a pass.
    #[inline]
    fn take(&self) -> Box<LightWork> {
        self.work.take().unwrap_or_else(|| self.make_work())
    }

    #[cold]
    fn make_work(&self) -> Box<LightWork> {
        Box::new(LightWork {
            rows: Vec::new(),
            buffer: Vec::new(),
            filters: self.filters.iter().map(|filter| filter.condition.scratch()).collect(),
            items: self.items.scratch(),
            copies: self.items.copies(),
        })
    }

    /// Whether it takes in an event that comes alone before it is written to columns: its filters are
    /// nothing but tests of attributes, and there are some or what it computes is as simple.
    #[inline]
    pub(crate) fn takes_events(&self) -> bool {
        self.takes_events
    }

    /// Whether an event that stands in no column yet passes, see [`Light::takes_events`].
    #[inline]
    fn lets_in(&self, event: &Incoming<'_>) -> bool {
        self.rows_in.add(1);
        self.passes(|condition| condition.holds_of(event))
    }

    /// Whether an event that came alone passes all filters, which count it.
    #[inline]
    fn passes(&self, holds: impl Fn(&Predicate) -> bool) -> bool {
        let passes = |filter: &LightFilter| {
            let holds = holds(&filter.condition);
            if holds {
                filter.rows_out.add(1);
            }
            holds
        };
        match self.filters.as_slice() {
            [only] => passes(only),
            filters => filters.iter().all(passes),
        }
    }

    /// Rows that came into and out of each filter, in order. Of a rule `rows_in` are the rows of the
    /// stream, whatever the look-up handed over.
    pub(crate) fn filter_counts(&self, rows_in: Option<u64>) -> impl Iterator<Item = (u64, u64)> {
        let mut rows_in = rows_in.unwrap_or_else(|| self.rows_in.get());
        self.filters.iter().map(move |filter| {
            let rows_out = filter.rows_out.get();
            let counts = (rows_in, rows_out);
            rows_in = rows_out;
            counts
        })
    }

    /// Rows that came to the selection: all of them go out.
    pub(crate) fn rows_selected(&self) -> u64 {
        self.filters.last().map_or_else(|| self.rows_in.get(), |filter| filter.rows_out.get())
    }
}

/// Whether an expression has no call that could ask for time or randomness.
fn asks_nothing(expression: &Expr) -> bool {
    !expression.any(&mut |e| matches!(&e.kind, ExprKind::Call(call) if !call.pure))
}

fn filter_asks_nothing(handler: &HandlerPlan) -> bool {
    match handler {
        HandlerPlan::Filter(filter) => asks_nothing(&filter.condition),
        HandlerPlan::Function(_) | HandlerPlan::Processor(_) => false,
    }
}

impl Region {
    /// A light query takes in a chunk.
    pub(crate) fn read_light(&self, query: &Query, light: &Light, view: &View<'_>, key: u32) {
        light.rows_in.add(view.len() as u64);
        if light.bare
            && let Some(row) = view.only_row()
        {
            // Most single events are refused by most queries: that costs the tests and nothing else.
            if light.passes(|condition| condition.holds_bare(view, row)) {
                self.put_out_passed(query, light, view, key);
            }
            return;
        }
        self.read_light_chunk(query, light, view, key);
    }

    /// As [`Region::read_light`], of several events, or where tests are not all there is.
    #[inline(never)]
    fn read_light_chunk(&self, query: &Query, light: &Light, view: &View<'_>, key: u32) {
        let mut work = light.take();
        let LightWork { rows, buffer, filters, items, .. } = &mut *work;
        for (index, (filter, scratch)) in light.filters.iter().zip(filters).enumerate() {
            self.call(
                light.pure,
                |calls| {
                    if index == 0 {
                        filter.condition.select(view, scratch, calls, rows);
                    } else {
                        let seen = view.with(Selection::Rows(rows));
                        filter.condition.select(&seen, scratch, calls, buffer);
                        std::mem::swap(rows, buffer);
                    }
                },
                view,
            );
            filter.rows_out.add(rows.len() as u64);
            if rows.is_empty() {
                light.work.set(Some(work));
                return;
            }
        }
        if light.filters.is_empty() {
            self.put_out_light(query, light, view, key, items);
        } else {
            self.put_out_light(query, light, &view.with(Selection::Rows(rows)), key, items);
        }
        light.work.set(Some(work));
    }

    /// A light query takes in an event that stands in no column yet, see [`Light::takes_events`].
    #[inline]
    pub(super) fn read_light_event(&self, query: &Query, light: &Light, event: &mut LazyEvent<'_>) {
        if !light.lets_in(&event.incoming) {
            return;
        }
        if light.items.has_only_kernels() && !event.has_many_readers() {
            self.put_out_event(query, light, &event.incoming);
        } else {
            self.put_out_passed(query, light, &event.view(), 0);
        }
    }

    /// An event that stands in no column yet has passed all filters and goes out.
    fn put_out_event(&self, query: &Query, light: &Light, event: &Incoming<'_>) {
        let mut work = light.take();
        let LightWork { items, copies, .. } = &mut *work;
        light.items.run_event(event, items, copies);
        let copies = Columns::Owned(copies);
        let output = View {
            timestamps: &[event.timestamp],
            kinds: None,
            columns: light.items.event_results(&copies, items),
            selection: Selection::All(1),
        };
        query.call_with_current(&output);
        self.publish(query.target, &output, 0);
        light.work.set(Some(work));
    }

    /// The rows of a view, which have passed all filters, go out.
    #[inline]
    fn put_out_passed(&self, query: &Query, light: &Light, view: &View<'_>, key: u32) {
        let mut work = light.take();
        self.put_out_light(query, light, view, key, &mut work.items);
        light.work.set(Some(work));
    }

    /// The rows that a light query lets through go out.
    #[inline]
    fn put_out_light(
        &self,
        query: &Query,
        light: &Light,
        left: &View<'_>,
        key: u32,
        items: &mut Scratch,
    ) {
        match left.only_row() {
            Some(row) if light.items.has_only_kernels() => {
                light.items.run_kernels(left, row, items);
            }
            _ => self.call(light.pure, |calls| light.items.run(left, items, calls), left),
        }
        let output = View { columns: light.items.results(&left.columns, items), ..*left };
        query.call_with_current(&output);
        self.publish(query.target, &output, key);
    }

    /// Runs kernels over a view. Pure ones ask for nothing, and get a context without time and
    /// randomness that costs nothing to make.
    #[inline]
    fn call(&self, pure: bool, run: impl FnOnce(&mut CallContext<'_>), view: &View<'_>) {
        if !pure {
            self.evaluate(|context| run(&mut context.calls(view)));
            return;
        }
        let mut failures = Vec::new();
        run(&mut CallContext {
            timestamps: view.timestamps,
            now: &|| 0,
            random: &mut Random::new(0),
            failures: &mut failures,
        });
        self.check_promises(&failures);
    }
}
