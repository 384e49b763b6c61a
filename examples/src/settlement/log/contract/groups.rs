//! A partition belongs to one member, and goes over without a loss.

use futures::FutureExt;

use super::super::LogError;
use super::{EventLog, Maker, Member, Polled, Seen, append};

pub async fn a_lone_member_owns_everything(maker: &impl Maker) {
    let log = maker.open("alone", 3).await;
    append(&log, 0..25).await;
    let mut one = Seen::join(&log, "views").await;
    one.until(maker, |one| one.records.len() == 25, "all came")
        .await;
    assert_eq!(one.owned, [0, 1, 2].into());
    assert_eq!(one.numbers(), Vec::from_iter(0..25));
    append(&log, 25..26).await;
    one.until(maker, |one| one.records.len() == 26, "a late one came")
        .await;
    one.member.leave().await.expect("it leaves");
    log.close().await.expect("it closes");
}

pub async fn what_was_committed_is_where_the_next_member_starts(maker: &impl Maker) {
    let log = maker.open("commit", 1).await;
    append(&log, 0..8).await;
    let mut one = Seen::join(&log, "views").await;
    one.until(maker, |one| one.records.len() == 8, "all came")
        .await;
    let position = [(0, one.records[4].offset + 1)].into();
    one.member.commit(&position).await.expect("it commits");
    one.member
        .commit(&position)
        .await
        .expect("it commits again");
    one.member.leave().await.expect("it leaves");

    let mut two = Seen::join(&log, "views").await;
    two.until(maker, |two| two.records.len() == 3, "the rest came")
        .await;
    assert_eq!(two.numbers(), [5, 6, 7], "what was not committed");
    two.member.leave().await.expect("it leaves");
    log.close().await.expect("it closes");
}

pub async fn a_seek_repeats_records(maker: &impl Maker) {
    let log = maker.open("seek", 2).await;
    append(&log, 0..20).await;
    let mut one = Seen::join(&log, "views").await;
    one.until(maker, |one| one.records.len() == 20, "all came")
        .await;
    let of_one: Vec<_> = one.records.iter().filter(|r| r.partition == 1).collect();
    let third = of_one[2].offset;
    one.records.clear();
    one.member.seek(1, third).await.expect("it seeks");
    one.until(maker, |one| one.records.len() == 8, "they came again")
        .await;
    assert_eq!(one.numbers(), [5, 7, 9, 11, 13, 15, 17, 19]);
    assert_eq!(one.records[0].offset, third);
    one.member.leave().await.expect("it leaves");
    log.close().await.expect("it closes");
}

pub async fn a_dropped_poll_loses_nothing(maker: &impl Maker) {
    let log = maker.open("dropped", 1).await;
    append(&log, 0..300).await;
    let mut one = Seen::join(&log, "views").await;
    let mut dropped = 0;
    while one.records.len() < 300 {
        // A poll that ends at its first wait, then one that ends.
        if one.poll().now_or_never().is_none() {
            dropped += 1;
        }
        let seen = one.records.len();
        let more = |one: &Seen<_>| one.records.len() > seen || seen == 300;
        one.until(maker, more, "more came").await;
    }
    assert!(dropped > 0, "no poll was dropped");
    assert_eq!(one.numbers(), Vec::from_iter(0..300));
    one.member.leave().await.expect("it leaves");
    log.close().await.expect("it closes");
}

pub async fn a_second_member_takes_over_what_the_first_gives_up(maker: &impl Maker) {
    let log = maker.open("second", 4).await;
    append(&log, 0..40).await;
    let mut one = Seen::join(&log, "views").await;
    one.until(maker, |one| one.records.len() == 40, "all came")
        .await;
    let mut two = Seen::join(&log, "views").await;
    // The first one commits what it gives up when it is told so, before its next poll.
    let first = async {
        loop {
            if let Polled::Revoked(partitions) = one.poll().await {
                let last = |p| one.records.iter().rev().find(|r| r.partition == p);
                let next = |p| (p, last(p).expect("all had records").offset + 1);
                let positions = partitions.iter().map(|&p| next(p)).collect();
                let stored = one.member.commit(&positions).await;
                stored.expect("what is given up is still owned");
            }
        }
    };
    let second = two.until(maker, |two| two.owned.len() == 2, "it got its share");
    tokio::select! {
        () = first => {}
        () = second => {}
    }
    one.until(maker, |one| one.owned.len() == 2, "it kept its share")
        .await;
    assert!(one.owned.is_disjoint(&two.owned));

    append(&log, 40..60).await;
    let both = async {
        tokio::join!(
            one.until(maker, |one| one.records.len() >= 50, "its half came"),
            two.until(maker, |two| two.records.len() >= 10, "its half came"),
        )
    };
    both.await;
    let mut all = [one.numbers(), two.numbers()].concat();
    all.sort_unstable();
    assert_eq!(all, Vec::from_iter(0..60), "each once: all was committed");
    tokio::join!(
        async { one.member.leave().await.expect("it leaves") },
        async { two.member.leave().await.expect("it leaves") },
    );
    log.close().await.expect("it closes");
}

pub async fn a_member_that_leaves_gives_all_to_the_other(maker: &impl Maker) {
    let log = maker.open("leave", 2).await;
    let mut one = Seen::join(&log, "views").await;
    one.until(maker, |one| one.owned.len() == 2, "it owns all")
        .await;
    let mut two = Seen::join(&log, "views").await;
    tokio::select! {
        () = two.until(maker, |two| two.owned.len() == 1, "it got its share") => {}
        () = async { loop { one.poll().await; } } => {}
    }
    one.member.leave().await.expect("it leaves");
    two.until(maker, |two| two.owned.len() == 2, "it got the rest")
        .await;
    append(&log, 0..10).await;
    two.until(maker, |two| two.records.len() == 10, "all came")
        .await;
    two.member.leave().await.expect("it leaves");
    log.close().await.expect("it closes");
}

pub async fn a_member_that_is_dropped_gives_all_to_the_other(maker: &impl Maker) {
    let log = maker.open("crash", 2).await;
    append(&log, 0..10).await;
    let mut one = Seen::join(&log, "views").await;
    one.until(maker, |one| one.records.len() == 10, "all came")
        .await;
    drop(one); // it has committed nothing
    let mut two = Seen::join(&log, "views").await;
    two.until(maker, |two| two.records.len() == 10, "all came again")
        .await;
    assert_eq!(two.numbers(), Vec::from_iter(0..10));
    two.member.leave().await.expect("it leaves");
    log.close().await.expect("it closes");
}

pub async fn nothing_is_committed_for_a_partition_of_another(maker: &impl Maker) {
    let log = maker.open("fenced", 2).await;
    append(&log, 0..10).await;
    let mut one = Seen::join(&log, "views").await;
    one.until(maker, |one| one.records.len() == 10, "all came")
        .await;
    let mut two = Seen::join(&log, "views").await;
    tokio::select! {
        () = two.until(maker, |two| two.owned.len() == 1, "it got its share") => {}
        () = async { loop { one.poll().await; } } => {}
    }
    one.until(maker, |one| one.owned.len() == 1, "it gave a share up")
        .await;
    let both = one.records.iter().map(|r| (r.partition, r.offset + 1));
    let stored = one.member.commit(&both.collect()).await;
    assert!(matches!(stored, Err(LogError::Fenced { .. })), "{stored:?}");
    let other = *two.owned.first().expect("it owns one");
    let sought = one.member.seek(other, 0).await;
    assert!(matches!(sought, Err(LogError::Fenced { .. })), "{sought:?}");
    one.member.leave().await.expect("it leaves");
    two.member.leave().await.expect("it leaves");

    let mut three = Seen::join(&log, "views").await;
    three
        .until(maker, |three| three.records.len() == 10, "all came again")
        .await;
    three.member.leave().await.expect("it leaves");
    log.close().await.expect("it closes");
}

pub async fn groups_do_not_disturb_each_other(maker: &impl Maker) {
    let log = maker.open("groups", 2).await;
    append(&log, 0..10).await;
    for group in ["views", "audit"] {
        let mut member = Seen::join(&log, group).await;
        member
            .until(maker, |member| member.records.len() == 10, "all came")
            .await;
        let positions = log.ends().await.expect("it knows its ends");
        member.member.commit(&positions).await.expect("it commits");
        member.member.leave().await.expect("it leaves");
    }
    // Both are at the end: only what is new comes.
    append(&log, 10..12).await;
    let mut member = Seen::join(&log, "audit").await;
    member
        .until(maker, |member| member.records.len() == 2, "two came")
        .await;
    assert_eq!(member.numbers(), [10, 11]);
    member.member.leave().await.expect("it leaves");
    log.close().await.expect("it closes");
}
