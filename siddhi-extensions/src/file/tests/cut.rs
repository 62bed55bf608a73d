//! How text is cut into payloads, however it arrives.

use proptest::prelude::*;
use siddhi_core::extension::SourceMapper;
use siddhi_query::ast::DataType;

use super::super::config::Mode;
use super::super::cut::{Cut, Cutter};
use super::{Fixture, csv_mapper};
use crate::testing;

/// The lines of a text that arrives in pieces of these sizes, each with its number.
fn cut(mut cutter: Cutter, mapper: &dyn SourceMapper, text: &str, pieces: &[usize]) -> Vec<String> {
    let mut rest = text.as_bytes();
    let mut sizes = pieces.iter().cycle();
    let mut found = Vec::new();
    let mut at_end = false;
    loop {
        match cutter.next(&Mode::Line, at_end, mapper) {
            Cut::Payload(line, number) => {
                found.push(format!("{number} {}", String::from_utf8_lossy(line)));
            }
            Cut::TooLong(line) => found.push(format!("{line} too long")),
            Cut::TooManyLines(line) => found.push(format!("{line} too many lines")),
            Cut::Unfinished(line) => found.push(format!("{line} unfinished")),
            Cut::NeedsMore if at_end => return found,
            Cut::NeedsMore => {
                let size = (*sizes.next().unwrap()).min(rest.len());
                let mut piece = &rest[..size];
                let read = cutter.fill(&mut piece).unwrap();
                rest = &rest[read..];
                at_end = read == 0;
            }
        }
    }
}

#[test]
fn a_payload_that_is_too_long_takes_nothing_with_it() {
    let text = format!("one\n{}\ntwo\n{}", "x".repeat(200_000), "y".repeat(200_000));
    let mapper = Fixture::new().mapper;
    let found = cut(Cutter::new(100_000), mapper.as_ref(), &text, &[usize::MAX]);
    assert_eq!(found, ["1 one", "2 too long", "3 two", "4 too long"]);
}

#[test]
fn a_row_of_too_many_lines_is_rejected_as_a_whole() {
    let mapper = csv_mapper(&testing::schema(&[("line", DataType::String)]));
    // By its lines, with quotes and commas in it; by its bytes; and one that is just short enough.
    let many = "x,\"\"y\"\",\n".repeat(150);
    let long = format!("{}\n", "z".repeat(33_000));
    let short = "s\n".repeat(99);
    let text = format!(
        "one\n\"{many}\",a\ntwo\n\"{long}{long}{long}\"\nthree\n\"{short}\"\nfour\n\"{many}\""
    );
    let expected = [
        "1 one".to_owned(),
        "2 too many lines".into(),
        "153 two".into(),
        "154 too many lines".into(),
        "158 three".into(),
        format!("159 \"{short}\""),
        "259 four".into(),
        "260 too many lines".into(),
    ];
    for pieces in [&[usize::MAX][..], &[1000, 3], &[401]] {
        assert_eq!(cut(Cutter::new(1 << 26), mapper.as_ref(), &text, pieces), expected);
    }
}

#[test]
fn a_forgotten_quote_costs_its_line_alone() {
    let mapper = csv_mapper(&testing::schema(&[("line", DataType::String)]));
    let rows = |count: usize| (0..count).map(|n| format!("row {n}\n")).collect::<String>();
    for (behind, count) in [("", 120), ("", 200_000), ("z\"\n", 1000), ("z\"z\n", 120)] {
        let text = format!("\"one\n{}{behind}", rows(count));
        let found = cut(Cutter::new(1 << 26), mapper.as_ref(), &text, &[usize::MAX]);
        let lines = text.lines().zip(1..).map(|(line, number)| format!("{number} {line}"));
        let expected: Vec<String> = lines.collect();
        assert!(found == expected, "{count} rows, then {behind:?}");
    }
}

#[test]
fn a_forgotten_quote_holds_back_no_more_than_a_thousand_lines() {
    let mapper = csv_mapper(&testing::schema(&[("line", DataType::String)]));
    let mut cutter = Cutter::new(1 << 26);
    let mut arrives = |row: &str| {
        cutter.fill(&mut row.as_bytes()).unwrap();
        !matches!(cutter.next(&Mode::Line, false, mapper.as_ref()), Cut::NeedsMore)
    };
    assert!(!arrives("\"one\n"));
    assert_eq!((1..5000).find(|_| arrives("row\n")), Some(1000));
}

/// Counts what it is shown.
#[derive(Debug)]
struct Counting {
    mapper: Box<dyn SourceMapper>,
    bytes: std::sync::atomic::AtomicUsize,
}

impl Counting {
    fn count(&self, text: &[u8]) {
        self.bytes.fetch_add(text.len(), std::sync::atomic::Ordering::Relaxed);
    }
}

impl SourceMapper for Counting {
    fn is_complete(&self, payload: &[u8]) -> bool {
        self.count(payload);
        self.mapper.is_complete(payload)
    }

    fn record_length(&self, text: &[u8]) -> Option<usize> {
        self.count(text);
        self.mapper.record_length(text)
    }

    fn decode(&mut self, _: &[u8], _: &mut siddhi_core::extension::RowWriter<'_>) {}
}

#[test]
fn text_that_closes_no_quote_is_looked_at_in_pieces() {
    let mapper = csv_mapper(&testing::schema(&[("line", DataType::String)]));
    let counting = Counting { mapper, bytes: 0.into() };
    let text = "a\",\"b\n".repeat(3000);
    let found = cut(Cutter::new(1 << 26), &counting, &text, &[usize::MAX]);
    assert_eq!(found.len(), 3000);
    assert!(counting.bytes.into_inner() < 1200 * text.len());
}

proptest! {
    /// However the bytes arrive, the rows are the same, and a mark is one at the front alone.
    #[test]
    fn rows_do_not_depend_on_how_they_arrive(
        text in "\u{feff}?([ab\n\r,]|\"|\u{feff}|\"\n){0,60}",
        pieces in proptest::collection::vec(1_usize..7, 1..30)
    ) {
        let mapper = csv_mapper(&testing::schema(&[("line", DataType::String)]));
        let rows = |pieces: &[usize]| cut(Cutter::new(1000), mapper.as_ref(), &text, pieces);
        prop_assert_eq!(rows(&pieces), rows(&[usize::MAX]));
    }

    /// However the bytes arrive, the lines are the same.
    #[test]
    fn lines_do_not_depend_on_how_they_arrive(
        text in "[ab\n\r\"]{0,60}", pieces in proptest::collection::vec(1_usize..7, 1..30)
    ) {
        let mapper = Fixture::new().mapper;
        let lines = cut(Cutter::new(1000), mapper.as_ref(), &text, &pieces);
        let expected: Vec<String> = text
            .split_terminator('\n')
            .zip(1..)
            .map(|(line, number)| format!("{number} {line}"))
            .collect();
        prop_assert_eq!(lines, expected);
    }
}
