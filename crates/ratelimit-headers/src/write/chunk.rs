//! Texts without allocations: each is a slice of a chunk that belongs to the thread.
//!
//! The chunk is filled from front to back. When the rest is too short, `BytesMut::reserve` starts it afresh if all the
//! slices are gone, and allocates another if a response still holds one (the old one goes when the last slice goes).

use bytes::BytesMut;
use http::HeaderValue;
use std::cell::Cell;

const CHUNK: usize = 4096;
/// What most texts need; a longer one still fits, but may be moved once as it grows.
const ROOM: usize = 128;

thread_local! {
    static REST: Cell<Option<BytesMut>> = const { Cell::new(None) };
}

/// The value that `fill` writes, which must be printable ASCII.
pub(super) fn value(fill: impl FnOnce(&mut BytesMut)) -> HeaderValue {
    // Taken, not borrowed: `fill` runs foreign iterators, which may themselves write headers.
    let rest = REST.try_with(Cell::take).ok().flatten();
    let mut rest = rest.unwrap_or_else(|| BytesMut::with_capacity(CHUNK));
    rest.reserve(ROOM);
    fill(&mut rest);
    let text = rest.split().freeze();
    // In the last moments of a thread there is nowhere to put it: then it is freed.
    let _ = REST.try_with(|slot| slot.set(Some(rest)));
    // Never the fallback: only printable ASCII is written. A blank field counts as absent.
    HeaderValue::from_maybe_shared(text).unwrap_or(const { HeaderValue::from_static("") })
}
