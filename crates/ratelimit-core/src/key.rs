//! Whom a check is about: a [`Key`] is a keyed 128-bit fingerprint, never the key itself.
//!
//! The fingerprint is SipHash-1-3-128 under a secret that each limiter draws for itself, so nobody
//! can aim at a collision, and nothing that identifies a caller is kept in memory.
//!
//! Danger: a key that is put together from parts by hand makes `("a:b", "c")` and `("a", "b:c")` one
//! caller. [`KeySink`] marks the kind and the length of each part, so no two lists of parts are one key.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};

use siphasher::sip::SipHasher13 as SipHasher64;
use siphasher::sip128::{Hash128, Hasher128, SipHasher13};

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

/// The secret that turns keys into fingerprints.
#[derive(Clone, Copy)]
pub struct KeyHasher(SipHasher13);

/// Where a key is written, part by part.
///
/// ```
/// use ratelimit_core::KeyHasher;
///
/// let hasher = KeyHasher::random();
/// let key = hasher.sink().text("tenant").text("alice").key();
/// assert_ne!(key, hasher.sink().text("tenantalice").key());
/// ```
pub struct KeySink {
    hasher: SipHasher13,
    written: bool,
}

/// What kind of part follows. Different kinds never meet: a user called `10.0.0.1` is no address.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Part {
    Text = 1,
    Number,
    V4,
    V6,
    Anonymous,
    Value,
    AnonymousV4,
    AnonymousV6,
}

// === impl Key ===

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

// === impl KeyHasher ===

impl KeyHasher {
    /// A hasher with a secret of its own, from the operating system.
    #[must_use]
    pub fn random() -> Self {
        let word = || RandomState::new().build_hasher().finish();
        Self(SipHasher13::new_with_keys(word(), word()))
    }

    /// A hasher with this secret, for limiters on several machines that must agree on keys.
    #[must_use]
    pub fn with_secret(secret: &[u8; 16]) -> Self {
        Self(SipHasher13::new_with_key(secret))
    }

    /// The secret, for limiters that will know the same keys.
    pub(crate) fn secret(&self) -> [u8; 16] {
        self.0.key()
    }

    /// The fingerprint of one value.
    #[inline]
    pub fn key<K: Hash + ?Sized>(&self, key: &K) -> Key {
        let mut hasher = self.0;
        key.hash(&mut hasher);
        fingerprint(hasher.finish128())
    }

    /// The fingerprint of a caller who gave no key, by its address, as [`KeySink::ip`] counts
    /// addresses. No other key has it, so nobody can call themselves so.
    #[inline]
    #[must_use]
    pub fn anonymous_at(&self, address: IpAddr) -> Key {
        let mut hasher = self.0;
        // Kind and bits in one word, because each word costs a round.
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                hasher.write_u64(u64::from(v4.to_bits()) << 8 | Part::AnonymousV4 as u64);
            }
            IpAddr::V6(v6) => {
                hasher.write_u64(Part::AnonymousV6 as u64);
                hasher.write_u128(network(v6, 64));
            }
        }
        fingerprint(hasher.finish128())
    }

    /// A sink for a key of several parts.
    #[inline]
    #[must_use]
    pub fn sink(&self) -> KeySink {
        KeySink {
            hasher: self.0,
            written: false,
        }
    }
}

impl std::fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyHasher(..)")
    }
}

// === impl KeySink ===

impl KeySink {
    /// Adds a text, for example a user's name or an API key.
    #[inline]
    pub fn text(&mut self, text: impl AsRef<[u8]>) -> &mut Self {
        let bytes = text.as_ref();
        self.written = true;
        // The length comes first, because bytes may hold anything, also what looks like an end. Kind and
        // length are one word, so that the bytes begin at a whole one.
        self.hasher
            .write_u64((bytes.len() as u64) << 8 | Part::Text as u64);
        self.hasher.write(bytes);
        self
    }

    /// Adds a number, for example an account's id.
    #[inline]
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.part(Part::Number).write_u64(number);
        self
    }

    /// Adds an address. An IPv6 address counts by its /64, which one host can fill; an IPv4 address
    /// that is mapped into IPv6 counts as itself.
    #[inline]
    pub fn ip(&mut self, address: IpAddr) -> &mut Self {
        self.ip_with_prefix(address, 64)
    }

    /// Adds an address, an IPv6 one by its first `prefix` bits (128 at most).
    pub fn ip_with_prefix(&mut self, address: IpAddr, prefix: u8) -> &mut Self {
        // Kind and bits in one write: each costs as much as eight bytes do.
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                let bits = u64::from(v4.to_bits());
                self.hasher.write_u64(bits << 8 | Part::V4 as u64);
            }
            IpAddr::V6(v6) => {
                self.part(Part::V6).write_u128(network(v6, prefix));
            }
        }
        self.written = true;
        self
    }

    /// Marks what follows as the key of a caller who gave none, so that nobody can call themselves
    /// what an anonymous caller is called.
    #[inline]
    pub fn anonymous(&mut self) -> &mut Self {
        self.part(Part::Anonymous);
        self
    }

    /// Adds any value that can be hashed.
    pub fn value<T: Hash + ?Sized>(&mut self, value: &T) -> &mut Self {
        value.hash(self.part(Part::Value));
        self
    }

    /// Whether nothing was written yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.written
    }

    /// The fingerprint of what was written.
    #[inline]
    #[must_use]
    pub fn key(&self) -> Key {
        fingerprint(self.hasher.finish128())
    }

    #[inline]
    fn part(&mut self, part: Part) -> &mut SipHasher13 {
        self.written = true;
        self.hasher.write_u8(part as u8);
        &mut self.hasher
    }
}

impl std::fmt::Debug for KeySink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySink").finish_non_exhaustive()
    }
}

#[inline]
fn fingerprint(hash: Hash128) -> Key {
    Key {
        // A place that was never used is marked by a zero here.
        high: hash.h1 | 1,
        low: hash.h2,
    }
}

fn network(address: Ipv6Addr, prefix: u8) -> u128 {
    let host_bits = 128 - u32::from(prefix.min(128));
    address.to_bits() & u128::MAX.checked_shl(host_bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(hasher: &KeyHasher, text: &str) -> Key {
        hasher.sink().ip(text.parse().unwrap()).key()
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let h = KeyHasher::random();
        let two = |a: &str, b: &str| h.sink().text(a).text(b).key();
        assert_ne!(two("a:b", "c"), two("a", "b:c"));
        assert_ne!(two("a", ""), two("", "a"));
        assert_ne!(h.sink().text("7").key(), h.sink().number(7).key());
        assert_ne!(ip(&h, "10.0.0.1"), h.sink().text("10.0.0.1").key());
        assert_eq!(two("a", "b"), two("a", "b"));
    }

    #[test]
    fn ipv6_counts_by_its_64_and_mapped_ipv4_as_itself() {
        let h = KeyHasher::random();
        assert_eq!(ip(&h, "2001:db8::1"), ip(&h, "2001:db8::ffff:1:2:3"));
        assert_ne!(ip(&h, "2001:db8::1"), ip(&h, "2001:db8:0:1::1"));
        assert_eq!(ip(&h, "10.0.0.1"), ip(&h, "::ffff:10.0.0.1"));
        let whole = |t: &str| h.sink().ip_with_prefix(t.parse().unwrap(), 128).key();
        assert_ne!(whole("2001:db8::1"), whole("2001:db8::2"));
        let none = |t: &str| h.sink().ip_with_prefix(t.parse().unwrap(), 0).key();
        assert_eq!(none("2001:db8::1"), none("fe80::2"));
    }

    #[test]
    fn secrets_separate_limiters_and_nothing_is_printed() {
        let (a, b) = (KeyHasher::random(), KeyHasher::random());
        assert_ne!(a.key("alice"), b.key("alice"));
        let secret = KeyHasher::with_secret(&[7; 16]);
        assert_eq!(
            secret.key("alice"),
            KeyHasher::with_secret(&[7; 16]).key("alice")
        );
        assert_eq!(format!("{:?}", a.key("alice")), "Key(..)");
    }
}
