//! A closure on the blocking pool, whose owner or runtime goes away.

use std::mem::forget;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use futures::executor::block_on;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use super::Way;
use super::guard::{Guard, goes_on, here, main_returns};
use super::stage::{current_thread, join};

pub const WAYS: &[Way] = &[
    Way::rust("closure runs, handle dropped", drop_handle),
    Way::rust("closure runs, aborted", abort).at("foundations/task-leaks.md#abort-is-a-request"),
    Way::rust("closure queued, aborted", abort_queued),
    Way::rust("closure runs, runtime dropped", drop_runtime)
        .at("trap/exits.md#the-runtime-ends-first"),
    Way::rust("closure queued, runtime dropped", drop_runtime_queued),
    Way::rust("`shutdown_background`, closure ends first", in_time),
    Way::rust("`shutdown_background`, main returns first", too_late),
    Way::rust("`shutdown_timeout` elapses, main returns first", timed_out)
        .at("trap/exits.md#the-runtime-ends-first"),
];

/// A running closure that owns a guard, and what ends it.
fn work(runtime: &Runtime) -> (JoinHandle<()>, SyncSender<()>) {
    run(runtime, Guard::new(), "the closure ends")
}

/// The same for any `held`, with the line that it prints as it ends.
fn run(
    runtime: &Runtime,
    held: impl Send + 'static,
    last: &'static str,
) -> (JoinHandle<()>, SyncSender<()>) {
    let (started, starts) = sync_channel(0);
    let (end, ends) = sync_channel(1);
    let work = runtime.spawn_blocking(move || {
        here("a blocking thread");
        let _held = held;
        started.send(()).expect("main waits");
        ends.recv().expect("main sends");
        println!("{last}");
    });
    starts.recv().expect("it starts");
    (work, end)
}

fn drop_handle() {
    let runtime = current_thread();
    let (work, end) = work(&runtime);
    drop(work);
    goes_on();
    end.send(()).expect("it listens");
    drop(runtime);
    main_returns();
}

fn abort() {
    let runtime = current_thread();
    let (work, end) = work(&runtime);
    work.abort();
    goes_on();
    end.send(()).expect("it listens");
    runtime.block_on(join(work));
}

/// A runtime whose only blocking thread is busy, and what ends that.
fn busy() -> (Runtime, SyncSender<()>) {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.max_blocking_threads(1).build();
    let runtime = runtime.expect("the system gives one");
    let (_, end) = run(&runtime, (), "the one before it ends");
    (runtime, end)
}

fn abort_queued() {
    let (runtime, end) = busy();
    let guard = Guard::new();
    let queued = runtime.spawn_blocking(|| {
        println!("the queued closure runs");
        drop(guard);
    });
    queued.abort();
    goes_on();
    end.send(()).expect("it listens");
    runtime.block_on(join(queued));
}

fn drop_runtime() {
    let runtime = current_thread();
    let (_work, end) = work(&runtime);
    end.send(()).expect("it listens");
    drop(runtime);
    goes_on();
}

fn drop_runtime_queued() {
    let (runtime, end) = busy();
    let guard = Guard::new();
    runtime.spawn_blocking(|| {
        println!("the queued closure runs");
        drop(guard);
    });
    end.send(()).expect("it listens");
    drop(runtime);
    goes_on();
}

fn in_time() {
    let runtime = current_thread();
    let (work, end) = work(&runtime);
    runtime.shutdown_background();
    goes_on();
    end.send(()).expect("it listens");
    block_on(join(work));
}

fn too_late() {
    let runtime = current_thread();
    let (_work, end) = work(&runtime);
    forget(end); // nothing ends the closure
    runtime.shutdown_background();
    goes_on();
    main_returns();
}

fn timed_out() {
    let runtime = current_thread();
    let (_work, end) = work(&runtime);
    forget(end); // nothing ends the closure
    runtime.shutdown_timeout(Duration::from_millis(1));
    goes_on();
    main_returns();
}
