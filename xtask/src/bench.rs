//! `cargo xtask bench`: whole workloads by the harness of `benches`, then the parts by criterion.

use clap::Args;

use crate::workspace;

/// What the harness understands; `--help` of it says more.
#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// Arguments of the harness: `[--against java] [--filter NAME] [--json FILE] [--quick]`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs the harness and, unless a part of a run is asked for, criterion; whether both succeeded.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    let is_part = |argument: &String| {
        let name = argument.split('=').next().unwrap_or_default();
        matches!(name, "--filter" | "--quick" | "--help" | "-h")
    };
    let harness = start(&["run", "--release", "--quiet"], &options.arguments)?;
    let parts = options.arguments.iter().any(is_part) || start(&["bench", "--quiet"], &[])?;
    Ok(harness && parts)
}

fn start(command: &[&str], arguments: &[String]) -> anyhow::Result<bool> {
    let mut command = workspace::cargo(command);
    command.arg("--manifest-path").arg(workspace::root().join("benches/Cargo.toml"));
    // Paths among the arguments are meant from where the user stands.
    command.arg("--").args(arguments).current_dir(std::env::current_dir()?);
    workspace::run(command)
}
