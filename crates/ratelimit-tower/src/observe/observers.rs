//! Those who are told.

use std::fmt;
use std::sync::Arc;

use super::{Event, Observe};

/// The observers of a layer, in the order in which they were given.
#[derive(Clone, Default)]
pub(crate) struct Observers(Vec<Arc<dyn Observe>>);

impl Observers {
    pub(crate) fn add(&mut self, observer: impl Observe) {
        self.0.push(Arc::new(observer));
    }

    /// Whether nobody listens, so that nothing need be found out.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn tell(&self, event: &Event<'_>) {
        for observer in &self.0 {
            observer.observe(event);
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Observers({})", self.0.len())
    }
}

/// Where a request goes, as it may be told: no scheme, no name or password, no path.
pub(crate) fn authority(host: Option<&str>, port: Option<u16>) -> Option<Box<str>> {
    let mut name = host?.to_ascii_lowercase();
    if let Some(port) = port {
        name = format!("{name}:{port}");
    }
    Some(name.into())
}
