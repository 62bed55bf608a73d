//! The general form: rows of all kinds and marks, as Siddhi's windows put them out.

use super::{Cursors, KeyWindow, Pass, WindowStage, WindowWork};
use crate::event::batch::Batch;
use crate::event::view::{Kind, View};
use crate::extension::WindowStep;
use crate::selector::context::EvalContext;

impl WindowStage {
    pub(super) fn general_rows(
        &self,
        view: &View<'_>,
        pass: &mut Pass<'_>,
        context: &mut EvalContext<'_>,
    ) {
        pass.state.rows_in += view.len() as u64;
        let own = pass.state.of(pass.key, self);
        let first_new = own.store.end();
        own.store.append(view, |n| view.columns.get(*self.kept.get(n)?));
        self.ask_window(Some(first_new), None, pass, context);
        self.put_out_general(pass);
    }

    /// Turns the window's steps into rows.
    pub(super) fn put_out_general(&self, pass: &mut Pass<'_>) {
        pass.work.clear_output();
        let own = pass.state.of(pass.key, self);
        let mut cursors = Cursors::of(own);
        let steps = std::mem::take(&mut pass.work.steps);
        for step in &steps {
            materialize(*step, own, &mut cursors, pass.work);
        }
        pass.work.steps = steps;
        pass.state.advance(pass.key, cursors);
    }
}

fn materialize(step: WindowStep, own: &KeyWindow, cursors: &mut Cursors, work: &mut WindowWork) {
    let (head, come) = (cursors.head, cursors.come);
    cursors.step(step);
    let batch = &mut work.batch;
    match step {
        WindowStep::Expire { count, at } => {
            for row in head..head + u64::from(count) {
                push(own, row, Kind::Expired, at, batch);
            }
        }
        WindowStep::Current(count) => {
            for row in come..come + u64::from(count) {
                push(own, row, Kind::Current, own.store.timestamp(row), batch);
            }
        }
        WindowStep::Slide { count, at } => {
            for n in 0..u64::from(count) {
                push(own, head + n, Kind::Expired, at, batch);
                push(own, come + n, Kind::Current, own.store.timestamp(come + n), batch);
            }
        }
        WindowStep::Reset { row, at } => push(own, row, Kind::Reset, at, batch),
        WindowStep::Forget(_) => {}
        WindowStep::End => work.end_chunk(),
    }
}

fn push(own: &KeyWindow, row: u64, kind: Kind, timestamp: i64, batch: &mut Batch) {
    let (columns, index) = own.store.locate(row);
    batch.push_kind(kind);
    batch.timestamps.push(timestamp);
    for (to, from) in batch.columns.iter_mut().zip(columns) {
        to.push_from(from, index);
    }
}
