//! The workloads: an app, what it is fed, and which column the callback adds up.

use siddhi_pipeline::Random;

use crate::feed::{Feed, PRICES, unit};

/// How many events are built beforehand and sent over and over.
pub const POOL: usize = 32_000;
/// How many events a batch holds.
pub const BATCH: usize = 1_000;
/// How many rules the rules workloads have.
const RULES: [usize; 4] = [1, 100, 1_000, 10_000];

/// How events are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// One by one.
    Single,
    /// In batches of [`BATCH`].
    Batch,
}

impl Mode {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Batch => "batch",
        }
    }
}

/// One workload, the same for every engine.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name.
    pub name: String,
    /// The `SiddhiQL` text; all of it inserts into the stream `O`.
    pub app: String,
    /// What is sent.
    pub feed: Feed,
    /// The attribute of `O` that the callback adds up.
    pub column: usize,
    /// Milliseconds from one event to the next.
    pub step_ms: i64,
    /// Sent once before anything is measured.
    pub fill: Option<(Feed, usize)>,
    /// The modes it is run in.
    pub modes: &'static [Mode],
    /// Whether Java Siddhi runs it, too; growth of ours is measured against ourselves.
    pub has_rival: bool,
    /// What is held after `fill` is told for each event of it.
    pub weighs_fill: bool,
}

const BOTH: &[Mode] = &[Mode::Single, Mode::Batch];

impl Workload {
    fn new(name: &str, feed: Feed, column: usize, queries: &str) -> Self {
        Self {
            name: name.to_owned(),
            app: format!("{}\n{queries}\n", feed.definition()),
            feed,
            column,
            step_ms: 1,
            fill: None,
            modes: BOTH,
            has_rival: true,
            weighs_fill: false,
        }
    }

    fn trades(name: &str, column: usize, queries: &str) -> Self {
        Self::new(name, Feed::Trades, column, queries)
    }

    /// Time comes from the events.
    fn by_event_time(mut self) -> Self {
        self.app.insert_str(0, "@app:playback\n");
        self
    }

    /// Only ours, to be compared with another of ours.
    fn alone(mut self) -> Self {
        self.has_rival = false;
        self
    }

    fn filled(mut self, feed: Feed, count: usize) -> Self {
        self.fill = Some((feed, count));
        self
    }

    /// Only to see what it holds after it was filled.
    fn weighed(mut self) -> Self {
        self.weighs_fill = true;
        self.modes = &[Mode::Batch];
        self
    }
}

/// Two workloads that differ in size alone, and how much an event of the larger may cost.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// The smaller workload.
    pub small: &'static str,
    /// The larger workload.
    pub large: &'static str,
    /// The most an event may cost in the larger, in events of the smaller.
    pub limit: f64,
}

/// What must not grow.
pub const GROWTHS: &[Growth] = &[
    Growth { small: "length", large: "length-100000", limit: 1.5 },
    Growth { small: "rules-equality-100", large: "rules-equality-10000", limit: 3.0 },
    Growth { small: "rules-range-100", large: "rules-range-10000", limit: 3.0 },
    Growth { small: "pattern-pending-100", large: "pattern-pending-100000", limit: 1.5 },
];

/// Every workload in the order of the report.
#[must_use]
pub fn all() -> Vec<Workload> {
    let mut all = vec![
        Workload::trades(
            "filter",
            1,
            "from S[price > 50] select symbol, price * 2 as p insert into O;",
        ),
        length("length", 1_000),
        Workload::trades(
            "lengthBatch",
            1,
            "from S#window.lengthBatch(1000) select symbol, sum(volume) as v group by symbol insert into O;",
        ),
        Workload::trades(
            "time",
            0,
            "from S#window.time(1 sec) select sum(volume) as v insert into O;",
        )
        .by_event_time(),
        Workload::trades("filters50", 1, &filters(50)),
    ];
    all.extend(RULES.map(|rules| {
        let name = format!("rules-equality-{rules}");
        Workload::new(&name, Feed::Readings { rules }, 1, &equality_rules(rules))
    }));
    all.extend(RULES.map(|rules| {
        let name = format!("rules-range-{rules}");
        Workload::new(&name, Feed::Readings { rules }, 1, &range_rules(rules))
    }));
    all.extend([
        Workload::trades("pattern", 2, &pattern(" within 1 sec")).by_event_time(),
        Workload::trades("partition", 1, PARTITION),
        Workload::trades("arithmetic", 1, ARITHMETIC),
        Workload::trades("strings", 10, STRINGS),
    ]);
    all.extend(growing());
    all
}

/// The workloads that only show how cost and memory grow.
fn growing() -> impl Iterator<Item = Workload> {
    // Nothing is ever too late here, so every match begun by the fill stays pending for ever.
    let pending = |count| {
        Workload::trades(&format!("pattern-pending-{count}"), 2, &pattern(""))
            .filled(Feed::NewSymbols, count)
            .alone()
    };
    let window = |name: &str, rest: &str| {
        let queries =
            format!("from S#window.length(1000000) select {rest} insert all events into O;");
        Workload::trades(name, 1, &queries).filled(Feed::Trades, 1_000_000).alone().weighed()
    };
    [
        length("length-100000", 100_000).filled(Feed::Trades, 100_000).alone(),
        pending(100),
        pending(100_000),
        window("window-1000000", "symbol, price, volume"),
        window(
            "window-1000000-grouped",
            "symbol, avg(price) as a, sum(volume) as v group by symbol",
        ),
        Workload::trades("partition-1000000", 1, PARTITION)
            .filled(Feed::NewSymbols, 1_000_000)
            .weighed(),
    ]
    .into_iter()
}

fn length(name: &str, length: usize) -> Workload {
    let queries = format!(
        "from S#window.length({length}) select symbol, avg(price) as a group by symbol insert into O;"
    );
    Workload::trades(name, 1, &queries)
}

fn pattern(within: &str) -> String {
    format!(
        "from every e1=S[price > 90] -> e2=S[symbol == e1.symbol and price < 10]{within} \
         select e1.symbol as symbol, e1.price as high, e2.price as low insert into O;"
    )
}

const PARTITION: &str = "partition with (symbol of S) begin \
     from S#window.length(10) select symbol, avg(price) as a insert into O; end;";

const ARITHMETIC: &str = "from S select \
     price * 2 as a, price + volume as b, price - 50 as c, price / 3 as d, volume * 3 + 7 as e, \
     volume % 10 as f, (price - 50) * (price - 50) as g, price * 0.2 + volume * 0.8 as h, \
     (volume + 1) / (volume + 2) as i, (price + 1) * (volume - 1) / 2 as j insert into O;";

const STRINGS: &str = "from S select \
     symbol == 'S7' as a, symbol != 'S42' as b, symbol == 'S1' or symbol == 'S2' as c, \
     ifThenElse(symbol == 'S3', 'three', symbol) as d, coalesce(symbol, 'none') as e, \
     default(symbol, 'none') as f, instanceOfString(symbol) as g, symbol is null as h, \
     convert(volume, 'string') as i, cast(symbol, 'string') as j, volume as k insert into O;";

/// Different thresholds, evenly spread, so that half of the filters let an event pass.
fn filters(count: usize) -> String {
    (0..count)
        .map(|index| {
            let threshold = index * 100 / count;
            format!("from S[price > {threshold}] select symbol, price * 2 as p insert into O;\n")
        })
        .collect()
}

/// Each id has its rule, so every event meets one.
fn equality_rules(rules: usize) -> String {
    (0..rules).map(|id| format!("from R[id == {id}] select id, v insert into O;\n")).collect()
}

/// Ranges that lie anywhere, as wide as it takes for an event to meet one on average.
fn range_rules(rules: usize) -> String {
    let mut random = Random::new(7);
    #[allow(clippy::cast_precision_loss, reason = "a small count")]
    let width = PRICES / rules as f64;
    (0..rules)
        .map(|_| {
            let low = unit(&mut random) * (PRICES - width);
            let high = low + width;
            format!("from R[v > {low:.6} and v < {high:.6}] select id, v insert into O;\n")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_growth_names_exist() {
        let all = all();
        let names: BTreeSet<&str> = all.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
        for growth in GROWTHS {
            assert!(names.contains(growth.small) && names.contains(growth.large), "{growth:?}");
        }
    }

    #[test]
    fn the_readme_shows_what_is_run() {
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let readme = squeeze(include_str!("../README.md"));
        assert!(readme.contains(&squeeze(ARITHMETIC)) && readme.contains(&squeeze(STRINGS)));
        for workload in all() {
            let name = workload.name.trim_end_matches(|c: char| c.is_ascii_digit());
            assert!(readme.contains(&format!("`{name}")), "{}", workload.name);
        }
    }

    #[test]
    fn an_event_meets_one_range_on_average() {
        let ranges: Vec<(f64, f64)> = range_rules(1_000)
            .lines()
            .map(|line| {
                let (_, rest) = line.split_once("v > ").unwrap();
                let (low, rest) = rest.split_once(" and v < ").unwrap();
                let (high, _) = rest.split_once(']').unwrap();
                (low.parse().unwrap(), high.parse().unwrap())
            })
            .collect();
        let values = Feed::Readings { rules: 1_000 }.lines(10_000);
        let matches: usize = values
            .map(|line| {
                let v: f64 = line.split('\t').nth(1).unwrap().parse().unwrap();
                ranges.iter().filter(|(low, high)| *low < v && v < *high).count()
            })
            .sum();
        assert!((9_500..10_500).contains(&matches), "{matches}");
    }
}
