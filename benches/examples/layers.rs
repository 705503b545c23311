//! What a layer adds to a service that does nothing: nanoseconds and allocations, ours and
//! tower_governor's, in one run.
//!
//! `cargo run --profile bench -p ratelimit-benches --example layers`
//!
//! All take turns; a number is the median of all turns, less that of the service alone.

use ratelimit_benches::layers::{
    Calls, bare, ours, ours_refused, ours_refused_empty, theirs, theirs_refused,
};
use ratelimit_headers::Dialects;

const TURNS: usize = 25;
const CALLS: u32 = 20_000;

struct Row {
    name: String,
    calls: Calls,
    nanos: Vec<f64>,
    allocations: f64,
}

fn main() {
    for (by_token, key) in [(false, "by address"), (true, "by token")] {
        let row = |name: &str, calls: Calls| Row {
            name: format!("{key}, {name}"),
            calls,
            nanos: Vec::new(),
            allocations: 0.0,
        };
        let mut rows = [
            row("the service alone", bare()),
            row("allowed, ours", ours(by_token, Dialects::NONE)),
            row("allowed, tower_governor", theirs(by_token, false)),
            row(
                "allowed, three headers, ours",
                ours(by_token, Dialects::X_RATE_LIMIT),
            ),
            row(
                "allowed, five headers, ours",
                ours(by_token, Dialects::default()),
            ),
            row(
                "allowed, two headers, tower_governor",
                theirs(by_token, true),
            ),
            row("refused, ours", ours_refused(by_token, Dialects::NONE)),
            row("refused, empty, ours", ours_refused_empty(by_token)),
            row(
                "refused, three headers, ours",
                ours_refused(by_token, Dialects::X_RATE_LIMIT),
            ),
            row("refused, tower_governor", theirs_refused(by_token, false)),
        ];
        for _ in 0..TURNS {
            rows.iter_mut().for_each(turn);
        }
        print(&mut rows);
    }
}

fn turn(row: &mut Row) {
    // Apart from the timing, because to count takes time.
    row.allocations = allocations(&mut row.calls);
    #[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
    let begin = std::time::Instant::now();
    for _ in 0..CALLS {
        (row.calls)();
    }
    row.nanos
        .push(begin.elapsed().as_nanos() as f64 / f64::from(CALLS));
}

/// Allocations of a call.
fn allocations(calls: &mut Calls) -> f64 {
    const COUNTED: u32 = 100;
    let counted = allocation_counter::measure(|| (0..COUNTED).for_each(|_| calls()));
    counted.count_total as f64 / f64::from(COUNTED)
}

fn print(rows: &mut [Row]) {
    println!("| | added, ns | fastest, ns | allocations |\n|---|---:|---:|---:|");
    for row in rows.iter_mut() {
        row.nanos.sort_by(f64::total_cmp);
    }
    let (median, fastest) = (rows[0].nanos[TURNS / 2], rows[0].nanos[0]);
    let allocations = rows[0].allocations;
    println!(
        "| {} | ({median:.0}) | ({fastest:.0}) | ({allocations:.0}) |",
        rows[0].name
    );
    for row in &rows[1..] {
        println!(
            "| {} | {:.0} | {:.0} | {:.1} |",
            row.name,
            row.nanos[TURNS / 2] - median,
            row.nanos[0] - fastest,
            row.allocations - allocations,
        );
    }
}
