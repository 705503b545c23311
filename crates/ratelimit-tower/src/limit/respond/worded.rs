//! Bodies that were worded before.
//!
//! Whoever is refused and does not listen comes again at once, and is told the same until a second has passed: to word it
//! anew each time would cost more than the refusal. So each thread keeps the bodies of the last few refusals.
//!
//! Danger: what a body says must be part of what it is found by. It may say nothing about the request.

use std::cell::RefCell;

use bytes::Bytes;
use ratelimit_core::Reason;

/// So many of them: one for each of the last numbers of seconds that somebody was told to wait.
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
        let (name, body) = (name.into(), word());
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
mod tests {
    use super::*;

    fn with(saying: Saying, numbers: [Option<u64>; 2]) -> Saying {
        Saying { numbers, ..saying }
    }

    #[test]
    fn a_body_is_worded_once_and_never_taken_for_another() {
        let first = Saying {
            form: Form::Problem,
            reason: Reason::Rate,
            numbers: [Some(7), None],
        };
        let form = Form::Error;
        let reason = Reason::Quota;
        let all = [
            (first, "minute"),
            (first, "hour"),
            (Saying { form, ..first }, "minute"),
            (Saying { reason, ..first }, "minute"),
            (with(first, [Some(7), Some(1)]), "minute"),
            (with(first, [Some(7 + KEPT as u64), None]), "minute"),
        ];
        for round in 0..2 {
            for (saying, name) in all {
                let text = Bytes::from(format!("{round} {saying:?} {name}"));
                assert_eq!(body(saying, name, || text.clone()), text);
                let again = || -> Bytes { unreachable!("it was worded") };
                assert_eq!(body(saying, name, again), text);
            }
        }
    }
}
