//! The connection owns its session; the session only points back.

// ANCHOR: solution
use super::Slot;
use std::{cell::OnceCell, rc::Rc, rc::Weak};

struct Connection {
    peer: &'static str,
    session: OnceCell<Session>,
    _slot: Slot,
}

struct Session {
    connection: Weak<Connection>, // it does not own the slot
}

impl Session {
    fn greet(&self) -> String {
        let connection = self.connection.upgrade();
        connection.map_or("bye".into(), |c| format!("hello {}", c.peer))
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
        connection: Rc::downgrade(&connection),
    });
    session.greet()
}
// ANCHOR_END: solution
