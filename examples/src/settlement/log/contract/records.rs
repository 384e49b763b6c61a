//! What is appended is there, in order.

use std::collections::BTreeMap;

use super::{EventLog, Maker, append, number};

pub async fn are_in_order(maker: &impl Maker) {
    let log = maker.open("order", 3).await;
    assert_eq!(log.partitions(), 3);
    append(&log, 0..30).await;
    append(&log, 30..60).await;
    for partition in 0..3 {
        let records = log.read(partition, 0, 100).await.expect("it reads");
        let numbers: Vec<_> = records.iter().map(number).collect();
        let expected: Vec<_> = (0..60).filter(|n| n % 3 == partition).collect();
        assert_eq!(
            numbers, expected,
            "in the order in which they were appended"
        );
        let rise = records.is_sorted_by(|a, b| a.offset < b.offset);
        assert!(rise, "offsets rise");
        assert!(records.iter().all(|record| record.partition == partition));
        assert_eq!(records[0].value, format!("record {partition}").as_bytes());
    }
    log.close().await.expect("it closes");
}

pub async fn are_there_again_when_it_is_opened_again(maker: &impl Maker) {
    let log = maker.open("again", 2).await;
    append(&log, 0..9).await;
    log.close().await.expect("it closes");
    let log = maker.open("again", 2).await;
    append(&log, 9..10).await;
    let mut all = Vec::new();
    for partition in 0..2 {
        let records = log.read(partition, 0, 100).await.expect("it reads");
        all.extend(records.iter().map(number));
    }
    all.sort_unstable();
    assert_eq!(all, Vec::from_iter(0..10));
    log.close().await.expect("it closes");
}

pub async fn are_read_outside_of_a_group(maker: &impl Maker) {
    let log = maker.open("read", 2).await;
    let ends = log.ends().await.expect("it knows its ends");
    assert_eq!(ends, BTreeMap::from([(0, 0), (1, 0)]), "of an empty log");

    append(&log, 0..10).await;
    let first = log.read(1, 0, 2).await.expect("it reads");
    assert_eq!(first.iter().map(number).collect::<Vec<_>>(), [1, 3]);
    let rest = log.read(1, first[1].offset + 1, 100).await;
    let rest = rest.expect("it reads");
    assert_eq!(rest.iter().map(number).collect::<Vec<_>>(), [5, 7, 9]);
    let end = log.ends().await.expect("it knows its ends")[&1];
    assert!(end > rest[2].offset, "the end is after the last record");
    let none = log.read(1, end, 100).await.expect("it reads");
    assert_eq!(none, [], "there is nothing at the end");

    let positions = log.append([super::record(11, 2)].into()).await;
    let positions = positions.expect("the log takes a batch");
    assert!(positions[&1] > end && !positions.contains_key(&0));
    log.close().await.expect("it closes");
}
