#![allow(missing_docs, reason = "what the macros of criterion make has none")]
//! Decisions of ours and of governor's, on the same work in one run.
//!
//! `cargo bench -p ratelimit-benches --bench decision`

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ratelimit_benches::{
    Answers, Draw, direct, governor_direct, governor_keyed, memory, write_key,
};

const KEYS: [u64; 3] = [1, 10_000, 1_000_000];
const ANSWERS: [(Answers, &str); 2] =
    [(Answers::Allowed, "allowed"), (Answers::Refused, "refused")];

fn un_keyed(c: &mut Criterion) {
    let mut group = c.benchmark_group("un-keyed");
    for (answers, name) in ANSWERS {
        let ours = direct(answers);
        group.bench_function(BenchmarkId::new("ours", name), |b| {
            b.iter(|| ours.check(1).is_allowed());
        });
        let theirs = governor_direct(answers);
        group.bench_function(BenchmarkId::new("governor", name), |b| {
            b.iter(|| theirs.check().is_ok());
        });
    }
    group.finish();
}

fn numbers(c: &mut Criterion) {
    let mut group = c.benchmark_group("u64 keys");
    for keys in KEYS {
        let (ours, plan) = memory(Answers::Allowed, keys);
        let theirs = governor_keyed(Answers::Allowed, keys);
        for key in 0..keys {
            let _ = (ours.check_key(&key, &plan, 1), theirs.check_key(&key));
        }
        group.bench_function(BenchmarkId::new("ours", keys), |b| {
            let mut draw = Draw::new(keys, 1);
            b.iter(|| ours.check_key(&draw.next_number(), &plan, 1).is_allowed());
        });
        group.bench_function(BenchmarkId::new("governor", keys), |b| {
            let mut draw = Draw::new(keys, 1);
            b.iter(|| theirs.check_key(&draw.next_number()).is_ok());
        });
    }
    group.finish();
}

fn strings(c: &mut Criterion) {
    for (answers, name) in ANSWERS {
        let mut group = c.benchmark_group(format!("32-byte keys, {name}"));
        for keys in KEYS {
            let mut key = String::new();
            let (ours, plan) = memory(answers, keys);
            let theirs = governor_keyed::<String>(answers, keys);
            for number in 0..keys {
                write_key(&mut key, number);
                let _ = (ours.check_key(&key, &plan, 1), theirs.check_key(&key));
            }
            group.bench_function(BenchmarkId::new("ours", keys), |b| {
                let mut draw = Draw::new(keys, 1);
                b.iter(|| {
                    write_key(&mut key, draw.next_number());
                    ours.check_key(&key, &plan, 1).is_allowed()
                });
            });
            group.bench_function(BenchmarkId::new("governor", keys), |b| {
                let mut draw = Draw::new(keys, 1);
                b.iter(|| {
                    write_key(&mut key, draw.next_number());
                    theirs.check_key(&key).is_ok()
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, un_keyed, numbers, strings);
criterion_main!(benches);
