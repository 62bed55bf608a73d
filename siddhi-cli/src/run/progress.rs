//! The progress bar on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console;
use crate::numbers::grouped;

/// A bar with the share of the input that has been read and events a second; nothing when
/// standard error is no terminal.
#[derive(Clone, Debug, Default)]
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    /// A bar, when there is somebody to see it.
    pub(super) fn new() -> Self {
        if !console::is_error_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        // The template is a constant; should it ever be wrong, the bar has its default look.
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}") {
            bar.set_style(style);
        }
        Self(Some(bar))
    }

    /// Shows how far the run is.
    pub(super) fn show(&self, bytes: Option<(u64, u64)>, events: u64, elapsed: Duration) {
        let Some(bar) = &self.0 else { return };
        if let Some((done, total)) = bytes {
            bar.set_length(total);
            bar.set_position(done.min(total));
        }
        bar.set_message(format!("{} events, {}/s", grouped(events), rate(events, elapsed)));
    }

    /// Takes the bar away while something is written to the terminal.
    pub(super) fn suspend<R>(&self, write: impl FnOnce() -> R) -> R {
        match &self.0 {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the bar away for good.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Events a second, as a number for people.
pub(super) fn rate(events: u64, elapsed: Duration) -> String {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rate for people"
    )]
    let rate = (events as f64 / elapsed.as_secs_f64().max(1e-9)) as u64;
    grouped(rate)
}
