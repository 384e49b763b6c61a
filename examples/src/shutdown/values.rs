//! Nothing ends, but the guard changes its owner, or loses it.

use std::cell::{OnceCell, RefCell};
use std::mem::{ManuallyDrop, forget};
use std::process;
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::mpsc::sync_channel;

use super::Way;
use super::guard::{Guard, goes_on, main_returns};
use super::stage::{hold, park, thread};

pub const WAYS: &[Way] = &[
    Way::rust("`let _ = guard()`", underscore)
        .at("foundations/drop-order.md#dropped-before-the-block-ends"),
    Way::rust("overwritten by `=`", overwritten)
        .at("foundations/drop-order.md#dropped-before-the-block-ends"),
    Way::rust("shadowed by `let`", shadowed)
        .at("foundations/drop-order.md#dropped-before-the-block-ends"),
    Way::rust("`mem::forget`", forgotten).at("trap/exits.md#the-owner-never-lets-go"),
    Way::rust("`ManuallyDrop`", manually),
    Way::rust("`Box::leak`", leaked).at("trap/exits.md#the-owner-never-lets-go"),
    Way::rust("`Rc` cycle", cycle).at("trap/exits.md#the-owner-never-lets-go"),
    Way::rust("`static`", in_a_static).at("trap/exits.md#the-owner-never-lets-go"),
    Way::rust("`thread_local!`, main returns", local_of_main),
    Way::rust("`thread_local!`, `process::exit`", local_at_exit),
    Way::rust("`thread_local!`, thread joined", local_of_joined),
    Way::rust(
        "`thread_local!`, thread parked as main returns",
        local_of_parked,
    ),
    Way::rust("queued in a channel, receiver dropped", queued),
    Way::rust("future never polled, guard passed in", unpolled_passed_in)
        .at("foundations/drop-order.md#futures"),
    Way::rust(
        "future never polled, guard made inside",
        unpolled_made_inside,
    )
    .at("foundations/drop-order.md#futures"),
];

fn underscore() {
    #[expect(let_underscore_drop)]
    let _ = Guard::new();
    goes_on();
}

fn overwritten() {
    let mut slot = Some(Guard::new());
    assert!(slot.is_some());
    slot = None;
    goes_on();
    assert!(slot.is_none());
}

fn shadowed() {
    {
        let _guard = Guard::new();
        let _guard = ();
        goes_on();
    }
    main_returns();
}

fn forgotten() {
    forget(Guard::new());
    goes_on();
    main_returns();
}

fn manually() {
    {
        let _guard = ManuallyDrop::new(Guard::new());
    }
    goes_on();
    main_returns();
}

fn leaked() {
    let _forever: &'static mut Guard = Box::leak(Box::new(Guard::new()));
    goes_on();
    main_returns();
}

struct Session(Guard, OnceCell<Rc<Session>>);

fn cycle() {
    let session = Rc::new(Session(Guard::new(), OnceCell::new()));
    session.1.get_or_init(|| Rc::clone(&session));
    drop(session);
    goes_on();
    main_returns();
}

fn in_a_static() {
    static KEPT: OnceLock<Guard> = OnceLock::new();
    KEPT.get_or_init(Guard::new);
    main_returns();
}

thread_local! {
    static KEPT: RefCell<Option<Guard>> = const { RefCell::new(None) };
}

fn local_of_main() {
    KEPT.set(Some(Guard::new()));
    main_returns();
}

fn local_at_exit() {
    KEPT.set(Some(Guard::new()));
    process::exit(3);
}

fn local_of_joined() {
    let kept = thread(|| KEPT.set(Some(Guard::new())));
    kept.join().expect("it does not panic");
    println!("the join returns");
}

fn local_of_parked() {
    let (started, starts) = sync_channel(0);
    thread(move || {
        KEPT.set(Some(Guard::new()));
        started.send(()).expect("main waits");
        park()
    });
    starts.recv().expect("it starts");
    main_returns();
}

fn queued() {
    let (sender, receiver) = sync_channel(1);
    sender.send(Guard::new()).expect("there is room");
    drop(receiver);
    goes_on();
}

fn unpolled_passed_in() {
    drop(hold(Guard::new()));
    goes_on();
}

fn unpolled_made_inside() {
    drop(async { hold(Guard::new()).await });
    goes_on();
}
