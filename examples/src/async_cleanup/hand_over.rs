//! A value that a drop hands over to whoever can end it: for (c) and (e).
//!
//! A channel without a bound may grow without end, and a bounded one may be full, where a
//! destructor cannot wait for room. So the value takes its place in the channel before it is made.

use std::ops::Deref;
use tokio::sync::mpsc::{OwnedPermit, Sender, error::SendError};

/// Goes through the channel when it is dropped.
// ANCHOR: drop
pub struct SendOnDrop<T>(Option<(OwnedPermit<T>, T)>);

impl<T> SendOnDrop<T> {
    /// Waits for a place, then makes the value.
    /// If this future is dropped, nothing was made.
    pub async fn reserve(
        places: &Sender<T>,
        make: impl FnOnce() -> T,
    ) -> Result<Self, SendError<()>> {
        let place = places.clone().reserve_owned().await?;
        Ok(SendOnDrop(Some((place, make()))))
    }
}

impl<T> Drop for SendOnDrop<T> {
    fn drop(&mut self) {
        if let Some((place, value)) = self.0.take() {
            place.send(value); // there is room: no wait, no error
        }
    }
}
// ANCHOR_END: drop

impl<T> Deref for SendOnDrop<T> {
    type Target = T;

    fn deref(&self) -> &T {
        let (_place, value) = self.0.as_ref().expect("only drop takes it");
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use tokio::sync::mpsc::{channel, error::TryRecvError};

    #[test]
    fn it_is_sent_when_it_is_dropped_and_not_before() {
        let (to, mut from) = channel(1);
        let reserved = SendOnDrop::reserve(&to, || 7).now_or_never();
        let value = reserved.expect("there is room").expect("it is open");
        assert_eq!(*value, 7);
        assert_eq!(from.try_recv(), Err(TryRecvError::Empty));
        drop(value);
        assert_eq!(from.try_recv(), Ok(7));
    }

    #[test]
    fn nothing_is_made_without_a_place_or_a_receiver() {
        let (to, from) = channel(1);
        let place = to.try_reserve().expect("there is room");
        let made = || unreachable!("there is no place");
        assert!(SendOnDrop::reserve(&to, made).now_or_never().is_none());
        drop((place, from));
        let closed = SendOnDrop::reserve(&to, || 7).now_or_never();
        assert!(closed.expect("it does not wait").is_err());
    }
}
