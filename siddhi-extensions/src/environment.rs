//! What connectors need of the program that runs them.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

#[cfg(feature = "inMemory")]
use crate::in_memory::Topics;

/// What connectors need of the program that runs them: nothing here is global, so that several
/// managers live side by side in one process.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Where relative paths begin; the working directory when none is given.
    pub base_directory: Option<PathBuf>,
    /// Where the sink `stdout` writes.
    pub output: Writer,
    /// The topics of the source and sink `inMemory`; shared with whoever wants to publish to or
    /// listen at an app from outside.
    #[cfg(feature = "inMemory")]
    pub topics: Topics,
}

impl Default for Environment {
    /// The working directory and standard output.
    fn default() -> Self {
        Self {
            base_directory: None,
            output: Writer::new(std::io::stdout()),
            #[cfg(feature = "inMemory")]
            topics: Topics::default(),
        }
    }
}

impl Environment {
    /// The path that an option means.
    #[must_use]
    pub fn path(&self, given: &str) -> PathBuf {
        match &self.base_directory {
            Some(base) => base.join(given),
            None => Path::new(given).to_path_buf(),
        }
    }
}

/// A shared place to write to.
#[derive(Clone)]
pub struct Writer(Arc<Mutex<dyn Write + Send>>);

impl Writer {
    /// Writes to `target`.
    pub fn new(target: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(target)))
    }

    /// Writes some bytes at once, so that no other writer's stand between them.
    ///
    /// # Errors
    /// When the target cannot be written.
    pub fn write(&self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.lock().write_all(bytes)
    }

    /// Writes out what the target holds back.
    ///
    /// # Errors
    /// When the target cannot be written.
    pub fn flush(&self) -> std::io::Result<()> {
        self.0.lock().flush()
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer")
    }
}
