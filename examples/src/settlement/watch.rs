//! What is seen while it runs: a line on a terminal that changes, lines elsewhere, and the same
//! numbers over HTTP for Prometheus.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::log::{EventLog, Positions};
use super::metrics::{Metrics, lag};
use super::views::Views;

/// How often a terminal is told, and how often anything else is.
const ON_A_TERMINAL: Duration = Duration::from_millis(100);
const ELSEWHERE: Duration = Duration::from_secs(1);

/// Where the numbers come from.
#[derive(Clone)]
pub struct Numbers<L> {
    pub metrics: Arc<Metrics>,
    pub log: L,
    pub views: Views,
}

impl<L: EventLog> Numbers<L> {
    /// How far the views are behind the log; nothing if the log does not say.
    async fn lag(&self) -> Positions {
        let ends = self.log.ends().await.unwrap_or_default();
        lag(&ends, &self.views.positions().borrow())
    }

    async fn line(&self, since: Instant) -> String {
        let seconds = since.elapsed().as_secs_f64();
        let applied = self.metrics.applied.get();
        #[expect(clippy::cast_precision_loss, reason = "it is for the eye")]
        let rate = applied as f64 / seconds.max(0.001);
        let lag: Vec<_> = self.lag().await.values().map(u64::to_string).collect();
        format!(
            "{applied} applied, {rate:.0}/s, {} of {} partitions, lag {}, {} retries, \
             {} dead letters, balanced {} times",
            self.metrics.owned.read(),
            self.log.partitions(),
            lag.join(" "),
            self.metrics.retries.get(),
            self.metrics.dead.get(),
            self.metrics.reconciled.get()
        )
    }
}

/// Shows the numbers on stderr until `stop`.
///
/// If this future is dropped, the line is removed from the terminal.
pub async fn show<L: EventLog>(numbers: Numbers<L>, stop: CancellationToken) {
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {wide_msg}");
    bar.set_style(style.expect("a template of two fields"));
    let period = if bar.is_hidden() {
        ELSEWHERE
    } else {
        ON_A_TERMINAL
    };
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let since = Instant::now();
    ticks.tick().await; // the first one comes at once
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let line = numbers.line(since).await;
        if bar.is_hidden() {
            eprintln!("{line}");
        } else {
            bar.set_message(line);
            bar.tick();
        }
    }
    bar.finish_and_clear();
}

/// Serves the numbers at `/metrics` until `stop`; returns where, and the task that does it.
///
/// # Errors
///
/// If the address is taken.
pub async fn serve<L: EventLog>(
    address: SocketAddr,
    numbers: Numbers<L>,
    stop: CancellationToken,
) -> io::Result<(SocketAddr, JoinHandle<io::Result<()>>)> {
    let text = move || {
        let numbers = numbers.clone();
        async move { numbers.metrics.prometheus(&numbers.lag().await) }
    };
    let app = Router::new().route("/metrics", get(text));
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let server = axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned());
    Ok((address, tokio::spawn(server.into_future())))
}
