//! The buffer's scope ends before the upload waits.

use super::Upload;

// ANCHOR: solution
pub async fn receive(upload: Upload) -> u32 {
    let sum = {
        let buffer = upload.read();
        buffer.checksum()
    };
    upload.room().await;
    sum
}
// ANCHOR_END: solution
