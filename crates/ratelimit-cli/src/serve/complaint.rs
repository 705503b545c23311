//! What goes wrong many times a second is said now and then.

use std::time::Duration;

use tokio::time::Instant;

/// How long it is kept quiet.
const QUIET: Duration = Duration::from_secs(10);

/// A complaint that is not repeated at once.
#[derive(Debug, Default)]
pub(super) struct Complaint {
    said: Option<Instant>,
    unsaid: u64,
}

impl Complaint {
    /// The line to print, if it is time for one again.
    pub(super) fn at(&mut self, now: Instant, text: &str) -> Option<String> {
        let quiet = |said: Instant| now.duration_since(said) < QUIET;
        if self.said.is_some_and(quiet) {
            self.unsaid += 1;
            return None;
        }
        self.said = Some(now);
        Some(match std::mem::take(&mut self.unsaid) {
            0 => text.to_owned(),
            unsaid => format!("{text} (and {unsaid} times since this was last said)"),
        })
    }

    pub(super) fn say(&mut self, text: &str) {
        if let Some(line) = self.at(Instant::now(), text) {
            crate::complain(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_once_in_a_while_with_how_often_it_was_not() {
        let (mut complaint, start) = (Complaint::default(), Instant::now());
        let mut at = |seconds| complaint.at(start + Duration::from_secs(seconds), "full");
        assert_eq!(at(0).as_deref(), Some("full"));
        assert_eq!(at(1), None);
        assert_eq!(at(9), None);
        let again = at(10).unwrap();
        assert_eq!(again, "full (and 2 times since this was last said)");
        assert_eq!(at(20).as_deref(), Some("full"));
    }
}
