//! The source's listener, in Rust, with all of its faults; and the container that calls it.

use super::super::event::Event;
use super::super::log::embedded::{EmbeddedLog, EmbeddedMember};
use super::super::log::{EventLog, LogError, Member, NewRecord, Polled, Record};
use super::{Outcome, Troubles};

pub const GROUP: &str = "settlement-events";

/// How often the container delivers a record before it skips it: spring-kafka's default.
const DELIVERIES: u32 = 10;

/// What the source calls `consistencyService`: its state outlives the process.
#[derive(Default)]
pub struct Service {
    pub outcome: Outcome,
}

/// What ends a delivery early.
#[derive(Debug)]
enum Failed {
    Exception,
    /// Nobody catches this one: the process is no more.
    Died,
}

/// The process, while it lives.
pub struct Listener<'a> {
    log: &'a EmbeddedLog,
    member: EmbeddedMember,
    troubles: Troubles,
}

impl<'a> Listener<'a> {
    pub async fn start(log: &'a EmbeddedLog, troubles: Troubles) -> Result<Self, LogError> {
        let member = log.join(GROUP).await?;
        Ok(Listener {
            log,
            member,
            troubles,
        })
    }

    async fn handle_event(&mut self, service: &mut Service, record: &Record) -> Result<(), Failed> {
        // ANCHOR: source
        let event = Event::read(&record.value);
        let event = event.map_err(|_| Failed::Exception)?;
        let tried = async {
            self.apply(service, &event)?;
            self.commit(record.offset).await
        };
        match tried.await {
            Err(Failed::Exception) => {}
            ended => return ended,
        }
        let mut sent = Err(Failed::Exception);
        for _attempt in 0..3 {
            if sent.is_err() {
                sent = self.resend_failed_event(service, record).await;
            }
        }
        sent
        // ANCHOR_END: source
    }

    fn apply(&mut self, service: &mut Service, event: &Event) -> Result<(), Failed> {
        service.outcome.applies += 1;
        let (number, left) = &mut self.troubles.apply;
        if event.number == *number && *left > 0 {
            *left -= 1;
            return Err(Failed::Exception);
        }
        service.outcome.applied.push(event.gain());
        if event.number == self.troubles.dies_after {
            return Err(Failed::Died);
        }
        Ok(())
    }

    async fn commit(&mut self, offset: u64) -> Result<(), Failed> {
        if self.troubles.commits > 0 {
            self.troubles.commits -= 1;
            return Err(Failed::Exception);
        }
        let position = offset + u64::from(self.troubles.plus_one);
        let stored = self.member.commit(&[(0, position)].into()).await;
        stored.map_err(|_| Failed::Exception)
    }

    async fn resend_failed_event(
        &mut self,
        service: &mut Service,
        record: &Record,
    ) -> Result<(), Failed> {
        service.outcome.sends += 1;
        if self.troubles.sends > 0 {
            self.troubles.sends -= 1;
            return Err(Failed::Exception);
        }
        let copy = NewRecord {
            partition: record.partition,
            key: record.key.clone(),
            value: record.value.clone(),
        };
        let sent = self.log.append([copy].into()).await;
        sent.map(drop).map_err(|_| Failed::Exception)
    }

    /// The container: delivers one record after the other, again where the listener fails, until
    /// the log ends or the process does. The member is dropped without a word.
    pub async fn run(mut self, service: &mut Service) -> Result<(), LogError> {
        let mut position = self.log.committed(GROUP).await?[&0];
        let mut deliveries = 0;
        let stops_after = self.troubles.stops_after;
        while position < self.log.ends().await?[&0] && stops_after != Some(deliveries) {
            let Polled::Records(records) = self.member.poll(1).await? else {
                continue;
            };
            deliveries += 1;
            position = records[0].offset + 1;
            for delivery in 1..=DELIVERIES {
                match self.handle_event(service, &records[0]).await {
                    Ok(()) => break,
                    Err(Failed::Died) => return Ok(()),
                    Err(Failed::Exception) if delivery == DELIVERIES => {
                        service.outcome.skipped += 1;
                    }
                    Err(Failed::Exception) => {}
                }
            }
        }
        Ok(())
    }
}
