//! Extensions that panic: whoever calls the engine gets an error.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use siddhi_core::extension::{
    BindError, BoundScalar, BoundStreamProcessor, CallContext, ConnectorDocumentation,
    Documentation, FunctionFactory, MapperConfig, OptionError, Options, ParameterValue,
    ProcessorInput, ProcessorOutput, PushSource, RowFunction, RowWriter, Schema, Source,
    SourceError, SourceFactory, SourceHandler, SourceMapper, SourceMapperFactory, StreamProcessor,
    StreamProcessorFactory,
};
use siddhi_core::{App, AppError, CreateError, Registry, SendError, SiddhiManager, Value};
use siddhi_query::ast::DataType;
use siddhi_state::{StateError, StateHolder};

const NO_PAGE: Documentation =
    Documentation { name: "boom", syntax: "boom()", description: "", example: "" };

/// A function that panics when it is bound, or with a text when it is called.
#[derive(Debug)]
struct Function;

impl FunctionFactory for Function {
    fn documentation(&self) -> Documentation {
        NO_PAGE
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        match parameters {
            [ParameterValue { data_type: DataType::String, .. }] => {
                Ok(BoundScalar::pure(Self, DataType::Int))
            }
            _ => panic!("bound on purpose"),
        }
    }
}

impl RowFunction for Function {
    fn call(&self, _: &[Value]) -> Result<Value, String> {
        panic!("called on purpose");
    }
}

/// A stream processor whose state panics when it is saved.
#[derive(Debug)]
struct Processor;

impl StreamProcessorFactory for Processor {
    fn documentation(&self) -> Documentation {
        NO_PAGE
    }

    fn bind(&self, _: &[ParameterValue]) -> Result<BoundStreamProcessor, BindError> {
        Ok(BoundStreamProcessor { make: Arc::new(|| Box::new(Processor)), added: Vec::new() })
    }
}

impl StreamProcessor for Processor {
    fn process(
        &mut self,
        input: &ProcessorInput<'_>,
        output: &mut ProcessorOutput,
        _: &mut CallContext<'_>,
    ) {
        input.rows.iter().for_each(|row| output.put(row, []));
    }
}

impl StateHolder for Processor {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        panic!("on purpose");
    }

    fn restore(&mut self, _: u32, _: &[u8]) -> Result<(), StateError> {
        Ok(())
    }
}

/// A source that panics where its option says, and notes that it has been ended.
#[derive(Clone, Debug)]
struct Connector {
    panics_in: String,
    ended: Arc<Mutex<u32>>,
}

impl Connector {
    fn pass(&self, place: &str) {
        assert!(self.panics_in != place, "on purpose");
    }
}

impl SourceFactory for Connector {
    fn documentation(&self) -> ConnectorDocumentation {
        let options = &[];
        ConnectorDocumentation { name: "boom", description: "", options, example: "" }
    }

    fn create(&self, options: &Options, _: &Schema) -> Result<Source, OptionError> {
        let panics_in = options.get("in").unwrap_or_default().to_owned();
        let source = Self { panics_in, ended: Arc::clone(&self.ended) };
        source.pass("create");
        Ok(Source::Push(Box::new(source)))
    }
}

impl PushSource for Connector {
    fn connect(&mut self, _: SourceHandler) -> Result<(), SourceError> {
        self.pass("connect");
        Ok(())
    }

    fn disconnect(&mut self) {
        *self.ended.lock() += 1;
        self.pass("disconnect");
    }
}

/// A source whose page can be had once.
#[derive(Debug)]
struct Untold(AtomicBool);

impl SourceFactory for Untold {
    fn documentation(&self) -> ConnectorDocumentation {
        assert!(!self.0.swap(true, Ordering::Relaxed), "told on purpose");
        let options = &[];
        ConnectorDocumentation { name: "untold", description: "", options, example: "" }
    }

    fn create(&self, _: &Options, _: &Schema) -> Result<Source, OptionError> {
        Err(OptionError::mapping("never made"))
    }
}

/// The mapper that stands where none is named.
#[derive(Debug)]
struct Mapper;

impl SourceMapperFactory for Mapper {
    fn documentation(&self) -> ConnectorDocumentation {
        let options = &[];
        ConnectorDocumentation { name: "passThrough", description: "", options, example: "" }
    }

    fn create(&self, _: MapperConfig<'_>) -> Result<Box<dyn SourceMapper>, OptionError> {
        Ok(Box::new(Self))
    }
}

impl SourceMapper for Mapper {
    fn decode(&mut self, _: &[u8], _: &mut RowWriter<'_>) {}
}

fn create(text: &str) -> (Result<App, CreateError>, Arc<Mutex<u32>>) {
    let ended = Arc::new(Mutex::new(0));
    let mut registry = Registry::with_builtins();
    registry.register_function(Arc::new(Function));
    registry.register_stream_processor(Arc::new(Processor));
    let panics_in = String::new();
    registry.register_source(Arc::new(Connector { panics_in, ended: Arc::clone(&ended) }));
    registry.register_source(Arc::new(Untold(AtomicBool::new(false))));
    registry.register_source_mapper(Arc::new(Mapper));
    (SiddhiManager::with_registry(registry).create_app(text), ended)
}

#[test]
fn an_extension_that_panics_while_the_app_is_made_is_named() {
    let refused = |text: &str| create(text).0.unwrap_err().to_string();
    assert_eq!(
        refused("define stream S (n long); from S select boom(n) as m insert into O;"),
        "`boom` panicked, which is a bug of the extension: bound on purpose"
    );
    assert_eq!(
        refused("@source(type = 'boom', in = 'create') define stream S (n long);"),
        "source `boom`: it panicked, which is a bug of the extension: on purpose"
    );
    assert_eq!(
        refused("define stream S (n long); from S select boom('x') as m insert into O;"),
        "the app cannot be made: an extension or the engine panicked: called on purpose"
    );
    assert_eq!(
        refused("@source(type = 'untold') define stream S (n long);"),
        "the app cannot be made: an extension or the engine panicked: told on purpose"
    );
}

#[test]
fn a_panic_in_a_snapshot_poisons() {
    let (app, _) = create("define stream S (n long); from S#boom() select n insert into O;");
    let app = app.unwrap();
    app.start().unwrap();
    let input = app.input("S").unwrap();
    input.send(1, &[Value::Long(1)]).unwrap();
    assert!(matches!(app.snapshot(), Err(AppError::Poisoned)));
    assert!(matches!(input.send(2, &[Value::Long(1)]), Err(SendError::Poisoned)));
}

#[test]
fn a_panic_of_a_source_poisons_and_ends_the_others() {
    let two = |place: &str| {
        let (app, ended) = create(&format!(
            "@source(type = 'boom', in = '{place}') define stream S (n long);
             @source(type = 'boom') define stream T (n long);"
        ));
        (app.unwrap(), ended)
    };
    let (app, ended) = two("connect");
    assert!(matches!(app.start(), Err(AppError::Poisoned)));
    assert_eq!(*ended.lock(), 2);
    let (app, ended) = two("disconnect");
    app.start().unwrap();
    assert!(matches!(app.shutdown(), Err(AppError::Poisoned)));
    assert_eq!(*ended.lock(), 2);
    assert!(matches!(app.start(), Err(AppError::Poisoned)));
}
