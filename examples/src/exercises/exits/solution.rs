//! The connection owns its session; the session only points back.

// ANCHOR: solution
use super::{Peer, Slot};
use std::{cell::OnceCell, rc::Rc, rc::Weak};

struct Connection {
    peer: Peer,
    session: OnceCell<Session>,
    _slot: Slot,
}

struct Session {
    connection: Weak<Connection>, // it does not own the slot
}

impl Session {
    fn greet(&self) {
        if let Some(connection) = self.connection.upgrade() {
            let peer = &connection.peer;
            peer.tell(format!("hello {}", peer.name));
        }
    }
}

/// Serves one peer; its slot is free when this returns.
pub fn serve(peer: Peer, slot: Slot) {
    let connection = Rc::new(Connection {
        peer,
        session: OnceCell::new(),
        _slot: slot,
    });
    let session = connection.session.get_or_init(|| Session {
        connection: Rc::downgrade(&connection),
    });
    session.greet();
}
// ANCHOR_END: solution
