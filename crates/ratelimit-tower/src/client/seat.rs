//! How a request that was refused finds its place again: what a throttle keeps, and a retry brings back.
//!
//! A request cannot carry it. Not all types of requests have room for something that is not sent
//! (reqwest's has none that we could use). So it is handed over on the spot: a throttle leaves the seat here
//! when its response is there, and the retry that polled it takes it; the retry offers it while it calls and
//! polls, and the throttle of that gate takes it. All of it happens within one call of a function, on one thread.
//! In the same way the throttle learns until when the retry may send, and the retry that nothing was sent.
//!
//! Danger: where something stands between the two that calls later, or on another task (tower's `Buffer`),
//! the seat is not found. Then the request is a newcomer, as it would be without all this.

use std::cell::RefCell;
use std::mem;

use ratelimit_core::wait::{Gate, Seat};
use tokio::time::Instant;

/// More throttles than this are not stacked.
const MOST: usize = 8;

thread_local! {
    /// Nothing where there is no retry around.
    static HANDED: RefCell<Option<Handed>> = const { RefCell::new(None) };
}

/// What a retry brings to the throttles within it.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    seats: Vec<Seat>,
    deadline: Option<Instant>,
}

/// What a throttle keeps of a request that was refused.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) seat: Seat,
    /// Whether the gate is shut until the request may come again: nobody need wait outside of it.
    pub(crate) waits: bool,
}

/// What throttles leave for the retry around them.
#[derive(Debug, Default)]
pub(crate) struct Left {
    kept: Vec<Kept>,
    /// Whether a throttle did not let it go.
    pub(crate) is_unsent: bool,
}

/// What passes between the two while one of them runs.
#[derive(Default)]
struct Handed {
    offer: Offer,
    left: Left,
}

/// The throttle keeps this for whoever asked.
pub(crate) fn keep(kept: Kept) {
    with(|handed| handed.left.add(kept));
}

/// The throttle has not let it go.
pub(crate) fn is_unsent() {
    with(|handed| handed.left.is_unsent = true);
}

/// The seat at this gate that is offered by whoever calls.
pub(crate) fn offered(gate: &Gate) -> Option<Seat> {
    with(|handed| {
        let seats = &mut handed.offer.seats;
        let at = seats.iter().position(|seat| gate.knows(seat))?;
        Some(seats.swap_remove(at))
    })?
}

/// When whoever calls does not want it to go any more.
pub(crate) fn deadline() -> Option<Instant> {
    with(|handed| handed.offer.deadline)?
}

/// Makes this offer while `run` runs, and collects what is left meanwhile. What nobody took is offered the
/// next time.
pub(crate) fn hand<T>(offer: &mut Offer, left: &mut Left, run: impl FnOnce() -> T) -> T {
    let _within = Within::begin(offer, left);
    run()
}

/// For as long as it lasts, what is handed over is this retry's, not that of another around it; also when a
/// panic ends it.
struct Within<'a> {
    offer: &'a mut Offer,
    left: &'a mut Left,
    outer: Option<Handed>,
}

impl<'a> Within<'a> {
    fn begin(offer: &'a mut Offer, left: &'a mut Left) -> Self {
        let mine = Handed {
            offer: mem::take(offer),
            left: mem::take(left),
        };
        let outer = swap(Some(mine));
        Self { offer, left, outer }
    }
}

impl Drop for Within<'_> {
    fn drop(&mut self) {
        if let Some(mine) = swap(self.outer.take()) {
            *self.offer = mine.offer;
            *self.left = mine.left;
        }
    }
}

impl Offer {
    pub(crate) fn new(seats: Vec<Seat>, deadline: Option<Instant>) -> Self {
        Self { seats, deadline }
    }
}

impl Left {
    /// The latest come first: what was sent again on the way to an answer has a newer one.
    fn add(&mut self, kept: Kept) {
        self.kept.insert(0, kept);
        self.kept.truncate(MOST);
    }

    /// Whether a gate is shut until the request may come again.
    pub(crate) fn waits(&self) -> bool {
        self.kept.iter().any(|kept| kept.waits)
    }

    pub(crate) fn into_seats(self) -> Vec<Seat> {
        self.kept.into_iter().map(|kept| kept.seat).collect()
    }
}

// A thread that ends has none of them any more. Nothing foreign runs in here, so nobody holds it twice.

fn with<T>(run: impl FnOnce(&mut Handed) -> T) -> Option<T> {
    let run = |handed: &RefCell<Option<Handed>>| handed.try_borrow_mut().ok()?.as_mut().map(run);
    HANDED.try_with(run).ok()?
}

fn swap(other: Option<Handed>) -> Option<Handed> {
    let swap = |handed: &RefCell<Option<Handed>>| handed.replace(other);
    HANDED.try_with(swap).ok()?
}
