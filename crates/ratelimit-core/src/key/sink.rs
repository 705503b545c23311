//! A key of several parts, and how they are kept apart.

use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv6Addr};

use siphasher::sip128::{Hasher128, SipHasher13};

use super::{Key, fingerprint};

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
pub(super) enum Part {
    Text = 1,
    Number,
    V4,
    V6,
    Anonymous,
    Value,
    AnonymousV4,
    AnonymousV6,
}

impl KeySink {
    #[inline]
    pub(super) fn new(hasher: SipHasher13) -> Self {
        Self {
            hasher,
            written: false,
        }
    }

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

pub(super) fn network(address: Ipv6Addr, prefix: u8) -> u128 {
    let host_bits = 128 - u32::from(prefix.min(128));
    address.to_bits() & u128::MAX.checked_shl(host_bits).unwrap_or(0)
}
