//! Every peer must give its slot back. Here none does. Mend it.

use super::Slot;
use std::{cell::OnceCell, rc::Rc};

struct Connection {
    peer: &'static str,
    session: OnceCell<Session>,
    _slot: Slot,
}

struct Session {
    connection: Rc<Connection>,
}

impl Session {
    fn greet(&self) -> String {
        format!("hello {}", self.connection.peer)
    }
}

/// Serves one peer; its slot is free when this returns.
pub fn serve(peer: &'static str, slot: Slot) -> String {
    let connection = Rc::new(Connection {
        peer,
        session: OnceCell::new(),
        _slot: slot,
    });
    let session = connection.session.get_or_init(|| Session {
        connection: Rc::clone(&connection),
    });
    session.greet()
}
