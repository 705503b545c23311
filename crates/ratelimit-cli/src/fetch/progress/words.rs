//! How it stands, in words.

use std::time::Duration;

use super::tally::MINUTE;
use super::view::View;
use crate::explain::words::{about, time};

/// Between two of them.
const BAR: &str = " | ";

impl View {
    /// As much as has room in so many columns, the most important first.
    pub(super) fn within(&self, columns: usize) -> String {
        let mut text = self.done();
        for word in self.words() {
            if (text.chars().count() + BAR.len() + word.chars().count()) <= columns {
                text += BAR;
                text += &word;
            }
        }
        text
    }

    /// All of it.
    pub(super) fn line(&self) -> String {
        let mut words = vec![about(self.elapsed), format!("{} done", self.done_of())];
        words.extend(self.words());
        words.join(BAR)
    }

    fn done(&self) -> String {
        match self.total {
            Some(total) => format!("{}/{total}", self.done),
            None => format!("{} done", self.done),
        }
    }

    fn done_of(&self) -> String {
        match self.total {
            Some(total) => format!("{} of {total}", self.done),
            None => self.done.to_string(),
        }
    }

    /// The most important first.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(to_go) = self.to_go {
            words.push(format!("{} to go", about(to_go)));
        }
        match self.left {
            Some((left, Some(reset))) => {
                words.push(format!("{left} left for {}", about(reset)));
            }
            Some((left, None)) => words.push(format!("{left} left")),
            None => {}
        }
        words.push(format!("429: {}", self.refused));
        match self.sent_lately {
            0 => {}
            // It is no rate before there was a minute.
            sent if self.elapsed < MINUTE => words.push(format!("{sent} sent")),
            sent => words.push(format!("{sent} sent/min")),
        }
        words.push(format!("{} waiting", self.waiting));
        words
    }
}

/// A time that was measured: below ten seconds to the tenth, else to the second.
pub(super) fn measured(long: Duration) -> String {
    match long.as_secs() {
        seconds @ 0..10 => {
            let tenths = long.subsec_millis() / 100;
            time(Duration::from_secs(seconds) + Duration::from_millis(100) * tenths)
        }
        seconds => time(Duration::from_secs(seconds)),
    }
}

/// `1 item`, `2 items`.
pub(super) fn some(number: u64, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => match what.strip_suffix('y') {
            Some(stem) => format!("{number} {stem}ies"),
            None => format!("{number} {what}s"),
        },
    }
}

/// A part of a whole in percent, to a tenth.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let tenths = part.saturating_mul(1000) / whole.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_known() {
        let mut view = View {
            elapsed: Duration::from_secs(125),
            done: 120,
            total: Some(500),
            sent_lately: 58,
            left: Some((12, Some(Duration::from_secs(34)))),
            refused: 0,
            waiting: 9,
            to_go: Some(Duration::from_secs(393)),
        };
        assert_eq!(
            view.line(),
            "2 min 5 s | 120 of 500 done | 6 min 33 s to go | 12 left for 34 s | 429: 0 | 58 sent/min | 9 waiting"
        );
        view.elapsed = Duration::from_secs(59);
        (view.total, view.to_go, view.left) = (None, None, None);
        assert_eq!(
            view.line(),
            "59 s | 120 done | 429: 0 | 58 sent | 9 waiting"
        );
        view.sent_lately = 0;
        assert_eq!(view.line(), "59 s | 120 done | 429: 0 | 9 waiting");
    }

    #[test]
    fn what_has_no_room_is_left_out_and_nothing_is_cut() {
        let view = View {
            elapsed: Duration::from_secs(125),
            done: 12_000,
            total: Some(50_000),
            sent_lately: 5800,
            left: Some((1200, Some(Duration::from_secs(34)))),
            refused: 0,
            waiting: 9,
            to_go: Some(Duration::from_secs(393)),
        };
        let whole = "12000/50000 | 6 min 33 s to go | 1200 left for 34 s | 429: 0 | 5800 sent/min | 9 waiting";
        assert_eq!(view.within(whole.len()), whole);
        assert_eq!(
            view.within(70),
            "12000/50000 | 6 min 33 s to go | 1200 left for 34 s | 429: 0"
        );
        // What is shorter may still have room.
        assert_eq!(view.within(48), "12000/50000 | 6 min 33 s to go | 429: 0");
        assert_eq!(view.within(3), "12000/50000");
    }

    #[test]
    fn numbers_have_their_words() {
        assert_eq!(some(1, "retry"), "1 retry");
        assert_eq!(some(0, "retry"), "0 retries");
        assert_eq!(some(2, "item"), "2 items");
        assert_eq!(percent(1, 503), "0.1 %");
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(measured(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(measured(Duration::from_millis(61_234)), "1 min 1 s");
    }
}
