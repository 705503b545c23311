//! The table of `docs/BENCHMARKS.md`: nanoseconds of a decision, ours and governor's, and their ratio.
//!
//! `cargo run --profile bench -p ratelimit-benches --example ratios`
//!
//! Both take turns on the same work in one process; a number is the median of all turns, and the last
//! column is the ratio of the fastest turns. What it takes to draw a key and to write it is part of
//! both, and stands in the first line. With an argument, only rows that contain it are run.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

use ratelimit_benches::{
    Answers, Draw, direct, governor_direct, governor_keyed, governor_still, memory, memory_still,
    write_key,
};

const TURNS: usize = 9;
const CHECKS: u64 = 1_000_000;
const KEYS: [(u64, &str); 3] = [(1, "1"), (10_000, "10k"), (1_000_000, "1M")];

fn main() {
    println!("| decision | ours, ns | governor, ns | governor / ours | of the fastest |");
    println!("|---|---:|---:|---:|---:|");
    harness();
    for (answers, name) in [(Answers::Allowed, "allowed"), (Answers::Refused, "refused")] {
        un_keyed(answers, name);
    }
    for threads in [1, 2] {
        for (keys, name) in KEYS {
            numbers(
                keys,
                &format!("u64 key of {name}, {threads} thread(s)"),
                threads,
            );
        }
    }
    for (answers, answer) in [(Answers::Allowed, "allowed"), (Answers::Refused, "refused")] {
        for threads in [1, 2] {
            for (keys, name) in KEYS {
                let name = format!("32-byte key of {name}, {answer}, {threads} thread(s)");
                strings(keys, answers, &name, threads);
            }
        }
    }
    for (keys, name) in KEYS {
        still(
            keys,
            &format!("32-byte key of {name}, allowed, clocks stand still"),
        );
    }
    bytes();
}

/// Nanoseconds of one of `CHECKS` calls on each of `threads`, which get a draw each.
fn turn<F: FnMut()>(threads: usize, seed: u64, keys: u64, work: impl Fn(Draw) -> F + Sync) -> f64 {
    let start = Barrier::new(threads);
    let run = |thread: u64| {
        let mut check = work(Draw::new(keys, seed * 64 + thread + 1));
        start.wait();
        let begin = now();
        for _ in 0..CHECKS {
            check();
        }
        nanos(begin) / CHECKS as f64
    };
    std::thread::scope(|scope| {
        let run = &run;
        let all: Vec<_> = (0..threads as u64)
            .map(|thread| scope.spawn(move || run(thread)))
            .collect();
        let sum: f64 = all.into_iter().map(|t| t.join().unwrap_or(f64::NAN)).sum();
        sum / threads as f64
    })
}

/// Whether a row is asked for.
fn wanted(name: &str) -> bool {
    std::env::args()
        .nth(1)
        .is_none_or(|part| name.contains(&part))
}

/// Lets both take turns, and prints the medians.
fn row(name: &str, ours: impl Fn(u64) -> f64, theirs: impl Fn(u64) -> f64) {
    let _ = (ours(0), theirs(0));
    let turns = (1..=TURNS as u64).map(|seed| (ours(seed), theirs(seed)));
    let (mut ours, mut theirs): (Vec<_>, Vec<_>) = turns.unzip();
    ours.sort_by(f64::total_cmp);
    theirs.sort_by(f64::total_cmp);
    let fastest = theirs[0] / ours[0];
    let (ours, theirs) = (ours[TURNS / 2], theirs[TURNS / 2]);
    let ratio = theirs / ours;
    println!("| {name} | {ours:.1} | {theirs:.1} | {ratio:.2} | {fastest:.2} |");
}

fn harness() {
    let draw = |seed| {
        turn(1, seed, 1_000_000, |mut draw| {
            move || {
                black_box(draw.next_number());
            }
        })
    };
    let write = |seed| {
        turn(1, seed, 1_000_000, |mut draw| {
            let mut key = String::new();
            move || {
                write_key(&mut key, draw.next_number());
                black_box(&key);
            }
        })
    };
    row("(to draw a number; to draw and write a key)", draw, write);
}

fn un_keyed(answers: Answers, name: &str) {
    let (ours, theirs) = (direct(answers), governor_direct(answers));
    let name = format!("un-keyed, {name}");
    if !wanted(&name) {
        return;
    }
    row(
        &name,
        |seed| turn(1, seed, 1, |_| || answered(ours.check(1).is_allowed())),
        |seed| turn(1, seed, 1, |_| || answered(theirs.check().is_ok())),
    );
}

fn numbers(keys: u64, name: &str, threads: usize) {
    if !wanted(name) {
        return;
    }
    let (ours, plan) = memory(Answers::Allowed, keys);
    let theirs = governor_keyed(Answers::Allowed, keys);
    for key in 0..keys {
        let _ = (ours.check_key(&key, &plan, 1), theirs.check_key(&key));
    }
    let (ours, plan, theirs) = (&ours, &plan, &theirs);
    row(
        name,
        |seed| {
            turn(threads, seed, keys, |mut draw| {
                move || answered(ours.check_key(&draw.next_number(), plan, 1).is_allowed())
            })
        },
        |seed| {
            turn(threads, seed, keys, |mut draw| {
                move || answered(theirs.check_key(&draw.next_number()).is_ok())
            })
        },
    );
}

fn strings(keys: u64, answers: Answers, name: &str, threads: usize) {
    if !wanted(name) {
        return;
    }
    let (ours, plan) = memory(answers, keys);
    let theirs = governor_keyed::<String>(answers, keys);
    string_row(
        keys,
        name,
        threads,
        |key| answered(ours.check_key(key, &plan, 1).is_allowed()),
        |key| answered(theirs.check_key(key).is_ok()),
    );
}

/// The decision without the clocks: ours is the operating system's, governor's reads the processor's
/// counter, which costs less and may step back.
fn still(keys: u64, name: &str) {
    if !wanted(name) {
        return;
    }
    let (ours, plan) = memory_still(keys);
    let theirs = governor_still(keys);
    string_row(
        keys,
        name,
        1,
        |key| answered(ours.check_key(key, &plan, 1).is_allowed()),
        |key| answered(theirs.check_key(key).is_ok()),
    );
}

/// Lets both see every key once, and then take turns at keys that are drawn.
fn string_row(
    keys: u64,
    name: &str,
    threads: usize,
    ours: impl Fn(&String) + Sync,
    theirs: impl Fn(&String) + Sync,
) {
    let mut key = String::new();
    for number in 0..keys {
        write_key(&mut key, number);
        ours(&key);
        theirs(&key);
    }
    row(
        name,
        |seed| turn(threads, seed, keys, |draw| drawn(draw, &ours)),
        |seed| turn(threads, seed, keys, |draw| drawn(draw, &theirs)),
    );
}

/// What everybody wants to know of a decision. Who keeps the whole of ours pays for moving it, some 20 ns.
fn answered(is_allowed: bool) {
    black_box(is_allowed);
}

/// Draws a key, writes it, and checks it.
fn drawn(mut draw: Draw, check: impl Fn(&String)) -> impl FnMut() {
    let mut key = String::new();
    move || {
        write_key(&mut key, draw.next_number());
        check(&key);
    }
}

/// Bytes of each of a million 32-byte keys: the table's own, and what the process grew by.
fn bytes() {
    const MILLION: u64 = 1_000_000;
    if !wanted("bytes") {
        return;
    }
    let mut key = String::new();
    let (ours, plan) = memory(Answers::Refused, MILLION);
    let before = resident();
    for number in 0..MILLION {
        write_key(&mut key, number);
        let _ = ours.check_key(&key, &plan, 1);
    }
    let grown = (resident() - before) / MILLION as f64;
    let table = ours.stats().bytes as f64 / MILLION as f64;
    let theirs = governor_keyed::<String>(Answers::Refused, MILLION);
    let before = resident();
    for number in 0..MILLION {
        write_key(&mut key, number);
        let _ = theirs.check_key(&key);
    }
    let theirs = (resident() - before) / MILLION as f64;
    println!(
        "\nBytes of each of 1M 32-byte keys: table {table:.1}; resident {grown:.1}, governor {theirs:.1}"
    );
}

/// Resident bytes of this process, where the system tells.
fn resident() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages.split_whitespace().nth(1).and_then(|p| p.parse().ok());
    pages.unwrap_or(f64::NAN) * 4096.0
}

#[expect(clippy::disallowed_methods, reason = "this measures real time")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "this measures real time")]
fn nanos(begin: Instant) -> f64 {
    (Instant::now() - begin).as_nanos() as f64
}
