//! Time and chance.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    time::Duration,
};

/// Now, in Unix seconds.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// An RFC 3339 time in Unix seconds; 0 when it is none.
pub(crate) fn parse(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second)
}

/// A time in Unix seconds as people read it (`2026-11-23 15:26:26 UTC`); as the number where no calendar goes.
pub(crate) fn exact(seconds: i64) -> String {
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => time.strftime("%F %T UTC").to_string(),
        Err(_) => seconds.to_string(),
    }
}

/// Between 80 % and 120 % of a duration, so that many clusters do not act in step. The standard
/// library's hasher keys are the randomness; nothing secret hangs on it.
pub(crate) fn jitter(base: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish() % 401;
    base.mul_f64(0.8 + random as f64 / 1000.0)
}
