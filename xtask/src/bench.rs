//! `cargo xtask bench`: builds the harness of `benches` in release and hands over to it.

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

/// Runs the harness; whether it succeeded.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    let mut command = workspace::cargo(&["run", "--release", "--quiet"]);
    command.arg("--manifest-path").arg(workspace::root().join("benches/Cargo.toml"));
    // Paths among the arguments are meant from where the user stands.
    command.arg("--").args(&options.arguments).current_dir(std::env::current_dir()?);
    workspace::run(command)
}
