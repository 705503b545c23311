//! A header by which a request is told from others of the same path.

use http::HeaderName;

use crate::head::Head;

/// A header that a request has: with exactly this value, or with any.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Mark {
    name: HeaderName,
    value: Option<Box<str>>,
}

impl std::fmt::Debug for Mark {
    /// The name alone: a trusted proxy may mark requests with a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mark({})", self.name)
    }
}

impl Mark {
    pub(super) fn new(name: HeaderName, value: Option<&str>) -> Self {
        Self {
            name,
            value: value.map(Into::into),
        }
    }

    /// Of several lines, one is enough: whoever is marked cannot get rid of it by a line more.
    pub(super) fn is_on(&self, head: &Head<'_>) -> bool {
        let mut values = head.headers().get_all(&self.name).iter();
        match &self.value {
            Some(wanted) => values.any(|value| value.as_bytes() == wanted.as_bytes()),
            None => values.next().is_some(),
        }
    }

    pub(super) fn has_value(&self) -> bool {
        self.value.is_some()
    }

    /// A name for the scope of what is marked so. No method has a colon in it.
    pub(super) fn scope(&self) -> String {
        match &self.value {
            Some(value) => format!("{}: {value}", self.name),
            None => format!("{}:", self.name),
        }
    }
}
