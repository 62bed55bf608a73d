//! From the elements of a pattern to its states.

use siddhi_query::ast;

use super::plan::PatternPlan;
use super::scope::PatternScope;
use crate::plan::binder::AppBinder;

/// A bound pattern.
pub(crate) struct BoundPattern {
    pub(crate) plan: PatternPlan,
    pub(crate) scope: PatternScope,
}

/// Binds a pattern; none when it has mistakes or is not supported yet.
pub(crate) fn bind(
    binder: &mut AppBinder<'_>,
    input: &ast::PatternInput,
    _query: &ast::Query,
) -> Option<BoundPattern> {
    binder.report_unsupported("patterns", input.span);
    None
}
