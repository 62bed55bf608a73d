//! The only place that writes to the terminal.

use std::io::{IsTerminal as _, Write as _};

/// Writes text to standard output.
pub(crate) fn print(text: &str) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
}

/// Writes a line to standard error. That nobody reads it is nobody's mistake.
pub(crate) fn error_line(line: &str) {
    writeln!(std::io::stderr().lock(), "{line}").unwrap_or_default();
}

/// Whether diagnostics may be coloured.
pub(crate) fn is_error_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// Whether standard output is a terminal.
pub(crate) fn is_output_terminal() -> bool {
    std::io::stdout().is_terminal()
}
