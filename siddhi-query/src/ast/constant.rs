//! Constants and time values.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::Span;

node! {
    /// A constant.
    pub enum Constant {
        /// `true`, `false`.
        Bool(bool),
        /// 32 bits.
        Int(i32),
        /// 64 bits.
        Long(i64),
        /// Single precision.
        Float(f32),
        /// Double precision.
        Double(f64),
        /// A text.
        String(String),
        /// A time value: a long with the mark that it is a time.
        Time(TimeValue),
    }

    /// A time value such as `1 min 30 sec`.
    pub struct TimeValue {
        /// The sum in milliseconds, wrapping around in 64 bits.
        pub millis: i64,
        /// Where it stands.
        pub span: Span,
    }
}
