//! Which streams of an app are printed.

use siddhi_core::{App, StreamInfo};
use siddhi_query::did_you_mean;

use crate::exit::usage;

/// The streams to print: those that the user named, else those that queries write and none reads;
/// all that queries write when there is no such. What a sink writes to standard output already is
/// not printed again.
pub(super) fn printed(app: &App, named: &[String]) -> anyhow::Result<Vec<String>> {
    let streams = app.streams();
    if !named.is_empty() {
        let known: Vec<String> = streams.into_iter().map(|stream| stream.name).collect();
        for name in named {
            check(name, &known)?;
        }
        return Ok(named.to_vec());
    }
    let written = streams.iter().filter(|stream| stream.written);
    let is_silent = |stream: &StreamInfo| stream.sinks.iter().all(|sink| sink != "stdout");
    let any_end = written.clone().any(|stream| !stream.read);
    let printed = written.filter(|stream| is_silent(stream) && !(any_end && stream.read));
    Ok(printed.map(|stream| stream.name.clone()).collect())
}

/// Finds out whether there is a stream of a name.
pub(super) fn check(name: &str, known: &[String]) -> anyhow::Result<()> {
    if known.iter().any(|stream| stream == name) {
        return Ok(());
    }
    let meant = did_you_mean(name, known.iter().map(String::as_str));
    Err(usage(match meant {
        Some(meant) => format!("there is no stream '{name}': did you mean '{meant}'?"),
        None => format!("there is no stream '{name}'; there are: {}", known.join(", ")),
    }))
}
