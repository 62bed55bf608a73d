use std::sync::Arc;

use parking_lot::Mutex;
use siddhi_core::extension::{
    DynamicOptions, Options, Payload, Schema, SinkFactory as _, Source, SourceFactory as _,
    SourceHandler,
};

use super::{InMemorySinkFactory, InMemorySourceFactory, Topics};

fn schema() -> Schema {
    Schema { stream: "S".into(), attributes: vec![] }
}

fn listener(name: &'static str, heard: &Arc<Mutex<Vec<String>>>) -> SourceHandler {
    let heard = Arc::clone(heard);
    SourceHandler::new(move |payload| {
        if let Payload::Bytes(bytes) = payload {
            heard.lock().push(format!("{name} {}", String::from_utf8_lossy(bytes)));
        }
    })
}

#[test]
fn subscribers_hear_in_order_until_they_leave() {
    let topics = Topics::default();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sources = InMemorySourceFactory { topics: topics.clone() };
    let connect = |name: &'static str| {
        let options = Options::new([("topic", "t")]);
        let Ok(Source::Push(mut source)) = sources.create(&options, &schema()) else {
            panic!("a pushing source")
        };
        source.connect(listener(name, &heard)).unwrap();
        source
    };
    let a = connect("a");
    let _b = connect("b");
    let sinks = InMemorySinkFactory { topics };
    let sink = sinks.create(&Options::new([("topic", "{{k}}")]), &schema(), "text").unwrap();
    let publish = |topic: &str, text: &str| {
        let texts = [topic.to_owned()];
        let options = DynamicOptions::new(&["topic"], &texts);
        sink.publish(Payload::Bytes(text.as_bytes()), options)
    };
    publish("t", "1").unwrap();
    let error = publish("elsewhere", "2").unwrap_err();
    assert_eq!(error.to_string(), "nobody takes what is published to topic 'elsewhere'");
    drop(a);
    publish("t", "3").unwrap();
    assert_eq!(*heard.lock(), ["a 1", "b 1", "b 3"]);
}

#[test]
fn a_subscriber_may_publish_and_subscribe() {
    let topics = Topics::default();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (inner, late) = (topics.clone(), listener("late", &heard));
    topics.subscribe(
        "t",
        SourceHandler::new(move |payload| {
            inner.subscribe("u", late.clone());
            inner.publish("u", payload);
        }),
    );
    topics.publish("t", Payload::Bytes(b"x"));
    assert_eq!(*heard.lock(), ["late x"]);
}

#[test]
fn a_topic_is_needed() {
    let none: [(&str, &str); 0] = [];
    let options = Options::new(none);
    let sources = InMemorySourceFactory { topics: Topics::default() };
    let error = sources.create(&options, &schema()).unwrap_err();
    assert_eq!(error.to_string(), "option 'topic' is missing");
}
