//! The session takes its place in the queue of a task when it opens. Shutdown waits for the task.

use super::{Server, Sessions};
use tokio::sync::mpsc::{self, OwnedPermit, Sender};
use tokio::task::JoinHandle;

// ANCHOR: solution
pub struct Pool {
    places: Sender<u32>,
    goodbyes: JoinHandle<()>,
}

pub struct Session {
    id: u32,
    place: Option<OwnedPermit<u32>>,
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            place.send(self.id);
        }
    }
}

impl Sessions for Pool {
    type Session = Session;

    fn start(server: Server, most: usize) -> Pool {
        let (places, mut ended) = mpsc::channel(most);
        let goodbyes = tokio::spawn(async move {
            while let Some(id) = ended.recv().await {
                server.goodbye(id).await;
            }
        });
        Pool { places, goodbyes }
    }

    async fn open(&self, id: u32) -> Session {
        let place = self.places.clone().reserve_owned().await;
        let place = place.expect("the task receives");
        let place = Some(place);
        Session { id, place }
    }

    async fn shutdown(self) {
        drop(self.places);
        self.goodbyes.await.expect("no goodbye panics");
    }
}
// ANCHOR_END: solution
