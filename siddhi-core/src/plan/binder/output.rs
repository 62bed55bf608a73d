//! Where the output of a query goes.

use siddhi_query::Diagnostic;
use siddhi_query::ast::{self, OutputAction, Source};

use super::AppBinder;
use crate::plan::codes;
use crate::plan::logical::{Attribute, OnError, StreamId, StreamOrigin, StreamPlan};

impl AppBinder<'_> {
    /// The stream that an output goes to; the first output into a name defines it.
    ///
    /// `attributes` is none when the selection did not bind: then nothing is said of those who read
    /// what it would have filled.
    pub(super) fn output(
        &mut self,
        output: &ast::Output,
        attributes: Option<Vec<Attribute>>,
        partition: Option<usize>,
    ) -> Option<StreamId> {
        match &output.action {
            OutputAction::Insert(target) => self.insert(target, attributes, partition),
            OutputAction::Delete(target, _)
            | OutputAction::Update(target, ..)
            | OutputAction::UpdateOrInsert(target, ..) => {
                if self.unknowable.contains(&target.name.name) {
                    self.not_supported("tables", target.span);
                } else {
                    self.diagnostics.push(
                        Diagnostic::error(
                            codes::OUTPUT,
                            format!("table `{}` is not defined", target.name.name),
                            target.span,
                            "not a table",
                        )
                        .with_help("define it with `define table`"),
                    );
                }
                None
            }
            OutputAction::Return => {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::OUTPUT,
                        "a query of an app cannot end in `return`",
                        output.span,
                        "goes nowhere",
                    )
                    .with_help("write `insert into` and a stream, and listen to that"),
                );
                None
            }
        }
    }

    fn insert(
        &mut self,
        target: &Source,
        attributes: Option<Vec<Attribute>>,
        partition: Option<usize>,
    ) -> Option<StreamId> {
        // `insert into !X` means X.
        let name =
            if target.inner { format!("#{}", target.name.name) } else { target.name.name.clone() };
        let inner = target.inner && partition.is_some();
        let known = if inner { self.inner.get(&name) } else { self.streams.get(&name) };
        let known = known.copied();
        let Some(attributes) = attributes else {
            if known.is_none() {
                self.unknowable.insert(name);
            }
            return None;
        };
        if let Some(id) = known {
            return self.check_target(target, id, &attributes).then_some(id);
        }
        if self.unknowable.contains(&name) {
            return None;
        }
        let origin = match partition {
            Some(partition) if inner => StreamOrigin::Inner(partition),
            _ => StreamOrigin::Inferred,
        };
        Some(self.add_stream(StreamPlan {
            name,
            attributes,
            origin,
            on_error: OnError::Log,
            fault: None,
        }))
    }

    fn check_target(&mut self, target: &Source, id: StreamId, attributes: &[Attribute]) -> bool {
        let wanted = self.attributes(id);
        if wanted == attributes {
            return true;
        }
        let list = |attributes: &[Attribute]| {
            let texts: Vec<String> =
                attributes.iter().map(|a| format!("{} {}", a.name, a.data_type)).collect();
            texts.join(", ")
        };
        let diagnostic = Diagnostic::error(
            codes::OUTPUT_MISMATCH,
            format!("the selection does not fit stream `{}`", target.name.name),
            target.span,
            "number, order, names and types must be the same",
        )
        .with_note(format!("the stream has ({})", list(wanted)))
        .with_note(format!("the query gives ({})", list(attributes)));
        self.diagnostics.push(diagnostic);
        false
    }
}
