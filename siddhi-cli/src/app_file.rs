//! The text of an app and what can be made of it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use siddhi_core::{Registry, SiddhiManager};
use siddhi_extensions::Environment;
use siddhi_query::Diagnostic;

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
    pub(crate) fn manager(&self, environment: &Environment) -> SiddhiManager {
        let mut registry = Registry::with_builtins();
        siddhi_extensions::register_with(&mut registry, environment);
        let mut manager = SiddhiManager::with_registry(registry);
        manager.set_variables(variable);
        manager
    }

    /// What is wrong with the text; `unsupported` are the features among it that are not supported
    /// yet.
    pub(crate) fn findings(&self) -> Findings {
        let environment =
            Environment { base_directory: self.directory(), ..Environment::default() };
        let mut findings = Findings::default();
        match self.manager(&environment).create_app(&self.text) {
            Ok(_) => findings.diagnostics = self.warnings(),
            Err(error) => {
                findings.diagnostics = error.diagnostics().to_vec();
                findings.unsupported = error.unsupported().to_vec();
            }
        }
        findings
    }

    /// What the parser says of a text that can be read.
    fn warnings(&self) -> Vec<Diagnostic> {
        let Ok(substituted) = siddhi_query::variables::substitute(&self.text, variable) else {
            return Vec::new();
        };
        let mut diagnostics = siddhi_query::parse_app_recovering(substituted.text()).diagnostics;
        for label in diagnostics.iter_mut().flat_map(|found| &mut found.labels) {
            label.span = substituted.original(label.span);
        }
        diagnostics
    }
}

/// What is wrong with an app.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) unsupported: Vec<String>,
}

/// The value of `${NAME}`.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
