//! Every peer must give its slot back. Here none does. Mend it.

use super::{Peer, Slot};
use std::{cell::OnceCell, rc::Rc};

struct Connection {
    peer: Peer,
    session: OnceCell<Session>,
    _slot: Slot,
}

struct Session {
    connection: Rc<Connection>,
}

impl Session {
    fn greet(&self) {
        let peer = &self.connection.peer;
        peer.tell(format!("hello {}", peer.name));
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
        connection: Rc::clone(&connection),
    });
    session.greet();
}
