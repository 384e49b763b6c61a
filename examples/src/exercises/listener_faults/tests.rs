use super::*;

/// What is wrong, without the log.
fn told(checked: Result<(), String>) -> String {
    let wrong = checked.expect_err("it is wrong");
    let (what, _log) = wrong.split_once("\n  (").expect("the log is named");
    what.to_owned()
}

#[test]
fn the_start_lets_what_follows_overtake() {
    let order = r#"applied ["open", "-30", "+100", "close"], not ["open", "+100", "-30", "close"]"#;
    assert_eq!(told(start()), order);
}

#[test]
fn every_wrong_answer_is_told_apart() {
    let skips = |partition: &mut Partition, account: &mut Account| {
        while let Some(record) = partition.read() {
            account.apply(record).ok();
            partition.advance();
        }
    };
    let lost = r#"applied ["open", "-30"], not ["open", "+100", "-30", "close"]"#;
    assert_eq!(told(check(skips)), lost);

    let keeps_nothing = |partition: &mut Partition, account: &mut Account| {
        while let Some(record) = partition.read() {
            for _ in 0..TRIES {
                if account.apply(record).is_ok() {
                    break;
                }
            }
            partition.advance();
        }
    };
    let gone = r##"set aside [], not [("#!", NoEvent)]"##;
    assert_eq!(told(check(keeps_nothing)), gone);

    let tries_bytes_again = |partition: &mut Partition, account: &mut Account| {
        while let Some(record) = partition.read() {
            let mut last = Ok(());
            for _ in 0..TRIES {
                last = account.apply(record);
                if last.is_ok() {
                    break;
                }
            }
            if let Err(reason) = last {
                account.set_aside(record, reason);
            }
            partition.advance();
        }
    };
    let in_vain = r##""#!" is no event, and was tried 3 times"##;
    assert_eq!(told(check(tries_bytes_again)), in_vain);

    let too_often = |partition: &mut Partition, account: &mut Account| {
        while let Some(record) = partition.read() {
            let mut tries = 0;
            while let Err(reason) = account.apply(record) {
                tries += 1;
                if reason == Refused::NoEvent || tries > TRIES {
                    account.set_aside(record, reason);
                    break;
                }
            }
            partition.advance();
        }
    };
    assert_eq!(told(check(too_often)), r#""+5" was tried 4 times"#);

    let stops = |partition: &mut Partition, account: &mut Account| {
        solution::settle(partition, account);
        partition.position -= 1;
    };
    let behind = "the position is 3, and the end is 4";
    assert_eq!(told(check(stops)), behind);

    let sends_too = |partition: &mut Partition, account: &mut Account| {
        solution::settle(partition, account);
        partition.send("#!");
        partition.advance();
    };
    assert_eq!(told(check(sends_too)), "it sends records again");
}

#[test]
#[should_panic(expected = "it tries without end")]
fn who_never_gives_up_is_stopped() {
    let stubborn = |partition: &mut Partition, account: &mut Account| {
        while let Some(record) = partition.read() {
            while account.apply(record).is_err() {}
            partition.advance();
        }
    };
    drop(check(stubborn));
}
