//! Whom a check is about: a [`Key`] is a keyed 128-bit fingerprint, never the key itself.
//!
//! The fingerprint is SipHash-1-3-128 under a secret that each limiter draws for itself, so nobody
//! can aim at a collision, and nothing that identifies a caller is kept in memory.
//!
//! Danger: a key that is put together from parts by hand makes `("a:b", "c")` and `("a", "b:c")` one
//! caller. [`KeySink`] marks the kind and the length of each part, so no two lists of parts are one key.

mod hasher;
mod sink;
mod sip;

use siphasher::sip::SipHasher13 as SipHasher64;
use siphasher::sip128::Hash128;

pub use hasher::KeyHasher;
pub use sink::KeySink;

/// The fingerprint of a key, valid for the limiters that share the [`KeyHasher`] it came from.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Chooses the place; never 0.
    pub(crate) high: u64,
    pub(crate) low: u64,
}

/// A part of what a key does that is counted apart from the rest: an endpoint, say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope(u64);

impl Key {
    /// The same caller within a scope, with state of its own there.
    #[inline]
    #[must_use]
    pub fn within(self, scope: Scope) -> Self {
        // The key is secret and evenly spread, so what is added may be public.
        Self {
            low: self.low ^ scope.0,
            ..self
        }
    }
}

impl Scope {
    /// The scope of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(SipHasher64::new().hash(name.as_bytes()))
    }

    /// A scope of this name inside of this one.
    #[must_use]
    pub fn within(self, name: &str) -> Self {
        Self(SipHasher64::new_with_keys(self.0, 0).hash(name.as_bytes()))
    }
}

impl std::fmt::Debug for Key {
    /// A fingerprint says nothing to a reader, and is kept out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

#[inline]
fn fingerprint(hash: Hash128) -> Key {
    fingerprint_of(hash.h1, hash.h2)
}

#[inline]
fn fingerprint_of(first: u64, second: u64) -> Key {
    Key {
        // A place that was never used is marked by a zero here.
        high: first | 1,
        low: second,
    }
}

#[cfg(test)]
mod tests;
