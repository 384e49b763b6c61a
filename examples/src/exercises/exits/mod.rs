//! Exercise `exits`, for the page `src/trap/exits.md`: a slot that a session must give back.
//! Edit `start.rs` until `cargo run -q -p companion --bin exercise -- exits` says `exits: solved`.

use std::{cell::Cell, rc::Rc};

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

/// Serves three peers, one after the other: each must be greeted, and its slot be free afterwards.
pub fn check(serve: impl Fn(&'static str, Slot) -> String) -> Result<(), String> {
    let taken = Rc::new(Cell::new(0));
    for peer in ["alice", "bob", "carol"] {
        let greeting = serve(peer, Slot::take(&taken));
        if greeting != format!("hello {peer}") {
            return Err(format!("{peer} was told {greeting:?}"));
        }
        if taken.get() != 0 {
            return Err(format!("{peer} was served, but the slot is still taken"));
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
    use super::{Slot, check, solution};

    #[test]
    fn the_solution_holds() {
        assert_eq!(solution(), Ok(()));
    }

    #[test]
    fn wrong_answers_are_told_apart() {
        let kept = check(|peer, slot| {
            let _: &mut Slot = Box::leak(Box::new(slot));
            format!("hello {peer}")
        });
        assert_eq!(
            kept,
            Err("alice was served, but the slot is still taken".into())
        );
        let mute = check(|_, _| String::new());
        assert_eq!(mute, Err("alice was told \"\"".into()));
    }
}
