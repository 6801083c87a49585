//! Ctrl-C and termination signals: noted once, asked for by everything that waits.

use crate::error::{Error, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// How often a wait looks at what it waits for.
pub(crate) const TICK: Duration = Duration::from_millis(25);

/// Takes SIGINT, SIGTERM and SIGHUP from now on.
pub(crate) fn install() -> Result {
    ctrlc::set_handler(|| REQUESTED.store(true, Ordering::SeqCst))
        .map_err(|e| Error::Failed(format!("signal handler: {e}")))
}

/// Whether the person asked us to end.
pub(crate) fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// An error once the person asked us to end.
pub(crate) fn check() -> Result {
    if requested() { Err(Error::Interrupted) } else { Ok(()) }
}

/// Waits until `done` gives a value, the deadline passes (`None`) or the person asks us to end.
pub(crate) fn wait_for<T>(limit: Duration, mut done: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    let until = Instant::now() + limit;
    loop {
        check()?;
        if let Some(value) = done()? {
            return Ok(Some(value));
        }
        if Instant::now() >= until {
            return Ok(None);
        }
        std::thread::sleep(TICK);
    }
}
