//! `siddhi functions`: the manual of everything that is built in, made from the code.

use serde_json::{Value as Json, json};
use siddhi_core::Registry;
use siddhi_core::extension::{ConnectorDocumentation, Documentation};
use siddhi_query::did_you_mean;

use crate::arguments::{Format, FunctionsArguments};
use crate::console;
use crate::exit::Exit;

/// The page of one thing.
struct Page {
    kind: &'static str,
    name: String,
    syntax: String,
    description: &'static str,
    options: Vec<(&'static str, Option<&'static str>, &'static str)>,
    example: &'static str,
}

impl Page {
    fn call(kind: &'static str, page: &Documentation) -> Self {
        Self {
            kind,
            name: page.name.into(),
            syntax: page.syntax.into(),
            description: page.description,
            options: Vec::new(),
            example: page.example,
        }
    }

    fn connector(kind: &'static str, annotation: &str, page: &ConnectorDocumentation) -> Self {
        let options =
            page.options.iter().map(|option| (option.name, option.default, option.description));
        Self {
            kind,
            name: page.name.into(),
            syntax: format!("{annotation}(type = '{}', …)", page.name),
            description: page.description,
            options: options.collect(),
            example: page.example,
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{} ({})\n\n    {}\n\n", self.name, self.kind, self.syntax);
        text.push_str(&wrapped(self.description, ""));
        for (name, default, description) in &self.options {
            let default = default.map_or("must be given".into(), |it| format!("default: {it}"));
            text.push_str(&format!("\n  {name} ({default})\n"));
            text.push_str(&wrapped(description, "      "));
        }
        text.push_str("\nExample:\n\n");
        for line in self.example.lines() {
            text.push_str(&format!("    {line}\n"));
        }
        text
    }

    fn json(&self) -> Json {
        let options = self.options.iter().map(|(name, default, description)| {
            json!({ "name": name, "default": default, "description": description })
        });
        json!({
            "kind": self.kind,
            "name": self.name,
            "syntax": self.syntax,
            "description": self.description,
            "options": options.collect::<Vec<_>>(),
            "example": self.example,
        })
    }
}

/// Shows the manual.
pub(crate) fn run(arguments: &FunctionsArguments) -> anyhow::Result<Exit> {
    let all = pages();
    let asked = |page: &&Page| arguments.name.as_ref().is_none_or(|name| page.name == *name);
    let shown: Vec<&Page> = all.iter().filter(asked).collect();
    if let (Some(name), true) = (&arguments.name, shown.is_empty()) {
        let meant = did_you_mean(name, all.iter().map(|page| page.name.as_str()));
        let meant = meant.map_or(String::new(), |meant| format!(": did you mean '{meant}'?"));
        console::error_line(&format!("error: nothing named '{name}' is built in{meant}"));
        return Ok(Exit::Refused);
    }
    match arguments.format {
        Format::Json => {
            let pages: Vec<Json> = shown.iter().map(|page| page.json()).collect();
            console::print(&format!("{}\n", Json::from(pages)))?;
        }
        Format::Text if arguments.name.is_some() => {
            let pages: Vec<String> = shown.iter().map(|page| page.text()).collect();
            console::print(&pages.join("\n"))?;
        }
        Format::Text => console::print(&list(&shown))?,
    }
    Ok(Exit::Success)
}

/// Everything that is built in.
fn pages() -> Vec<Page> {
    let mut registry = Registry::with_builtins();
    siddhi_extensions::register(&mut registry);
    let mut pages = Vec::new();
    for (_, it) in registry.functions() {
        pages.push(Page::call("function", &it.documentation()));
    }
    for (_, it) in registry.aggregators() {
        pages.push(Page::call("aggregator", &it.documentation()));
    }
    for (_, it) in registry.windows() {
        pages.push(Page::call("window", &it.documentation()));
    }
    for (_, it) in registry.stream_functions() {
        pages.push(Page::call("stream function", &it.documentation()));
    }
    for (_, it) in registry.stream_processors() {
        pages.push(Page::call("stream processor", &it.documentation()));
    }
    for (_, it) in registry.sources() {
        pages.push(Page::connector("source", "@source", &it.documentation()));
    }
    for (_, it) in registry.sinks() {
        pages.push(Page::connector("sink", "@sink", &it.documentation()));
    }
    for (_, it) in registry.source_mappers() {
        pages.push(Page::connector("source mapper", "@map", &it.documentation()));
    }
    for (_, it) in registry.sink_mappers() {
        pages.push(Page::connector("sink mapper", "@map", &it.documentation()));
    }
    pages
}

/// One line for each thing.
fn list(pages: &[&Page]) -> String {
    let width = pages.iter().map(|page| page.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    let mut kind = "";
    for page in pages {
        if page.kind != kind {
            let gap = if kind.is_empty() { "" } else { "\n" };
            kind = page.kind;
            text.push_str(&format!("{gap}{kind}s\n"));
        }
        let first = page.description.split_once(". ").map_or(page.description, |(first, _)| first);
        text.push_str(&format!("  {:width$}  {}\n", page.name, first.trim_end_matches('.')));
    }
    text.push_str("\n`siddhi functions NAME` shows the page of one.\n");
    text
}

/// A paragraph in lines of at most 80 characters.
fn wrapped(paragraph: &str, indent: &str) -> String {
    const WIDTH: usize = 80;
    let mut text = String::new();
    let mut column = 0;
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            text.push('\n');
            column = 0;
        }
        if column == 0 {
            text.push_str(indent);
            column = indent.len();
        } else {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
    text
}
