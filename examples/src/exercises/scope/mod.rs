//! Exercise: a request that is counted while it is served, whatever ends it.

mod solution;
mod start;

use std::future::{Future, pending, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use crate::in_flight::Gauge;

/// What a handler is to `serve`: some future.
pub type Handler = Pin<Box<dyn Future<Output = ()>>>;

/// Serves one request that is dropped before it begins, one whose client hangs up, and one that
/// ends.
fn check<F: Future<Output = ()>>(serve: impl Fn(Gauge, Handler) -> F) -> Result<(), String> {
    let gauge = Gauge::default();
    let mut context = Context::from_waker(Waker::noop());
    drop(serve(gauge.clone(), Box::pin(pending())));
    if gauge.read() != 0 {
        return Err(format!(
            "a request never began, and the gauge reads {}",
            gauge.read()
        ));
    }
    {
        let mut request = pin!(serve(gauge.clone(), Box::pin(pending())));
        if request.as_mut().poll(&mut context).is_ready() {
            return Err("the request ended before its handler".into());
        }
        if gauge.read() != 1 {
            return Err(format!(
                "the gauge reads {} while a request is served",
                gauge.read()
            ));
        }
    }
    if gauge.read() != 0 {
        return Err(format!(
            "the client hung up, and the gauge still reads {}",
            gauge.read()
        ));
    }
    if pin!(serve(gauge.clone(), Box::pin(ready(()))))
        .poll(&mut context)
        .is_pending()
    {
        return Err("the handler ended, and the request did not".into());
    }
    match gauge.read() {
        0 => Ok(()),
        left => Err(format!(
            "the request ended, and the gauge still reads {left}"
        )),
    }
}

pub fn start() -> Result<(), String> {
    check(start::serve)
}

pub fn solution() -> Result<(), String> {
    check(solution::serve)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_count_before_the_body_is_told_apart() {
        let eager = |gauge: crate::in_flight::Gauge, handler| {
            gauge.increment(); // in the call: the guard is made in the body, which may never run
            async move {
                scopeguard::defer! { gauge.decrement() }
                let handler: super::Handler = handler;
                handler.await;
            }
        };
        assert_eq!(
            check(eager),
            Err("a request never began, and the gauge reads 1".into())
        );
    }
}
