//! A session says goodbye in a task that its destructor spawns. Some goodbyes get lost, and once
//! the destructor panics. Mend it.

use super::{Server, Sessions};

pub struct Pool {
    server: Server,
}

pub struct Session {
    server: Server,
    id: u32,
}

impl Drop for Session {
    fn drop(&mut self) {
        let (server, id) = (self.server.clone(), self.id);
        tokio::spawn(async move { server.goodbye(id).await });
    }
}

impl Sessions for Pool {
    type Session = Session;

    fn start(server: Server, _most: usize) -> Pool {
        Pool { server }
    }

    async fn open(&self, id: u32) -> Session {
        let server = self.server.clone();
        Session { server, id }
    }

    async fn shutdown(self) {}
}
