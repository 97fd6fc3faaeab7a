//! The curve of a decision over the number of rules of one principal, beside one lookup in a hash table.
#![expect(clippy::unwrap_used, reason = "a benchmark that can't be set up has nothing to measure")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use oneclaw_benches::policy::{Deciding, RULES};

fn decisions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    for count in RULES {
        let deciding = Deciding::new(count).unwrap();
        group.bench_function(BenchmarkId::new("ours", count), |bencher| {
            bencher.iter(|| black_box(deciding.decide()))
        });
        group.bench_function(BenchmarkId::new("floor", count), |bencher| {
            bencher.iter(|| black_box(deciding.floor()))
        });
    }
}

criterion_group!(benches, decisions);
criterion_main!(benches);
