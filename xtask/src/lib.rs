//! What stands behind `cargo xtask`: building the book in-process, serving it
//! while it is written, what its pages get beyond Markdown, and what they say of costs.

mod census;
pub mod check;
mod complaints;
mod environment;
pub mod measure;
pub mod pages;
mod programs;
mod quotes;
pub mod serve;
pub mod site;
mod versions;
mod watch;
