//! Who owns which partition: the assignment of a group, without any clock or task.

use std::collections::BTreeSet;

/// A member's number in its group. Numbers are not used again.
pub type Id = u64;

/// The assignment of a group. Partition `p` should go to member `p mod members`; what is somebody
/// else's is first asked back.
pub struct Group {
    members: BTreeSet<Id>,
    joined: Id,
    slots: Vec<Slot>,
}

/// A partition's place in the assignment.
#[derive(Clone, Default)]
struct Slot {
    owner: Option<Id>,
    /// The owner knows.
    told: bool,
    revoked: Revoked,
}

#[derive(Clone, Default, PartialEq)]
enum Revoked {
    #[default]
    No,
    /// The owner should be told to give it up.
    Wanted,
    /// It was told; its next poll gives it up.
    Told,
}

/// What a member has to be told.
#[derive(Debug, PartialEq)]
pub enum News {
    Assigned(Vec<u32>),
    Revoked(Vec<u32>),
}

impl Group {
    pub fn new(partitions: u32) -> Group {
        Group {
            members: BTreeSet::new(),
            joined: 0,
            slots: vec![Slot::default(); partitions as usize],
        }
    }

    pub fn join(&mut self) -> Id {
        self.joined += 1;
        self.members.insert(self.joined);
        self.assign();
        self.joined
    }

    pub fn leave(&mut self, id: Id) {
        self.members.remove(&id);
        self.free(|slot| slot.owner == Some(id));
    }

    /// The member polls: what it was told to give up is no longer its own.
    pub fn give_up(&mut self, id: Id) {
        self.free(|slot| slot.owner == Some(id) && slot.revoked == Revoked::Told);
    }

    /// Whether a poll of the member would give something up.
    pub fn gives_up(&self, id: Id) -> bool {
        let mut slots = self.slots.iter();
        slots.any(|slot| slot.owner == Some(id) && slot.revoked == Revoked::Told)
    }

    pub fn owns(&self, id: Id, partition: u32) -> bool {
        let slot = self.slots.get(partition as usize);
        slot.is_some_and(|slot| slot.owner == Some(id) && slot.told)
    }

    /// What the member does not know yet. It knows it then.
    pub fn news(&mut self, id: Id) -> Option<News> {
        let revoked = self.tell(|slot| {
            let tell = slot.owner == Some(id) && slot.revoked == Revoked::Wanted;
            if tell {
                slot.revoked = Revoked::Told;
            }
            tell
        });
        if !revoked.is_empty() {
            return Some(News::Revoked(revoked));
        }
        let assigned = self.tell(|slot| {
            let tell = slot.owner == Some(id) && !slot.told;
            slot.told |= tell;
            tell
        });
        (!assigned.is_empty()).then_some(News::Assigned(assigned))
    }

    fn tell(&mut self, mut tell: impl FnMut(&mut Slot) -> bool) -> Vec<u32> {
        let slots = (0..).zip(&mut self.slots);
        let told = slots.filter_map(|(partition, slot)| tell(slot).then_some(partition));
        told.collect()
    }

    fn free(&mut self, gone: impl Fn(&Slot) -> bool) {
        for slot in self.slots.iter_mut().filter(|slot| gone(slot)) {
            *slot = Slot::default();
        }
        self.assign();
    }

    fn assign(&mut self) {
        let members: Vec<Id> = self.members.iter().copied().collect();
        for (partition, slot) in self.slots.iter_mut().enumerate() {
            let target = members.get(partition % members.len().max(1)).copied();
            match slot.owner {
                owner if owner == target => {
                    // A revocation that nobody heard of is taken back.
                    if slot.revoked == Revoked::Wanted {
                        slot.revoked = Revoked::No;
                    }
                }
                Some(_) if slot.told => {
                    if slot.revoked == Revoked::No {
                        slot.revoked = Revoked::Wanted;
                    }
                }
                _ => slot.owner = target,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_owned_goes_over_when_its_owner_has_heard_and_polled() {
        let mut group = Group::new(2);
        let one = group.join();
        assert_eq!(group.news(one), Some(News::Assigned(vec![0, 1])));
        let two = group.join();
        assert_eq!(group.news(two), None);
        assert_eq!(group.news(one), Some(News::Revoked(vec![1])));
        assert!(group.owns(one, 1), "until it polls");
        group.give_up(one);
        assert!(!group.owns(one, 1));
        assert!(!group.owns(two, 1), "before it was told");
        assert_eq!(group.news(two), Some(News::Assigned(vec![1])));
        assert!(group.owns(two, 1));
    }

    #[test]
    fn who_leaves_before_a_revocation_is_told_ends_it() {
        let mut group = Group::new(2);
        let one = group.join();
        group.news(one);
        let two = group.join();
        group.leave(two);
        assert_eq!(group.news(one), None);
    }

    #[test]
    fn a_told_revocation_is_carried_out_even_if_the_reason_has_gone() {
        let mut group = Group::new(2);
        let one = group.join();
        group.news(one);
        let two = group.join();
        assert_eq!(group.news(one), Some(News::Revoked(vec![1])));
        group.leave(two);
        group.give_up(one);
        assert_eq!(group.news(one), Some(News::Assigned(vec![1])));
    }

    #[test]
    fn what_nobody_was_told_goes_over_at_once() {
        let mut group = Group::new(2);
        let one = group.join();
        let two = group.join();
        assert_eq!(group.news(two), Some(News::Assigned(vec![1])));
        assert_eq!(group.news(one), Some(News::Assigned(vec![0])));
        group.leave(one);
        assert_eq!(group.news(two), Some(News::Assigned(vec![0])));
    }
}
