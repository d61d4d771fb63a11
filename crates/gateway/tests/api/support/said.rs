//! What a gateway in this thread writes to its log.

use std::sync::{Arc, Mutex, PoisonError};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

/// The messages of this thread's log, from now on; a test that reads them runs on one thread.
pub(crate) struct Said {
    messages: Messages,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Messages(Arc<Mutex<Vec<String>>>);

impl Said {
    /// Begins to listen.
    pub(crate) fn listen() -> Said {
        let messages = Messages::default();
        let log = tracing_subscriber::registry().with(messages.clone());
        Said {
            messages,
            _guard: tracing::subscriber::set_default(log),
        }
    }

    /// How often something with these words was said.
    pub(crate) fn times(&self, words: &str) -> usize {
        let messages = self
            .messages
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        messages.iter().filter(|said| said.contains(words)).count()
    }
}

impl<S: Subscriber> Layer<S> for Messages {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut message = Message::default();
        event.record(&mut message);
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message.0);
    }
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
