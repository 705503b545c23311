//! Bodies that were worded before.
//!
//! Whoever is refused and does not listen comes again at once, and is told the same until a second has passed: to word it
//! anew each time would take a good part of a refusal. So each thread keeps a few bodies.
//!
//! Danger: what a body says must be part of what it is found by. It may say nothing about the request.

use std::cell::RefCell;

use bytes::Bytes;
use ratelimit_core::Reason;

/// So many of them. Each has the place that its number of seconds has, so some push others out.
const KEPT: usize = 16;

thread_local! {
    static BODIES: RefCell<[Option<Worded>; KEPT]> = const { RefCell::new([const { None }; KEPT]) };
}

/// Which responder words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Problem,
    Error,
}

/// What a body says beside a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Saying {
    pub(super) form: Form,
    pub(super) reason: Reason,
    /// Those of the wording, which together with the reason are all of it.
    pub(super) numbers: [Option<u64>; 2],
}

#[derive(Debug)]
struct Worded {
    saying: Saying,
    name: Box<str>,
    body: Bytes,
}

/// The body that says this of the policy of this name; `word` words it if nobody has lately.
pub(super) fn body(saying: Saying, name: &str, word: impl Fn() -> Bytes) -> Bytes {
    let kept = BODIES.try_with(|bodies| {
        let mut bodies = bodies.borrow_mut();
        let place = &mut bodies[saying.place()];
        if let Some(worded) = place {
            if worded.saying == saying && *worded.name == *name {
                return worded.body.clone();
            }
        }
        let same = place.take().map(|worded| worded.name);
        let same = same.filter(|kept| **kept == *name);
        let (name, body) = (same.unwrap_or_else(|| name.into()), word());
        place.insert(Worded { saying, name, body }).body.clone()
    });
    // In the last moments of a thread there is nowhere to keep it.
    kept.unwrap_or_else(|_| word())
}

impl Saying {
    fn place(&self) -> usize {
        let number = self.numbers[0].unwrap_or_default();
        usize::try_from(number % KEPT as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
