//! How it stands at some moment.

use std::time::Duration;

use super::ahead::{Left, to_go};
use super::tally::Tally;

/// What is shown while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) elapsed: Duration,
    pub(super) done: u64,
    pub(super) total: Option<u64>,
    /// In the last minute, or since the beginning if that is sooner.
    pub(super) sent_lately: u64,
    /// What is left of the tightest limit, and in how long there is more.
    pub(super) left: Option<(u64, Option<Duration>)>,
    pub(super) refused: u64,
    /// Items that are under way, but not on the wire.
    pub(super) waiting: u64,
    pub(super) to_go: Option<Duration>,
}

impl Tally {
    /// How it stands now.
    pub(super) fn view(&self) -> View {
        let (elapsed, usage) = (self.elapsed(), self.usage().summary());
        let mut counts = self.counts();
        let done = counts.verdicts.values().sum();
        let under_way = counts.started.saturating_sub(done);
        let mut limits = usage.limits.iter();
        let requests = limits.find(|limit| limit.unit == "requests");
        let rest = counts.total.map(|total| total.saturating_sub(done));
        let to_go = rest.and_then(|rest| to_go(&mut counts, rest, requests.map(Left::of), elapsed));
        View {
            elapsed,
            done,
            total: counts.total,
            sent_lately: counts.sends.count(elapsed),
            left: requests.map(|limit| (limit.remaining, limit.reset_after)),
            refused: usage.refused,
            waiting: under_way.saturating_sub(counts.on_wire),
            to_go,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::outcome::{End, Outcome};
    use std::convert::Infallible;
    use std::future::{Ready, ready};
    use std::task::{Context, Poll};

    use bytes::Bytes;
    use http::{Request, Response};
    use http_body_util::Empty;
    use ratelimit_tower::throttle::ThrottleLayer;
    use tower_layer::Layer;
    use tower_service::Service;

    fn ended(tally: &Tally, tries: u32, end: End) {
        tally.ended(&Outcome {
            line: 1,
            item: None,
            id: None,
            url: None,
            end,
            tries,
            waited: Duration::ZERO,
        });
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_and_not_on_the_wire_waits() {
        let tally = Tally::new();
        tally.counted(10);
        for _ in 0..4 {
            tally.started();
        }
        tally.sent();
        tally.on_wire(true);
        tokio::time::advance(Duration::from_secs(30)).await;
        ended(&tally, 1, End::Cancelled);
        let view = tally.view();
        assert_eq!((view.done, view.total, view.waiting), (1, Some(10), 2));
        assert_eq!(view.sent_lately, 1);
        // Of one item nothing can be told.
        assert_eq!(view.to_go, None);
        tally.on_wire(false);
        assert_eq!(tally.view().waiting, 3);
        assert_eq!((tally.cancelled(), tally.all_is_well()), (1, false));
    }

    /// Refuses, and says what is left.
    #[derive(Clone)]
    struct Refuses;

    impl Service<Request<()>> for Refuses {
        type Response = Response<Empty<Bytes>>;
        type Error = Infallible;
        type Future = Ready<Result<Self::Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request<()>) -> Self::Future {
            let refusal = Response::builder()
                .status(429)
                .header("ratelimit", r#""m";r=3;t=20, "t";r=1;t=9"#)
                .header("ratelimit-policy", r#""m";q=9, "t";q=9;qu="tokens""#);
            ready(Ok(refusal.body(Empty::new()).unwrap()))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_is_seen_and_its_reset_comes_nearer() {
        let tally = Tally::new();
        let layer = ThrottleLayer::adaptive().with_observer(tally.usage().clone());
        assert!(layer.layer(Refuses).call(Request::new(())).await.is_ok());
        tokio::time::advance(Duration::from_secs(5)).await;
        let view = tally.view();
        assert_eq!(view.left, Some((3, Some(Duration::from_secs(15)))));
        assert_eq!(view.refused, 1);
    }
}
