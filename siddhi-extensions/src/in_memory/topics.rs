//! The topics through which streams of one manager are joined.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;
use siddhi_core::extension::{Payload, SourceHandler};

/// Named channels within a process. Publishing calls every subscriber on the same thread, in the
/// order in which they subscribed, and returns when all have returned.
#[derive(Clone, Debug, Default)]
pub struct Topics(Arc<RwLock<Subscriptions>>);

#[derive(Debug, Default)]
struct Subscriptions {
    next: u64,
    // Behind an Arc, so that a publisher holds no lock while subscribers run: what they do may
    // publish or subscribe in turn.
    topics: BTreeMap<String, Arc<Vec<(Subscription, SourceHandler)>>>,
}

/// Names a subscriber of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription(u64);

impl Topics {
    /// Calls `handler` with all that is published to a topic from now on.
    pub fn subscribe(&self, topic: &str, handler: SourceHandler) -> Subscription {
        let mut inner = self.0.write();
        let subscription = Subscription(inner.next);
        inner.next += 1;
        let subscribers = inner.topics.entry(topic.into()).or_default();
        Arc::make_mut(subscribers).push((subscription, handler));
        subscription
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, topic: &str, subscription: Subscription) {
        let mut inner = self.0.write();
        if let Some(subscribers) = inner.topics.get_mut(topic) {
            Arc::make_mut(subscribers).retain(|(known, _)| *known != subscription);
            if subscribers.is_empty() {
                inner.topics.remove(topic);
            }
        }
    }

    /// Hands a payload to the subscribers of a topic. Without any it is gone, and the answer is no.
    pub fn publish(&self, topic: &str, payload: Payload<'_>) -> bool {
        let subscribers = self.0.read().topics.get(topic).cloned();
        for (_, handler) in subscribers.iter().flat_map(|subscribers| subscribers.iter()) {
            handler.receive(payload);
        }
        subscribers.is_some()
    }
}
