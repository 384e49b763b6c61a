//! What one cleanup costs, by its shape. `go/cleanup.go` has the counterparts.
//!
//! Each shape is a function that is called through a pointer the optimiser cannot see through; so
//! all of them pay the same for the call, and none can be computed ahead or merged with its loop.

use std::collections::HashMap;
use std::fs::File;
use std::hint::black_box;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex};

use anyhow::Result;
use companion::defer::{DeferStack, defer};

use crate::Round;
use crate::clock::{self, Sample};

static COUNTER: AtomicU64 = AtomicU64::new(0);
static LOCK: Mutex<u64> = Mutex::new(0);
static GAUGE: AtomicI64 = AtomicI64::new(0);
static GAUGES: LazyLock<Mutex<HashMap<String, i64>>> = LazyLock::new(Mutex::default);

/// Adds without a locked instruction, as Go's `counter++` does.
fn count(n: u64) {
    COUNTER.store(COUNTER.load(Relaxed) + n, Relaxed);
}

/// The cleanup.
#[inline(never)]
pub fn release() {
    count(1);
}

#[inline(never)]
fn release_some(n: u64) {
    count(n);
}

/// Its name, the function, how many cleanups one call of it does.
type Shape = (&'static str, fn(), u32);

const SHAPES: [Shape; 26] = [
    ("none", || count(2), 1),
    ("direct", direct, 1),
    ("guard", guard, 1),
    ("scopeguard", scopeguard, 1),
    ("stack", || stack(1), 1),
    ("unwind-direct", unwind_direct, 1),
    ("unwind-guard", unwind_guard, 1),
    ("early-direct", || early_direct(black_box(true)), 1),
    ("early-guard", || early_guard(black_box(true)), 1),
    ("nine-direct", nine_direct, 9),
    ("nine-guards", nine_guards, 9),
    ("loop-direct", || loop_direct(black_box(10)), 10),
    ("loop-guard", || loop_guard(black_box(10)), 10),
    ("loop-stack", || stack(black_box(10)), 10),
    ("loop-stack-captured", || stack_captured(black_box(10)), 10),
    ("lock-direct", lock_direct, 1),
    ("lock-guard", lock_guard, 1),
    ("buffer-direct", buffer_direct, 1),
    ("buffer-guard", buffer_guard, 1),
    (
        "file-direct",
        || drop(black_box(File::open("/dev/null"))),
        1,
    ),
    ("file-guard", file_guard, 1),
    ("catch-none", || may_panic(black_box(1)), 1),
    ("catch", catch, 1),
    ("gauge", gauge, 1),
    ("gauge-label", gauge_label, 1),
    ("dynamic", dynamic, 1),
];

pub fn measure(name: &str, round: &Round) -> Result<Option<Sample>> {
    let Some((_, call, cleanups)) = SHAPES.iter().find(|(shape, ..)| *shape == name) else {
        return Ok(None);
    };
    let call = black_box(*call);
    let mut sample = clock::measure(round.lasts, |n| (0..n).for_each(|_| call()));
    sample
        .values_mut()
        .for_each(|each| *each /= f64::from(*cleanups));
    Ok(Some(sample))
}

fn direct() {
    count(1);
    release();
}

fn guard() {
    let _guard = defer(release);
    count(1);
}

fn scopeguard() {
    scopeguard::defer! { release() }
    count(1);
}

/// Go's list of deferred calls, by hand.
fn stack(cleanups: u64) {
    let mut stack = DeferStack::default();
    for _ in 0..cleanups {
        stack.defer(release);
    }
}

/// The same where each call has an argument, which the list has to keep.
fn stack_captured(cleanups: u64) {
    let mut stack = DeferStack::default();
    for n in 0..cleanups {
        stack.defer(move || release_some(n));
    }
}

#[inline(never)]
fn may_panic(order: u64) {
    assert_ne!(order, 42, "no funds");
    count(1);
}

fn unwind_direct() {
    may_panic(black_box(1));
    release();
}

fn unwind_guard() {
    let _guard = defer(release);
    may_panic(black_box(1));
}

fn early_direct(early: bool) {
    if early {
        return;
    }
    count(1);
    release();
}

fn early_guard(early: bool) {
    if early {
        return;
    }
    let _guard = defer(release);
    count(1);
}

fn nine_direct() {
    let _nine: [(); 9] = [release; 9].map(|release| release());
}

fn nine_guards() {
    let _nine = [release; 9].map(defer);
}

fn loop_direct(n: u32) {
    for _ in 0..n {
        release();
    }
}

/// Each guard drops at the end of its turn.
fn loop_guard(n: u32) {
    for _ in 0..n {
        let _guard = defer(release);
    }
}

fn lock_direct() {
    let mut lock = LOCK.lock().expect("nobody panics");
    *lock += 1;
    drop(lock);
}

fn lock_guard() {
    let mut lock = LOCK.lock().expect("nobody panics");
    *lock += 1;
}

/// The source's function: acquire 16 bytes, process 1 KiB, release.
#[inline(never)]
fn acquire() -> Box<[u64; 2]> {
    Box::new([1, 2])
}

#[inline(never)]
fn process(resource: &mut [u64; 2]) {
    static DATA: [u8; 1024] = [1; 1024];
    resource[1] += DATA
        .iter()
        .map(|byte| u64::from(black_box(*byte)))
        .sum::<u64>();
}

fn buffer_direct() {
    let mut resource = acquire();
    process(&mut resource);
    release();
}

fn buffer_guard() {
    let mut resource = acquire();
    let _guard = defer(release);
    process(&mut resource);
}

fn file_guard() {
    let _file = black_box(File::open("/dev/null"));
}

fn catch() {
    catch_unwind(|| may_panic(black_box(1))).expect("it does not panic");
}

/// A gauge of what is in flight: one atomic operation each way.
fn gauge() {
    GAUGE.fetch_add(1, Relaxed);
    let _in_flight = defer(|| {
        GAUGE.fetch_sub(1, Relaxed);
    });
}

/// The same with a label, which is formatted and looked up each way.
fn gauge_label() {
    let add = |n| {
        let label = format!("tenant-{}", black_box(7));
        *GAUGES
            .lock()
            .expect("nobody panics")
            .entry(label)
            .or_default() += n;
    };
    add(1);
    let _in_flight = defer(|| add(-1));
}

/// A closure in a box, called once.
fn dynamic() {
    let n = black_box(1);
    let cleanup: Box<dyn FnOnce()> = black_box(Box::new(move || count(n)));
    cleanup();
}
