//! The worker's side: answers cases from standard input until it closes.

use std::io::{BufRead, Write};
use std::sync::{Mutex, PoisonError};

use super::case::Case;
use super::verdict::Verdict;
use super::{drive, grammar};

/// How much of the stack an app may take, in bytes.
pub(super) const STACK_LIMIT: usize = 4 << 20;

/// Where a panic that someone catches leaves its message.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Reads a case a line, writes a verdict a line.
///
/// A panic fails the case even when the engine catches it. One that nobody catches ends this
/// process, and whoever started it fails the case.
pub(crate) fn work() -> anyhow::Result<()> {
    // Java's stack holds some hundred queries that feed one another; unoptimized ones need more room.
    let thread = std::thread::Builder::new().stack_size(2 * STACK_LIMIT).spawn(answer)?;
    thread.join().map_err(|_| anyhow::anyhow!("a case ended the worker"))?
}

fn answer() -> anyhow::Result<()> {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("{panic}");
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic.to_string());
    }));
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let verdict = judge(&line?);
        let panic = PANIC.lock().unwrap_or_else(PoisonError::into_inner).take();
        serde_json::to_writer(&mut out, &panic.map_or(verdict, Verdict::Failed))?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}

fn judge(line: &str) -> Verdict {
    match Case::read(line) {
        Err(error) => Verdict::Failed(format!("{error:#}")),
        Ok(case) => match &case.parse {
            Some(entry) => grammar::judge(&case, entry),
            None => drive::judge(&case),
        },
    }
}
