//! `cargo xtask serve`: every save is seen, nothing that fails takes it down.

mod support;

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use support::Book;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use xtask::serve::{Rebuild, Server};

/// Only a hanging server takes longer, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(60);

struct Running {
    address: SocketAddr,
    rebuilds: mpsc::Receiver<Rebuild>,
    server: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Running {
    async fn start(book: &Book) -> Self {
        let server = Server::bind(book.root(), 0).await.expect("it builds");
        let address = server.address().expect("it is bound");
        let (report, rebuilds) = mpsc::channel(8);
        let server = tokio::spawn(async move {
            let run = server.run(|rebuild| report.try_send(rebuild).expect("the test keeps up"));
            run.await.expect("it serves until it is dropped");
        });
        Self {
            address,
            rebuilds,
            server,
        }
    }

    async fn request(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        let request = format!("GET {path} HTTP/1.1\r\nHost: book\r\nConnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it reads");
        stream
    }

    async fn page(&self, path: &str) -> String {
        let mut text = String::new();
        let mut stream = self.request(path).await;
        let read = timeout(PATIENCE, stream.read_to_string(&mut text)).await;
        read.expect("it answers").expect("it answers text");
        text
    }

    async fn rebuild(&mut self) -> Rebuild {
        let rebuild = timeout(PATIENCE, self.rebuilds.recv()).await;
        rebuild.expect("it sees the save").expect("it still runs")
    }
}

async fn event(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    while !line.starts_with("event: ") {
        line.clear();
        let read = timeout(PATIENCE, stream.read_line(&mut line)).await;
        assert_ne!(read.expect("an event comes").expect("it is text"), 0);
    }
    line.trim_end().to_owned()
}

#[tokio::test]
async fn a_save_reloads_the_page() {
    let book = Book::new();
    let mut running = Running::start(&book).await;
    assert!(
        running
            .page("/orders.html")
            .await
            .contains("The first draft.")
    );

    let mut events = BufReader::new(running.request("/_tower-livereload/event-stream").await);
    assert_eq!(event(&mut events).await, "event: init");
    book.write("src/orders.md", "# Orders\n\nThe second draft.\n");
    assert_eq!(event(&mut events).await, "event: reload");

    let page = running.page("/orders.html").await;
    assert!(page.contains("The second draft."));
    assert!(page.to_lowercase().contains("cache-control: no-store"));
    let rebuild = running.rebuild().await;
    assert!(rebuild.cause.ends_with("orders.md"));
    assert!(rebuild.outcome.is_ok());
}

#[tokio::test]
async fn a_broken_save_is_reported_and_the_last_good_build_stays() {
    let book = Book::new();
    let mut running = Running::start(&book).await;
    for (file, broken) in [
        ("src/orders.md", "{{#include gone.rs}}\n"),
        ("book.toml", "[book\n"),
        ("src/SUMMARY.md", "- [Gone](gone.md)\n"),
    ] {
        let good = std::fs::read_to_string(book.path(file)).expect("the book is whole");
        book.write(file, broken);
        let error = running.rebuild().await.outcome.expect_err("it is broken");
        assert!(!format!("{error:?}").is_empty());
        assert!(
            running
                .page("/orders.html")
                .await
                .contains("The first draft.")
        );
        book.write(file, &good);
        assert!(running.rebuild().await.outcome.is_ok(), "{file}");
    }
    assert!(!book.path("src/gone.md").exists());
}

#[tokio::test]
async fn every_source_is_watched() {
    let book = Book::new();
    let mut running = Running::start(&book).await;
    for directory in ["theme", "examples/src"] {
        std::fs::create_dir_all(book.path(directory)).expect("the copy can be written");
    }
    for file in ["theme/head.hbs", "examples/src/orders.rs", "src/data.csv"] {
        book.write(file, "\n");
        assert!(running.rebuild().await.cause.ends_with(file));
    }
    book.remove("src/data.csv");
    assert!(running.rebuild().await.cause.ends_with("src/data.csv"));
}

#[tokio::test]
async fn an_unknown_page_is_not_found() {
    let book = Book::new();
    let running = Running::start(&book).await;
    let page = running.page("/nowhere.html").await;
    assert!(page.starts_with("HTTP/1.1 404"));
    assert!(page.contains("Document not found"));
}

#[tokio::test]
async fn a_broken_book_is_not_served() {
    let book = Book::new();
    book.write("book.toml", "[book\n");
    let error = Server::bind(book.root(), 0)
        .await
        .err()
        .expect("it is broken");
    assert!(format!("{error:?}").contains("book.toml"));
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("one is free");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    let mut serve = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let serve = serve.args(["serve", "--port", &port]).output();
    let output = timeout(PATIENCE, serve).await.expect("it ends");
    let output = output.expect("xtask starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(error.contains(&port) && error.contains("--port"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_ends_it_though_a_browser_is_connected() {
    let book = Book::new();
    std::fs::create_dir(book.path("tmp")).expect("the copy can be written");
    let mut serve = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["serve", "--port", "0", "--root"])
        .arg(book.root())
        .env("TMPDIR", book.path("tmp"))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("xtask starts");
    let mut line = String::new();
    let mut output = BufReader::new(serve.stdout.take().expect("it was piped"));
    let read = timeout(PATIENCE, output.read_line(&mut line)).await;
    read.expect("it says where it is").expect("it is text");
    let address = line.trim_end().strip_prefix("http://").expect("an address");
    let mut browser = TcpStream::connect(address).await.expect("it listens");
    let request = b"GET /_tower-livereload/event-stream HTTP/1.1\r\nHost: book\r\n\r\n";
    browser.write_all(request).await.expect("it reads");
    assert_eq!(event(&mut BufReader::new(browser)).await, "event: init");

    let pid = serve.id().expect("it runs").to_string();
    let kill = Command::new("kill").args(["-INT", &pid]).status().await;
    assert!(kill.expect("kill is there").success());
    let ended = timeout(PATIENCE, serve.wait()).await.expect("it ends");
    assert!(ended.expect("it can be waited for").success());
    let mut left = std::fs::read_dir(book.path("tmp")).expect("it is there");
    assert!(left.next().is_none(), "a build was left behind");
}
