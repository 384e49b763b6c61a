//! Exercise `spawn-from-drop`, for the page `src/misuse/spawn-from-drop.md`: sessions that say
//! goodbye to their server, whichever way they end. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- spawn-from-drop`.

mod solution;
mod start;

use super::paused_runtime;
use parking_lot::Mutex;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Once};
use std::{any::Any, future::Future, panic, thread, time::Duration};
use tokio::time::{sleep, timeout};

/// Far longer than a check needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where sessions say goodbye. Clones are one server.
#[derive(Clone, Default)]
pub struct Server(Arc<Mutex<Vec<u32>>>);

impl Server {
    /// Says goodbye, which takes a second. If this future is dropped, nothing was said.
    pub async fn goodbye(&self, id: u32) {
        sleep(Duration::from_secs(1)).await;
        self.0.lock().push(id);
    }

    fn goodbyes(&self) -> Vec<u32> {
        let mut ids = self.0.lock().clone();
        ids.sort_unstable();
        ids
    }
}

/// Who opens sessions with a server.
pub trait Sessions: Sized {
    /// Says goodbye after it was dropped, on whatever thread that was.
    type Session: Send + 'static;

    /// Never more than `most` sessions are open at the same time.
    fn start(server: Server, most: usize) -> Self;

    /// Opens a session. It may first wait for the goodbye of another one.
    fn open(&self, id: u32) -> impl Future<Output = Self::Session>;

    /// Returns when every session has been dropped and has said goodbye.
    fn shutdown(self) -> impl Future<Output = ()>;
}

/// Says whether every session says goodbye once, after it has ended and before shutdown returns.
/// A destructor that blocks for `patience` is given up, with its thread.
fn check<S: Sessions>(patience: Duration) -> Result<(), String> {
    let (verdict, verdicts) = sync_channel(1);
    thread::spawn(move || verdict.send(run::<S>()));
    match verdicts.recv_timeout(patience) {
        Ok(verdict) => verdict,
        Err(RecvTimeoutError::Timeout) => Err("a destructor blocks its thread".into()),
        Err(RecvTimeoutError::Disconnected) => Err("start, open or shutdown panics".into()),
    }
}

/// Drops the session on a thread of its own. If that panics, the verdict says with which message,
/// and the console does not.
fn drop_without_a_runtime(session: impl Send + 'static) -> Result<(), String> {
    const QUIET: &str = "no runtime";
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(QUIET) {
                loud(info);
            }
        }));
    });
    let thread = thread::Builder::new().name(QUIET.into());
    let thread = thread.spawn(|| drop(session)).expect("a thread starts");
    thread.join().map_err(|panic| {
        let message = message(&*panic);
        format!("a destructor panics on a thread that has no runtime: {message}")
    })
}

fn message(panic: &dyn Any) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// Time is paused: an hour costs none.
fn run<S: Sessions>() -> Result<(), String> {
    let runtime = paused_runtime();
    let (server, hour) = (Server::default(), Duration::from_secs(3600));
    runtime.block_on(async {
        let sessions = S::start(server.clone(), 4);
        let open = async |id| {
            let session = timeout(hour, sessions.open(id)).await;
            session.map_err(|_| format!("session {id} does not open, no other one is open"))
        };

        let session = open(1).await?;
        sleep(hour).await;
        if !server.goodbyes().is_empty() {
            return Err("a session that is open has said goodbye".into());
        }
        let holder = tokio::spawn(async { drop(session) });
        if holder.await.is_err() {
            return Err("a destructor panics inside the runtime".into());
        }
        sleep(hour).await;
        if server.goodbyes() != [1] {
            return Err(format!(
                "one session ends: goodbyes {:?}",
                server.goodbyes()
            ));
        }

        let session = open(2).await?;
        drop_without_a_runtime(session)?;
        sleep(hour).await;
        if server.goodbyes() != [1, 2] {
            return Err("a session ends on a thread that has no runtime: no goodbye".into());
        }

        let session = open(3).await?;
        let panics = tokio::spawn(async {
            let _session = session;
            panic::resume_unwind(Box::new("without the message"));
        });
        panics.await.expect_err("it panics");
        sleep(hour).await;
        if server.goodbyes() != [1, 2, 3] {
            return Err("the holder of a session panics: no goodbye".into());
        }

        for ids in [4..8, 8..12, 12..16] {
            let mut group = Vec::new();
            for id in ids {
                group.push(open(id).await?);
            }
            drop(group); // four at once
        }
        let last = open(16).await?;
        tokio::spawn(async move {
            sleep(Duration::from_secs(60)).await;
            drop(last);
        });
        if timeout(hour, sessions.shutdown()).await.is_err() {
            return Err("no session for an hour, and shutdown does not return".into());
        }
        let said = server.goodbyes();
        let missing: Vec<u32> = (1..17).filter(|id| !said.contains(id)).collect();
        sleep(hour).await;
        let late = server.goodbyes().len() - said.len();
        match missing.as_slice() {
            [] if said.len() + late == 16 => Ok(()),
            [] => Err("a session says goodbye twice".into()),
            [16] => Err("shutdown returned while session 16 was open".into()),
            _ if late > 0 => Err(format!("shutdown returned, goodbyes to come: {late}")),
            _ => Err(format!("no goodbye from {missing:?}; four ended at once")),
        }
    })
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check::<start::Pool>(PATIENCE)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check::<solution::Pool>(PATIENCE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use tokio::runtime::Handle;
    use tokio::sync::mpsc::{Sender, channel};
    use tokio::task::{JoinHandle, block_in_place};
    use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

    #[test]
    fn the_start_panics_without_a_runtime() {
        let wrong = "a destructor panics on a thread that has no runtime: \
            there is no reactor running, must be called from the context of a Tokio 1.x runtime";
        assert_eq!(start(), Err(wrong.into()));
    }

    /// A session whose drop does what `F` says.
    struct OnDrop<F: FnOnce()>(Option<F>);

    impl<F: FnOnce()> Drop for OnDrop<F> {
        fn drop(&mut self) {
            if let Some(end) = self.0.take() {
                end();
            }
        }
    }

    type Boxed = OnDrop<Box<dyn FnOnce() + Send>>;

    fn on_drop(end: impl FnOnce() + Send + 'static) -> Boxed {
        OnDrop(Some(Box::new(end)))
    }

    /// Spawns where there is a runtime.
    struct TryCurrent(Server);

    impl Sessions for TryCurrent {
        type Session = Boxed;

        fn start(server: Server, _most: usize) -> Self {
            TryCurrent(server)
        }

        async fn open(&self, id: u32) -> Boxed {
            let server = self.0.clone();
            on_drop(move || {
                if let Ok(runtime) = Handle::try_current() {
                    runtime.spawn(async move { server.goodbye(id).await });
                }
            })
        }

        async fn shutdown(self) {}
    }

    /// Blocks until the goodbye is said.
    struct Blocking(Server, Handle);

    impl Sessions for Blocking {
        type Session = Boxed;

        fn start(server: Server, _most: usize) -> Self {
            Blocking(server, Handle::current())
        }

        async fn open(&self, id: u32) -> Boxed {
            let (server, runtime) = (self.0.clone(), self.1.clone());
            on_drop(move || {
                block_in_place(|| runtime.block_on(server.goodbye(id)));
            })
        }

        async fn shutdown(self) {}
    }

    /// Keeps the runtime, and spawns on it: with a count of the tasks, or of the sessions as well.
    struct Tracked<const SESSIONS: bool, const WAIT: bool>(Server, Handle, TaskTracker);

    impl<const SESSIONS: bool, const WAIT: bool> Sessions for Tracked<SESSIONS, WAIT> {
        type Session = Boxed;

        fn start(server: Server, _most: usize) -> Self {
            Tracked(server, Handle::current(), TaskTracker::new())
        }

        async fn open(&self, id: u32) -> Boxed {
            let Tracked(server, runtime, tasks) = self;
            let (server, runtime) = (server.clone(), runtime.clone());
            let counted: Option<TaskTrackerToken> = SESSIONS.then(|| tasks.token());
            let tasks = tasks.clone();
            on_drop(move || {
                tasks.spawn_on(async move { server.goodbye(id).await }, &runtime);
                drop(counted);
            })
        }

        async fn shutdown(self) {
            self.2.close();
            if WAIT {
                self.2.wait().await;
            }
        }
    }

    /// Sends what a queue of `most` has room for, `TIMES` times.
    struct TrySend<const TIMES: usize>(Sender<u32>, JoinHandle<()>);

    impl<const TIMES: usize> Sessions for TrySend<TIMES> {
        type Session = Boxed;

        fn start(server: Server, most: usize) -> Self {
            let (ended, mut inbox) = channel(most);
            let task = tokio::spawn(async move {
                while let Some(id) = inbox.recv().await {
                    for _ in 0..TIMES {
                        server.goodbye(id).await;
                    }
                }
            });
            TrySend(ended, task)
        }

        async fn open(&self, id: u32) -> Boxed {
            let ended = self.0.clone();
            on_drop(move || ended.try_send(id).unwrap_or_default())
        }

        async fn shutdown(self) {
            drop(self.0);
            self.1.await.expect("it does not panic");
        }
    }

    /// Never lets go.
    struct Endless(Tracked<true, true>);

    impl Sessions for Endless {
        type Session = Boxed;

        fn start(server: Server, most: usize) -> Self {
            Endless(Tracked::start(server, most))
        }

        async fn open(&self, id: u32) -> Boxed {
            self.0.open(id).await
        }

        async fn shutdown(self) {
            pending().await
        }
    }

    /// Blocks without asking the runtime.
    struct Parking(Server);

    impl Sessions for Parking {
        type Session = Boxed;

        fn start(server: Server, _most: usize) -> Self {
            Parking(server)
        }

        async fn open(&self, id: u32) -> Boxed {
            let server = self.0.clone();
            on_drop(move || futures::executor::block_on(server.goodbye(id)))
        }

        async fn shutdown(self) {}
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        fn wrong<S: Sessions>() -> String {
            check::<S>(PATIENCE).expect_err("it is wrong")
        }
        assert_eq!(
            wrong::<TryCurrent>(),
            "a session ends on a thread that has no runtime: no goodbye"
        );
        assert_eq!(
            wrong::<Blocking>(),
            "a destructor panics inside the runtime"
        );
        assert_eq!(
            wrong::<Tracked<true, false>>(),
            "shutdown returned, goodbyes to come: 13"
        );
        assert_eq!(
            wrong::<Tracked<false, true>>(),
            "shutdown returned while session 16 was open"
        );
        assert_eq!(
            wrong::<TrySend<1>>(),
            "no goodbye from [8, 9, 10, 11, 12, 13, 14, 15]; four ended at once"
        );
        assert_eq!(wrong::<TrySend<2>>(), "one session ends: goodbyes [1, 1]");
        assert_eq!(
            wrong::<Endless>(),
            "no session for an hour, and shutdown does not return"
        );
        let blocks = check::<Parking>(Duration::from_secs(1));
        assert_eq!(blocks, Err("a destructor blocks its thread".into()));
        assert_eq!(check::<Tracked<true, true>>(PATIENCE), Ok(()));
    }
}
