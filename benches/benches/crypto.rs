//! Curves of seal and open over the size of the value, each beside its limit.
#![expect(clippy::unwrap_used, reason = "a benchmark that can't be set up has nothing to measure")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use oneclaw_benches::crypto::{SIZES, Sealing};

fn seal_and_open(criterion: &mut Criterion) {
    for (operation, limit) in [("seal", false), ("seal-limit", true)] {
        let mut group = criterion.benchmark_group(operation);
        for (name, len) in SIZES {
            let sealing = Sealing::new(len).unwrap();
            group.throughput(Throughput::Bytes(len as u64));
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                if limit {
                    bencher.iter(|| black_box(sealing.seal_limit().unwrap()));
                } else {
                    bencher.iter(|| black_box(sealing.seal().unwrap()));
                }
            });
        }
    }
    for (operation, limit) in [("open", false), ("open-limit", true)] {
        let mut group = criterion.benchmark_group(operation);
        for (name, len) in SIZES {
            let sealing = Sealing::new(len).unwrap();
            let envelope = sealing.seal().unwrap();
            group.throughput(Throughput::Bytes(len as u64));
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                if limit {
                    bencher.iter(|| black_box(sealing.open_limit().unwrap()));
                } else {
                    bencher.iter(|| sealing.open(&envelope).unwrap());
                }
            });
        }
    }
}

criterion_group!(benches, seal_and_open);
criterion_main!(benches);
