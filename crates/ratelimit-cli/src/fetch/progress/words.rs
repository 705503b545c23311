//! How it stands, in words.

use std::time::Duration;

use super::view::View;
use crate::explain::words::{about, time};

impl View {
    /// Everything but how much is done, the most important first: a narrow terminal cuts the end off.
    pub(super) fn details(&self) -> String {
        let mut words = Vec::new();
        if self.sent_lately > 0 {
            words.push(format!("{}/min", self.sent_lately));
        }
        match self.left {
            Some((left, Some(reset))) => {
                words.push(format!("{left} left for {}", about(reset)));
            }
            Some((left, None)) => words.push(format!("{left} left")),
            None => {}
        }
        if let Some(to_go) = self.to_go {
            words.push(format!("{} to go", about(to_go)));
        }
        words.push(format!("429: {}", self.refused));
        words.push(format!("{} waiting", self.waiting));
        words.join(" | ")
    }

    pub(super) fn line(&self) -> String {
        let done = match self.total {
            Some(total) => format!("{} of {total} done", self.done),
            None => format!("{} done", self.done),
        };
        format!("{} | {done} | {}", about(self.elapsed), self.details())
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
            "2 min 5 s | 120 of 500 done | 58/min | 12 left for 34 s | 6 min 33 s to go | 429: 0 | 9 waiting"
        );
        (view.total, view.to_go, view.left, view.sent_lately) = (None, None, None, 0);
        assert_eq!(view.line(), "2 min 5 s | 120 done | 429: 0 | 9 waiting");
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
