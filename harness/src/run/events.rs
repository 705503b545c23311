//! What goes on beside the workers.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::{Stream, stream};
use crate::client::Client;
use crate::item::Item;
use crate::server::Shared;
use crate::setup::Between;

/// How long the neighbour is busy, and how long it rests.
const SPELL: Between = Between::seconds(5.0, 15.0);
/// What it asks for while it is busy, as a part of the limit: half of that on the average.
const BUSY: Between = Between::seconds(0.5, 1.0);
/// The time between two urgent items.
const URGENT: Between = Between::seconds(2.0, 4.0);

/// Starts what this setup has.
pub(super) fn spawn(tasks: &mut JoinSet<()>, shared: &Arc<Shared>, seed: u64) {
    if shared.setup().neighbour {
        let random = stream(seed, Stream::Neighbour);
        tasks.spawn(neighbour(Arc::clone(shared), random));
    }
    for (after, limit) in shared.setup().changes.clone() {
        let shared = Arc::clone(shared);
        tasks.spawn(async move {
            sleep_until(shared.line().instant(after)).await;
            shared.change(limit);
        });
    }
}

/// Somebody who uses the key in bursts, and does not care what it is told.
async fn neighbour(shared: Arc<Shared>, mut random: Rng) {
    let per_second = f64::from(shared.setup().limit) / 60.0;
    loop {
        let rate = per_second * BUSY.draw(&mut random).as_secs_f64();
        let rest = Instant::now() + SPELL.draw(&mut random);
        while Instant::now() < rest {
            sleep(Duration::from_secs_f64(-(1.0 - random.f64()).ln() / rate)).await;
            shared.ask_as_neighbour();
        }
        sleep(SPELL.draw(&mut random)).await;
    }
}

/// An urgent item every few seconds, whatever became of the one before.
pub(super) async fn urgent<C: Client>(client: C, shared: Arc<Shared>, mut random: Rng) {
    let mut items = JoinSet::new();
    for id in (1_u64 << 62).. {
        sleep(URGENT.draw(&mut random)).await;
        let (client, shared) = (client.clone(), Arc::clone(&shared));
        items.spawn(async move {
            let item = Item {
                id,
                cost: 1,
                actual: 1,
                urgent: true,
                wanted: Instant::now(),
            };
            if !client.get(item).await {
                shared.lose();
            }
        });
        while items.try_join_next().is_some() {}
    }
}
