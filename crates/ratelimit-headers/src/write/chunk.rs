//! Texts without allocations: each is a slice of a chunk that belongs to the thread.
//!
//! A chunk is filled from front to back. When the rest is too short, the chunk is started afresh if all its slices are
//! gone. Mostly one is not, the one in the response that is being written; so a thread has two chunks and turns to the
//! other, whose slices are hundreds of responses old. Only if one of those is still kept is another chunk allocated (the
//! old one goes when its last slice goes).

use bytes::{Bytes, BytesMut};
use http::HeaderValue;
use std::cell::Cell;
use std::thread::LocalKey;

const CHUNK: usize = 4096;
/// What most texts need; a longer one still fits, but may be moved once as it grows.
const ROOM: usize = 128;

type Slot = Cell<Option<BytesMut>>;

thread_local! {
    static CURRENT: Slot = const { Cell::new(None) };
    static OTHER: Slot = const { Cell::new(None) };
}

/// The value that `fill` writes, which must be printable ASCII.
pub(super) fn value(fill: impl FnOnce(&mut BytesMut)) -> HeaderValue {
    as_value(text(fill))
}

/// A text of printable ASCII as a header value.
pub(super) fn as_value(text: Bytes) -> HeaderValue {
    // Never the fallback: only printable ASCII is written. A blank field counts as absent.
    HeaderValue::from_maybe_shared(text).unwrap_or(const { HeaderValue::from_static("") })
}

/// The text that `fill` writes.
pub(super) fn text(fill: impl FnOnce(&mut BytesMut)) -> Bytes {
    // Taken, not borrowed: `fill` runs foreign iterators, which may themselves write headers.
    let mut chunk = with_room(take(&CURRENT));
    fill(&mut chunk);
    let text = chunk.split().freeze();
    put(&CURRENT, chunk);
    text
}

#[inline]
fn with_room(mut chunk: BytesMut) -> BytesMut {
    if chunk.try_reclaim(ROOM) {
        chunk
    } else {
        turn_over(chunk)
    }
}

#[cold]
fn turn_over(full: BytesMut) -> BytesMut {
    let mut other = take(&OTHER);
    put(&OTHER, full);
    if other.try_reclaim(ROOM) {
        other
    } else {
        BytesMut::with_capacity(CHUNK)
    }
}

fn take(slot: &'static LocalKey<Slot>) -> BytesMut {
    slot.try_with(Cell::take).ok().flatten().unwrap_or_default()
}

/// In the last moments of a thread there is nowhere to put it: then it is freed.
fn put(slot: &'static LocalKey<Slot>, chunk: BytesMut) {
    let _ = slot.try_with(|slot| slot.set(Some(chunk)));
}
