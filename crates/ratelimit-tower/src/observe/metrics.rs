//! Makes numbers of events, by `metrics`.

use ::metrics::{
    Label, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use super::standing::tightest;
use super::{Answered, Event, Observe};

/// Counts and measures through the facade [`metrics`](::metrics).
///
/// | name | kind | labels | what |
/// |---|---|---|---|
/// | `ratelimit_client_requests_total` | counter | | requests that were sent, each try of them |
/// | `ratelimit_client_failed_total` | counter | | errors instead of answers |
/// | `ratelimit_client_refused_total` | counter | | answers by which a limit refused (429) |
/// | `ratelimit_client_not_sent_total` | counter | `reason` | requests that were not sent |
/// | `ratelimit_client_retries_total` | counter | | requests that were sent again |
/// | `ratelimit_client_gave_up_total` | counter | `reason` | requests that were not |
/// | `ratelimit_client_pauses_total` | counter | | pauses that a server brought about |
/// | `ratelimit_client_low_total` | counter | `unit` | times that little was left |
/// | `ratelimit_client_wait_seconds` | histogram | | waits in the line |
/// | `ratelimit_client_waiting` | gauge | | how many wait in the line of the request that was sent last |
/// | `ratelimit_client_remaining`, `_limit`, `_reset_seconds` | gauge | `unit` | what the last answer stated, of the tightest limit |
/// | `ratelimit_client_shared` | gauge | `unit` | 1 if others seem to use the same quota, else 0 |
/// | `ratelimit_client_share` | gauge | `unit` | the part of it that is taken for this client's, 0 to 1 |
///
/// Labels are few and bounded: no key and no path is ever one, and a `unit` that a server makes up is called
/// `other`. A gauge of several hosts holds what the last of them said:
/// [`with_host`](Self::with_host) keeps them apart.
///
/// ```
/// use ratelimit_tower::observe::Metrics;
/// use ratelimit_tower::throttle::ThrottleLayer;
///
/// let layer = ThrottleLayer::adaptive().with_observer(Metrics::new().with_host());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Metrics {
    has_host: bool,
}

/// What is counted where, in the words of those who write limits down.
const UNITS: [&str; 8] = [
    "requests",
    "tokens",
    "input-tokens",
    "output-tokens",
    "credits",
    "content-bytes",
    "concurrent-requests",
    "points",
];

impl Metrics {
    /// Without a label for the host. Describes the metrics to the recorder, if there is one already.
    #[must_use]
    pub fn new() -> Self {
        describe();
        Self::default()
    }

    /// Gives everything the label `host`. Only for clients of few hosts: each is a series of its own.
    #[must_use]
    pub const fn with_host(mut self) -> Self {
        self.has_host = true;
        self
    }

    fn labels(self, event: &Event<'_>, more: Option<(&'static str, &'static str)>) -> Vec<Label> {
        let host = event.host().filter(|_| self.has_host);
        let host = host.map(|host| Label::new("host", host.to_owned()));
        let more = more.map(|(name, value)| Label::from_static_parts(name, value));
        host.into_iter().chain(more).collect()
    }

    fn answered(self, event: &Event<'_>, answered: &Answered<'_>) {
        for limit in tightest(answered.limits) {
            let labels = self.labels(event, Some(("unit", unit(limit.unit))));
            let set = |name: &'static str, value: Option<f64>| {
                if let Some(value) = value {
                    gauge!(name, labels.clone()).set(value);
                }
            };
            set("ratelimit_client_remaining", limit.remaining.map(about));
            set("ratelimit_client_limit", limit.limit.map(about));
            let reset = limit.reset_after.map(|reset| reset.as_secs_f64());
            set("ratelimit_client_reset_seconds", reset);
            set(
                "ratelimit_client_shared",
                Some(f64::from(u8::from(limit.shared))),
            );
            set("ratelimit_client_share", Some(limit.share));
        }
    }
}

impl Observe for Metrics {
    fn observe(&self, event: &Event<'_>) {
        let count =
            |name: &'static str, more| counter!(name, self.labels(event, more)).increment(1);
        match event {
            Event::Sent(sent) => {
                count("ratelimit_client_requests_total", None);
                let labels = self.labels(event, None);
                histogram!("ratelimit_client_wait_seconds", labels.clone()).record(sent.waited);
                gauge!("ratelimit_client_waiting", labels).set(about(sent.waiting as u64));
            }
            Event::Answered(answered) => self.answered(event, answered),
            Event::Failed(_) => count("ratelimit_client_failed_total", None),
            Event::Refused(_) => count("ratelimit_client_refused_total", None),
            Event::Paused(_) => count("ratelimit_client_pauses_total", None),
            Event::NotSent(not_sent) => {
                let reason = Some(("reason", not_sent.reason_str()));
                count("ratelimit_client_not_sent_total", reason);
            }
            Event::Low(low) => count("ratelimit_client_low_total", Some(("unit", unit(low.unit)))),
            Event::Retried(_) => count("ratelimit_client_retries_total", None),
            Event::GaveUp(gave_up) => {
                let reason = Some(("reason", gave_up.reason.as_str()));
                count("ratelimit_client_gave_up_total", reason);
            }
        }
    }
}

/// The server's word, if it is one of few.
fn unit(word: &str) -> &'static str {
    let known = UNITS.into_iter().find(|known| *known == word);
    known.unwrap_or("other")
}

#[allow(clippy::cast_precision_loss, reason = "for people to look at")]
fn about(number: u64) -> f64 {
    number as f64
}

fn describe() {
    let counters = [
        (
            "ratelimit_client_requests_total",
            "Requests that were sent.",
        ),
        (
            "ratelimit_client_failed_total",
            "Errors instead of answers.",
        ),
        (
            "ratelimit_client_refused_total",
            "Answers by which a limit refused.",
        ),
        (
            "ratelimit_client_not_sent_total",
            "Requests that were not sent.",
        ),
        (
            "ratelimit_client_retries_total",
            "Requests that were sent again.",
        ),
        (
            "ratelimit_client_gave_up_total",
            "Requests that were not sent again.",
        ),
        (
            "ratelimit_client_pauses_total",
            "Pauses that a server brought about.",
        ),
        (
            "ratelimit_client_low_total",
            "Times that little was left of a limit.",
        ),
    ];
    for (name, what) in counters {
        describe_counter!(name, Unit::Count, what);
    }
    let wait = "How long requests waited in the line.";
    describe_histogram!("ratelimit_client_wait_seconds", Unit::Seconds, wait);
    let gauges = [
        (
            "ratelimit_client_waiting",
            Unit::Count,
            "Requests that wait in the line.",
        ),
        (
            "ratelimit_client_remaining",
            Unit::Count,
            "What is left, as last stated.",
        ),
        (
            "ratelimit_client_limit",
            Unit::Count,
            "The quota, as last stated.",
        ),
        (
            "ratelimit_client_reset_seconds",
            Unit::Seconds,
            "Until the quota is renewed.",
        ),
        (
            "ratelimit_client_shared",
            Unit::Count,
            "Whether others use the same quota.",
        ),
        (
            "ratelimit_client_share",
            Unit::Count,
            "The part of the quota that is ours.",
        ),
    ];
    for (name, unit, what) in gauges {
        describe_gauge!(name, unit, what);
    }
}
