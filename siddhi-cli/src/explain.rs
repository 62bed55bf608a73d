//! `siddhi explain`: the plan of an app.

use serde_json::json;
use siddhi_extensions::Environment;

use crate::app_file::AppFile;
use crate::arguments::{ExplainArguments, Format};
use crate::exit::Exit;
use crate::{console, diagnostics, run};

/// Shows the plan.
pub(crate) fn run(arguments: &ExplainArguments) -> anyhow::Result<Exit> {
    let file = AppFile::read(&arguments.app)?;
    let environment = Environment { base_directory: file.directory(), ..Environment::default() };
    let app = match AppFile::manager(&environment).create_app(&file.text) {
        Ok(app) => app,
        Err(error) => {
            match arguments.format {
                Format::Text => run::show(&file, error.diagnostics()),
                Format::Json => {
                    let report = diagnostics::report(&file, &error);
                    console::print(&format!("{report}\n"))?;
                }
            }
            return Ok(run::refused(&error));
        }
    };
    let plan = app.explain(arguments.physical);
    match arguments.format {
        Format::Text => console::print(&plan)?,
        Format::Json => {
            let kind = if arguments.physical { "physical" } else { "logical" };
            let streams = app.streams();
            let streams = streams.iter().map(|stream| {
                let attributes = stream.attributes.iter();
                let attributes = attributes
                    .map(|(name, kind)| json!({ "name": name, "type": kind.as_str() }))
                    .collect::<Vec<_>>();
                json!({ "name": stream.name, "attributes": attributes })
            });
            let report = json!({
                "app": app.name(),
                "kind": kind,
                "streams": streams.collect::<Vec<_>>(),
                "queries": app.queries(),
                "plan": plan.lines().collect::<Vec<_>>(),
            });
            console::print(&format!("{report}\n"))?;
        }
    }
    Ok(Exit::Success)
}
