//! Where reading happens: in place, or on a thread that has the stack for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::text;

/// Stack for reading, in bytes: 64 levels take 3 MiB in a debug build, more than a thread of a
/// server or a test has.
const STACK: usize = 16 << 20;
/// Levels that are read in place. What people write has some twelve; a new thread takes a fifth of the time
/// that such a text does. A debug build needs some ten times the stack, so there it is always a thread.
const IN_PLACE: usize = 24;

/// Runs work on a text, with the stack that reading it needs. `None` when there is no thread to be had, or the
/// work panicked.
pub(super) fn deep<T: Send>(text: &str, work: impl FnOnce() -> T + Send) -> Option<T> {
    if !cfg!(debug_assertions) && levels(text) <= IN_PLACE {
        return catch_unwind(AssertUnwindSafe(work)).ok();
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("doctor".to_owned()).stack_size(STACK);
        thread.spawn_scoped(scope, work).ok()?.join().ok()
    })
}

/// Levels of maps and lists as a text shows them at a glance. It is a guess: who hides some from it still meets
/// the reader's own limit ([`super::read::MAX_DEPTH`]), and all of those take less than a thread's stack where
/// this decides.
fn levels(text: &str) -> usize {
    // Columns of the dashes and keys that are open, and whether it is a dash.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let (mut brackets, mut most) = (0_usize, 0);
    for (start, end, _) in text::lines(text) {
        let line = text.as_bytes().get(start..end).unwrap_or_default();
        let mut at = line.iter().take_while(|byte| **byte == b' ').count();
        if matches!(line.get(at), None | Some(b'#')) {
            continue;
        }
        while line.get(at) == Some(&b'-') && matches!(line.get(at + 1), None | Some(b' ')) {
            enter(&mut open, (at, true));
            at += 1 + line.iter().skip(at + 1).take_while(|byte| **byte == b' ').count();
        }
        if at < line.len() {
            enter(&mut open, (at, false));
        }
        for byte in line {
            match byte {
                b'[' | b'{' => {
                    brackets += 1;
                    most = most.max(open.len() + brackets);
                }
                b']' | b'}' => brackets = brackets.saturating_sub(1),
                _ => {}
            }
        }
        most = most.max(open.len() + brackets);
    }
    most
}

/// Opens a level, closing those it ends.
fn enter(open: &mut Vec<(usize, bool)>, (column, dash): (usize, bool)) {
    while open.last().is_some_and(|last| last.0 > column || (last.0 == column && last.1 && !dash)) {
        open.pop();
    }
    if open.last() != Some(&(column, dash)) {
        open.push((column, dash));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted_as_they_are_written() {
        for (text, expected) in [
            ("", 0),
            ("a: 1\n", 1),
            ("# c\na:\n  b: 1\n\nc: 1\n", 2),
            ("a:\n- b\n- c: 1\n  d:\n  - e\n", 5),
            ("- - - a\n", 4),
            ("a: {b: [{c: 1}]}\nd: 1\n", 4),
            ("{\"a\": {\"b\": []}}", 4),
        ] {
            assert_eq!(levels(text), expected, "{text}");
        }
    }

    #[test]
    fn work_that_panics_is_answered() {
        let panics = |text: &str| deep(text, || text.len().checked_sub(100).expect("a long text"));
        assert_eq!(panics("a: 1\n"), None);
        assert_eq!(panics(&"[".repeat(40)), None);
    }
}
