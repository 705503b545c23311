//! One run: a server, its clients, and what goes on around them, in tokio's paused time on one thread.
//! Every random number comes from the seed, so a seed is a run.

mod events;
mod optimum;
mod source;
mod workers;

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::sleep_until;

use crate::client::{
    AdaptiveRate, Client, Manager, Ours, RetryAfter, SleepWhenLow, Static, Subject, TokenBucket,
};
use crate::limiter;
use crate::line::{Line, start_of};
use crate::measure::Measure;
use crate::record::Record;
use crate::server::Shared;
use crate::setup::{Kind, Setup, Start, Supply, WINDOW};
pub use optimum::Optimum;

/// A list may take so many times what it takes a perfect client.
const PATIENCE: u32 = 4;

/// How the random numbers of one seed are told apart.
#[derive(Clone, Copy, Debug)]
enum Stream {
    Phase,
    Network,
    Neighbour,
    Urgent,
    /// What a perfect client's responses take.
    Perfect,
    /// The items of this client.
    Items(usize),
}

/// Does one run and measures it. With a wall clock that is wrong, and a `Date` that says so, also one with
/// the right one, to [compare](Measure::is_skewed).
///
/// # Panics
/// If the operating system refuses what a runtime needs.
#[must_use]
pub fn run(setup: &Setup, subject: Subject, seed: u64) -> Measure {
    let measure = once(setup, subject, seed);
    match righted(setup) {
        Some(right) => measure.beside(&once(&right, subject, seed)),
        None => measure,
    }
}

/// The same with a right wall clock, where that should make no difference.
pub(crate) fn righted(setup: &Setup) -> Option<Setup> {
    (setup.skew != 0 && setup.form.date).then(|| Setup {
        skew: 0,
        ..setup.clone()
    })
}

/// Does one run and measures it, whatever its clock shows.
pub(crate) fn once(setup: &Setup, subject: Subject, seed: u64) -> Measure {
    let phase = phase(setup, seed);
    let horizon = horizon(setup, phase);
    let optimum = optimum::reckon(setup, phase, horizon, seed);
    let limit = horizon.unwrap_or(optimum.finished * PATIENCE);
    let record = match subject {
        Subject::Ours => play::<Ours>(setup, phase, limit, seed),
        Subject::Static => play::<Static>(setup, phase, limit, seed),
        Subject::SleepWhenLow => play::<SleepWhenLow>(setup, phase, limit, seed),
        Subject::TokenBucket => play::<TokenBucket>(setup, phase, limit, seed),
        Subject::Manager => play::<Manager>(setup, phase, limit, seed),
        Subject::AdaptiveRate => play::<AdaptiveRate>(setup, phase, limit, seed),
        Subject::RetryAfter => play::<RetryAfter>(setup, phase, limit, seed),
    };
    Measure::of(setup, limit, &record, &optimum)
}

/// How far into a window the run begins.
fn phase(setup: &Setup, seed: u64) -> Duration {
    let span = match setup.start {
        Start::Anywhere => WINDOW,
        Start::AtAnEdge => Duration::from_secs(1),
    };
    span.mul_f64(stream(seed, Stream::Phase).f64())
}

/// Runs end where a window does: what is left of one is of no use to anybody.
fn horizon(setup: &Setup, phase: Duration) -> Option<Duration> {
    let Supply::Endless { windows } = setup.supply else {
        return None;
    };
    let whole = WINDOW * windows;
    Some(match setup.kind {
        // Their windows begin when the first request comes.
        Kind::FirstRequest | Kind::Log | Kind::CountsRefused => whole,
        _ => match setup.start {
            Start::Anywhere => whole + WINDOW - phase,
            Start::AtAnEdge => whole - phase,
        },
    })
}

fn play<C: Client>(setup: &Setup, phase: Duration, limit: Duration, seed: u64) -> Record {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let runtime = runtime.expect("a runtime with nothing but a clock");
    fastrand::seed(seed);
    runtime.block_on(async {
        let line = Line::starting_now(phase);
        let mut limiter = limiter::make(setup, start_of(phase).saturating_sub(WINDOW));
        use_before(setup, phase, limiter.as_mut());
        let random = stream(seed, Stream::Network);
        let shared = Shared::new(setup.clone(), line, limiter, random);
        live::<C>(&shared, limit, seed).await;
        shared.record()
    })
}

/// What runs beside the clients ends with them.
async fn live<C: Client>(shared: &Arc<Shared>, limit: Duration, seed: u64) {
    let mut around = JoinSet::new();
    events::spawn(&mut around, shared, seed);
    let mut clients = workers::spawn::<C>(shared, seed);
    let all_done = async { while clients.join_next().await.is_some() {} };
    let too_long = sleep_until(shared.line().instant(limit));
    tokio::select! {
        biased;
        () = all_done => {}
        () = too_long => {}
    }
    clients.abort_all();
    around.abort_all();
}

/// Somebody has used some of this window shortly before the start.
fn use_before(setup: &Setup, phase: Duration, limiter: &mut dyn limiter::Limiter) {
    let span = phase.min(Duration::from_secs(10));
    for i in 0..setup.used_before {
        let before = span.mul_f64(1.0 - f64::from(i) / f64::from(setup.used_before));
        let at = start_of(phase).saturating_sub(before);
        limiter.ask(at, 1, false);
    }
}

fn stream(seed: u64, stream: Stream) -> Rng {
    let number = match stream {
        Stream::Phase => 1,
        Stream::Network => 2,
        Stream::Neighbour => 3,
        Stream::Urgent => 4,
        Stream::Perfect => 5,
        Stream::Items(client) => 16 + client as u64,
    };
    // Neighbouring seeds must not give neighbouring numbers.
    let mut mixed = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (number << 32));
    mixed.fork()
}
