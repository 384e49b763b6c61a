//! Exercise `task-cost`, for the page `src/foundations/task-cost.md`: a waiting upload that carries
//! a buffer it no longer needs. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- task-cost`.

mod solution;
mod start;

use std::pin::pin;
use std::sync::Arc;

use futures::FutureExt;
use tokio::sync::Notify;

/// The largest future that passes, in bytes.
const SMALL: usize = 256;

/// What has arrived, and when it may be stored.
pub struct Upload {
    room: Arc<Notify>,
    alive: Arc<()>,
}

/// What an upload has sent.
pub struct Buffer {
    bytes: [u8; 8192],
    /// Counts the buffers that are alive: dropped with the struct.
    _alive: Arc<()>,
}

impl Upload {
    /// Reads what has arrived.
    #[must_use]
    pub fn read(&self) -> Buffer {
        Buffer {
            bytes: [1; 8192],
            _alive: self.alive.clone(),
        }
    }

    /// Waits until the storage has room. If this future is dropped, nothing is lost.
    pub async fn room(&self) {
        self.room.notified().await;
    }
}

impl Buffer {
    #[must_use]
    pub fn checksum(&self) -> u32 {
        self.bytes.iter().map(|&byte| u32::from(byte)).sum()
    }
}

/// Says whether `receive` waits for room, returns the checksum, and keeps no buffer while it waits.
fn check<F: Future<Output = u32>>(receive: impl Fn(Upload) -> F) -> Result<(), String> {
    let (room, alive) = (Arc::new(Notify::new()), Arc::new(()));
    let upload = receive(Upload {
        room: room.clone(),
        alive: alive.clone(),
    });
    let bytes = size_of_val(&upload);

    let mut upload = pin!(upload);
    if upload.as_mut().now_or_never().is_some() {
        return Err("the upload does not wait for room".into());
    }
    if bytes > SMALL {
        return Err(format!("an upload that waits takes {bytes} bytes"));
    }
    // This function has one, the upload another.
    if Arc::strong_count(&alive) > 2 {
        return Err("the future is small, and its buffer lives on in the heap".into());
    }
    room.notify_one();
    match upload.now_or_never() {
        None => Err("there is room, and the upload does not end".into()),
        Some(8192) => Ok(()),
        Some(sum) => Err(format!("the checksum is {sum}, not 8192")),
    }
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::receive)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::receive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let boxed = async |upload: Upload| {
            let buffer = Box::new(upload.read());
            let sum = buffer.checksum();
            upload.room().await;
            sum
        };
        let wrong = "the future is small, and its buffer lives on in the heap";
        assert_eq!(check(boxed), Err(wrong.into()));

        let dropped = async |upload: Upload| {
            let buffer = upload.read();
            let sum = buffer.checksum();
            drop(buffer);
            upload.room().await;
            sum
        };
        let wrong = check(dropped).expect_err("the future keeps the space");
        assert!(wrong.starts_with("an upload that waits takes 8"), "{wrong}");

        let hasty = async |upload: Upload| upload.read().checksum();
        assert_eq!(
            check(hasty),
            Err("the upload does not wait for room".into())
        );

        let lost = async |upload: Upload| {
            upload.room().await;
            0
        };
        assert_eq!(check(lost), Err("the checksum is 0, not 8192".into()));

        let endless = async |upload: Upload| {
            upload.room().await;
            std::future::pending().await
        };
        let wrong = "there is room, and the upload does not end";
        assert_eq!(check(endless), Err(wrong.into()));
    }
}
