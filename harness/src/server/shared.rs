//! What all clients of the server share: its limiter, its network, and what is written down.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, Response, StatusCode};
use ratelimit_headers::{retry_after_seconds, write_date, write_retry_after};
use tokio::time::sleep;

use super::body::Slow;
use super::headers::{self, ACTUAL_COST};
use crate::item::Item;
use crate::limiter::{Limiter, Ticket};
use crate::line::Line;
use crate::record::{Arrival, Record};
use crate::setup::{Between, Costs, Setup};

/// As many headers as there are at most in most responses.
const USUAL: usize = 6;
/// What is told to wait where no clock says when a permit comes back.
const HELD: Duration = Duration::from_secs(1);

/// The server's inside.
pub struct Shared {
    setup: Setup,
    line: Line,
    state: Mutex<State>,
}

struct State {
    limiter: Box<dyn Limiter>,
    random: fastrand::Rng,
    record: Record,
}

/// A request that is under way, until this is dropped.
#[derive(Debug)]
pub(super) struct Flight(Arc<Shared>);

/// What became of a request at the server.
struct Answer {
    admitted: bool,
    headers: HeaderMap,
    ticket: Option<Ticket>,
    wait: Option<Duration>,
}

impl Shared {
    /// A server of this limiter.
    #[must_use]
    pub fn new(
        setup: Setup,
        line: Line,
        limiter: Box<dyn Limiter>,
        random: fastrand::Rng,
    ) -> Arc<Self> {
        let state = State {
            limiter,
            random,
            record: Record::default(),
        };
        Arc::new(Self {
            setup,
            line,
            state: Mutex::new(state),
        })
    }

    /// The time line of the run.
    #[must_use]
    pub fn line(&self) -> Line {
        self.line
    }

    /// What the run is made of.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What was written down so far.
    #[must_use]
    pub fn record(&self) -> Record {
        self.state().record.clone()
    }

    /// Somebody else, next to the server, asks for one unit.
    pub fn ask_as_neighbour(&self) {
        let (now, at) = (self.line.now(), self.line.elapsed());
        let mut state = self.state();
        if state.limiter.ask(now, 1, false).admitted {
            state.record.neighbour.push((at, 1));
        }
    }

    /// The limit becomes another.
    pub fn change(&self, limit: u32) {
        let now = self.line.now();
        self.state().limiter.change(now, limit);
    }

    /// An item has ended with something else than success.
    pub fn lose(&self) {
        self.state().record.lost += 1;
    }

    /// An item has ended.
    pub fn finish(&self) {
        let now = self.line.elapsed();
        self.state().record.finished = now;
    }

    pub(super) fn send(self: &Arc<Self>, client: usize, item: &Item) -> Flight {
        let now = self.line.elapsed();
        let waited = now.saturating_sub(self.line.since_start(item.wanted));
        self.state().record.sent(now, client, item, waited);
        Flight(Arc::clone(self))
    }

    pub(super) async fn serve(&self, client: usize, item: Item, flight: Flight) -> Response<Slow> {
        let [up, down] = self.state().ways(self.setup.latency);
        sleep(up).await;
        let mut answer = self.arrive(client, &item);
        if answer.admitted {
            self.pause(self.setup.work, up + down).await;
        }
        if self.setup.costs == Costs::TruedUp && answer.admitted {
            self.settle(answer.ticket.take(), &item);
            (answer.headers).insert(ACTUAL_COST, item.actual.into());
        }
        if self.setup.form.date {
            write_date(&mut answer.headers, self.line.unix());
        }
        if self.setup.body.is_none() {
            answer.ticket = None;
        }
        sleep(down).await;
        self.respond(client, &item, answer, flight, [up, down])
    }

    /// The limiter decides, and what is stated is what it says now.
    fn arrive(&self, client: usize, item: &Item) -> Answer {
        let at = self.line.elapsed();
        let (now, unix) = (self.line.at(at), self.line.unix_at(at));
        let mut state = self.state();
        let ruling = (state.limiter).ask(now, item.cost, self.setup.holds());
        let is_lost = self.setup.headers_lost > 0.0 && state.random.f64() < self.setup.headers_lost;
        state.record.arrivals.push(Arrival {
            at,
            client,
            admitted: ruling.admitted,
            cost: item.actual,
        });
        drop(state);
        let wait = (!ruling.admitted).then(|| ruling.retry_after.unwrap_or(HELD));
        let mut headers = HeaderMap::with_capacity(USUAL);
        if !is_lost {
            let form = self.setup.form;
            headers::write(&mut headers, &ruling.standings, form, unix);
        }
        if let Some(wait) = wait {
            write_retry_after(&mut headers, wait);
        }
        Answer {
            admitted: ruling.admitted,
            headers,
            ticket: ruling.ticket,
            wait: wait.map(|wait| Duration::from_secs(retry_after_seconds(wait))),
        }
    }

    fn respond(
        &self,
        client: usize,
        item: &Item,
        answer: Answer,
        flight: Flight,
        [up, down]: [Duration; 2],
    ) -> Response<Slow> {
        let mut response = Response::new(Slow::ended());
        *response.headers_mut() = answer.headers;
        if !answer.admitted {
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            let now = self.line.elapsed();
            let wait = answer.wait.unwrap_or_default();
            self.state().record.refused(now, client, item, wait);
        } else if let Some(body) = self.setup.body {
            let goes_on = body.draw(&mut self.state().random);
            *response.body_mut() = Slow::after(async move {
                // The head came down as long ago as the last byte will take.
                sleep(goes_on.saturating_sub(up + down)).await;
                drop(answer.ticket);
                sleep(down).await;
                drop(flight);
            });
        }
        response
    }

    /// As long as something takes that began so long ago, or will have.
    async fn pause(&self, pause: Option<Between>, gone: Duration) {
        if let Some(pause) = pause {
            let pause = pause.draw(&mut self.state().random);
            sleep(pause.saturating_sub(gone)).await;
        }
    }

    fn settle(&self, ticket: Option<Ticket>, item: &Item) {
        if let Some(ticket) = ticket {
            let now = self.line.now();
            self.state().limiter.settle(now, ticket, item.actual);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ways(&mut self, latency: Between) -> [Duration; 2] {
        [(); 2].map(|()| latency.draw(&mut self.random))
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.state().record.landed();
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
