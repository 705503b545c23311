//! What is said at the end.

use super::tally::{Counts, Tally};
use super::words::{measured, percent, some};
use crate::fetch::outcome::Verdict;

/// What came of the items, and what it took.
pub(in crate::fetch) fn summary(tally: &Tally) -> String {
    let elapsed = tally.elapsed();
    let (refused, counts) = (tally.usage().summary().refused, tally.counts());
    let items: u64 = counts.verdicts.values().sum();
    let took = measured(elapsed);
    let mut lines = vec![format!(
        "{} in {took}: {}",
        some(items, "item"),
        verdicts(&counts)
    )];
    lines.extend(before(&counts));
    if counts.sent > 0 {
        let part = percent(refused, counts.sent);
        // A redirect is sent too, but not because something failed.
        let retries = counts.retries.saturating_sub(counts.redirects);
        let mut line = format!(
            "{} sent, {refused} refused with 429 ({part}), {}",
            some(counts.sent, "request"),
            some(retries, "retry"),
        );
        if counts.redirects > 0 {
            line += &format!(", {}", some(counts.redirects, "redirect"));
        }
        lines.push(line);
    }
    // Whoever writes results to a file would have to look for it there.
    if let Some((number, why)) = &counts.first_error {
        let why: String = why.chars().filter(|c| !c.is_control()).collect();
        lines.push(format!("the first error, of line {number}: {why}"));
    }
    lines.join("\n")
}

/// `100 items were done before`
fn before(counts: &Counts) -> Option<String> {
    let mut words = Vec::new();
    if counts.done_before > 0 {
        words.push(format!("{} done before", some(counts.done_before, "item")));
    }
    if counts.strange > 0 {
        let results = some(counts.strange, "result");
        words.push(format!("{results} of before of no item in the input"));
    }
    Some(words.join(", ")).filter(|words| !words.is_empty())
}

/// `498 ok, 2 failed (1 x 404, 1 x no answer)`
fn verdicts(counts: &Counts) -> String {
    let of = |verdict| counts.verdicts.get(&verdict).copied().unwrap_or(0);
    let failed = counts
        .verdicts
        .iter()
        .filter_map(|(verdict, count)| match verdict {
            Verdict::Status(status) => Some((status.to_string(), *count)),
            Verdict::Error => Some(("no answer".to_owned(), *count)),
            Verdict::Unsent => Some(("not sent".to_owned(), *count)),
            Verdict::Ok | Verdict::Cancelled => None,
        });
    let failed: Vec<_> = failed.collect();
    let mut text = format!(
        "{} ok, {} failed",
        of(Verdict::Ok),
        failed.iter().map(|(_, count)| count).sum::<u64>()
    );
    if !failed.is_empty() {
        let kinds: Vec<_> = failed
            .iter()
            .map(|(kind, count)| format!("{count} x {kind}"))
            .collect();
        text += &format!(" ({})", kinds.join(", "));
    }
    match of(Verdict::Cancelled) {
        0 => text,
        cancelled => format!("{text}, {cancelled} cancelled"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn everything_is_summed_up() {
        let tally = Tally::new();
        assert_eq!(summary(&tally), "0 items in 0 s: 0 ok, 0 failed");
        tokio::time::advance(Duration::from_secs(500)).await;
        let mut counts = tally.counts();
        let of = [
            (Verdict::Ok, 496),
            (Verdict::Status(404), 1),
            (Verdict::Error, 1),
            (Verdict::Unsent, 1),
            (Verdict::Cancelled, 1),
        ];
        counts.verdicts = of.into_iter().collect();
        (counts.sent, counts.retries, counts.redirects) = (503, 3, 1);
        counts.first_error = Some((7, "it `broke`\n".to_owned()));
        drop(counts);
        assert_eq!(
            summary(&tally),
            "500 items in 8 min 20 s: 496 ok, 3 failed (1 x 404, 1 x no answer, 1 x not sent), 1 cancelled\n\
             503 requests sent, 0 refused with 429 (0.0 %), 2 retries, 1 redirect\n\
             the first error, of line 7: it `broke`"
        );
    }
}
