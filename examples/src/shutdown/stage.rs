//! What ways have in common: threads, runtimes and tasks that never end.

use std::future::pending;
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::guard::{Guard, here, main_returns};

/// A thread that knows what it is called.
pub fn thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> thread::JoinHandle<T> {
    thread::spawn(|| {
        here("its own thread");
        work()
    })
}

/// Never returns.
pub fn park() -> ! {
    loop {
        thread::park();
    }
}

/// Work that holds a guard and never ends.
pub async fn hold(_guard: Guard) {
    pending().await
}

/// Runs `main` on a current_thread runtime, which it drops after `main` has returned. Time is
/// paused: a timeout elapses as soon as everybody waits.
pub fn on_main(main: impl Future) {
    let runtime = current_thread();
    runtime.block_on(main);
    main_returns();
}

pub fn current_thread() -> Runtime {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build();
    runtime.expect("the system gives one")
}

pub fn multi_thread() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder
        .worker_threads(1)
        .on_thread_start(|| here("a worker"))
        .build();
    runtime.expect("the system gives one")
}

/// A task that holds a guard, has been polled, and never ends.
pub async fn parked() -> JoinHandle<()> {
    let (started, starts) = oneshot::channel();
    let guard = Guard::new();
    let task = tokio::spawn(async move {
        let _guard = guard;
        started.send(()).expect("its owner waits");
        pending().await
    });
    starts.await.expect("it starts");
    task
}

/// Waits for a task, whatever becomes of it.
pub async fn join(task: JoinHandle<()>) {
    drop(task.await);
    println!("the join returns");
}
