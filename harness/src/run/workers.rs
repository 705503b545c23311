//! The workers of all clients.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

use super::source::Source;
use crate::client::Client;
use crate::server::{Server, Shared};

/// What a worker does about a loss.
const REST: Duration = Duration::from_secs(1);

/// Every client with its workers, each from its own start on.
pub(super) fn spawn<C: Client>(shared: &Arc<Shared>, seed: u64) -> JoinSet<()> {
    let mut clients = JoinSet::new();
    for client in 0..shared.setup().clients {
        clients.spawn(work::<C>(Arc::clone(shared), client, seed));
    }
    clients
}

async fn work<C: Client>(shared: Arc<Shared>, number: usize, seed: u64) {
    let setup = shared.setup();
    let start = setup.apart * u32::try_from(number).unwrap_or(u32::MAX);
    sleep_until(shared.line().instant(start)).await;
    let client = C::new(Server::new(Arc::clone(&shared), number));
    let source = Arc::new(Mutex::new(Source::new(setup, number, seed)));
    let mut workers = JoinSet::new();
    for _ in 0..setup.workers {
        workers.spawn(one_by_one(
            client.clone(),
            Arc::clone(&source),
            Arc::clone(&shared),
        ));
    }
    if setup.urgent {
        let random = super::stream(seed, super::Stream::Urgent);
        workers.spawn(super::events::urgent(client, Arc::clone(&shared), random));
    }
    while workers.join_next().await.is_some() {}
}

async fn one_by_one<C: Client>(client: C, source: Arc<Mutex<Source>>, shared: Arc<Shared>) {
    let next = || source.lock().unwrap_or_else(PoisonError::into_inner).next();
    while let Some(item) = next() {
        let is_good = client.get(item).await;
        shared.finish();
        if !is_good {
            shared.lose();
            // Nobody hammers a client that says at once that it cannot help.
            sleep(REST).await;
        }
    }
}
