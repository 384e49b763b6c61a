//! What a client that hangs up does to the handler that serves it: an axum server and a TCP client
//! in one process.
//!
//! The page is `src/practice/cancellation.md`. Run it:
//! `cargo run -q -p companion --bin disconnect`.

use axum::routing::{get, post};
use axum::{Router, extract::State};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What happens, in its order. The channel has room for all of it.
type Events = mpsc::Sender<&'static str>;

/// What the handlers share.
#[derive(Clone)]
struct Shop {
    events: Events,
    /// The bank's answer. It comes when the client has gone.
    bank: Arc<Notify>,
    /// Counts the charges, so that the server can wait for them when it stops.
    charges: TaskTracker,
}

impl Shop {
    fn new() -> (Self, mpsc::Receiver<&'static str>) {
        let (events, happened) = mpsc::channel(8);
        let (bank, charges) = (Arc::default(), TaskTracker::new());
        let shop = Self {
            events,
            bank,
            charges,
        };
        (shop, happened)
    }

    fn tell(&self, event: &'static str) {
        self.events.try_send(event).expect("there is room");
    }
}

/// Tells when the handler that holds it is dropped or returns.
struct Handler(Shop);

impl Drop for Handler {
    fn drop(&mut self) {
        self.0.tell("handler dropped");
    }
}

// ANCHOR: handlers
async fn quote(State(shop): State<Shop>) {
    let _handler = Handler(shop.clone());
    shop.tell("waits for the bank");
    shop.bank.notified().await;
    shop.tell("the bank has answered");
}

async fn charge(State(shop): State<Shop>) {
    let _handler = Handler(shop.clone());
    let charges = shop.charges.clone();
    let charge = charges.spawn(async move {
        shop.tell("waits for the bank");
        shop.bank.notified().await;
        shop.tell("order charged");
    });
    charge.await.expect("the charge does not panic");
}
// ANCHOR_END: handlers

/// Serves the shop until `stop` is cancelled; returns where, and the task that does it.
async fn serve(
    shop: Shop,
    stop: CancellationToken,
) -> io::Result<(SocketAddr, JoinHandle<io::Result<()>>)> {
    let app = Router::new()
        .route("/quote", get(quote))
        .route("/charge", post(charge))
        .with_state(shop);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned());
    Ok((address, tokio::spawn(server.into_future())))
}

/// Sends `request` (`GET /quote`, `POST /charge`), hangs up while its handler waits, and returns
/// what happened until the server has stopped.
///
/// If this future is dropped, the server goes on with the runtime.
///
/// # Errors
///
/// If the server or the client has no connection.
///
/// # Panics
///
/// Outside a runtime, and if the server panics.
pub async fn hang_up(request: &str) -> io::Result<Vec<&'static str>> {
    let (shop, mut happened) = Shop::new();
    let (bank, charges) = (shop.bank.clone(), shop.charges.clone());
    let stop = CancellationToken::new();
    let (address, server) = serve(shop, stop.clone()).await?;

    let mut client = TcpStream::connect(address).await?;
    let request = format!("{request} HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n");
    client.write_all(request.as_bytes()).await?;
    let mut events = Vec::new();
    events.extend(happened.recv().await); // the handler waits
    drop(client);
    events.push("client hangs up");
    events.extend(happened.recv().await); // the handler is dropped
    bank.notify_one();

    stop.cancel();
    server.await.expect("the server does not panic")?;
    charges.close();
    charges.wait().await;
    while let Some(event) = happened.recv().await {
        events.push(event);
    }
    Ok(events)
}
