//! A settlement program that a `kill -9`, a full disk, a rebalance and a poison message cannot make
//! lose an event or apply it twice. The page is `src/architecture/consistency.md`. Run it:
//!
//! ```text
//! cargo run -q -p companion --bin settlement
//! cargo run -q -p companion --bin settlement -- --help
//! ```
//!
//! A trade goes into the command log together with its two events ([`commands`], the outbox). The
//! [`relay`] appends the events to partitions of a [`log`], which is embedded or a Kafka topic. A
//! [`subscriber`] applies them to the [`views`], where a balance and the offset that follows are
//! stored in one transaction. What cannot be applied waits among the dead letters. And
//! [`reconcile`] computes everything again from the log, and names every difference.

pub mod cli;
pub mod commands;
pub mod data;
pub mod event;
pub mod faults;
pub mod keep;
pub mod log;
pub mod metrics;
pub mod reconcile;
pub mod relay;
pub mod repair;
pub mod retry;
pub mod run;
pub mod source_faults;
pub mod store;
pub mod subscriber;
pub mod views;
pub mod watch;
