//! What each fault makes of the stream, and what the subscriber does.

use super::*;

#[tokio::test]
async fn the_source_fails_in_eight_ways_and_the_subscriber_in_none() {
    let dir = tempfile::tempdir().expect("a directory");
    let expected: [&[i64]; 8] = [
        &[100, -30, -20, -20],
        &[-30, -20, 100],
        &[100, -30, 100],
        &[100, -30, -30],
        &[100, -30, -30],
        &[100, -30],
        &[],
        &[100],
    ];
    for (n, (fault, expected)) in FAULTS.iter().zip(expected).enumerate() {
        let (source, here) = fault
            .show(&dir.path().join(n.to_string()))
            .await
            .expect("it shows");
        assert_eq!(source.applied, expected, "{}", fault.name);
        let dead = fault.troubles.apply.1 == u32::MAX;
        let right: &[i64] = if dead { &[] } else { fault.gains };
        assert_eq!(here.applied, right, "{}", fault.name);
        assert_eq!(here.letters, usize::from(dead || fault.troubles.noise));
        assert_eq!(here.position, here.records, "{}", fault.name);
        assert_eq!(here.sends, 0);
    }
}

#[tokio::test]
async fn what_the_source_loses_is_nowhere() {
    let dir = tempfile::tempdir().expect("a directory");
    let (noise, _) = FAULTS[5]
        .show(&dir.path().join("noise"))
        .await
        .expect("it shows");
    assert_eq!((noise.skipped, noise.letters), (1, 0));
    let (forever, _) = FAULTS[6]
        .show(&dir.path().join("forever"))
        .await
        .expect("it shows");
    assert_eq!((forever.records, forever.position), (21, 0));
    let (retries, _) = FAULTS[7]
        .show(&dir.path().join("retries"))
        .await
        .expect("it shows");
    assert_eq!((retries.applies, retries.sends), (2, 3));
}
