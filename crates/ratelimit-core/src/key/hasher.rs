//! The secret of a limiter.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::net::IpAddr;

use siphasher::sip128::{Hasher128, SipHasher13};

use super::sink::{Part, network};
use super::{Key, KeySink, fingerprint, fingerprint_of, sip};

/// The secret that turns keys into fingerprints.
#[derive(Clone, Copy)]
pub struct KeyHasher(SipHasher13);

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
        match address.to_canonical() {
            // Kind and bits in one word, because each word costs a round.
            IpAddr::V4(v4) => {
                let word = u64::from(v4.to_bits()) << 8 | Part::AnonymousV4 as u64;
                let (k0, k1) = self.0.keys();
                let (first, second) = sip::of_word(k0, k1, word.to_le());
                fingerprint_of(first, second)
            }
            IpAddr::V6(v6) => {
                let mut hasher = self.0;
                hasher.write_u64(Part::AnonymousV6 as u64);
                hasher.write_u128(network(v6, 64));
                fingerprint(hasher.finish128())
            }
        }
    }

    /// A sink for a key of several parts.
    #[inline]
    #[must_use]
    pub fn sink(&self) -> KeySink {
        KeySink::new(self.0)
    }
}

impl std::fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyHasher(..)")
    }
}
