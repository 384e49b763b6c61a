use super::*;

#[test]
fn the_start_applies_the_second_copy() {
    let copy = "the account has 45 cents, not 75";
    assert_eq!(told(start()), copy);
}

/// What is wrong, without the log.
fn told(checked: Result<(), String>) -> String {
    let wrong = checked.expect_err("it is wrong");
    let (what, _log) = wrong.split_once("\n  (").expect("the log is named");
    what.to_owned()
}

/// Applies an event that is not in the account yet.
fn settle(rows: &mut Rows, event: &Event) {
    if event.number > rows.number {
        rows.cents += event.cents;
        rows.number = event.number;
    }
}

#[test]
fn every_wrong_answer_is_told_apart() {
    let by_position = |records: &[Record], store: &mut Store| {
        for record in records {
            store.write(|rows| {
                if record.offset == rows.next {
                    match record.event() {
                        Some(event) => rows.cents += event.cents,
                        None => rows.dead.push(record.offset),
                    }
                    rows.next += 1;
                }
            })?;
        }
        Ok(())
    };
    let copy = "the account has 45 cents, not 75";
    assert_eq!(told(check(by_position)), copy);

    let by_number = |records: &[Record], store: &mut Store| {
        for record in records {
            store.write(|rows| {
                match record.event() {
                    Some(event) => settle(rows, &event),
                    None => rows.dead.push(record.offset),
                }
                rows.next = record.offset + 1;
            })?;
        }
        Ok(())
    };
    let again = "records [2, 2, 2, 2] are set aside, not [2]";
    assert_eq!(told(check(by_number)), again);

    let skips = |records: &[Record], store: &mut Store| {
        for record in records {
            store.write(|rows| {
                if let Some(event) = record.event() {
                    settle(rows, &event);
                }
                rows.next = record.offset + 1;
            })?;
        }
        Ok(())
    };
    let skipped = "records [] are set aside, not [2]";
    assert_eq!(told(check(skips)), skipped);

    let position_last = |records: &[Record], store: &mut Store| {
        for record in records {
            if record.offset < store.rows().next {
                continue;
            }
            store.write(|rows| match record.event() {
                Some(event) => settle(rows, &event),
                None => rows.dead.push(record.offset),
            })?;
            store.write(|rows| rows.next = record.offset + 1)?;
        }
        Ok(())
    };
    let twice = "it crashes after write 5: records [2, 2] are set aside, not [2]";
    assert_eq!(told(check(position_last)), twice);

    let position_first = |records: &[Record], store: &mut Store| {
        for record in records {
            if record.offset < store.rows().next {
                continue;
            }
            store.write(|rows| rows.next = record.offset + 1)?;
            store.write(|rows| match record.event() {
                Some(event) => settle(rows, &event),
                None => rows.dead.push(record.offset),
            })?;
        }
        Ok(())
    };
    let lost = "it crashes after write 1: the account has -25 cents, not 75";
    assert_eq!(told(check(position_first)), lost);

    let reads_the_offset = |records: &[Record], store: &mut Store| {
        for record in records {
            store.write(|rows| {
                if record.offset < rows.next {
                    return;
                }
                match record.event() {
                    Some(event) => settle(rows, &event),
                    None => rows.dead.push(record.offset),
                }
                rows.next = record.offset;
            })?;
        }
        Ok(())
    };
    let behind = "the record to read next is 4, not 5";
    assert_eq!(told(check(reads_the_offset)), behind);

    let deaf = |records: &[Record], store: &mut Store| {
        for _attempt in 0..2 {
            solution::consume(records, store).ok();
        }
        Ok(())
    };
    let deaf_to_it = "it goes on as if nothing had crashed";
    assert_eq!(told(check(deaf)), deaf_to_it);

    let idle = |_: &[Record], _: &mut Store| Ok(());
    let nothing = "the account has 0 cents, not 75";
    assert_eq!(told(check(idle)), nothing);
}

#[test]
fn all_of_the_log_in_one_transaction_is_right_too() {
    let at_once = |records: &[Record], store: &mut Store| {
        store.write(|rows| {
            for record in records {
                if record.offset < rows.next {
                    continue;
                }
                match record.event() {
                    Some(event) => settle(rows, &event),
                    None => rows.dead.push(record.offset),
                }
                rows.next = record.offset + 1;
            }
        })
    };
    assert_eq!(check(at_once), Ok(()));
}
