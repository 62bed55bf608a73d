//! Many rules: the filters of all readers of a stream, looked up together.
//!
//! A *rule* is a query without state whose first filter compares a column with constants. Rules of
//! one stream are tested together: equalities by a hash from the value to the rules, ranges by a
//! search over their bounds, and where neither pays, by a loop over the constants. Rules with equal
//! selections share them. Readers are still called in the order of the text.

pub(crate) mod condition;
mod equality;
mod range;
mod scan;
pub(crate) mod set;
#[cfg(test)]
mod tests;
