//! The lock that keeps two programs apart.

use std::fs::{self, File, TryLockError};

use super::{Data, DataError};

/// The lock of a directory. The system gives it back when this is dropped, and when the process is
/// killed.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "its drop unlocks")] File);

impl Data {
    /// Makes the directory if it is not there, and locks it.
    ///
    /// # Errors
    ///
    /// If another program has locked it, or the system says no.
    pub fn lock(&self) -> Result<Lock, DataError> {
        fs::create_dir_all(&self.dir).map_err(self.io())?;
        let file = File::create(self.dir.join("lock")).map_err(self.io())?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(DataError::InUse {
                dir: self.dir.clone(),
            }),
            Err(TryLockError::Error(error)) => Err(self.io()(error)),
        }
    }
}
