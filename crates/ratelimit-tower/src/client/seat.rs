//! How a request that was refused finds its place again: what a throttle keeps, and a retry brings back.
//!
//! A request cannot carry it. Not all types of requests have room for something that is not sent
//! (reqwest's has none that we could use). So it is handed over on the spot: a throttle leaves the seat here
//! when its response is there, and the retry that polled it takes it; the retry offers it while it calls,
//! and the throttle that is called takes it. Both happen within one call of a function, on one thread.
//!
//! Danger: where something stands between the two that calls later, or on another task (tower's `Buffer`),
//! the seat is not found. Then the request is a newcomer, as it would be without all this.

use std::cell::Cell;
use std::thread::LocalKey;

use ratelimit_core::wait::Seat;

thread_local! {
    static KEPT: Cell<Option<Kept>> = const { Cell::new(None) };
    static OFFERED: Cell<Option<Seat>> = const { Cell::new(None) };
}

/// What a throttle keeps of a request that was refused.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) seat: Seat,
    /// Whether the gate is shut until the request may come again: nobody need wait outside of it.
    pub(crate) waits: bool,
}

/// The throttle keeps this for whoever asked.
pub(crate) fn keep(kept: Kept) {
    put(&KEPT, kept);
}

/// What was kept while `poll` ran.
pub(crate) fn kept_while<T>(poll: impl FnOnce() -> T) -> (T, Option<Kept>) {
    drop(take(&KEPT)); // somebody else's, who did not want it
    let answer = poll();
    (answer, take(&KEPT))
}

/// Offers the seat while `call` runs.
pub(crate) fn offer_while<T>(seat: Option<Seat>, call: impl FnOnce() -> T) -> T {
    let _end = End;
    if let Some(seat) = seat {
        put(&OFFERED, seat);
    }
    call()
}

/// The seat that is offered by whoever calls.
pub(crate) fn offered() -> Option<Seat> {
    take(&OFFERED)
}

/// What nobody took is offered to nobody else, also after a panic.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        drop(offered());
    }
}

// A thread that ends has none of them any more.

fn put<T>(slot: &'static LocalKey<Cell<Option<T>>>, value: T) {
    let _ = slot.try_with(|slot| slot.set(Some(value)));
}

fn take<T>(slot: &'static LocalKey<Cell<Option<T>>>) -> Option<T> {
    slot.try_with(Cell::take).ok().flatten()
}
