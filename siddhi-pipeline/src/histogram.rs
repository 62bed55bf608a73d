//! Counts of values in buckets that grow with the values.

/// Bits of a value that are kept below its highest: 16 buckets for each doubling, so that a
/// quantile is at most 6 % off.
const PRECISION_BITS: u32 = 4;
const BUCKETS: usize = (64 - PRECISION_BITS as usize + 1) << PRECISION_BITS;

/// How often values occurred, such as durations in nanoseconds. Recording takes a few
/// instructions and never allocates.
///
/// ```
/// use siddhi_pipeline::Histogram;
/// let mut histogram = Histogram::default();
/// (1..=100).for_each(|value| histogram.record(value));
/// assert_eq!(histogram.quantile(0.5), 51);
/// assert_eq!(histogram.max(), 100);
/// ```
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Box<[u64]>,
    total: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS].into(), total: 0, max: 0 }
    }
}

impl Histogram {
    /// Counts a value.
    pub fn record(&mut self, value: u64) {
        if let Some(count) = self.counts.get_mut(bucket(value)) {
            *count += 1;
        }
        self.total += 1;
        self.max = self.max.max(value);
    }

    /// How many values were counted.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.total
    }

    /// Whether no value was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The largest value.
    #[must_use]
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The value that `quantile` of all values (0.99 of them, say) do not exceed, to the upper end
    /// of its bucket; 0 when there is none.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> u64 {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a count rounded up, between 0 and the total"
        )]
        let wanted = (self.total as f64 * quantile.clamp(0.0, 1.0)).ceil() as u64;
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && *count > 0 {
                return upper_end(bucket).min(self.max);
            }
        }
        self.max
    }
}

fn bucket(value: u64) -> usize {
    let shift = (u64::BITS - value.leading_zeros()).saturating_sub(PRECISION_BITS + 1);
    let kept = usize::try_from(value >> shift).unwrap_or(0);
    ((shift as usize) << PRECISION_BITS) + kept
}

fn upper_end(bucket: usize) -> u64 {
    let exact = 2 << PRECISION_BITS;
    if bucket < exact {
        return bucket as u64;
    }
    let shift = (bucket >> PRECISION_BITS) - 1;
    let kept = (bucket - (shift << PRECISION_BITS)) as u64;
    (kept << shift) | ((1 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bucket() {
        let values = (0..2000).chain((0..60).flat_map(|bits| [(1_u64 << bits) - 1, 1 << bits]));
        for value in values.chain([u64::MAX]) {
            let place = bucket(value);
            assert!(place < BUCKETS, "{value}");
            let below = if place == 0 { None } else { Some(upper_end(place - 1)) };
            assert!(
                upper_end(place) >= value && below.is_none_or(|below| below < value),
                "{value}"
            );
            assert!(upper_end(place) - value <= value / 16, "{value}");
        }
    }

    #[test]
    fn quantiles_of_nothing_are_zero() {
        assert_eq!(Histogram::default().quantile(0.99), 0);
    }
}
