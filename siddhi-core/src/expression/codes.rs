//! The stable codes of what is wrong with an expression.

use siddhi_query::Code;

/// An attribute that nothing here has.
pub(crate) const UNKNOWN_ATTRIBUTE: Code = Code::new("SID0201");
/// A stream, alias or event that is not known here.
pub(crate) const UNKNOWN_STREAM_REFERENCE: Code = Code::new("SID0202");
/// A function or aggregator that does not exist.
pub(crate) const UNKNOWN_FUNCTION: Code = Code::new("SID0203");
/// Arguments that do not fit what is called.
pub(crate) const ARGUMENTS: Code = Code::new("SID0204");
/// Arithmetic on what is no number.
pub(crate) const ARITHMETIC_TYPE: Code = Code::new("SID0205");
/// A comparison of types that do not compare.
pub(crate) const COMPARE_TYPE: Code = Code::new("SID0206");
/// `and`, `or` or `not` of what is no truth.
pub(crate) const LOGIC_TYPE: Code = Code::new("SID0207");
/// A condition that is no truth.
pub(crate) const CONDITION_TYPE: Code = Code::new("SID0208");
/// An aggregator where there is nothing to aggregate over.
pub(crate) const AGGREGATOR_PLACE: Code = Code::new("SID0209");
