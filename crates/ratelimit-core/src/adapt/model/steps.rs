//! A sliding window in two counters whose resets say when the next unit comes, as `t=` in the `RateLimit` field may:
//! they move with every request, and do not name a window's end.
//!
//! What was left, less what was sent since, is sure all the same while nobody else is there, for what is used
//! only shrinks; and one unit more is there after each reset. While nothing is used of the window before, the
//! next unit comes `window / used` after the end of this one: so the first answers tell when that is.

use super::recent::Recent;
use super::{Ask, Foreign};
use crate::adapt::ledger::Ledger;
use crate::adapt::offset::signed;
use crate::adapt::sight::{Edge, Sight, seconds_between, secs, to_nanos};

const ANSWERS: usize = 12;
/// So many answers that name the same end are no accident, if what they state differs by so much, in seconds.
const ENOUGH: u32 = 3;
const APART: f64 = 2.0;
/// Windows of two machines differ by a part in so many.
const DRIFT: i64 = 10_000;

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    answers: [Option<Seen>; ANSWERS],
    next: usize,
    end: Option<End>,
    /// What others use at least, by when windows end.
    least: Recent,
    last: u64,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    now: u64,
    /// What was left, and what of our own was surely taken off by then.
    base: f64,
    /// When there is one more.
    more_at: u64,
}

/// When a window ends, between two instants, by so many answers.
#[derive(Clone, Copy, Debug)]
struct End {
    lo: i64,
    hi: i64,
    told: u32,
    /// The shortest and the longest distance of what was stated from the end.
    apart: (f64, f64),
}

impl Steps {
    /// A window has ended there.
    pub(super) fn after(edge: &Edge) -> Self {
        let end = End {
            lo: edge.lo,
            hi: edge.hi,
            told: ENOUGH,
            apart: (0.0, APART),
        };
        Self {
            end: Some(end),
            ..Self::default()
        }
    }

    pub(super) fn observe(&mut self, sight: &Sight, ledger: &Ledger, window: f64) -> Foreign {
        self.learn_end(sight, ledger, window);
        let foreign = self.foreign(sight, ledger, window);
        let before = asked(sight);
        let more_at = sight.edge.filter(|edge| edge.known);
        let more_at = more_at.map_or(u64::MAX, |edge| u64::try_from(edge.hi).unwrap_or(0));
        self.answers[self.next] = Some(Seen {
            now: sight.now,
            base: sight.left + ledger.answered_by(before) + sight.counted(),
            more_at,
        });
        self.next = (self.next + 1) % ANSWERS;
        foreign
    }

    fn learn_end(&mut self, sight: &Sight, ledger: &Ledger, window: f64) {
        let used = sight.limit - sight.left;
        let Some(edge) = sight.edge.filter(|edge| edge.known && used >= 1.0) else {
            return;
        };
        // Once it has passed, the window before it counts too, and then for ever.
        if self.end.is_some_and(|end| signed(sight.now) >= end.lo) || used > ledger.net() {
            return self.forget_doubtful();
        }
        let after = window / used;
        let by = signed(to_nanos(after));
        let lo = edge.lo.saturating_sub(by).saturating_sub(signed(sight.lag));
        let seen = End {
            lo,
            hi: edge.hi.saturating_sub(by),
            told: 1,
            apart: (after, after),
        };
        self.end = Some(self.end.map_or(seen, |end| end.and(seen)));
    }

    /// An end of which too little was told before it passed.
    fn forget_doubtful(&mut self) {
        self.end = self.end.filter(End::is_sure);
    }

    fn foreign(&mut self, sight: &Sight, ledger: &Ledger, window: f64) -> Foreign {
        let before = asked(sight);
        let used = sight.limit - sight.left;
        let sent = ledger.net_then(sight.sent);
        let since = (self.answers.iter().flatten()).map(|seen| seen.base - sent - sight.left);
        let since = since.fold(f64::NEG_INFINITY, f64::max);
        let Some((from, to)) = self.began(before, window) else {
            return Foreign {
                least: since,
                most: used - sight.counted(),
            };
        };
        let possible = most_used(ledger, sent, (from, to), before, window);
        let late = self.began(sight.now, window).map_or(0, |(from, _)| from);
        let sure = match late.saturating_sub(from) < to_nanos(0.5 * window) {
            true => least_used(ledger, before, (from, to), sight.now, window),
            false => 0.0,
        };
        self.least.push(sight.now, (used - possible).max(0.0));
        self.last = sight.now;
        Foreign {
            least: since.max(used - possible),
            most: used - sure - sight.counted(),
        }
    }

    /// When the window that is current at `at` began: at the earliest, and at the latest.
    fn began(&self, at: u64, window: f64) -> Option<(u64, u64)> {
        let end = self.end.filter(End::is_sure)?;
        let (at, length) = (signed(at), signed(to_nanos(window)).max(1));
        let drift = (at - end.hi).abs() / DRIFT;
        let (lo, hi) = (end.lo - drift, end.hi + drift);
        let windows = (at - lo).div_euclid(length);
        let start = |end: i64| u64::try_from(end + windows * length).unwrap_or(0);
        // Where it is not sure whether one has ended, the longer one.
        match lo + windows * length <= at && at < hi + windows * length {
            true => Some((start(lo - length), start(hi))),
            false => Some((start(lo), start(hi))),
        }
    }

    pub(super) fn bound(&self, ask: &Ask<'_>, window: f64) -> f64 {
        let net = ask.ledger.net();
        let stays = |seen: &Seen| {
            let more = ask.now >= seen.more_at && !ask.shared;
            seen.base - net + if more { 1.0 } else { 0.0 }
        };
        if ask.shared {
            let last = self.answers[(self.next + ANSWERS - 1) % ANSWERS].as_ref();
            let credit = |seen: &Seen| {
                ask.share * ask.limit / window * secs(ask.now.saturating_sub(seen.now))
            };
            return last.map_or(f64::INFINITY, |seen| stays(seen) + credit(seen));
        }
        let told = self.answers.iter().flatten().map(stays);
        told.fold(self.by_windows(ask, window), f64::max)
    }

    /// What is left if others use no more than they did, as far as it is known when windows end.
    fn by_windows(&self, ask: &Ask<'_>, window: f64) -> f64 {
        let Some(began) = self.began(ask.now, window) else {
            return f64::NEG_INFINITY;
        };
        let recently = self.last.saturating_sub(10_000_000_000);
        let own = most_used(ask.ledger, ask.ledger.net(), began, ask.now, window);
        ask.limit - own - self.least.max_since(recently)
    }

    /// When the bound will be `need`.
    pub(super) fn better_at(&self, ask: &Ask<'_>, need: f64, window: f64) -> Option<u64> {
        let at = |now: u64| self.bound(&Ask { now, ..*ask }, window) >= need;
        earliest(ask.now, to_nanos(2.0 * window), at)
    }

    /// The first end of a window that is not sure to have passed at `at`: at the earliest, and at the latest.
    pub(super) fn end_after(&self, at: u64, window: f64) -> Option<(u64, u64)> {
        let (from, to) = self.began(at, window)?;
        let length = to_nanos(window);
        Some((from + length, to + length))
    }

    pub(super) fn void(&mut self) {
        (self.answers, self.next) = ([None; ANSWERS], 0);
        self.least = Recent::default();
    }
}

impl End {
    /// Both are the same end; the newer one, if they cannot be.
    fn and(self, newer: Self) -> Self {
        let (lo, hi) = (self.lo.max(newer.lo), self.hi.min(newer.hi));
        if lo > hi {
            return newer;
        }
        let apart = (
            self.apart.0.min(newer.apart.0),
            self.apart.1.max(newer.apart.1),
        );
        Self {
            lo,
            hi,
            told: self.told + 1,
            apart,
        }
    }

    fn is_sure(&self) -> bool {
        self.told >= ENOUGH && self.apart.1 - self.apart.0 >= APART
    }
}

/// Just before the request was sent: what was answered by then does not include it.
fn asked(sight: &Sight) -> u64 {
    sight.sent.saturating_sub(sight.lag + 1)
}

/// What of our own may be counted at `at`, if so much was `sent` and the window began between two instants.
fn most_used(ledger: &Ledger, sent: f64, (from, to): (u64, u64), at: u64, window: f64) -> f64 {
    let length = to_nanos(window);
    let ended = ledger.answered_by(from);
    let before = ledger.answered_by(to) - ledger.answered_by(from.saturating_sub(length));
    let rest = seconds_between(signed(at), signed(to.saturating_add(length)));
    sent - ended + (before * (rest / window).clamp(0.0, 1.0)).ceil()
}

/// What of our own is surely counted of what was asked for by `before`, until `now`.
fn least_used(ledger: &Ledger, before: u64, (from, to): (u64, u64), now: u64, window: f64) -> f64 {
    let length = to_nanos(window);
    let current = ledger.answered_by(before) - ledger.sent_by_at_most(to);
    let previous = ledger.answered_by(from) - ledger.sent_by_at_most(to.saturating_sub(length));
    let rest = seconds_between(signed(now), signed(from.saturating_add(length)));
    let part = (rest / window).clamp(0.0, 1.0);
    current.max(0.0) + (previous.max(0.0) * part).floor()
}

/// The first instant within `span` from `now` at which something is so that stays so from then on, to a
/// millisecond.
fn earliest(now: u64, span: u64, is_so: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut no, mut yes) = (now, now.saturating_add(span).saturating_add(1));
    if !is_so(yes) {
        return None;
    }
    while yes - no > 1_000_000 {
        let middle = no + (yes - no) / 2;
        if is_so(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    Some(yes)
}
