//! The entrance: makes apps from text.

use std::sync::Arc;

use siddhi_pipeline::{Clock, ReentrantMutex, SystemClock};
use siddhi_query::ast::{self, Span};
use siddhi_query::{Diagnostic, Parsed};

use super::app::App;
use super::build;
use super::error::CreateError;
use super::findings::{Findings, forgive_readers, without_followers};
use super::transport::Transport;
use crate::extension::{Panicked, Registry, catch};
use crate::plan::binder::Bound;
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
    stack: usize,
    switches: rules::Switches,
    playback: bool,
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
            stack: super::region::STACK,
            switches: rules::Switches::default(),
            playback: false,
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

    /// Sets how much of the stack of a sending thread may be taken by queries that follow one another,
    /// in bytes: 1 MiB where nothing is said. What feeds itself deeper is given up, see
    /// [`SendError::Endless`](crate::SendError::Endless).
    pub fn set_stack_limit(&mut self, bytes: usize) {
        self.stack = bytes;
    }

    /// Turns optimizations off one by one, to compare with and without. Not for users.
    #[doc(hidden)]
    pub fn set_switches(&mut self, switches: rules::Switches) {
        self.switches = switches;
    }

    /// Lets the time of apps that are created from now on come from their events, as if each had
    /// `@app:playback`.
    pub fn set_playback(&mut self, playback: bool) {
        self.playback = playback;
    }

    /// Makes an app; it runs after [`App::start`].
    ///
    /// # Errors
    /// When the text has mistakes or uses what is not built yet, or when an extension panics.
    pub fn create_app(&self, text: &str) -> Result<App, CreateError> {
        catch(|| self.make(text))
            .unwrap_or_else(|panic| Err(CreateError::Refused(vec![panicked(text, &panic)])))
    }

    fn make(&self, text: &str) -> Result<App, CreateError> {
        let (findings, made) = self.examine(text);
        let warnings = findings.into_warnings()?;
        // Nothing is wrong only when there was a tree to bind.
        let Some((mut plan, transport)) = made else {
            return Err(CreateError::Refused(Vec::new()));
        };
        rules::apply(&mut plan, self.switches);
        let mut region = build::build(&plan, Arc::clone(&self.clock), self.seed, self.switches);
        region.stack = self.stack;
        let app = App::new(plan, ReentrantMutex::new(region), transport, warnings);
        Transport::attach(&app);
        Ok(app)
    }

    /// Says what is wrong with the text of an app: all independent mistakes of all kinds, and
    /// warnings.
    #[must_use]
    pub fn check(&self, text: &str) -> Findings {
        catch(|| self.examine(text).0)
            .unwrap_or_else(|panic| Findings::of(vec![panicked(text, &panic)], vec![], vec![]))
    }

    /// What is wrong with a text, and what it describes; meaningful only when nothing is wrong.
    fn examine(&self, text: &str) -> (Findings, Option<(LogicalApp, Transport)>) {
        let lookup = |name: &str| self.variables.as_ref().and_then(|lookup| lookup(name));
        let substituted = match siddhi_query::variables::substitute(text, lookup) {
            Ok(substituted) => substituted,
            Err(missing) => {
                let missing = vec![missing_variable(&missing)];
                return (Findings::of(missing, Vec::new(), Vec::new()), None);
            }
        };
        let parsed = siddhi_query::parse_app_recovering(substituted.text());
        let text = substituted.text();
        let (mut findings, made) = match self.bind_mended(text, &parsed) {
            Some(bound) => {
                (Findings::of(parsed.diagnostics, bound.diagnostics, bound.unsupported), None)
            }
            None => self.bind_parsed(text, parsed),
        };
        findings.diagnostics.iter_mut().for_each(|found| substituted.lead_back(found));
        (findings, made)
    }

    /// Binds what could be read of a text.
    fn bind_parsed(
        &self,
        text: &str,
        parsed: Parsed<ast::App>,
    ) -> (Findings, Option<(LogicalApp, Transport)>) {
        let is_whole = parsed.is_ok();
        let Some(tree) = &parsed.tree else {
            return (Findings::of(parsed.diagnostics, Vec::new(), Vec::new()), None);
        };
        let (mut bound, transport) = self.bind(text, tree);
        if !is_whole {
            bound.diagnostics =
                without_followers(text, tree, &parsed.diagnostics, bound.diagnostics);
        }
        let findings = Findings::of(parsed.diagnostics, bound.diagnostics, bound.unsupported);
        (findings, Some((bound.app, transport)))
    }

    /// Binds a text that the parser refuses as it would be without its mistakes, when it is beyond
    /// doubt what was meant: the mistakes that these would hide are found as well.
    fn bind_mended(&self, text: &str, parsed: &Parsed<ast::App>) -> Option<Bound> {
        if parsed.is_ok() {
            return None;
        }
        let mended = siddhi_query::mended(text, &parsed.diagnostics)?;
        let again = siddhi_query::parse_app_recovering(mended.text());
        let tree = again.tree.as_ref().filter(|_| again.is_ok())?;
        let (mut bound, _) = self.bind(mended.text(), tree);
        bound.diagnostics.iter_mut().for_each(|found| mended.lead_back(found));
        bound.unsupported.iter_mut().for_each(|(_, span)| *span = mended.original(*span));
        Some(bound)
    }

    fn bind(&self, text: &str, tree: &ast::App) -> (Bound, Transport) {
        let mut bound = binder::bind(tree, &self.registry);
        if self.playback {
            bound.app.playback.get_or_insert_default();
        }
        let (transport, found) = Transport::make(tree, &bound.app, &self.registry);
        bound.diagnostics.extend(found.diagnostics);
        bound.unsupported.extend(found.unsupported);
        forgive_readers(text, &bound.unsupported, &mut bound.diagnostics);
        (bound, transport)
    }
}

/// What is said of a text that makes an extension, or the engine, panic.
fn panicked(text: &str, Panicked(message): &Panicked) -> Diagnostic {
    let message = format!("the app cannot be made: an extension or the engine panicked: {message}");
    let first_line = text.lines().next().unwrap_or_default();
    let span = Span::new(0, first_line.len());
    Diagnostic::error(codes::PANIC, message, span, "in this app")
        .with_help("this is a bug there, whatever the text says")
}

fn missing_variable(missing: &siddhi_query::variables::MissingVariable) -> Diagnostic {
    Diagnostic::error(codes::VARIABLE, missing.to_string(), missing.span, "has no value")
        .with_help("set it in the environment, or write the value here")
}
