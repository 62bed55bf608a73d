//! How long reading takes: it must grow with the length of the text alone.
#![allow(missing_docs, reason = "criterion_group makes undocumented items")]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use siddhi_query::{parse_app, parse_app_recovering, parse_query};

/// An app of about so many lines, of the statements that people write.
fn app(lines: usize) -> String {
    let mut text = String::new();
    for number in 0..lines / 20 {
        let written = writeln!(
            text,
            "@source(type = 'http', receiver.url = 'http://0.0.0.0:8080/s{number}',\n    \
             @map(type = 'json', @attributes(symbol = '$.symbol', price = '$.price')))\n\
             define stream S{number} (symbol string, price double, volume long, time long);"
        );
        assert!(written.is_ok());
    }
    for number in 0..lines / 20 {
        let written = writeln!(
            text,
            "@info(name = 'averages{number}')\n\
             from S{number}[price > 10.5 and volume < 1000 or symbol == 'IBM']#window.time(5 min)\n\
             select symbol, avg(price) as average, sum(volume) as total,\n    \
             ifThenElse(price > 100, 'high', 'low') as level\n\
             group by symbol\n\
             having average > 50\n\
             insert into Averages{number};\n\
             from every e1 = S{number}[price > 20]\n    \
             -> e2 = S{number}[symbol == e1.symbol and price > e1.price]<2:5> within 5 min\n\
             select e1.symbol as symbol, e2[last].price as price\n\
             insert into Rising{number};\n\
             from S{number}#window.time(1 min) as a join Averages{number}#window.length(10) as b\n    \
             on a.symbol == b.symbol\n\
             select a.symbol as symbol, b.total as total\n\
             insert into Joined{number};\n"
        );
        assert!(written.is_ok());
    }
    text
}

fn apps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("app");
    group.sample_size(10);
    for lines in [1_000, 10_000] {
        let text = app(lines);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("right", lines), &text, |bencher, text| {
            bencher.iter(|| black_box(parse_app(text).is_ok()));
        });
        let broken = text.replace("having average > 50", "having average = 50");
        group.bench_with_input(BenchmarkId::new("broken", lines), &broken, |bencher, text| {
            bencher.iter(|| black_box(parse_app_recovering(text).diagnostics.len()));
        });
    }
    group.finish();
}

fn nesting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("nesting");
    group.sample_size(20);
    for depth in [25, 50, 99] {
        let (open, close) = ("(".repeat(depth), ")".repeat(depth));
        let filter = format!("from S[not {open}a{close}] insert into O");
        let pattern = format!("from {open}S -> not T for 1 sec{close} select 1 as x insert into O");
        for (name, text) in [("filter", filter), ("pattern", pattern)] {
            group.bench_with_input(BenchmarkId::new(name, depth), &text, |bencher, text| {
                bencher.iter(|| black_box(parse_query(text).is_ok()));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, apps, nesting);
criterion_main!(benches);
