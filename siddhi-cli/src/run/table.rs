//! Events as a table, for people.

use siddhi_core::extension::Schema;
use siddhi_core::{Chunk, Value};
use siddhi_query::ast::DataType;

use super::datetime;

/// Whether the title of a table has to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Title {
    /// It stands above the last row.
    Stands,
    /// Nothing has been written yet.
    First,
    /// Something else has been written.
    BehindOthers,
}

/// Rows in columns, which grow with what is in them. Rows of several streams stand in one table,
/// each with the name of its own, under the names of the attributes of all.
#[derive(Debug)]
pub(super) struct Table {
    /// The stream, when there is one.
    only: Option<String>,
    columns: Vec<TableColumn>,
}

#[derive(Debug)]
struct TableColumn {
    name: String,
    is_number: bool,
    width: usize,
}

impl TableColumn {
    fn new(name: &str, is_number: bool) -> Self {
        Self { name: name.into(), is_number, width: name.chars().count() }
    }
}

impl Table {
    pub(super) fn of(schemas: &[Schema]) -> Self {
        let mut table = Self { only: None, columns: vec![TableColumn::new("time (UTC)", false)] };
        match schemas {
            [only] => table.only = Some(only.stream.clone()),
            _ => table.columns.push(TableColumn::new("stream", false)),
        }
        // Attributes of several streams that are named alike share a column.
        for (name, data_type) in schemas.iter().flat_map(|schema| &schema.attributes) {
            let first = table.first_attribute();
            if !table.columns.iter().skip(first).any(|column| column.name == *name) {
                let is_number = !matches!(data_type, DataType::String | DataType::Object);
                table.columns.push(TableColumn::new(name, is_number));
            }
        }
        table
    }

    fn first_attribute(&self) -> usize {
        if self.only.is_some() { 1 } else { 2 }
    }

    /// The columns of the attributes of a stream.
    pub(super) fn places(&self, schema: &Schema) -> Vec<usize> {
        let first = self.first_attribute();
        let place = |name: &String| {
            let mut attributes = self.columns.iter().skip(first);
            attributes.position(|column| column.name == *name).map(|place| first + place)
        };
        schema.attributes.iter().filter_map(|(name, _)| place(name)).collect()
    }

    pub(super) fn text(
        &mut self,
        chunk: Chunk<'_>,
        stream: &str,
        places: &[usize],
        title: Title,
    ) -> String {
        let mut lines: Vec<Vec<String>> = Vec::new();
        for row in chunk.rows() {
            let mut cells = vec![String::new(); self.columns.len()];
            let named = [(0, datetime::text(row.timestamp())), (1, stream.to_owned())];
            let named = named.into_iter().take(self.first_attribute());
            let values = row.values();
            let values = places.iter().copied().zip(values.iter().map(cell));
            for (place, text) in named.chain(values) {
                if let (Some(cell), Some(column)) =
                    (cells.get_mut(place), self.columns.get_mut(place))
                {
                    column.width = column.width.max(text.chars().count());
                    *cell = text;
                }
            }
            lines.push(cells);
        }
        let mut text = String::new();
        if title != Title::Stands {
            if title == Title::BehindOthers {
                text.push('\n');
            }
            if let Some(stream) = &self.only {
                text.push_str(stream);
                text.push('\n');
            }
            let names: Vec<String> =
                self.columns.iter().map(|column| column.name.clone()).collect();
            self.line(&names, &mut text);
        }
        for cells in &lines {
            self.line(cells, &mut text);
        }
        text
    }

    fn line(&self, cells: &[String], text: &mut String) {
        let mut line = String::new();
        for (cell, column) in cells.iter().zip(&self.columns) {
            let width = column.width;
            if column.is_number {
                line.push_str(&format!("  {cell:>width$}"));
            } else {
                line.push_str(&format!("  {cell:width$}"));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// A value for people: numbers with few digits, nothing for null.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::Double(number) if number.is_finite() && number.abs() < 1e15 => {
            let text = format!("{number:.4}");
            text.trim_end_matches('0').trim_end_matches('.').into()
        }
        value => value.to_string().replace('\n', "\\n"),
    }
}
