//! The optimizer: small rules over the logical plan, each of which can be switched off.
//!
//! A rule may change anything that no callback, sink or clock can see, and nothing else.

use super::logical::LogicalApp;

mod constant_folding;

/// Which optimizations are on. All of them are; tests turn some off to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Switches {
    /// Constant expressions are evaluated once.
    pub constant_folding: bool,
    /// Windows make no expired rows where nobody sees them.
    pub expired_elision: bool,
    /// Windows and patterns keep the columns that somebody reads. (The slab has no room for others.)
    pub column_pruning: bool,
    /// Patterns find their partners by hash.
    pub pattern_index: bool,
    /// Queries that only filter and compute run in the light form.
    pub light_form: bool,
    /// The filters of all readers of a stream are looked up together; only of light queries.
    pub rule_index: bool,
    /// Partitions work on whole chunks where nobody can tell.
    pub partition_chunks: bool,
    /// Events that come alone go shorter ways.
    pub lone_events: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            constant_folding: true,
            expired_elision: true,
            column_pruning: true,
            pattern_index: true,
            light_form: true,
            rule_index: true,
            partition_chunks: true,
            lone_events: true,
        }
    }
}

impl Switches {
    /// Everything off.
    #[must_use]
    pub fn none() -> Self {
        Self {
            constant_folding: false,
            expired_elision: false,
            column_pruning: false,
            pattern_index: false,
            light_form: false,
            rule_index: false,
            partition_chunks: false,
            lone_events: false,
        }
    }
}

/// Applies the rules that change the plan itself, in order.
pub(crate) fn apply(app: &mut LogicalApp, switches: Switches) {
    if switches.constant_folding {
        constant_folding::apply(app);
    }
}
