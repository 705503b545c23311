//! Many requests through one client.

mod client;

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use client::{Server, get};
use futures_util::stream;
use futures_util::{Stream, StreamExt};
use http::Request;
use ratelimit_core::Quota;
use ratelimit_tower::batch::Batch;
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::ThrottleLayer;
use tokio_test::{assert_pending, assert_ready, task};
use tower::limit::ConcurrencyLimit;
use tower::{Layer, ServiceBuilder, service_fn};

const SECOND: Duration = Duration::from_secs(1);

fn requests(count: usize) -> impl Iterator<Item = Request<()>> {
    (0..count).map(|n| get(&format!("/{n}")))
}

#[tokio::test(start_paused = true)]
async fn requests_start_in_their_order_and_results_come_as_they_finish() {
    let slow_first = [3, 1, 2].map(|seconds| (Some(client::ok()), SECOND * seconds));
    let server = Server::with_latencies(slow_first);
    let batch = Batch::new(server.clone(), requests(3));
    let results: Vec<_> = batch.map(|(n, result)| (n, result.is_ok())).collect().await;
    assert_eq!(results, [(1, true), (2, true), (0, true)]);
    assert_eq!(server.paths(), ["/0", "/1", "/2"]);
}

#[tokio::test(start_paused = true)]
async fn never_more_than_the_concurrency_are_in_flight() {
    let server = Server::with_latency([], SECOND);
    let mut batch = Batch::new(server.clone(), requests(7)).with_concurrency(3);
    while let Some((_, result)) = batch.next().await {
        result.unwrap();
        assert!(batch.in_flight() <= 3);
    }
    assert_eq!(server.times(), [0, 0, 0, 1000, 1000, 1000, 2000]);
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_loses_no_other() {
    let server = Server::new([Some(client::ok()), None, Some(client::answer(500, &[]))]);
    let batch = Batch::new(server, requests(5)).with_concurrency(1);
    let results: Vec<_> = batch.collect().await;
    let statuses: Vec<_> = results
        .into_iter()
        .map(|(n, result)| (n, result.map(|response| response.status().as_u16()).ok()))
        .collect();
    let expected = [Some(200), None, Some(500), Some(200), Some(200)];
    assert_eq!(
        statuses,
        expected.into_iter().enumerate().collect::<Vec<_>>()
    );
}

#[tokio::test(start_paused = true)]
async fn the_whole_client_stands_in_it() {
    let busy = client::answer(429, &[("retry-after", "10")]);
    let server = Server::new([Some(client::ok()), Some(busy)]);
    let client = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(ThrottleLayer::new(Quota::per_second(1).burst(1)))
        .service(server.clone());
    let mut batch = Batch::new(client, requests(4));
    let mut all = Vec::new();
    while let Some((n, result)) = batch.next().await {
        assert_eq!(result.unwrap().status(), 200);
        all.push(n);
    }
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 3]);
    assert_eq!(server.times().len(), 5);
    assert!(server.times()[2] >= 11_000, "{:?}", server.times());
}

#[tokio::test]
async fn the_service_is_ready_before_each_call() {
    let (service, mut handle) = tower_test::mock::pair::<&str, &str>();
    handle.allow(1);
    let mut batch = task::spawn(Batch::new(service, ["a", "b"]));
    assert_pending!(batch.poll_next());
    let (request, respond) = handle.next_request().await.unwrap();
    assert_eq!(request, "a");
    // The other one waits, though there is room for it, and the first is not held up by that.
    assert_pending!(batch.poll_next());
    respond.send_response("A");
    assert!(batch.is_woken());
    let (n, result) = assert_ready!(batch.poll_next()).unwrap();
    assert_eq!((n, result.unwrap()), (0, "A"));
    assert_pending!(batch.poll_next());
    handle.allow(1);
    assert!(batch.is_woken());
    assert_pending!(batch.poll_next());
    let (request, respond) = handle.next_request().await.unwrap();
    assert_eq!(request, "b");
    respond.send_response("B");
    let (n, result) = assert_ready!(batch.poll_next()).unwrap();
    assert_eq!((n, result.unwrap()), (1, "B"));
    assert!(assert_ready!(batch.poll_next()).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_service_with_less_room_than_the_batch_is_not_overrun() {
    let server = Server::with_latency([], SECOND);
    let narrow = ConcurrencyLimit::new(server.clone(), 2);
    let mut batch = Batch::new(narrow, requests(5)).with_concurrency(4);
    while let Some((_, result)) = batch.next().await {
        result.unwrap();
    }
    assert_eq!(server.times(), [0, 0, 1000, 1000, 2000]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_of_the_service_before_there_is_a_request() {
    let server = Server::with_latency([], SECOND);
    let limit = tower::limit::GlobalConcurrencyLimitLayer::new(1);
    let mut idle = task::spawn(Batch::of_stream(
        limit.layer(server.clone()),
        stream::pending::<Request<()>>(),
    ));
    assert_pending!(idle.poll_next());
    // The one place there is would be held by an idle batch that had made sure of it.
    let mut busy = Batch::new(limit.layer(server), requests(1));
    assert!(busy.next().await.unwrap().1.is_ok());
}

#[tokio::test]
async fn a_service_that_breaks_answers_for_each_request_and_the_batch_ends() {
    let (service, handle) = tower_test::mock::pair::<&str, &str>();
    drop(handle);
    let batch = Batch::new(service, ["a", "b", "c"]);
    let results: Vec<_> = batch
        .map(|(n, result)| (n, result.is_err()))
        .collect()
        .await;
    assert_eq!(results, [(0, true), (1, true), (2, true)]);
}

#[tokio::test(start_paused = true)]
async fn dropping_it_cancels_what_is_under_way_and_starts_nothing_more() {
    let alive = Rc::new(Cell::new(0_u32));
    let counted = Rc::clone(&alive);
    let service = service_fn(move |n: u32| {
        let guard = Alive::new(&counted);
        async move {
            tokio::time::sleep(SECOND).await;
            drop(guard);
            Ok::<_, ()>(n)
        }
    });
    let started = Rc::new(Cell::new(0));
    let count = Rc::clone(&started);
    let list = (0..100_u32).inspect(move |_| count.set(count.get() + 1));
    let mut batch = task::spawn(Batch::new(service, list).with_concurrency(7));
    assert_pending!(batch.poll_next());
    assert_eq!((alive.get(), started.get()), (7, 7));
    drop(batch);
    assert_eq!((alive.get(), started.get()), (0, 7));
}

/// Counts those that are alive.
struct Alive(Rc<Cell<u32>>);

impl Alive {
    fn new(count: &Rc<Cell<u32>>) -> Self {
        count.set(count.get() + 1);
        Self(Rc::clone(count))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_read_as_there_is_room_and_may_take_its_time() {
    let read = Rc::new(Cell::new(0));
    let count = Rc::clone(&read);
    let slow = stream::unfold(0, move |n| {
        count.set(n);
        async move {
            tokio::time::sleep(SECOND).await;
            (n < 4).then_some((get(&format!("/{n}")), n + 1))
        }
    });
    let server = Server::with_latency([], SECOND * 10);
    let batch = Batch::of_stream(server.clone(), Box::pin(slow)).with_concurrency(2);
    let mut batch = task::spawn(batch);
    assert_pending!(batch.poll_next());
    tokio::time::sleep(SECOND).await;
    assert_pending!(batch.poll_next());
    tokio::time::sleep(SECOND).await;
    assert_pending!(batch.poll_next());
    tokio::time::sleep(SECOND * 5).await;
    assert_pending!(batch.poll_next());
    assert_eq!(server.times(), [1000, 2000]);
    assert_eq!(read.get(), 1, "a third was asked for without room");
    let mut batch = batch.into_inner();
    let mut count = 0;
    while batch.next().await.is_some() {
        count += 1;
    }
    assert_eq!(count, 4);
}

#[tokio::test]
async fn an_empty_batch_ends_at_once_and_a_hint_counts_what_is_under_way() {
    let service = service_fn(|n: u32| async move { Ok::<_, ()>(n) });
    assert!(Batch::new(service, []).next().await.is_none());

    let never = service_fn(|_: u32| std::future::pending::<Result<u32, ()>>());
    let mut batch = task::spawn(Batch::new(never, 0..5).with_concurrency(2));
    assert_eq!(batch.size_hint(), (5, Some(5)));
    assert_pending!(batch.poll_next());
    assert_eq!(batch.size_hint(), (5, Some(5)));
}

#[test]
#[should_panic(expected = "nothing may be under way")]
fn a_batch_without_room_is_not_made() {
    let service = service_fn(|n: u32| async move { Ok::<_, ()>(n) });
    let _batch = Batch::new(service, [1]).with_concurrency(0);
}

#[tokio::test]
async fn it_says_nothing_of_its_requests() {
    let never = service_fn(|_: &str| std::future::pending::<Result<(), ()>>());
    let mut batch = task::spawn(Batch::new(never, ["secret", "secret"]).with_concurrency(1));
    assert_pending!(batch.poll_next());
    let said = format!("{:?}", &*batch);
    assert!(
        said.contains("in_flight: 1") && !said.contains("secret"),
        "{said}"
    );
}

/// What makes futures makes them for any runtime, also for one with threads.
#[test]
fn it_can_be_sent_to_another_thread() {
    fn sendable<T: Send>(_: &T) {}
    type Answer = Pin<Box<dyn Future<Output = Result<u32, ()>> + Send>>;
    let service = service_fn(|n: u32| -> Answer { Box::pin(async move { Ok(n) }) });
    sendable(&Batch::new(service, [1]));
}

#[tokio::test]
async fn many_that_are_done_at_once_are_all_given() {
    let service = service_fn(|n: usize| async move { Ok::<_, ()>(n) });
    let mut batch = Batch::new(service, 0..10_000).with_concurrency(1000);
    let mut seen = vec![false; 10_000];
    while let Some((n, result)) = batch.next().await {
        assert_eq!(result, Ok(n));
        assert!(!std::mem::replace(&mut seen[n], true));
    }
    assert!(seen.into_iter().all(|seen| seen));
}

/// A stream that has ended is not asked again: it might panic, or begin anew.
#[tokio::test(start_paused = true)]
async fn a_stream_that_has_ended_is_left_alone() {
    let mut ended = false;
    let once = stream::poll_fn(move |_| {
        assert!(!ended, "asked again");
        ended = true;
        Poll::Ready(None::<Request<()>>)
    });
    let mut batch = Batch::of_stream(Server::new([]), once);
    assert!(batch.next().await.is_none());
    assert!(batch.next().await.is_none());
}
