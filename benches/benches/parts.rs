//! The parts that workloads rest on: the parser, expressions over columns, the store of a window.
//!
//! `cargo bench -p siddhi-benches`

#![allow(missing_docs, reason = "criterion's macros make public items without documentation")]

use std::error::Error;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use siddhi_benches::feed::Feed;
use siddhi_benches::workload::BATCH;
use siddhi_core::event::batch::Batch;
use siddhi_core::event::store::RowStore;
use siddhi_core::event::view::Kind;
use siddhi_core::{SiddhiManager, Value};
use siddhi_query::ast::DataType;

/// The types of `S`.
const TYPES: [DataType; 3] = [DataType::String, DataType::Double, DataType::Long];

/// A batch of trades.
fn trades() -> Result<Batch, Box<dyn Error>> {
    let mut batch = Batch::new(&TYPES);
    for line in Feed::Trades.lines(BATCH) {
        let mut words = line.split('\t');
        let mut word = || words.next().unwrap_or_default();
        let values = [word().into(), Value::Double(word().parse()?), Value::Long(word().parse()?)];
        batch.push_row(1, Kind::Current, values);
    }
    Ok(batch)
}

/// An app of 10,000 lines, one query each.
fn long_app() -> String {
    let mut app = "define stream S (symbol string, price double, volume long);\n".to_owned();
    app.extend((1..10_000).map(|line| {
        format!("from S[price > {line} and symbol == 'S{line}'] select symbol, price * 2 as p insert into O;\n")
    }));
    app
}

fn parser(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parser");
    let app = long_app();
    group.throughput(Throughput::Bytes(app.len() as u64)).sample_size(20);
    group.bench_function("10,000 lines", |bencher| {
        bencher.iter(|| siddhi_query::parse_app(black_box(&app)).is_ok());
    });
    let nested = format!("{}price{}", "(".repeat(100), " + 1)".repeat(100));
    group.throughput(Throughput::Bytes(nested.len() as u64));
    group.bench_function("100 nested brackets", |bencher| {
        bencher.iter(|| siddhi_query::parse_expression(black_box(&nested)).is_ok());
    });
    group.finish();
}

fn expressions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("expressions");
    group.throughput(Throughput::Elements(BATCH as u64));
    for (name, expression) in [
        ("multiply", "price * 2"),
        ("mixed types", "price + volume"),
        ("remainder", "volume % 10"),
        ("compare", "price > 50 and volume < 500"),
        ("text equality", "symbol == 'S7'"),
        ("choose", "ifThenElse(price > 50, price, 0.0)"),
        ("to text", "convert(volume, 'string')"),
    ] {
        let query = format!(
            "{}\nfrom S select {expression} as v insert into O;",
            Feed::Trades.definition()
        );
        let prepared = || -> Result<_, Box<dyn Error>> {
            let app = SiddhiManager::new().create_app(&query)?;
            app.on_stream("O", |chunk| {
                black_box(chunk.len());
            })?;
            app.start()?;
            Ok((app.input("S")?, trades()?))
        };
        match prepared() {
            Ok((input, batch)) => {
                group.bench_function(name, |bencher| bencher.iter(|| input.send_rows(&batch)));
            }
            Err(error) => report(name, &*error),
        }
    }
    group.finish();
}

fn window_store(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("window store");
    group.throughput(Throughput::Elements(BATCH as u64));
    let batch = match trades() {
        Ok(batch) => batch,
        Err(error) => return report("window store", &*error),
    };
    for length in [1_000, 100_000] {
        let mut store = RowStore::new(&TYPES, true);
        group.bench_function(format!("slide {length}"), |bencher| {
            bencher.iter(|| {
                store.extend(&batch.view());
                let head = store.end().saturating_sub(length);
                store.drop_until(head);
            });
        });
    }
    group.finish();
}

#[allow(clippy::print_stderr, reason = "a program tells its user what it cannot measure")]
fn report(name: &str, error: &dyn Error) {
    eprintln!("{name} cannot be measured: {error}");
}

criterion_group!(parts, parser, expressions, window_store);
criterion_main!(parts);
