//! What a task tells the person who waits for it.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Prints one line. A closed pipe is not an error: the work goes on.
pub(crate) fn line(text: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", text.as_ref());
    let _ = out.flush();
}

/// Prints the headline of a step.
pub(crate) fn step(text: impl AsRef<str>) {
    let text = text.as_ref();
    if std::io::stdout().is_terminal() {
        line(format!("\x1b[1m==> {text}\x1b[0m"));
    } else {
        line(format!("==> {text}"));
    }
}

/// Prints a line on standard error.
pub(crate) fn error(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "{}", text.as_ref());
}

/// A duration as people read it: `0.4 s`, `12 s`, `3 min 20 s`.
pub(crate) fn elapsed(since: Instant) -> String {
    duration(since.elapsed())
}

/// As [`elapsed`], of a known duration.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        for (millis, text) in [(400, "0.4 s"), (9_960, "10.0 s"), (12_900, "12 s"), (200_000, "3 min 20 s")] {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
    }
}
