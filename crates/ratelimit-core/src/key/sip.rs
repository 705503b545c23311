//! SipHash-1-3-128 of a single word, without what a hasher of any bytes needs: an address is one word, and hashing
//! it is a good part of a check.
//!
//! Danger: a key must be the same whichever way it was hashed. The tests hold this against the hasher.

/// The two words that the hasher with the keys `k0` and `k1` makes of `word`, which is all that is written to it.
#[inline]
pub(super) fn of_word(k0: u64, k1: u64, word: u64) -> (u64, u64) {
    // "somepseudorandomlygeneratedbytes", and what tells the hash of 128 bits from that of 64.
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d ^ 0xee,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    for block in [word, 8 << 56] {
        v[3] ^= block;
        round(&mut v);
        v[0] ^= block;
    }
    v[2] ^= 0xee;
    let first = finish(&mut v);
    v[1] ^= 0xdd;
    (first, finish(&mut v))
}

#[inline(always)]
fn finish(v: &mut [u64; 4]) -> u64 {
    (0..3).for_each(|_| round(v));
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline(always)]
fn round(v: &mut [u64; 4]) {
    let [mut a, mut b, mut c, mut d] = *v;
    a = a.wrapping_add(b);
    b = b.rotate_left(13) ^ a;
    a = a.rotate_left(32);
    c = c.wrapping_add(d);
    d = d.rotate_left(16) ^ c;
    a = a.wrapping_add(d);
    d = d.rotate_left(21) ^ a;
    c = c.wrapping_add(b);
    b = b.rotate_left(17) ^ c;
    c = c.rotate_left(32);
    *v = [a, b, c, d];
}

#[cfg(test)]
mod tests {
    use std::hash::Hasher;

    use siphasher::sip128::{Hasher128, SipHasher13};

    #[test]
    fn it_is_what_the_hasher_makes_of_a_word() {
        let mut word = 0x0123_4567_89ab_cdef_u64;
        for _ in 0..1_000 {
            word = word.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
            let (k0, k1) = (word.rotate_left(7), !word.rotate_left(41));
            let mut hasher = SipHasher13::new_with_keys(k0, k1);
            hasher.write_u64(word);
            let hash = hasher.finish128();
            assert_eq!(super::of_word(k0, k1, word.to_le()), (hash.h1, hash.h2));
        }
    }
}
