//! What an adaptive layer does with a response: tells the pilot, and pauses everybody if it refuses.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use ratelimit_core::adapt::Verdict;
use ratelimit_core::wait::{Gate, Pass};
use ratelimit_headers::is_from_cache;

use super::config::Config;
use super::learn::Lessons;
use super::translate::{Translation, believable};
use crate::client::seat::{self, Kept};
use crate::client::{Wall, stated_wait_of};

/// Refusals that do not say how long to stay away are not waited for longer than this.
const LONGEST_GUESS: Duration = Duration::from_secs(60);

pub(super) fn hear(
    (gate, pass): (&Gate, &mut Pass),
    config: &Config,
    wall: &Wall,
    (status, headers): (StatusCode, &HeaderMap),
) {
    let reading = ratelimit_headers::read(headers, wall.now());
    let stated = stated_wait_of(status, headers, &reading);
    let lessons = &config.lessons;
    if is_from_cache(headers) {
        return hear_again((gate, pass), lessons, stated);
    }
    let translation = Translation::new((status, headers), &reading, config, wall);
    let is_silent = translation.verdict == Verdict::refused(None);
    // The pause comes first: nobody may slip out between the two.
    if let Some(wait) = stated.or(is_silent.then_some(lessons.default_pause)) {
        lessons.pause(gate, wait);
    }
    pass.answered(&translation.answer(pass.actual()));
    if is_silent {
        lessons.pause(gate, guess(gate, lessons));
    }
    if stated.is_some() || is_silent {
        keep_seat(pass, gate.paused_until().is_some());
    }
}

/// A cache has answered. What it states of limits was somebody else's, and no limiter has seen this request; but
/// for how long the server wants to be left alone, it has told to all.
fn hear_again((gate, pass): (&Gate, &mut Pass), lessons: &Lessons, stated: Option<Duration>) {
    if let Some(wait) = stated {
        lessons.pause(gate, wait);
        keep_seat(pass, true);
    }
    pass.uncounted();
}

/// The request may want to come again.
pub(super) fn keep_seat(pass: &mut Pass, waits: bool) {
    if let Some(seat) = pass.seat() {
        seat::keep(Kept { seat, waits });
    }
}

/// Twice as long each time.
fn guess(gate: &Gate, lessons: &Lessons) -> Duration {
    let doublings = gate.silent_refusals().saturating_sub(1).min(16);
    let longest = LONGEST_GUESS.max(lessons.default_pause);
    lessons
        .default_pause
        .saturating_mul(1 << doublings)
        .min(longest)
}

impl Lessons {
    /// Pauses for no less than this. Refusals that came in one burst tell of one pause: the first
    /// draws by how much it is lengthened, not the unluckiest.
    fn pause(&self, gate: &Gate, wait: Duration) {
        let wait = believable(wait, self.longest_pause);
        let end = gate.now().saturating_add(wait);
        if gate.paused_until().is_none_or(|until| until < end) {
            gate.pause_until(end.saturating_add(self.jitter_for(wait)));
        }
    }
}
