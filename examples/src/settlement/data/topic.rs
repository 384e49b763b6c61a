//! The file that names the topic of a settlement whose log is on Kafka.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io;

use super::{Data, DataError};

impl Data {
    /// Fails where the log is on Kafka.
    ///
    /// # Errors
    ///
    /// [`DataError::Elsewhere`].
    pub fn keeps_its_log(&self) -> Result<(), DataError> {
        match self.known_topic()? {
            None => Ok(()),
            Some(topic) => Err(DataError::Elsewhere {
                dir: self.dir.clone(),
                has: format!("in topic {topic}"),
                help: "say with --kafka where the brokers are",
            }),
        }
    }

    fn known_topic(&self) -> Result<Option<String>, DataError> {
        match fs::read_to_string(self.dir.join("topic")) {
            Ok(topic) => Ok(Some(topic.trim().to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.io()(error)),
        }
    }

    /// The topic of this settlement alone: of several programs that begin it together, all get the
    /// same. An empty name stands for any.
    ///
    /// # Errors
    ///
    /// If it has another one, keeps its log itself, or the system says no.
    pub fn topic(&self, wanted: &str) -> Result<String, DataError> {
        let elsewhere = |has, help| {
            let dir = self.dir.clone();
            Err(DataError::Elsewhere { dir, has, help })
        };
        let topic = match self.known_topic()? {
            Some(topic) => topic,
            None if self.dir.join("log.db").exists() => {
                return elsewhere("itself".into(), "take another --data for Kafka");
            }
            None if wanted.is_empty() => self.name_topic(&any_topic())?,
            None => self.name_topic(wanted)?,
        };
        if !wanted.is_empty() && topic != wanted {
            return elsewhere(format!("in topic {topic}"), "leave --topic out");
        }
        Ok(topic)
    }

    /// Notes the topic, unless another program was faster.
    fn name_topic(&self, name: &str) -> Result<String, DataError> {
        let own = self.dir.join(format!("topic-{}", std::process::id()));
        let write = || {
            fs::write(&own, format!("{name}\n"))?;
            File::open(&own)?.sync_all()?;
            match fs::hard_link(&own, self.dir.join("topic")) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => fs::remove_file(&own),
            }
        };
        write().map_err(self.io())?;
        Ok(self.known_topic()?.unwrap_or_else(|| name.to_owned()))
    }

    /// Gives the settlement another topic; returns the old name and the new one.
    ///
    /// # Errors
    ///
    /// If the system says no.
    pub fn new_topic(&self) -> Result<(String, String), DataError> {
        let old = self.known_topic()?.unwrap_or_default();
        fs::remove_file(self.dir.join("topic")).map_err(self.io())?;
        Ok((old, self.name_topic(&any_topic())?))
    }
}

/// A name that no other settlement has.
fn any_topic() -> String {
    let number = RandomState::new().hash_one(std::process::id());
    format!("settlement-{number:016x}")
}
