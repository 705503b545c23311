//! Where a key lives: its shard, the beginning of its probe, and the way from there.

/// Which shard a key lives in, of `shards`.
#[inline]
pub(in crate::keyed) fn shard_of(high: u64, shards: usize) -> usize {
    scale(high, shards)
}

/// Where in its shard a key's probe begins, as a fraction of 2⁶⁴: what the choice of the shard left.
#[inline]
pub(in crate::keyed) fn home(high: u64, shards: u64) -> u64 {
    high.wrapping_mul(shards)
}

/// Works for any number of slots, not only for powers of two.
#[inline]
pub(in crate::keyed) fn index(home: u64, len: usize) -> usize {
    scale(home, len)
}

/// `fraction·2⁻⁶⁴·len`, rounded down.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "less than `len`")]
pub(in crate::keyed) fn scale(fraction: u64, len: usize) -> usize {
    ((u128::from(fraction) * len as u128) >> 64) as usize
}

#[inline]
pub(in crate::keyed) fn next(at: usize, len: usize) -> usize {
    if at + 1 == len { 0 } else { at + 1 }
}
