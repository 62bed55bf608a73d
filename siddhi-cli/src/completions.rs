//! `siddhi completions`: scripts for shells.

use clap::CommandFactory as _;

use crate::arguments::{Arguments, CompletionsArguments};
use crate::console;
use crate::exit::Exit;

/// Writes the script.
pub(crate) fn run(arguments: &CompletionsArguments) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "siddhi", &mut script);
    console::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}
