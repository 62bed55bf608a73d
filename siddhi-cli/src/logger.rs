//! The log of the engine and its connectors: lines on standard error.

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::console;

/// Writes records as lines.
struct Lines;

impl Log for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Info
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let level = match record.level() {
                Level::Error => "error",
                Level::Warn => "warning",
                _ => "info",
            };
            console::error_line(&format!("{level}: {}", record.args()));
        }
    }

    fn flush(&self) {}
}

/// Lets the log of this process go to standard error.
pub(crate) fn install() {
    // Nobody else sets a logger in this process; were it so, that one stays.
    if log::set_logger(&Lines).is_ok() {
        log::set_max_level(LevelFilter::Info);
    }
}
