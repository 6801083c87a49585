//! What can go wrong in a task, and the exit code that tells a caller which it was.

use std::io;

/// Why a task did not finish.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Something the machine does not have (Go, network, a built program): the part may be skipped.
    #[error("{0}")]
    Unavailable(String),
    /// A step ran and failed, or was asked for something that cannot be.
    #[error("{0}")]
    Failed(String),
    /// The operating system refused.
    #[error("{what}: {source}")]
    Io {
        /// What was being done, with the path or program.
        what: String,
        /// Its refusal.
        source: io::Error,
    },
    /// A certificate of a test cluster could not be made.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// Ctrl-C or a termination signal.
    #[error("interrupted")]
    Interrupted,
}

/// What every task returns.
pub(crate) type Result<T = ()> = std::result::Result<T, Error>;

impl Error {
    /// The exit code: 3 tells a script that the part is not available here, 130 is the shell's own
    /// code for Ctrl-C, 1 is everything else.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Unavailable(_) => 3,
            Self::Interrupted => 130,
            Self::Failed(_) | Self::Certificate(_) | Self::Io { .. } => 1,
        }
    }
}

/// Names what was being done when the operating system refused.
pub(crate) trait Context<T> {
    /// Adds `what` to an I/O error.
    fn context(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Context<T> for io::Result<T> {
    fn context(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| Error::Io { what: what(), source })
    }
}

impl<T> Context<T> for serde_json::Result<T> {
    fn context(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| Error::Failed(format!("{}: {source}", what())))
    }
}
