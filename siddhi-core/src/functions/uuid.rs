//! `UUID()`: a name that nothing else has.

use siddhi_query::ast::DataType;

use super::exactly;
use crate::event::column::Column;
use crate::event::view::Selection;
use crate::extension::{
    Arguments, BindError, BoundScalar, CallContext, Documentation, FunctionFactory, ParameterValue,
    ScalarFunction,
};

/// Binds `UUID`.
#[derive(Debug)]
pub(super) struct Uuid;

impl FunctionFactory for Uuid {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "UUID",
            syntax: "UUID()",
            description: "Gives a random identifier of 36 characters, another one for each call. \
                          The identifiers of an app follow from its seed.",
            example: "from Trades select UUID() as id, symbol, price insert into Marked;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        exactly::<0>("UUID", parameters)?;
        Ok(BoundScalar::impure(Identifier, DataType::String).never_fails())
    }
}

#[derive(Debug)]
struct Identifier;

impl ScalarFunction for Identifier {
    fn evaluate(
        &self,
        _: Arguments<'_>,
        rows: Selection<'_>,
        out: &mut Column,
        context: &mut CallContext<'_>,
    ) {
        for row in rows.iter() {
            let (high, low) = (context.random.next_u64(), context.random.next_u64());
            out.set(row, identifier(high, low).into());
        }
    }
}

/// The text of an identifier of version 4 with these random bits.
///
/// Source: RFC 9562, section 5.4.
fn identifier(high: u64, low: u64) -> String {
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_version_and_variant() {
        assert_eq!(identifier(0, 0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(identifier(u64::MAX, u64::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
