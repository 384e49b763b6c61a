//! The guard is a local of the future: it is dropped with it.

use super::Handler;
use crate::in_flight::Gauge;

// ANCHOR: solution
pub async fn serve(gauge: Gauge, handler: Handler) {
    let _in_flight = gauge.enter();
    handler.await;
}
// ANCHOR_END: solution
