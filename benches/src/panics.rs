//! A failure on its way up through frames that each hold a guard: as an `Err`, as a panic, and as
//! one that `resume_unwind` starts. `go/panics.go` is the counterpart.

use std::hint::black_box;
use std::panic::{catch_unwind, resume_unwind, set_hook};

use anyhow::Result;
use companion::defer::defer;

use crate::Round;
use crate::cleanup::release;
use crate::clock::{self, Sample};

/// `err-8` is an `Err` through eight frames.
pub fn measure(name: &str, round: &Round) -> Result<Option<Sample>> {
    let Some((kind @ ("err" | "panic" | "resume"), frames)) = name.split_once('-') else {
        return Ok(None);
    };
    let frames: u32 = frames.parse()?;
    // The default hook prints, and that would be all we measure.
    set_hook(Box::new(|_| ()));
    Ok(Some(clock::measure(round.lasts, |n| {
        for _ in 0..n {
            let failed = match kind {
                "err" => fail(black_box(frames)).is_err(),
                "panic" => catch_unwind(|| panic_in(black_box(frames))).is_err(),
                _ => catch_unwind(|| resume_in(black_box(frames))).is_err(),
            };
            assert!(failed, "the innermost frame fails");
        }
    })))
}

#[derive(Debug)]
struct NoFunds;

#[inline(never)]
fn fail(frames: u32) -> Result<(), NoFunds> {
    let _guard = defer(release);
    if frames == 1 {
        return Err(NoFunds);
    }
    fail(frames - 1)?;
    black_box(Ok(()))
}

#[inline(never)]
fn panic_in(frames: u32) {
    let _guard = defer(release);
    assert!(frames != 1, "no funds");
    panic_in(frames - 1);
    black_box(());
}

#[inline(never)]
fn resume_in(frames: u32) {
    let _guard = defer(release);
    if frames == 1 {
        resume_unwind(Box::new(NoFunds));
    }
    resume_in(frames - 1);
    black_box(());
}
