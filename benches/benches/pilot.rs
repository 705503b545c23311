#![allow(missing_docs, reason = "what the macros of criterion make has none")]
//! What one request costs the pilot that decides when it may leave, and learns from its answer.
//!
//! `cargo bench -p ratelimit-benches --bench pilot`

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ratelimit_benches::pilot::{Recording, kinds};

const REQUESTS: usize = 2_000;

fn request(c: &mut Criterion) {
    let mut group = c.benchmark_group("pilot, one request");
    for (name, plan) in kinds() {
        let recording = Recording::new(&plan, REQUESTS);
        let requests = u64::try_from(recording.requests()).unwrap_or(0);
        group.throughput(Throughput::Elements(requests));
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter_batched_ref(
                || recording.pilot(),
                |pilot| recording.play(pilot),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, request);
criterion_main!(benches);
