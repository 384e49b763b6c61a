//! What a process that did not close its database has left in the write-ahead log.
//!
//! SQLite keeps the transactions up to the last commit whose frames are whole, and forgets what is
//! after it, without a word. This reads the same file by the same rules before SQLite does, so that
//! the word can be said. The format: <https://www.sqlite.org/fileformat2.html#walformat>.

use std::path::Path;
use std::{fs, io};

/// What the write-ahead log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// Transactions that were committed. SQLite keeps them.
    pub commits: u32,
    /// Bytes after the last commit that belong to no whole transaction. SQLite forgets them.
    pub torn: u64,
}

const HEADER: usize = 32;
const FRAME: usize = 24;

/// Reads the write-ahead log of a database that nobody has open.
///
/// # Errors
///
/// If there is one and it cannot be read.
pub fn tail(database: &Path) -> io::Result<Tail> {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    match fs::read(name) {
        Ok(bytes) => Ok(scan(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Tail::default()),
        Err(error) => Err(error),
    }
}

fn scan(bytes: &[u8]) -> Tail {
    let mut tail = Tail::default();
    if bytes.is_empty() {
        return tail;
    }
    tail.torn = bytes.len() as u64;
    let Some(header) = bytes.get(..HEADER) else {
        return tail;
    };
    let big = word(header, 0, true) & 1 == 1;
    let page = word(header, 2, true) as usize;
    let start = sum((0, 0), &header[..24], big);
    if start != (word(header, 6, true), word(header, 7, true)) || page == 0 {
        return tail;
    }
    let salt = &header[16..24];
    let (mut running, mut at, mut committed) = (start, HEADER, HEADER);
    while let Some(frame) = bytes.get(at..at + FRAME + page) {
        if &frame[8..16] != salt {
            break; // it is from before the log was begun anew
        }
        running = sum(sum(running, &frame[..8], big), &frame[FRAME..], big);
        if running != (word(frame, 4, true), word(frame, 5, true)) {
            break;
        }
        at += FRAME + page;
        if word(frame, 1, true) > 0 {
            committed = at;
            tail.commits += 1;
        }
    }
    // Frames of an older round, with another salt, are no tear.
    let mut end = committed;
    while let Some(frame) = bytes.get(end..end + FRAME) {
        if &frame[8..16] != salt {
            break;
        }
        end = bytes.len().min(end + FRAME + page);
    }
    let rest = &bytes[end..];
    let cut = if rest.len() < FRAME { rest.len() } else { 0 };
    tail.torn = (end - committed + cut) as u64;
    tail
}

fn word(bytes: &[u8], at: usize, big: bool) -> u32 {
    let word = bytes[4 * at..4 * at + 4].try_into().expect("four bytes");
    if big {
        u32::from_be_bytes(word)
    } else {
        u32::from_le_bytes(word)
    }
}

/// SQLite's checksum over pairs of words.
fn sum((mut one, mut two): (u32, u32), bytes: &[u8], big: bool) -> (u32, u32) {
    for pair in bytes.chunks_exact(8) {
        one = one.wrapping_add(word(pair, 0, big)).wrapping_add(two);
        two = two.wrapping_add(word(pair, 1, big)).wrapping_add(one);
    }
    (one, two)
}

#[cfg(test)]
mod tests;
