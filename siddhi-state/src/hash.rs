//! The hash of names and checksums.

/// FNV-1a, 64 bits, <http://www.isthe.com/chongo/tech/comp/fnv/>: the same on every machine, and not
/// for input that is made to collide.
///
/// ```
/// assert_eq!(siddhi_state::fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
/// ```
#[must_use]
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
