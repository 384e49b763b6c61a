//! The companion crate's guard and its stack of cleanups, beside a direct call and `scopeguard`:
//! `cargo bench -p benches`. Here criterion chooses the iterations and says what changed since the
//! last run. `cargo xtask measure` does not use it: a round there is a process of its own, in Rust
//! and in Go by turns, and its clock is CPU time.

use std::cell::Cell;
use std::hint::black_box;

use companion::defer::{DeferStack, defer};
use criterion::{Criterion, criterion_group, criterion_main};

fn release(counter: &Cell<u64>) {
    counter.set(black_box(counter.get() + 1));
}

fn one(criterion: &mut Criterion) {
    let counter = Cell::new(0);
    let mut group = criterion.benchmark_group("one cleanup");
    group.bench_function("direct call", |bencher| bencher.iter(|| release(&counter)));
    group.bench_function("guard", |bencher| {
        bencher.iter(|| drop(defer(|| release(&counter))));
    });
    group.bench_function("scopeguard", |bencher| {
        bencher.iter(|| drop(scopeguard::guard((), |()| release(&counter))));
    });
    group.bench_function("stack", |bencher| {
        bencher.iter(|| {
            let mut stack = DeferStack::default();
            stack.defer(|| release(&counter));
        });
    });
    group.finish();
}

fn ten(criterion: &mut Criterion) {
    let counter = Cell::new(0);
    let mut group = criterion.benchmark_group("ten in a loop");
    group.bench_function("guards", |bencher| {
        bencher.iter(|| {
            for _ in 0..10 {
                let _guard = defer(|| release(&counter));
            }
        });
    });
    group.bench_function("stack", |bencher| {
        bencher.iter(|| {
            let mut stack = DeferStack::default();
            for _ in 0..10 {
                stack.defer(|| release(&counter));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, one, ten);
criterion_main!(benches);
