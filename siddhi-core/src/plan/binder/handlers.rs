//! The handlers of an input: filters, stream functions and processors, the window.

use siddhi_query::ast::{Call, DataType, Expression, Handler, Span};
use siddhi_query::{Diagnostic, did_you_mean};

use super::scopes::{Gaps, StreamScope};
use super::{AppBinder, extract_aggregates};
use crate::expression::binder::Binder;
use crate::expression::scope::Scope;
use crate::expression::typed::{Expr, ExprKind};
use crate::extension::{BindError, ParameterValue, StreamProcessorFactory, ask};
use crate::plan::codes;
use crate::plan::logical::{
    Attribute, ConditionPlan, HandlerPlan, StreamFunctionPlan, StreamProcessorPlan, WindowPlan,
};
use crate::windows;

/// Bound handlers, and the scope behind them.
pub(super) struct BoundHandlers {
    /// All of them have been bound.
    pub(super) complete: bool,
    pub(super) before: Vec<HandlerPlan>,
    pub(super) window: Option<WindowPlan>,
    pub(super) after: Vec<HandlerPlan>,
    pub(super) window_types: Vec<DataType>,
    pub(super) scope: StreamScope,
}

impl AppBinder<'_> {
    pub(super) fn handlers(
        &mut self,
        handlers: &[Handler],
        mut scope: StreamScope,
    ) -> BoundHandlers {
        let (mut before, mut after, mut window) = (Vec::new(), Vec::new(), None);
        let mut window_types = types(&scope);
        let mut complete = true;
        for handler in handlers {
            let plan = match handler {
                Handler::Window(call) => {
                    window_types = types(&scope);
                    window = self.window(call, &scope);
                    complete &= window.is_some();
                    continue;
                }
                Handler::Filter(condition) => {
                    self.condition_plan(condition, &scope).map(HandlerPlan::Filter)
                }
                Handler::Function(call) => {
                    let plan = match self.registry.stream_processor(&full_name(call)).cloned() {
                        Some(factory) => self
                            .stream_processor(&*factory, call, &scope)
                            .map(HandlerPlan::Processor),
                        None => self.stream_function(call, &scope).map(HandlerPlan::Function),
                    };
                    match &plan {
                        Some(plan) => self.add_attributes(plan.added(), call, &mut scope),
                        // It would have added nobody knows what.
                        None => scope.gaps = Gaps::Any,
                    }
                    plan
                }
            };
            complete &= plan.is_some();
            if window.is_some() { &mut after } else { &mut before }.extend(plan);
        }
        if window.is_none() {
            window_types = types(&scope);
        }
        BoundHandlers { complete, before, window, after, window_types, scope }
    }

    /// A condition with its aggregators taken out.
    pub(super) fn condition_plan(
        &mut self,
        condition: &Expression,
        scope: &StreamScope,
    ) -> Option<ConditionPlan> {
        let mut condition = self.expressions(scope, true).condition(condition)?;
        let mut aggregates = Vec::new();
        extract_aggregates(&mut condition, scope.attributes.len(), &mut aggregates);
        Some(ConditionPlan { aggregates, condition })
    }

    /// A binder for expressions in a scope.
    pub(crate) fn expressions<'b>(
        &'b mut self,
        scope: &'b dyn Scope,
        aggregates: bool,
    ) -> Binder<'b> {
        Binder {
            registry: self.registry,
            scope,
            diagnostics: &mut self.diagnostics,
            unsupported: &mut self.unsupported,
            aggregates,
        }
    }

    fn add_attributes(
        &mut self,
        added: &[(String, DataType)],
        call: &Call,
        scope: &mut StreamScope,
    ) {
        for (name, data_type) in added {
            if scope.attributes.iter().any(|attribute| attribute.name == *name) {
                let caller = full_name(call);
                self.diagnostics.push(Diagnostic::error(
                    codes::ADDED_ATTRIBUTE,
                    format!("`{caller}` adds an attribute `{name}` that is there already"),
                    call.span,
                    "would add it a second time",
                ));
            }
            scope.attributes.push(Attribute { name: name.clone(), data_type: *data_type });
        }
    }

    /// The arguments of a window, stream function or stream processor, and what a factory needs to know of them.
    pub(super) fn parameters(
        &mut self,
        call: &Call,
        scope: &dyn Scope,
    ) -> Option<(Vec<Expr>, Vec<ParameterValue>)> {
        let arguments: Vec<Option<Expr>> = if call.star {
            let column = |column: crate::expression::scope::ScopeColumn| {
                Some(Expr::column(column.index, column.data_type, call.span))
            };
            scope.star()?.into_iter().map(column).collect()
        } else {
            let mut binder = self.expressions(scope, false);
            call.arguments.iter().map(|argument| binder.expression(argument)).collect()
        };
        let arguments: Vec<Expr> = arguments.into_iter().collect::<Option<_>>()?;
        let parameters = arguments.iter().map(parameter).collect();
        Some((arguments, parameters))
    }

    fn window(&mut self, call: &Call, scope: &StreamScope) -> Option<WindowPlan> {
        let name = &full_name(call);
        let Some(factory) = self.registry.window(name) else {
            if windows::NOT_BUILT.contains(&name.as_str()) {
                self.not_supported(format!("window {name}"), call.span);
                return None;
            }
            let known = self.registry.windows().map(|(name, _)| name).chain(windows::NOT_BUILT);
            self.diagnostics.push(unknown(
                codes::UNKNOWN_WINDOW,
                "window",
                name,
                call.name.span,
                did_you_mean(name, known),
            ));
            // The arguments may hold mistakes of their own.
            self.parameters(call, scope);
            return None;
        };
        let (_, parameters) = self.parameters(call, scope)?;
        match ask(&format!("`{name}`"), || factory.bind(&parameters), BindError::call) {
            Ok(bound) => Some(WindowPlan {
                name: name.clone(),
                parameters: call
                    .arguments
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
                bound,
            }),
            Err(error) => {
                let syntax = factory.documentation().syntax;
                self.diagnostics.push(misfit(call, &error, syntax));
                None
            }
        }
    }

    /// Whether a call is one of a stream processor.
    pub(crate) fn is_stream_processor(&self, call: &Call) -> bool {
        self.registry.stream_processor(&full_name(call)).is_some()
    }

    fn stream_processor(
        &mut self,
        factory: &dyn StreamProcessorFactory,
        call: &Call,
        scope: &dyn Scope,
    ) -> Option<StreamProcessorPlan> {
        let name = full_name(call);
        let (arguments, parameters) = self.parameters(call, scope)?;
        match ask(&format!("`{name}`"), || factory.bind(&parameters), BindError::call) {
            Ok(bound) => Some(StreamProcessorPlan { name, bound, arguments }),
            Err(error) => {
                let syntax = factory.documentation().syntax;
                self.diagnostics.push(misfit(call, &error, syntax));
                None
            }
        }
    }

    pub(crate) fn stream_function(
        &mut self,
        call: &Call,
        scope: &dyn Scope,
    ) -> Option<StreamFunctionPlan> {
        let name = full_name(call);
        let Some(factory) = self.registry.stream_function(&name) else {
            if call.namespace.is_some() {
                self.not_supported(format!("stream function {name}"), call.span);
                return None;
            }
            let functions = self.registry.stream_functions().map(|(name, _)| name);
            let processors = self.registry.stream_processors().map(|(name, _)| name);
            let guess = did_you_mean(&name, functions.chain(processors));
            let mut diagnostic = unknown(
                codes::UNKNOWN_STREAM_FUNCTION,
                "stream function",
                &name,
                call.name.span,
                guess,
            );
            if self.registry.window(&name).is_some() {
                diagnostic =
                    diagnostic.with_help(format!("a window is written `#window.{name}(…)`"));
            }
            self.diagnostics.push(diagnostic);
            self.parameters(call, scope);
            return None;
        };
        let (arguments, parameters) = self.parameters(call, scope)?;
        match ask(&format!("`{name}`"), || factory.bind(&parameters), BindError::call) {
            Ok(bound) => Some(StreamFunctionPlan { name, bound, arguments }),
            Err(error) => {
                let syntax = factory.documentation().syntax;
                self.diagnostics.push(misfit(call, &error, syntax));
                None
            }
        }
    }
}

/// The name of what is called, with its namespace.
fn full_name(call: &Call) -> String {
    match &call.namespace {
        Some(namespace) => format!("{}:{}", namespace.name, call.name.name),
        None => call.name.name.clone(),
    }
}

fn types(scope: &StreamScope) -> Vec<DataType> {
    scope.attributes.iter().map(|attribute| attribute.data_type).collect()
}

fn parameter(argument: &Expr) -> ParameterValue {
    ParameterValue {
        data_type: argument.data_type,
        constant: match &argument.kind {
            ExprKind::Constant(value) => Some(value.clone()),
            _ => None,
        },
        attribute: matches!(argument.kind, ExprKind::Column(_)),
    }
}

fn unknown(
    code: siddhi_query::Code,
    what: &str,
    name: &str,
    span: Span,
    guess: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        code,
        format!("unknown {what} `{name}`"),
        span,
        format!("no {what} of this name"),
    );
    match guess {
        Some(guess) => diagnostic.with_help(format!("did you mean `{guess}`?")),
        None => diagnostic.with_help("`siddhi functions` lists what is built in"),
    }
}

fn misfit(call: &Call, error: &BindError, syntax: &str) -> Diagnostic {
    let span = error
        .argument
        .and_then(|index| call.arguments.get(index))
        .map_or(call.span, |argument| argument.span);
    Diagnostic::error(codes::PARAMETERS, error.message.clone(), span, "does not fit")
        .with_help(format!("it is written `{syntax}`"))
}
