//! Whether the log is on Kafka, and where.

#[cfg(not(feature = "kafka"))]
use std::io;

use super::{Error, KafkaArgs};
#[cfg(not(feature = "kafka"))]
use crate::settlement::keep::Embedded;
#[cfg(feature = "kafka")]
use crate::settlement::keep::OnKafka;
#[cfg(feature = "kafka")]
use crate::settlement::log::kafka::Cluster;

#[cfg(feature = "kafka")]
pub fn on_kafka(args: &KafkaArgs) -> Result<Option<OnKafka>, Error> {
    let Some(brokers) = &args.kafka else {
        return Ok(None);
    };
    let topic = args.topic.clone().unwrap_or_default();
    let cluster = Cluster {
        session: args.session,
        ..Cluster::new(brokers, topic)
    };
    Ok(Some(OnKafka { cluster }))
}

/// Without the feature, nothing is on Kafka.
#[cfg(not(feature = "kafka"))]
pub fn on_kafka(args: &KafkaArgs) -> Result<Option<Embedded>, Error> {
    if args.kafka.is_none() {
        return Ok(None);
    }
    Err(Error::Io {
        what: "--kafka".into(),
        source: io::Error::other(
            "this program was built without it; \
             cargo run -p companion --features kafka --bin settlement -- --kafka HOST:PORT \
             builds it with it, and needs gcc and make",
        ),
    })
}
