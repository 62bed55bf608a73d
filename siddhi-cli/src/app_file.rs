//! The text of an app and what can be made of it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use siddhi_core::{Findings, Registry, SiddhiManager};
use siddhi_extensions::Environment;

/// The text of an app and the file that it was read from.
#[derive(Debug)]
pub(crate) struct AppFile {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl AppFile {
    /// Reads a file; `-` is standard input.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = if path == Path::new("-") {
            std::io::read_to_string(std::io::stdin())
        } else {
            std::fs::read_to_string(path)
        };
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { path: path.into(), text })
    }

    /// Where relative paths in the app begin: the directory of its file.
    pub(crate) fn directory(&self) -> Option<PathBuf> {
        self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).map(Path::to_path_buf)
    }

    /// A manager whose apps find what the text asks for: extensions, and variables in the
    /// environment.
    pub(crate) fn manager(environment: &Environment) -> SiddhiManager {
        let mut registry = Registry::with_builtins();
        siddhi_extensions::register_with(&mut registry, environment);
        let mut manager = SiddhiManager::with_registry(registry);
        manager.set_variables(variable);
        manager
    }

    /// What is wrong with the text.
    pub(crate) fn findings(&self) -> Findings {
        let environment =
            Environment { base_directory: self.directory(), ..Environment::default() };
        Self::manager(&environment).check(&self.text)
    }

    /// Writes the text into its file: whole, or not at all.
    pub(crate) fn write(&self) -> anyhow::Result<()> {
        replace(&self.path, &self.text)
            .with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Replaces the text of a file by way of another beside it, so that an end of the program or a full
/// disk in between leaves the old text.
#[allow(clippy::disallowed_methods, reason = "the user asks for it with --fix or fmt")]
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    // Of a link the file that it names is replaced, not the link.
    let path = std::fs::canonicalize(path)?;
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(name);
    let written = std::fs::write(&beside, text)
        .and_then(|()| std::fs::set_permissions(&beside, std::fs::metadata(&path)?.permissions()))
        .and_then(|()| std::fs::rename(&beside, &path));
    if written.is_err() {
        // The error that counts is the first one.
        std::fs::remove_file(&beside).unwrap_or_default();
    }
    written
}

/// The value of `${NAME}`.
#[allow(clippy::disallowed_methods, reason = "the program hands its environment to the engine")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
