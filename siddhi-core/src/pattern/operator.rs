//! The running pattern.

use siddhi_state::{StateError, StateHolder};

use super::plan::PatternPlan;
use crate::event::batch::Batch;
use crate::event::view::View;
use crate::plan::logical::StreamId;
use crate::selector::context::EvalContext;
use crate::plan::rules::Switches;

/// Matches that a pattern found, and where each chunk of them ends.
#[derive(Debug, Default)]
pub(crate) struct PatternOutput {
    /// The matches: all columns of the pattern.
    pub(crate) batch: Batch,
    /// The ends of the chunks.
    pub(crate) ends: Vec<usize>,
}

/// A pattern at run time.
pub(crate) struct PatternOperator;

impl PatternOperator {
    pub(crate) fn new(_plan: &PatternPlan, _switches: Switches) -> Self {
        Self
    }
    pub(crate) fn events(
        &mut self,
        _stream: StreamId,
        _view: &View<'_>,
        _key: u32,
        _context: &mut EvalContext<'_>,
        _out: &mut PatternOutput,
    ) {
    }
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }
    pub(crate) fn explain(&self) -> Vec<String> {
        Vec::new()
    }
}

impl StateHolder for PatternOperator {
    fn schema_version(&self) -> u32 {
        1
    }
    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        Ok(Vec::new())
    }
    fn restore(&mut self, _: u32, _: &[u8]) -> Result<(), StateError> {
        Ok(())
    }
}
