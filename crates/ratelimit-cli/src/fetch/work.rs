//! One item, from its turn to its outcome.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, Uri};
use ratelimit_tower::throttle::ThrottleError;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tower_service::Service;

use super::client::{Client, Draft, Got, SendError, Trail, prioritised, reason};
use super::cut_short::until_stopped;
use super::fingerprint::Fingerprint;
use super::hop::Hop;
use super::input::{Entry, Item, Unread, shown};
use super::outcome::{End, Outcome};
use super::progress::Tally;
use super::stop::Stop;

/// What becomes of an entry, and its place in memory.
pub(super) type Done = (Outcome, OwnedSemaphorePermit);

/// The service that a batch is made of: it takes entries, and its answer is always an outcome.
#[derive(Clone)]
pub(super) struct Work {
    client: Client,
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    /// Headers of every request that does not have them.
    pub(super) headers: HeaderMap,
    pub(super) max_redirects: u32,
    pub(super) tally: Arc<Tally>,
    pub(super) stop: Stop,
}

impl Work {
    pub(super) fn new(client: Client, shared: Shared) -> Self {
        Self {
            client,
            shared: Arc::new(shared),
        }
    }

    async fn outcome(self, item: Result<Item, Unread>) -> Outcome {
        match item {
            Ok(item) => self.fetch(item).await,
            Err(unread) => Outcome {
                line: unread.line,
                item: None,
                id: unread.id,
                url: unread.shown,
                end: End::Error(unread.problem.to_string()),
                tries: 0,
                waited: std::time::Duration::ZERO,
            },
        }
    }

    async fn fetch(self, item: Item) -> Outcome {
        let (began, trail) = (Instant::now(), Trail::new(Arc::clone(&self.shared.tally)));
        let (line, id, url) = (item.line, item.id.clone(), item.shown.clone());
        let print = Fingerprint::of(&item);
        let stop = self.shared.stop.clone();
        let end = match stop.is_stopping() {
            true => End::Cancelled,
            false => until_stopped(self.follow(item, &trail), &stop, &trail).await,
        };
        Outcome {
            line,
            item: Some(print),
            id,
            url: Some(url),
            end,
            tries: trail.tries(),
            waited: began.elapsed().saturating_sub(trail.spent()),
        }
    }

    /// Sends the request, and those that redirects lead to.
    async fn follow(mut self, item: Item, trail: &Trail) -> End {
        let priority = item.priority;
        let mut hop = first(item, &self.shared.headers);
        let mut redirects = 0;
        loop {
            let got = match self.send(&hop, priority, trail).await {
                Ok(got) => got,
                Err(end) => return end,
            };
            let most = self.shared.max_redirects;
            let next = hop.next(&got).filter(|_| most > 0);
            match next {
                None => return answer(got, (redirects > 0).then_some(&hop)),
                Some(_) if redirects == most => {
                    return End::Error(format!("more than {most} redirects (--max-redirects)"));
                }
                Some(Err(why)) => return End::Error(why.to_owned()),
                Some(Ok(next)) => hop = next,
            }
            redirects += 1;
            self.shared.tally.redirected();
        }
    }

    async fn send(&mut self, hop: &Hop, priority: Option<u8>, trail: &Trail) -> Result<Got, End> {
        let mut draft = draft(hop)?;
        if let Some(priority) = priority {
            prioritised(draft.headers_mut(), priority);
        }
        draft.extensions_mut().insert(trail.clone());
        let ready = poll_fn(|cx| self.client.poll_ready(cx)).await;
        let answer = match ready {
            Ok(()) => self.client.call(draft).await,
            Err(error) => Err(error),
        };
        answer.map_err(|error| why(&error))
    }
}

/// What the item says goes before what was said for all.
fn first(item: Item, defaults: &HeaderMap) -> Hop {
    let mut headers = item.headers;
    for name in defaults.keys() {
        if !headers.contains_key(name) {
            for value in defaults.get_all(name) {
                headers.append(name, value.clone());
            }
        }
    }
    Hop {
        url: item.url,
        method: item.method,
        headers,
        body: item.body,
    }
}

fn draft(hop: &Hop) -> Result<Draft, End> {
    let text = hop.url.as_str();
    let uri = text.split('#').next().unwrap_or(text).parse::<Uri>();
    let uri = uri.map_err(|_| End::Error("the URL is too long to be sent".to_owned()))?;
    let mut draft = Draft::new(hop.body.clone());
    *draft.uri_mut() = uri;
    *draft.method_mut() = hop.method.clone();
    *draft.headers_mut() = hop.headers.clone();
    Ok(draft)
}

fn why(error: &ThrottleError<SendError>) -> End {
    match error {
        ThrottleError::Inner(SendError::Stopped) => End::Cancelled,
        error => End::Error(reason(error)),
    }
}

fn answer(got: Got, redirected: Option<&Hop>) -> End {
    End::Answer {
        status: got.status,
        body: got.body,
        final_url: redirected.map(|hop| shown(&hop.url)),
    }
}

impl Service<Entry> for Work {
    type Response = Done;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Done, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, entry: Entry) -> Self::Future {
        let Entry { item, place } = entry;
        let work = self.clone();
        work.shared.tally.started();
        Box::pin(async move {
            let tally = Arc::clone(&work.shared.tally);
            let outcome = work.outcome(item).await;
            tally.ended(&outcome);
            Ok((outcome, place))
        })
    }
}
