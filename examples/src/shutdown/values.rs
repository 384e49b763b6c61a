//! Nothing ends, but the guard changes its owner, or loses it.

use std::cell::{OnceCell, RefCell};
use std::mem::{ManuallyDrop, forget};
use std::process;
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::mpsc::sync_channel;

use super::Way;
use super::guard::{Guard, goes_on, hold, main_returns, park, thread};

pub const WAYS: &[Way] = &[
    Way::rust("`let _ = guard()`", underscore),
    Way::rust("overwritten by `=`", overwritten),
    Way::rust("shadowed by `let`", shadowed),
    Way::rust("`mem::forget`", forgotten),
    Way::rust("ManuallyDrop", manually),
    Way::rust("`Box::leak`", leaked),
    Way::rust("Rc cycle", cycle),
    Way::rust("`static`", in_a_static),
    Way::rust("thread_local of main", local_of_main),
    Way::rust("thread_local of main, `process::exit`", local_at_exit),
    Way::rust("thread_local of a joined thread", local_of_joined),
    Way::rust(
        "thread_local of a parked thread, main ends",
        local_of_parked,
    ),
    Way::rust("queued in a channel, receiver dropped", queued),
    Way::rust("future never polled, argument", unpolled_argument),
    Way::rust("future never polled, local", unpolled_local),
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

fn unpolled_argument() {
    drop(hold(Guard::new()));
    goes_on();
}

fn unpolled_local() {
    drop(async { hold(Guard::new()).await });
    goes_on();
}
