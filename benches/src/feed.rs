//! Deterministic events: the same text lines for every engine.

use siddhi_pipeline::Random;

/// The seed of everything that is drawn.
const SEED: u64 = 42;
/// How many symbols there are.
const SYMBOLS: u64 = 100;
/// Volumes lie in `0..VOLUMES`.
const VOLUMES: u64 = 1_000;
/// Prices, and values of readings, lie in `0.0..PRICES`.
pub const PRICES: f64 = 100.0;

/// What the events of a workload look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// `S (symbol string, price double, volume long)`: 100 symbols, uniform prices.
    Trades,
    /// Trades of ever new symbols, at a price that begins a match of `pattern`.
    NewSymbols,
    /// `R (id long, v double)`: ids uniform below the number of rules.
    Readings {
        /// The number of rules.
        rules: usize,
    },
}

impl Feed {
    /// The definition of the stream.
    #[must_use]
    pub fn definition(self) -> &'static str {
        match self {
            Self::Trades | Self::NewSymbols => {
                "define stream S (symbol string, price double, volume long);"
            }
            Self::Readings { .. } => "define stream R (id long, v double);",
        }
    }

    /// The name of the stream.
    #[must_use]
    pub fn stream(self) -> &'static str {
        match self {
            Self::Trades | Self::NewSymbols => "S",
            Self::Readings { .. } => "R",
        }
    }

    /// The types of its attributes.
    #[must_use]
    pub fn types(self) -> &'static str {
        match self {
            Self::Trades | Self::NewSymbols => "string,double,long",
            Self::Readings { .. } => "long,double",
        }
    }

    /// The first `count` events, the values of each with tabs between.
    pub fn lines(self, count: usize) -> impl Iterator<Item = String> {
        let mut random = Random::new(SEED);
        (0..count).map(move |index| match self {
            Self::Trades => {
                let symbol = below(&mut random, SYMBOLS);
                let price = price(&mut random);
                format!("S{symbol}\t{price:?}\t{}", below(&mut random, VOLUMES))
            }
            Self::NewSymbols => format!("K{index}\t99.5\t{}", below(&mut random, VOLUMES)),
            Self::Readings { rules } => {
                let id = below(&mut random, rules as u64);
                format!("{id}\t{:?}", price(&mut random))
            }
        })
    }
}

/// A uniform number below `limit`.
fn below(random: &mut Random, limit: u64) -> u64 {
    random.next_u64() % limit
}

/// A uniform number from 0.0 to below [`PRICES`].
fn price(random: &mut Random) -> f64 {
    unit(random) * PRICES
}

/// A uniform number from 0.0 to below 1.0.
#[expect(clippy::cast_precision_loss, reason = "53 bits are what a double holds exactly")]
pub(crate) fn unit(random: &mut Random) -> f64 {
    let bits = (random.next_u64() >> 11) as f64;
    bits / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_feed_gives_the_same_events() {
        let first: Vec<String> = Feed::Trades.lines(3).collect();
        assert_eq!(first, Feed::Trades.lines(5).take(3).collect::<Vec<_>>());
        for line in Feed::Trades.lines(1_000) {
            let [symbol, price, volume] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            assert!(symbol.len() <= 3 && price.contains('.') && volume.len() <= 3, "{line}");
        }
    }
}
