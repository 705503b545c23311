//! What requests are charged in the end, and who says so.

use ratelimit_core::Outcome;
use ratelimit_tower::limit::Charge;

use super::super::file::{self, Fate, Word};
use super::super::syntax::suggest;
use super::Checker;

const CHARGES: [&str; 4] = ["successes", "header:NAME", "field:PATH", "bytes:SIZE"];

impl Checker<'_> {
    pub(super) fn charge(&mut self, raw: &file::Meter) -> Option<(String, Charge)> {
        let word = raw.charge.as_ref();
        if let Some(word) = word.filter(|_| raw.cost.is_none()) {
            self.warn_of_no_guess(word);
        }
        let (text, mut charge) = match word {
            Some(word) => (word.get_ref().as_str(), self.used(word)?),
            None => ("what it costs", Charge::estimated()),
        };
        let mut text = text.to_owned();
        for (fate, name) in [(raw.failed, "failed"), (raw.lost, "lost")] {
            let Some(fate) = fate else { continue };
            let (outcome, what) = match fate {
                Fate::Keep => (Outcome::Keep, "kept"),
                Fate::Refund => (Outcome::Cancel, "refunded"),
            };
            charge = match name {
                "failed" => charge.with_failed(outcome),
                _ => charge.with_lost(outcome),
            };
            text = format!("{text}, {what} if {name}");
        }
        Some((text, charge))
    }

    /// What is known only from the response is guessed until then.
    fn warn_of_no_guess(&mut self, word: &Word) {
        let text = word.get_ref();
        if text.starts_with("header:") || text.starts_with("field:") {
            let message = "until it is known each request counts as 1; a caller may have far more under way \
                           than the limit grants";
            let hint = "set `cost` to what a request usually uses, as in `cost = 500`";
            self.warn(word.span().start, message, hint);
        }
    }

    /// What says what was used.
    fn used(&mut self, word: &Word) -> Option<Charge> {
        let text = word.get_ref();
        let (kind, argument) = text.split_once(':').unwrap_or((text, ""));
        let at = self.inside(&word.span(), text, kind.len() + 1);
        match (kind, argument) {
            ("successes", "") if text == kind => Some(Charge::of_successes()),
            ("header", _) => self
                .header_name(word, "header:".len())
                .map(Charge::by_header),
            ("field", path) if !path.split('.').any(str::is_empty) => Some(Charge::by_field(path)),
            ("field", _) => {
                let hint = "name the members that lead to it, as in `field:usage.total_tokens`";
                self.wrong(at, "this is no field of JSON", hint);
                None
            }
            ("bytes", size) => match size.parse().ok().filter(|size: &u32| *size > 0) {
                Some(size) => Some(Charge::by_bytes(size)),
                None => {
                    let hint = "say how many bytes are one unit, as in `bytes:1` or `bytes:1024`";
                    self.wrong(at, "this is no number of bytes", hint);
                    None
                }
            },
            _ => {
                let message = "nothing says so what was used";
                self.wrong(word.span().start, message, suggest(text, &CHARGES));
                None
            }
        }
    }
}
