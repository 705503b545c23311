//! What a counter surely still admits, and when it will admit more.

use super::{CLAIMED, Counter, GOES_ON};
use crate::adapt::model::Ask;
use crate::adapt::offset::signed;
use crate::adapt::sight::{seconds_between, secs, to_nanos};

impl Counter {
    pub(in crate::adapt) fn bound(&self, ask: &Ask<'_>) -> f64 {
        if let Some(steps) = &self.steps {
            return steps.bound(ask, self.window());
        }
        let Some(window) = &self.current else {
            return f64::INFINITY;
        };
        let foreign = match ask.shared {
            true => self.most[0].max(self.most[1]),
            false => self.lately,
        };
        let (length, now) = (self.window(), signed(ask.now));
        let in_flight = ask.ledger.in_flight as f64;
        let base = ask.limit - foreign - in_flight + self.credit(ask, length);
        if !window.edge.known {
            return base - window.own - self.previous;
        }
        let (early, late) = self.end(window);
        let part = |end: i64| (seconds_between(now, end) / length).clamp(0.0, 1.0);
        let stays = base - window.own - (self.previous * part(late)).ceil();
        if now < early {
            return stays;
        }
        // In the window after it, or perhaps one later still.
        let rolled =
            base - (window.own * part(late.saturating_add(signed(to_nanos(length))))).ceil();
        if now < late {
            stays.min(rolled)
        } else {
            rolled
        }
    }

    /// The end of the window after `now`, as early as it may be.
    pub(in crate::adapt) fn early_end(&self, now: u64) -> Option<u64> {
        if let Some(steps) = &self.steps {
            let (early, late) = steps.end_after(now, self.window())?;
            return Some(if early > now { early } else { late });
        }
        let window = self.current.as_ref().filter(|window| window.edge.known)?;
        let end = u64::try_from(self.end(window).0).unwrap_or(0);
        (end > now).then_some(end)
    }

    /// The end of the window, if it is not sure to have passed at `at`: at the earliest, and at the latest.
    pub(in crate::adapt) fn end_after(&self, at: u64) -> Option<(u64, u64)> {
        if let Some(steps) = &self.steps {
            return steps.end_after(at, self.window());
        }
        let window = self.current.as_ref().filter(|window| window.edge.known)?;
        let (early, late) = self.end(window);
        let late = u64::try_from(late).unwrap_or(0);
        (late > at).then_some((u64::try_from(early).unwrap_or(0), late))
    }

    /// How far the nearest end of a window is at that instant, as a part of a window, if it is known when they end.
    pub(in crate::adapt) fn nearest_end(&self, now: u64) -> Option<f64> {
        let window = to_nanos(self.window()).max(1);
        let end = match (&self.steps, &self.current) {
            (Some(steps), _) => signed(steps.end_after(now, self.window())?.1),
            (None, Some(current)) if current.edge.known => self.end(current).1,
            _ => return None,
        };
        let to_come = end.saturating_sub(signed(now)).rem_euclid(signed(window));
        let part = to_come as f64 / window as f64;
        Some(part.min(1.0 - part))
    }

    fn credit(&self, ask: &Ask<'_>, length: f64) -> f64 {
        match ask.shared && self.last > 0 {
            true => {
                let age = secs(ask.now.saturating_sub(self.last));
                self.gain(ask, length) * age - self.trend.goes_on(age.min(GOES_ON))
            }
            false => 0.0,
        }
    }

    fn gain(&self, ask: &Ask<'_>, length: f64) -> f64 {
        CLAIMED * ask.share * ask.limit / length
    }

    /// When the bound will be `need`, which is more by `missing`.
    pub(in crate::adapt) fn better_at(
        &self,
        ask: &Ask<'_>,
        need: f64,
        missing: f64,
    ) -> Option<u64> {
        if let Some(steps) = &self.steps {
            return steps.better_at(ask, need, self.window());
        }
        let window = self.current.as_ref()?;
        if !window.edge.known {
            return None;
        }
        let length = self.window();
        let (_, late) = self.end(window);
        let until_end = seconds_between(signed(ask.now), late);
        let credit = match ask.shared {
            true => self.gain(ask, length),
            false => 0.0,
        };
        let shrinks = if until_end > 0.0 {
            self.previous
        } else {
            window.own
        };
        let rate = shrinks / length + credit;
        let wait = missing / rate.max(1e-9);
        let wait = if until_end > 0.0 {
            wait.min(until_end)
        } else {
            wait
        };
        (wait < 1e6).then(|| ask.now.saturating_add(to_nanos(wait)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapt::model::counter::Window;
    use crate::adapt::sight::Edge;

    #[test]
    fn the_nearest_end_of_a_window_may_be_past_or_to_come() {
        let end = 1_000_000_000_000;
        let mut counter = Counter {
            stated: Some(60_000_000_000),
            current: Some(Window {
                edge: Edge {
                    label: None,
                    lo: end,
                    hi: end,
                    known: true,
                },
                own: 0.0,
                doubtful: 0.0,
                answered_before: 0.0,
                strays: 0.0,
                asked: 0,
                told: 1,
            }),
            ..Counter::default()
        };
        let at = |counter: &Counter, seconds: u64| counter.nearest_end(seconds * 1_000_000_000);
        let parts = [940, 955, 970, 985, 1000, 1006, 1054, 1066].map(|at_| at(&counter, at_));
        let expected = [0.0, 0.25, 0.5, 0.25, 0.0, 0.1, 0.1, 0.1];
        for (part, expected) in parts.iter().zip(expected) {
            assert!((part.unwrap() - expected).abs() < 1e-9, "{parts:?}");
        }
        // Where nobody knows the server's clock, nobody knows when a window ends.
        if let Some(window) = &mut counter.current {
            window.edge.known = false;
        }
        assert_eq!(at(&counter, 970), None);
    }
}
