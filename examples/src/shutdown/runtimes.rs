//! A runtime ends while a task is parked on it.

use std::sync::OnceLock;

use tokio::runtime::Runtime;

use super::Way;
use super::guard::{Guard, goes_on, main_returns};
use super::stage::{current_thread, hold, multi_thread, on_main, parked};

pub const WAYS: &[Way] = &[
    Way::rust("current_thread runtime dropped", drop_current_thread)
        .at("trap/exits.md#the-runtime-ends-first"),
    Way::rust("multi_thread runtime dropped", drop_multi_thread)
        .at("trap/exits.md#the-runtime-ends-first"),
    Way::rust("runtime in a `static`", in_a_static).at("trap/exits.md#the-runtime-ends-first"),
    Way::rust("runtime dropped in async code", drop_in_async_code)
        .complains("Cannot drop a runtime")
        .at("misuse/spawn-from-drop.md#waiting-in-a-destructor"),
    Way::rust("`spawn` from a drop", spawned_at_the_end).at("misuse/spawn-from-drop.md#predict"),
];

fn drop_current_thread() {
    let runtime = current_thread();
    runtime.block_on(parked());
    drop(runtime);
    goes_on();
}

fn drop_multi_thread() {
    let runtime = multi_thread();
    runtime.block_on(parked());
    drop(runtime);
    goes_on();
}

fn drop_in_async_code() {
    let inner = current_thread();
    inner.block_on(parked());
    on_main(async { drop(inner) });
}

fn in_a_static() {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(multi_thread).block_on(parked());
    main_returns();
}

/// Cleans up in a task of its own, if there is anybody to run it.
struct Spawner(Option<Guard>);

impl Drop for Spawner {
    fn drop(&mut self) {
        let guard = self.0.take();
        tokio::spawn(hold(guard.expect("it is dropped once")));
        println!("`spawn` returns");
    }
}

fn spawned_at_the_end() {
    on_main(async {
        let spawner = Spawner(Some(Guard::new()));
        tokio::spawn(async move {
            let _spawner = spawner;
            std::future::pending::<()>().await;
        });
        tokio::task::yield_now().await;
    });
}
