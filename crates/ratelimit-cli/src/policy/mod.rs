//! A policy file: who is bound by what, read from TOML and checked as a whole.
//!
//! Everything that can be known to be wrong is said before anything is served, with line and column:
//! first what cannot be read as a policy file, one at a time; then everything else at once. A file that
//! passes can be enforced: nothing is left to go wrong later.
//!
//! ```
//! use ratelimit_cli::policy::PolicyFile;
//!
//! let file = PolicyFile::parse("policy.toml", r#"
//!     version = 1
//!     [caller]
//!     anonymous = "by-address:guest"
//!     [plans.guest]
//!     policies = [{ name = "minute", algorithm = "sliding-log", quota = "60/1m" }]
//! "#)?;
//! let layer = file.layer(ratelimit_core::Memory::builder());
//! # Ok::<(), ratelimit_cli::policy::PolicyError>(())
//! ```

mod build;
mod check;
mod error;
mod families;
mod file;
mod quotes;
mod rules;
mod skip;
mod summary;
mod syntax;
mod twice;

pub use error::{PolicyError, Problem};
pub use summary::Summary;
pub(crate) use syntax::suggest;

use std::path::Path;

use http::{HeaderName, HeaderValue};
use ratelimit_core::Plan;
use ratelimit_tower::key::Forwarded;

use crate::proxy::Wording;
use error::Found;
use file::BodyStyle;
pub(crate) use rules::UsageRoute;
use rules::{Callers, EndpointRule, KeySource, MeterRule, Refusals, Responses, Store};
pub(crate) use skip::SkipPath;

/// Mavera's limits, which `serve` enforces when it is given no file.
const BUILT_IN: &str = include_str!("../../policies/mavera.toml");

/// A policy file that makes sense.
///
/// It holds the keys of callers, so its `Debug` says next to nothing.
pub struct PolicyFile {
    name: Option<String>,
    plans: Vec<Plan>,
    endpoints: Vec<EndpointRule>,
    callers: Callers,
    forwarded: Option<(String, Forwarded)>,
    responses: Responses,
    store: Store,
    skip: Vec<SkipPath>,
    refusals: Refusals,
    meters: Vec<MeterRule>,
    usage: Option<UsageRoute>,
    shadow: bool,
    warnings: Vec<Problem>,
}

impl PolicyFile {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// If it cannot be read, or what is wrong with it, as [`parse`](Self::parse) says it.
    pub fn load(path: &Path) -> Result<Self, PolicyError> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| PolicyError::unreadable(&name, &error))?;
        match String::from_utf8(bytes) {
            Ok(source) => Self::parse(&name, &source),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let found = Found::new(at, "this is not UTF-8 text");
                let source = String::from_utf8_lossy(error.as_bytes());
                Err(PolicyError::new(&name, &source, vec![found]))
            }
        }
    }

    /// Checks the text of a file. `name` is what errors call it.
    ///
    /// # Errors
    /// The first thing that makes it no policy file; else everything that is wrong with it.
    pub fn parse(name: &str, source: &str) -> Result<Self, PolicyError> {
        syntax::read(source)
            .map_err(|found| vec![found])
            .and_then(|file| check::check(source, file))
            .map_err(|found| PolicyError::new(name, source, found))
    }

    /// Mavera's limits.
    ///
    /// # Errors
    /// Never: the file is part of this crate, and a test reads it.
    pub fn built_in() -> Result<Self, PolicyError> {
        Self::parse("the built-in policy", BUILT_IN)
    }

    /// What is probably not meant, and does no harm.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Where callers are told what they have used.
    pub(crate) fn usage(&self) -> Option<&UsageRoute> {
        self.usage.as_ref()
    }

    /// Headers that every response has, whoever made it.
    pub(crate) fn own_headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.responses.set
    }

    /// The header that a key is sent in, and what stands before the key there: of several places, the
    /// first. `None` if callers have no keys.
    pub(crate) fn key_header(&self) -> Option<(HeaderName, &'static str)> {
        Some(match self.callers.sources.first()? {
            KeySource::Bearer => (http::header::AUTHORIZATION, "Bearer "),
            KeySource::Header(name) => (name.clone(), ""),
        })
    }

    /// How many plans and keys it has.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.plans.len(), self.callers.keys.len())
    }

    /// Whether a store that was made for the other is what this file asks for, too.
    pub(crate) fn has_store_of(&self, other: &Self) -> bool {
        let (own, others) = (&self.store, &other.store);
        own.capacity == others.capacity && own.when_full == others.when_full
    }

    /// What proxies are believed about the client's address.
    pub(crate) fn forwarded(&self) -> Option<&Forwarded> {
        self.forwarded.as_ref().map(|(_, forwarded)| forwarded)
    }

    /// How the gateway words what it says itself: an answer that is no refusal always says something.
    pub(crate) fn wording(&self) -> Wording {
        match self.responses.body {
            BodyStyle::Problem => Wording::Problem,
            BodyStyle::ErrorJson | BodyStyle::Empty => Wording::ErrorJson,
        }
    }

    /// The header of its own in which they say it, if it is neither of the usual lists.
    pub(crate) fn address_header(&self) -> Option<HeaderName> {
        let (source, _) = self.forwarded.as_ref()?;
        source.strip_prefix("header:")?.parse().ok()
    }
}

impl std::fmt::Debug for PolicyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PolicyFile")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policy_is_right_and_warns_of_nothing() {
        let file = PolicyFile::built_in().unwrap();
        assert_eq!(file.warnings(), []);
        assert_eq!(file.plans.len(), 4);
        assert_eq!(file.endpoints.len(), 3);
    }

    #[test]
    fn keys_are_not_printed() {
        let file = PolicyFile::built_in().unwrap();
        let printed = format!("{file:?}\n{}", file.summary());
        assert!(!printed.contains("mvra"), "{printed}");
    }
}
