//! mdBook logs what it can't make sense of (an include that leads nowhere, a
//! tag nobody closes) and goes on building. Here such a page is an error.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, bail};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Runs `build`, listening to what is logged on this thread meanwhile.
///
/// # Errors
/// Whatever `build` returns, and every warning it logged on the way.
pub fn heed<T>(build: impl FnOnce() -> Result<T>) -> Result<T> {
    let listener = Listener::default();
    let complaints = Arc::clone(&listener.complaints);
    let built = tracing::subscriber::with_default(listener, build);
    let complaints = complaints.lock().unwrap_or_else(PoisonError::into_inner);
    match (built, complaints.is_empty()) {
        (built, true) => built,
        (Ok(_), false) => bail!("{}", complaints.join("\n")),
        (Err(error), false) => Err(error.context(complaints.join("\n"))),
    }
}

#[derive(Default)]
struct Listener {
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message::default();
        event.record(&mut message);
        self.complaints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message.0);
    }

    // Spans say nothing a reader of the message would miss.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            write!(self.0, "{value:?}").expect("a String takes any text");
        }
    }
}
