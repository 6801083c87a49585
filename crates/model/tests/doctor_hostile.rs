//! The paste doctor on hostile text: it is refused in words and in time, and nothing breaks. A test
//! program of its own, so that the processor time it measures is the doctor's alone.
#![cfg(feature = "doctor")]

use std::time::Duration;

use binnacle_model::{Severity, doctor};

/// The processor time an answer may take. A debug build is about ten times slower than what is
/// shipped, so its texts are smaller and its time is longer.
const DEADLINE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });
const PART: usize = if cfg!(debug_assertions) { 8 } else { 1 };

/// Processor time this process has used. Unlike the clock it does not count how busy the machine is.
#[cfg(target_os = "linux")]
fn used() -> Duration {
    // proc(5): user and system time are the 14th and 15th field, in hundredths of a second.
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux has /proc");
    let after_name = stat.rsplit_once(") ").expect("the name is in brackets").1;
    let ticks: u64 =
        after_name.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
}

/// The clock, where there is no such count.
#[cfg(not(target_os = "linux"))]
fn used() -> Duration {
    static BEGAN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    BEGAN.elapsed()
}

#[test]
fn hostile_text_is_refused_in_words_and_in_time() {
    let bomb: String = (1..12).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, n| {
        let uses = vec![format!("*a{}", n - 1); 9].join(", ");
        format!("{text}a{n}: &a{n} [{uses}]\n")
    });
    let levels: String = (0..1_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    let rows: Vec<(&str, String, &[&str])> = vec![
        ("5 MB", "a: b\n".repeat(1_000_000), &["too-large"]),
        ("10,000 documents", "---\na: b\n".repeat(10_000), &["too-many-documents"]),
        (
            "1,000 levels of brackets",
            format!("a: {}{}", "[".repeat(1_000), "]".repeat(1_000)),
            &["too-complex"],
        ),
        ("100,000 open brackets", "[".repeat(100_000), &["too-complex"]),
        ("1,000 levels of indentation", levels, &["too-complex"]),
        ("1,000 levels of lists", format!("{}a", "- ".repeat(1_000)), &["too-complex"]),
        ("an alias bomb", bomb, &["too-complex"]),
        ("1 MB of quotes", "\"".repeat(1_000_000 / PART), &[]),
        ("1 MB of open quotes", "- \"a\n".repeat(200_000 / PART), &[]),
        ("1 MB of tabs", "\t".repeat(1_000_000 / PART), &[]),
        ("1 MB of control characters in one line", "\u{1}a".repeat(500_000 / PART), &[]),
        ("1 MB of odd spaces", "a:\u{a0}b\n".repeat(150_000 / PART), &[]),
        ("1 MB of full-width colons", "a：b\n".repeat(150_000 / PART), &[]),
        ("a map again and again", "a:\n  b: 1\n".repeat(10_000 / PART), &["duplicate-key"]),
        ("1 MB of dashes", "-a\n".repeat(300_000 / PART), &[]),
        ("1 MB of colons", "a:b:".repeat(250_000 / PART), &[]),
        (
            "1 MB of staggered lines",
            (0..30_000 / PART).map(|n| format!("{}a: b\n", " ".repeat(n * 7 % 31))).collect(),
            &[],
        ),
        ("1 MB of one key", "a: 1\n".repeat(200_000 / PART), &[]),
        ("a bracket and 1 MB of empty lines", format!("a: [{}", "\n".repeat(1_000_000 / PART)), &[]),
        ("a bracket, a value and 1 MB of blanks", format!("a: [b{}", "\n ".repeat(500_000 / PART)), &[]),
        (
            "a large value and small ones of its name",
            format!("a: [0{}]\n{}", ", 0".repeat(20_000 / PART), "a: 1\n".repeat(15_000 / PART)),
            &["duplicate-key"],
        ),
        ("1 MB of glued keys", "spec:name: 1\n".repeat(80_000 / PART), &[]),
        ("100 broken documents", "---\na:\n  b: c\n   d: e\n f: g\n".repeat(100), &[]),
    ];
    for (name, text, codes) in rows {
        let began = used();
        let diagnosis = doctor::diagnose(&text);
        let took = used().saturating_sub(began);
        assert!(took < DEADLINE, "{name} took {took:?}");
        let found: Vec<&str> = diagnosis.findings.iter().map(|f| f.code.as_str()).collect();
        for code in codes {
            assert!(found.contains(code), "{name}: {found:?}");
        }
        assert!(!diagnosis.complete, "{name}");
        assert!(diagnosis.findings.iter().any(|f| f.severity == Severity::Error), "{name}");
    }
}
