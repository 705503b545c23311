//! What one request costs the pilot that decides when it may leave, and learns from its answer: nanoseconds and
//! allocations, for each kind of server.
//!
//! `cargo run --profile bench -p ratelimit-benches --example pilot`; with a word behind it, as `-- log`, only the kinds
//! whose names contain it.

use std::time::Instant;

use allocation_counter::measure;
use ratelimit_benches::pilot::{Recording, kinds};

const REQUESTS: usize = 2_000;
/// Turns of each kind: the machine does other things meanwhile.
const TURNS: usize = 200;

fn main() {
    println!("| server | asked | median, ns | fastest, ns | allocations |");
    println!("|---|---:|---:|---:|---:|");
    let only = std::env::args().nth(1).unwrap_or_default();
    for (name, plan) in kinds().into_iter().filter(|it| it.0.contains(&only)) {
        let recording = Recording::new(&plan, REQUESTS);
        let mut nanos: Vec<_> = (0..TURNS).map(|_| time(&recording)).collect();
        nanos.sort_by(f64::total_cmp);
        let mut pilot = recording.pilot();
        let allocations = measure(|| recording.play(&mut pilot)).count_total;
        println!(
            "| {name} | {:.1} | {:.0} | {:.0} | {:.1} |",
            recording.asked(),
            nanos[TURNS / 2],
            nanos[0],
            allocations as f64 / REQUESTS as f64,
        );
    }
}

/// Nanoseconds for a request.
fn time(recording: &Recording) -> f64 {
    let mut pilot = recording.pilot();
    #[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
    let begin = Instant::now();
    recording.play(&mut pilot);
    begin.elapsed().as_nanos() as f64 / REQUESTS as f64
}
