//! From hashes to dense numbers: open addressing, for tables that only grow.

/// A hash table that finds the numbers `0..n` of values that stand elsewhere.
///
/// A slot holds the low half of a hash and a number, so a miss seldom looks at the values, and growing
/// never does.
#[derive(Clone, Debug, Default)]
pub(crate) struct IdTable {
    /// The low half of the hash above, the number plus one below; 0 is free. A power of two of them, at
    /// most a quarter of them taken while they are few: that one stands in the way of another is a
    /// branch mispredicted. At most half of them where memory counts.
    slots: Vec<u64>,
    taken: usize,
}

/// The first number of slots.
const FIRST: usize = 16;
/// From so many slots on memory counts.
const MANY: usize = 1 << 14;

impl IdTable {
    /// The number of a value with this hash that `is` the one.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let half = low_half(hash);
        let mut place = half as usize;
        loop {
            let slot = *self.slots.get(place & mask)?;
            if slot == 0 {
                return None;
            }
            let (tag, number) = ((slot >> 32), low_half(slot).wrapping_sub(1));
            if tag == u64::from(half) && is(number) {
                return Some(number);
            }
            place += 1;
        }
    }

    /// Adds a number that is not in yet, of a value with this hash.
    pub(crate) fn insert(&mut self, hash: u64, number: u32) {
        let spread = if self.slots.len() < MANY { 4 } else { 2 };
        if (self.taken + 1) * spread > self.slots.len() {
            self.grow();
        }
        self.put(u64::from(low_half(hash)) << 32 | (u64::from(number) + 1));
        self.taken += 1;
    }

    #[cold]
    fn grow(&mut self) {
        let slots = vec![0; (self.slots.len() * 2).max(FIRST)];
        for slot in std::mem::replace(&mut self.slots, slots) {
            if slot != 0 {
                self.put(slot);
            }
        }
    }

    fn put(&mut self, slot: u64) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = (slot >> 32) as usize;
        while let Some(free) = self.slots.get_mut(place & mask) {
            if *free == 0 {
                *free = slot;
                return;
            }
            place += 1;
        }
    }
}

#[inline]
fn low_half(bits: u64) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "the low half is meant")]
    let low = bits as u32;
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_hash_and_value() {
        let values: Vec<u64> = (0..1_000).map(|n: u64| n.wrapping_mul(0x9e37_79b9)).collect();
        // Some share a slot, some the whole hash.
        for hash_of in [|v: u64| v, |v: u64| v << 32, |v: u64| v % 7, |_: u64| u64::MAX] {
            let mut table = IdTable::default();
            for (number, value) in (0..).zip(&values) {
                let is = |number: u32| values[number as usize] == *value;
                assert_eq!(table.find(hash_of(*value), is), None);
                table.insert(hash_of(*value), number);
                assert_eq!(table.find(hash_of(*value), is), Some(number));
            }
            for (number, value) in (0..).zip(&values) {
                let is = |number: u32| values[number as usize] == *value;
                assert_eq!(table.find(hash_of(*value), is), Some(number));
            }
        }
    }
}
