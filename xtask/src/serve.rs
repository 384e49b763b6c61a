//! The book in a browser while it is written: rebuilt after every save,
//! reloaded after every rebuild that went well.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header::CACHE_CONTROL};
use axum::response::{IntoResponse, Response};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};
use tower_livereload::{LiveReloadLayer, Reloader};

use crate::site;
use crate::watch::Snapshot;

/// A save, the rebuild and the reload together stay under a second.
const POLL: Duration = Duration::from_millis(100);

/// A book that is built and whose address is taken, ready to [`run`](Self::run).
pub struct Server {
    listener: TcpListener,
    root: PathBuf,
    seen: Snapshot,
    /// Holds every build; dropping it removes them.
    scratch: TempDir,
    /// The last good build's directory: what a browser sees.
    live: watch::Sender<PathBuf>,
}

/// What came of a save.
pub struct Rebuild {
    /// A file that changed, relative to the book's root.
    pub cause: PathBuf,
    /// How long it took, or why the last good build is still served.
    pub outcome: Result<Duration>,
}

impl Server {
    /// Takes `port` on 127.0.0.1 (any free one for 0) and builds the book at `root`.
    ///
    /// # Errors
    /// If the port can't be had or the book doesn't build.
    pub async fn bind(root: &Path, port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .with_context(|| {
                format!("can't serve on port {port}: choose another with `--port N`")
            })?;
        let seen = Snapshot::take(root);
        let scratch = tempfile::Builder::new().prefix("book-").tempdir()?;
        let first = build(root, &scratch.path().join("0")).await?;
        Ok(Self {
            listener,
            root: root.to_owned(),
            seen,
            scratch,
            live: watch::Sender::new(first),
        })
    }

    /// # Errors
    /// If the system doesn't know the socket's address.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves and rebuilds until the future is dropped; `report` hears of every rebuild.
    ///
    /// # Errors
    /// If the server itself fails; a rebuild that does is reported and changes nothing.
    pub async fn run(self, report: impl FnMut(Rebuild)) -> Result<()> {
        let Self {
            listener,
            root,
            seen,
            scratch,
            live,
        } = self;
        let reload = LiveReloadLayer::new();
        let reloader = reload.reloader();
        let app = Router::new()
            .fallback(file)
            .with_state(live.subscribe())
            .layer(reload);
        tokio::select! {
            served = axum::serve(listener, app) => Ok(served?),
            () = rebuild(&root, seen, scratch.path(), live, reloader, report) => Ok(()),
        }
    }
}

async fn rebuild(
    root: &Path,
    mut seen: Snapshot,
    scratch: &Path,
    live: watch::Sender<PathBuf>,
    reloader: Reloader,
    mut report: impl FnMut(Rebuild),
) {
    let mut poll = tokio::time::interval(POLL);
    for number in 1_u64.. {
        let cause = loop {
            poll.tick().await;
            let now = Snapshot::take(root);
            if let Some(cause) = now.difference(&seen).map(Path::to_owned) {
                seen = now;
                break cause;
            }
        };
        let started = Instant::now();
        let built = build(root, &scratch.join(number.to_string())).await;
        let outcome = built.map(|fresh| {
            let old = live.send_replace(fresh);
            reloader.reload();
            // What can't be removed now goes with `scratch`.
            fs::remove_dir_all(old).ok();
            started.elapsed()
        });
        report(Rebuild { cause, outcome });
    }
}

async fn build(root: &Path, out: &Path) -> Result<PathBuf> {
    let (root, out) = (root.to_owned(), out.to_owned());
    spawn_blocking(move || site::render(&root, &out))
        .await
        .context("mdBook panicked")?
}

async fn file(State(live): State<watch::Receiver<PathBuf>>, request: Request) -> Response {
    let site = live.borrow().clone();
    let missing = ServeFile::new(site.join("404.html"));
    let mut response = ServeDir::new(&site)
        .not_found_service(missing)
        .oneshot(request)
        .await
        .into_response();
    // Two builds within a second bear the same date: a browser would keep the older.
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
