//! Make the gauge right when the client hangs up.

use super::Handler;
use crate::in_flight::Gauge;

pub async fn serve(gauge: Gauge, handler: Handler) {
    gauge.increment();
    handler.await;
    gauge.decrement();
}
