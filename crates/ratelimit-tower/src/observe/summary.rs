//! What was counted, as it stood at one moment.

use std::fmt;
use std::time::Duration;

use super::standing::Standing;

/// What was counted so far: from [`Usage::summary`](super::Usage::summary). It prints as a few lines.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Requests that were sent, each try of them.
    pub sent: u64,
    /// Those that were sent in the last sixty seconds.
    pub last_minute: u64,
    /// Answers with a status of success (2xx).
    pub ok: u64,
    /// Answers by which a limit refused: 429, or what gRPC has for it.
    pub refused: u64,
    /// Errors instead of answers.
    pub failed: u64,
    /// Requests that were not sent, because they could not go in time or ever.
    pub not_sent: u64,
    /// How often a request was sent again.
    pub retries: u64,
    /// How often one was not, though another try was called for.
    pub gave_up: u64,
    /// How often a server made everybody pause.
    pub pauses: u64,
    /// How often little was left of a limit.
    pub low_warnings: u64,
    /// What all requests together have waited in lines.
    pub total_wait: Duration,
    /// The longest that one has waited.
    pub longest_wait: Duration,
    /// What is left, by unit, as far as it was said last.
    pub limits: Vec<Standing>,
}

impl Summary {
    /// The part of what was sent that limits refused: 0 to 1, and 0 if nothing was sent.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "for people to look at")]
    pub fn refused_part(&self) -> f64 {
        self.refused as f64 / self.sent.max(1) as f64
    }

    /// How long one request has waited on the average.
    #[must_use]
    pub fn mean_wait(&self) -> Duration {
        let requests = self.sent.saturating_add(self.not_sent).max(1);
        let nanos = self.total_wait.as_nanos() / u128::from(requests);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    pub(super) fn waited(&mut self, wait: Duration) {
        self.total_wait = self.total_wait.saturating_add(wait);
        self.longest_wait = self.longest_wait.max(wait);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused = 100.0 * self.refused_part();
        writeln!(
            f,
            "requests  {}, {} in the last minute, {} ok, {} failed, {} not sent",
            self.sent, self.last_minute, self.ok, self.failed, self.not_sent
        )?;
        writeln!(
            f,
            "refused   {} ({refused:.1} %), {} pauses, {} retries, {} given up",
            self.refused, self.pauses, self.retries, self.gave_up
        )?;
        let (mean, longest) = (seconds(self.mean_wait()), seconds(self.longest_wait));
        write!(f, "waits     {mean} s on average, {longest} s at most")?;
        self.limits.iter().try_for_each(|limit| line(limit, f))
    }
}

/// `left      12 of 60 requests for 34.0 s, shared: 25 % ours`
fn line(standing: &Standing, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "\nleft      {}", standing.remaining)?;
    if let Some(limit) = standing.limit {
        write!(f, " of {limit}")?;
    }
    write!(f, " {}", standing.unit)?;
    if let Some(reset) = standing.reset_after {
        write!(f, " for {} s", seconds(reset))?;
    }
    match standing.shared {
        true => write!(f, ", shared: {:.0} % ours", 100.0 * standing.share),
        false => Ok(()),
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_prints_as_a_few_lines() {
        let mut summary = Summary {
            sent: 512,
            last_minute: 60,
            ok: 508,
            refused: 3,
            failed: 1,
            retries: 4,
            pauses: 2,
            ..Summary::default()
        };
        summary.waited(Duration::from_secs(256));
        summary.waited(Duration::from_secs(512));
        let left = Standing {
            unit: "requests".to_owned(),
            remaining: 12,
            limit: Some(60),
            reset_after: Some(Duration::from_millis(34_040)),
            shared: true,
            share: 0.25,
        };
        let tokens = Standing {
            unit: "tokens".to_owned(),
            remaining: 900,
            limit: None,
            reset_after: None,
            shared: false,
            share: 1.0,
        };
        assert!((left.used().unwrap() - 0.8).abs() < 1e-9);
        assert_eq!(tokens.used(), None);
        summary.limits = vec![left, tokens];
        assert_eq!(
            summary.to_string(),
            "requests  512, 60 in the last minute, 508 ok, 1 failed, 0 not sent\n\
             refused   3 (0.6 %), 2 pauses, 4 retries, 0 given up\n\
             waits     1.5 s on average, 512.0 s at most\n\
             left      12 of 60 requests for 34.0 s, shared: 25 % ours\n\
             left      900 tokens"
        );
    }

    #[test]
    fn nothing_is_no_reason_to_divide_by_it() {
        let nothing = Summary::default();
        assert_eq!(nothing.mean_wait(), Duration::ZERO);
        assert!(nothing.to_string().contains("0 (0.0 %)"));
    }
}
