//! Panics of extensions, kept from whoever calls the engine.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Work panicked, with this message.
#[derive(Debug)]
pub(crate) struct Panicked(pub(crate) String);

/// Runs work and returns its panic as an error. What the work changed may be inconsistent then and
/// must not be used.
pub(crate) fn catch<R>(work: impl FnOnce() -> R) -> Result<R, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Panicked(message(panic.as_ref())))
}

/// Asks an extension for something. When it panics this is an error like its own, which says so of
/// `what`.
pub(crate) fn ask<R, E>(
    what: &str,
    work: impl FnOnce() -> Result<R, E>,
    error: impl FnOnce(String) -> E,
) -> Result<R, E> {
    catch(work).unwrap_or_else(|Panicked(panic)| {
        Err(error(format!("{what} panicked, which is a bug of the extension: {panic}")))
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it left no message").to_owned()
}
