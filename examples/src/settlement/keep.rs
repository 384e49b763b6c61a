//! Where a settlement keeps its log: in its own directory, or on Kafka.

use super::data::{Data, DataError, Stores, Wanted};
use super::log::embedded::EmbeddedLog;
use super::log::{EventLog, LogError};
use super::views::Rule;

/// A kind of log, and where it is.
pub trait Keep: Send + Sync {
    type Log: EventLog;

    /// Whether several programs can work on one directory: one writes and publishes the trades,
    /// all apply the events.
    const SHARED: bool;

    /// Opens the log of a settlement, and makes it if it is not there. If this future is dropped,
    /// nobody gets it, and it is closed.
    ///
    /// # Errors
    ///
    /// If the settlement keeps its log elsewhere, or the log cannot be opened.
    fn open(
        &self,
        data: &Data,
        partitions: u32,
    ) -> impl Future<Output = Result<Self::Log, DataError>> + Send;

    /// Opens all of a settlement, and makes what is not there. If this future is dropped, nobody
    /// gets it, and it is closed.
    ///
    /// # Errors
    ///
    /// If one of the stores cannot be opened, or was made with something else than is wanted.
    fn stores(
        &self,
        data: &Data,
        wanted: Wanted,
        rule: Rule,
    ) -> impl Future<Output = Result<Stores<Self::Log>, DataError>> + Send {
        async move {
            let commands = data.commands(wanted).await?;
            let log = self.open(data, commands.setup().partitions).await?;
            let views = data.views(rule).await?;
            Ok(Stores {
                commands,
                log,
                views,
            })
        }
    }

    /// Checks what can be checked without the commands. It can be dropped.
    ///
    /// # Errors
    ///
    /// [`LogError::Damaged`], with the first record that cannot be trusted.
    fn verify(&self, log: &Self::Log) -> impl Future<Output = Result<(), LogError>> + Send;

    /// Puts a damaged log aside that nobody has open, so that the next one to open is new. Returns
    /// what it did.
    ///
    /// # Errors
    ///
    /// If the system says no.
    fn put_aside(&self, data: &Data) -> Result<String, DataError>;
}

/// In the directory, for one program at a time.
#[derive(Clone, Copy, Debug)]
pub struct Embedded;

impl Keep for Embedded {
    type Log = EmbeddedLog;

    const SHARED: bool = false;

    async fn open(&self, data: &Data, partitions: u32) -> Result<EmbeddedLog, DataError> {
        data.keeps_its_log()?;
        data.log(partitions).await
    }

    async fn verify(&self, log: &EmbeddedLog) -> Result<(), LogError> {
        log.verify().await
    }

    fn put_aside(&self, data: &Data) -> Result<String, DataError> {
        let aside = data.put_aside("log.db")?;
        Ok(format!("log.db is now {}", aside.display()))
    }
}

#[cfg(feature = "kafka")]
pub use kafka::OnKafka;

#[cfg(feature = "kafka")]
mod kafka {
    use super::super::log::kafka::{Cluster, KafkaLog};
    use super::{Data, DataError, Keep, LogError};

    /// In a topic, for as many programs as there are partitions. They share the directory: there,
    /// an event and the position after it are stored in one transaction, which finds out whether
    /// another program has stored them before. So a member that does not know yet that its
    /// partition is another's does no harm.
    #[derive(Clone, Debug)]
    pub struct OnKafka {
        /// Its topic is the one that is wanted; empty for what the directory says.
        pub cluster: Cluster,
    }

    impl Keep for OnKafka {
        type Log = KafkaLog;

        const SHARED: bool = true;

        async fn open(&self, data: &Data, partitions: u32) -> Result<KafkaLog, DataError> {
            let mut cluster = self.cluster.clone();
            cluster.topic = data.topic(&cluster.topic)?;
            let log = KafkaLog::open(&cluster, partitions).await?;
            log.keeps().await?;
            Ok(log)
        }

        /// The broker and librdkafka check the sums of what is read: nothing more is to be done.
        async fn verify(&self, _: &KafkaLog) -> Result<(), LogError> {
            Ok(())
        }

        fn put_aside(&self, data: &Data) -> Result<String, DataError> {
            let (old, new) = data.new_topic()?;
            Ok(format!("topic {old} stays as it is; the new one is {new}"))
        }
    }
}
