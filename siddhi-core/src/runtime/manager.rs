//! The entrance: makes apps from text.

use std::sync::Arc;

use siddhi_pipeline::{Clock, ReentrantMutex, SystemClock};
use siddhi_query::Diagnostic;

use super::app::App;
use super::build;
use super::error::CreateError;
use super::transport::Transport;
use crate::extension::Registry;
use crate::plan::logical::LogicalApp;
use crate::plan::{binder, codes, rules};

/// Looks up `${NAME}` in the text of an app.
type Variables = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Makes apps. Many apps can live side by side; nothing is shared behind the manager's back.
///
/// ```
/// use siddhi_core::{SiddhiManager, Value};
/// use std::sync::{Arc, Mutex};
///
/// let manager = SiddhiManager::new();
/// let app = manager.create_app(
///     "define stream Trades (symbol string, price double);
///      from Trades[price > 50.0] select symbol, price * 2.0 as twice insert into Dear;",
/// )?;
/// let seen = Arc::new(Mutex::new(Vec::new()));
/// let rows = Arc::clone(&seen);
/// app.on_stream("Dear", move |chunk| {
///     rows.lock().unwrap().extend(chunk.rows().map(|row| row.values()));
/// })?;
/// app.start()?;
/// app.input("Trades")?.send(1_000, &[Value::from("IBM"), Value::from(75.0)])?;
/// assert_eq!(*seen.lock().unwrap(), [[Value::from("IBM"), Value::from(150.0)]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SiddhiManager {
    registry: Registry,
    clock: Arc<dyn Clock>,
    variables: Option<Box<Variables>>,
    seed: u64,
    switches: rules::Switches,
}

impl Default for SiddhiManager {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for SiddhiManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SiddhiManager").field("clock", &self.clock).finish_non_exhaustive()
    }
}

impl SiddhiManager {
    /// A manager with what is built in, the system's clock and no variables.
    #[must_use]
    pub fn new() -> Self {
        Self::with_registry(Registry::with_builtins())
    }

    /// A manager with the extensions of a registry.
    #[must_use]
    pub fn with_registry(registry: Registry) -> Self {
        Self {
            registry,
            clock: Arc::new(SystemClock),
            variables: None,
            seed: 0x5349_4444_4849,
            switches: rules::Switches::default(),
        }
    }

    /// The extensions.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Sets the wall clock of apps that are created from now on.
    pub fn set_clock(&mut self, clock: Arc<dyn Clock>) {
        self.clock = clock;
    }

    /// Sets where `${NAME}` is looked up; without this every variable is missing.
    pub fn set_variables(
        &mut self,
        variables: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) {
        self.variables = Some(Box::new(variables));
    }

    /// Sets the seed of `UUID()`: the same seed and events give the same outputs.
    pub fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// Turns optimizations off one by one, to compare with and without. Not for users.
    #[doc(hidden)]
    pub fn set_switches(&mut self, switches: rules::Switches) {
        self.switches = switches;
    }

    /// Makes an app; it runs after [`App::start`].
    ///
    /// # Errors
    /// When the text has mistakes or uses what is not built yet.
    pub fn create_app(&self, text: &str) -> Result<App, CreateError> {
        let (plan, transport) = self.plan(text)?;
        let region = build::build(&plan, Arc::clone(&self.clock), self.seed, self.switches);
        let app = App::new(plan, ReentrantMutex::new(region), transport);
        Transport::attach(&app);
        Ok(app)
    }

    /// Binds and optimizes the text of an app.
    fn plan(&self, text: &str) -> Result<(LogicalApp, Transport), CreateError> {
        let tree = self.parse(text)?;
        let mut bound = binder::bind(&tree, &self.registry);
        let (transport, findings) = Transport::make(&tree, &bound.app, &self.registry);
        bound.diagnostics.extend(findings.diagnostics);
        bound.unsupported.extend(findings.unsupported);
        if !bound.unsupported.is_empty() {
            let mut features: Vec<String> = Vec::new();
            let mut diagnostics = Vec::new();
            for (feature, span) in bound.unsupported {
                diagnostics.push(Diagnostic::error(
                    codes::NOT_SUPPORTED,
                    format!("not supported yet: {feature}"),
                    span,
                    "Siddhi has this, this engine not yet",
                ));
                if !features.contains(&feature) {
                    features.push(feature);
                }
            }
            return Err(CreateError::Unsupported { features, diagnostics });
        }
        if !bound.diagnostics.is_empty() {
            return Err(CreateError::Refused(bound.diagnostics));
        }
        let mut plan = bound.app;
        rules::apply(&mut plan, self.switches);
        Ok((plan, transport))
    }

    fn parse(&self, text: &str) -> Result<siddhi_query::ast::App, CreateError> {
        let refused = |diagnostics: Vec<Diagnostic>| CreateError::Refused(diagnostics);
        let lookup = |name: &str| self.variables.as_ref().and_then(|lookup| lookup(name));
        let substituted = siddhi_query::variables::substitute(text, lookup)
            .map_err(|missing| refused(vec![missing_variable(&missing)]))?;
        siddhi_query::parse_app(substituted.text()).map_err(|diagnostics| {
            let mut list = diagnostics.into_vec();
            for diagnostic in &mut list {
                for label in &mut diagnostic.labels {
                    label.span = substituted.original(label.span);
                }
            }
            refused(list)
        })
    }
}

fn missing_variable(missing: &siddhi_query::variables::MissingVariable) -> Diagnostic {
    Diagnostic::error(codes::VARIABLE, missing.to_string(), missing.span, "has no value")
        .with_help("set it in the environment, or write the value here")
}
