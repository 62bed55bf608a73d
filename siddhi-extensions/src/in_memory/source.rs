//! The source `inMemory`.

use siddhi_core::extension::{
    ConnectorDocumentation, OptionDocumentation, OptionError, Options, PushSource, Schema, Source,
    SourceError, SourceFactory, SourceHandler,
};

use super::topics::{Subscription, Topics};

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "inMemory",
    description: "Takes in what the sink `inMemory` of a stream publishes to a topic, in this or \
                  another app of the same manager, at once and on the same thread.",
    options: &[OptionDocumentation {
        name: "topic",
        description: "The topic to listen to.",
        default: None,
    }],
    example: "@source(type = 'inMemory', topic = 'stocks', @map(type = 'passThrough'))\n\
              define stream Stocks (symbol string, price double);",
};

/// Makes sources at the topics of a manager.
#[derive(Debug)]
pub(crate) struct InMemorySourceFactory {
    pub(crate) topics: Topics,
}

impl SourceFactory for InMemorySourceFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, options: &Options, _: &Schema) -> Result<Source, OptionError> {
        // Java accepts a source without topic, which then gets nothing (departure 44).
        let topic = options.required("topic")?.to_owned();
        let topics = self.topics.clone();
        Ok(Source::Push(Box::new(InMemorySource { topic, topics, subscription: None })))
    }
}

#[derive(Debug)]
struct InMemorySource {
    topic: String,
    topics: Topics,
    subscription: Option<Subscription>,
}

impl PushSource for InMemorySource {
    fn connect(&mut self, handler: SourceHandler) -> Result<(), SourceError> {
        self.disconnect();
        self.subscription = Some(self.topics.subscribe(&self.topic, handler));
        Ok(())
    }

    fn disconnect(&mut self) {
        if let Some(subscription) = self.subscription.take() {
            self.topics.unsubscribe(&self.topic, subscription);
        }
    }
}

impl Drop for InMemorySource {
    fn drop(&mut self) {
        self.disconnect();
    }
}
