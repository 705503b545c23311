//! A layer around a service that does nothing: ours and tower_governor's.
#![allow(missing_docs, reason = "criterion's macros make functions without any")]

use criterion::{Criterion, criterion_group, criterion_main};
use ratelimit_benches::layers::{bare, ours, ours_refused, theirs, theirs_refused};
use ratelimit_headers::Dialects;

fn layer(c: &mut Criterion) {
    for (by_token, key) in [(false, "by address"), (true, "by token")] {
        let mut group = c.benchmark_group(format!("layer, {key}"));
        let mut bench = |name: &str, mut call: Box<dyn FnMut()>| {
            group.bench_function(name, |b| b.iter(&mut call));
        };
        bench("none", bare());
        bench("allowed, ours", ours(by_token, Dialects::NONE));
        bench("allowed, tower_governor", theirs(by_token, false));
        bench("headers, ours", ours(by_token, Dialects::X_RATE_LIMIT));
        bench(
            "headers, ours, both families",
            ours(by_token, Dialects::default()),
        );
        bench("headers, tower_governor", theirs(by_token, true));
        bench("refused, ours", ours_refused(by_token, Dialects::NONE));
        bench(
            "refused, ours, headers",
            ours_refused(by_token, Dialects::X_RATE_LIMIT),
        );
        bench("refused, tower_governor", theirs_refused(by_token, false));
        group.finish();
    }
}

criterion_group!(benches, layer);
criterion_main!(benches);
