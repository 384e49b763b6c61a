//! What stands behind `cargo xtask`: building the book in-process, serving it
//! while it is written, and what its pages get beyond Markdown.

mod census;
pub mod check;
mod complaints;
mod environment;
pub mod pages;
mod programs;
pub mod serve;
pub mod site;
mod versions;
mod watch;
