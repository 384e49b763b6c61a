//! Exercise `exits`, for the page `src/trap/exits.md`: a slot that a session must give back.
//! Edit `start.rs` until `cargo run -q -p companion --bin exercise -- exits` says `exits: solved`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

mod solution;
mod start;

/// A place in the server; free again when this is dropped.
pub struct Slot(Rc<Cell<usize>>);

impl Slot {
    fn take(taken: &Rc<Cell<usize>>) -> Self {
        taken.set(taken.get() + 1);
        Self(Rc::clone(taken))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// A client; keeps what it is told, and how many slots were taken then.
pub struct Peer {
    pub name: &'static str,
    taken: Rc<Cell<usize>>,
    told: Rc<RefCell<Vec<(String, usize)>>>,
}

impl Peer {
    /// Sends `message` to the client.
    pub fn tell(&self, message: String) {
        self.told.borrow_mut().push((message, self.taken.get()));
    }
}

/// Serves three peers, one after the other: each must be greeted while it has its slot, and the
/// slot be free afterwards.
pub fn check(serve: impl Fn(Peer, Slot)) -> Result<(), String> {
    let taken = Rc::new(Cell::new(0));
    for name in ["alice", "bob", "carol"] {
        let told = Rc::new(RefCell::new(Vec::new()));
        let peer = Peer {
            name,
            taken: Rc::clone(&taken),
            told: Rc::clone(&told),
        };
        serve(peer, Slot::take(&taken));
        match told.take().as_slice() {
            [(greeting, slots)] if *greeting == format!("hello {name}") => {
                if *slots == 0 {
                    return Err(format!("{name} was greeted, but had no slot any more"));
                }
            }
            told => {
                let told: Vec<_> = told.iter().map(|(message, _)| message).collect();
                return Err(format!("{name} was told {told:?}"));
            }
        }
        if taken.get() != 0 {
            return Err(format!("{name} was served, but the slot is still taken"));
        }
    }
    Ok(())
}

/// Checks the reader's version.
pub fn start() -> Result<(), String> {
    check(start::serve)
}

/// Checks the book's.
pub fn solution() -> Result<(), String> {
    check(solution::serve)
}

#[cfg(test)]
mod tests {
    use super::{Slot, check};

    #[test]
    fn wrong_answers_are_told_apart() {
        let kept = check(|peer, slot| {
            let _: &mut Slot = Box::leak(Box::new(slot));
            peer.tell(format!("hello {}", peer.name));
        });
        assert_eq!(
            kept,
            Err("alice was served, but the slot is still taken".into())
        );
        let early = check(|peer, slot| {
            drop(slot);
            peer.tell(format!("hello {}", peer.name));
        });
        assert_eq!(
            early,
            Err("alice was greeted, but had no slot any more".into())
        );
        let mute = check(|_, _| {});
        assert_eq!(mute, Err("alice was told []".into()));
    }
}
