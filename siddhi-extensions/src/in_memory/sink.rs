//! The sink `inMemory`.

use siddhi_core::extension::{
    ConnectorDocumentation, DynamicOptions, OptionDocumentation, OptionError, Options, Payload,
    Schema, Sink, SinkError, SinkFactory,
};

use super::topics::Topics;

const TOPIC: &str = "topic";

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "inMemory",
    description: "Publishes the events of a stream to a topic, where sources `inMemory` of the \
                  same manager take them in at once, on the same thread. A chunk stays one chunk.",
    options: &[OptionDocumentation {
        name: TOPIC,
        description: "The topic. It may hold `{{attribute}}`: a chunk is then split by the text \
                      of the topic, one chunk for each, in the order of first appearance.",
        default: None,
    }],
    example: "@sink(type = 'inMemory', topic = '{{symbol}}', @map(type = 'passThrough'))\n\
              define stream Stocks (symbol string, price double);",
};

/// Makes sinks at the topics of a manager.
#[derive(Debug)]
pub(crate) struct InMemorySinkFactory {
    pub(crate) topics: Topics,
}

impl SinkFactory for InMemorySinkFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn dynamic_options(&self) -> &'static [&'static str] {
        &[TOPIC]
    }

    fn create(&self, options: &Options, _: &Schema, _: &str) -> Result<Box<dyn Sink>, OptionError> {
        options.required(TOPIC)?;
        Ok(Box::new(InMemorySink { topics: self.topics.clone() }))
    }
}

#[derive(Debug)]
struct InMemorySink {
    topics: Topics,
}

impl Sink for InMemorySink {
    fn publish(&self, payload: Payload<'_>, options: DynamicOptions<'_>) -> Result<(), SinkError> {
        let topic = options.get(TOPIC);
        if self.topics.publish(topic, payload) {
            return Ok(());
        }
        Err(SinkError::Unavailable { target: format!("topic '{topic}'") })
    }
}
