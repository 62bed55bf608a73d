//! `log`: writes what passes to the log.

use std::sync::Arc;

use log::Level;
use siddhi_query::ast::DataType;
use siddhi_state::{StateError, StateHolder, check_version};

use crate::event::value::Value;
use crate::extension::{
    BindError, BoundStreamProcessor, CallContext, Documentation, ParameterValue, ProcessorInput,
    ProcessorOutput, StreamProcessor, StreamProcessorFactory,
};

/// Binds `log`.
#[derive(Debug)]
pub(super) struct Log;

/// The priorities of Siddhi; `OFF` writes nothing.
const PRIORITIES: [(&str, Option<Level>); 7] = [
    ("INFO", Some(Level::Info)),
    ("DEBUG", Some(Level::Debug)),
    ("WARN", Some(Level::Warn)),
    ("FATAL", Some(Level::Error)),
    ("ERROR", Some(Level::Error)),
    ("OFF", None),
    ("TRACE", Some(Level::Trace)),
];

impl StreamProcessorFactory for Log {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "log",
            syntax: "log([string priority,] [string message,] [bool event])",
            description: "Passes every event on and writes a line to the log for each: the message, \
                          and unless the flag is false the event's timestamp. Priority is one of \
                          INFO, DEBUG, WARN, FATAL, ERROR, OFF, TRACE.",
            example: "from Trades#log('WARN', symbol) select symbol insert into Seen;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundStreamProcessor, BindError> {
        let types: Vec<DataType> = parameters.iter().map(|p| p.data_type).collect();
        let (priority, message, flag) = match types.as_slice() {
            [] => (None, None, None),
            [DataType::String] => (None, Some(0), None),
            [DataType::Bool] => (None, None, Some(0)),
            [DataType::String, DataType::Bool] => (None, Some(0), Some(1)),
            [DataType::String, DataType::String] => (Some(0), Some(1), None),
            [DataType::String, DataType::String, DataType::Bool] => (Some(0), Some(1), Some(2)),
            _ => return Err(BindError::call("log takes a priority, a message and a flag")),
        };
        let level = match priority {
            Some(index) => level(parameters, index)?,
            None => Some(Level::Info),
        };
        let with_event = match flag {
            Some(index) => match parameters.get(index).and_then(|p| p.constant.as_ref()) {
                Some(Value::Bool(flag)) => *flag,
                _ => return Err(BindError::argument(index, "the flag must be true or false")),
            },
            None => true,
        };
        Ok(BoundStreamProcessor {
            make: Arc::new(move || Box::new(LogProcessor { level, message, with_event })),
            added: Vec::new(),
        })
    }
}

fn level(parameters: &[ParameterValue], index: usize) -> Result<Option<Level>, BindError> {
    let constant = parameters.get(index).and_then(|p| p.constant.as_ref());
    let Some(Value::String(name)) = constant else {
        return Err(BindError::argument(index, "the priority must be a string constant"));
    };
    PRIORITIES
        .iter()
        .find(|(known, _)| name.as_str().eq_ignore_ascii_case(known))
        .map(|(_, level)| *level)
        .ok_or_else(|| BindError::argument(index, format!("`{name}` is not a priority")))
}

struct LogProcessor {
    level: Option<Level>,
    /// The argument that holds the message.
    message: Option<usize>,
    with_event: bool,
}

impl StreamProcessor for LogProcessor {
    fn process(
        &mut self,
        input: &ProcessorInput<'_>,
        output: &mut ProcessorOutput,
        context: &mut CallContext<'_>,
    ) {
        output.pass(input.rows);
        let Some(level) = self.level.filter(|level| log::log_enabled!(*level)) else { return };
        for row in input.rows.iter() {
            let message = self
                .message
                .and_then(|index| input.arguments.get(index))
                .map(|argument| argument.value(row).to_string())
                .unwrap_or_default();
            if self.with_event {
                let timestamp = context.timestamps.get(row).copied().unwrap_or_default();
                log::log!(level, "{message} event of {timestamp}");
            } else {
                log::log!(level, "{message}");
            }
        }
    }
}

/// It remembers nothing.
impl StateHolder for LogProcessor {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        Ok(Vec::new())
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        check_version("log", self.schema_version(), version)?;
        if bytes.is_empty() { Ok(()) } else { Err(StateError::Damaged) }
    }
}
