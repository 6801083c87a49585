//! The paste doctor on hostile text: it is refused in words and in time, and nothing breaks. A test
//! program of its own, so that the processor time it measures is the doctor's alone.
#![cfg(feature = "doctor")]

use std::time::Duration;

use binnacle_model::{Severity, doctor};

/// The processor time an answer may take. A debug build is about ten times slower than what is
/// shipped, so its texts are smaller and its time is longer.
const DEADLINE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });
const PART: usize = if cfg!(debug_assertions) { 8 } else { 1 };

/// What an object of some kind begins with, and a pod.
const HEAD: &str = "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a}\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n";

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
    let nested = |first: String, use_of: fn(usize) -> String| {
        (1..12).fold(first, |text, n| format!("{text}a{n}: &a{n} {}\n", use_of(n - 1)))
    };
    let map_bomb = nested("a0: &a0 {b: c}\n".to_owned(), |n| {
        format!("{{{}}}", (0..9).map(|key| format!("k{key}: *a{n}")).collect::<Vec<_>>().join(", "))
    });
    let merge_bomb = nested("a0: &a0 {b: c, d: e}\n".to_owned(), |n| {
        format!("{{{}}}", (0..9).map(|key| format!("k{key}: {{<<: *a{n}}}")).collect::<Vec<_>>().join(", "))
    });
    let long = "x".repeat(200_000);
    let text_bomb = format!("a: &a {long}\nb: [{}]\n", vec!["*a"; 90].join(", "));
    let long_bomb =
        format!("a: &a {long}\nb: &b [{0}]\nc: [{1}]\n", ["*a"; 9].join(", "), ["*b"; 9].join(", "));
    let labels =
        |name: &str| -> String { (0..20_000 / PART).map(|n| format!("      {name}{n}: c\n")).collect() };
    let selector = format!(
        "kind: Deployment\napiVersion: apps/v1\nmetadata: {{name: a}}\nspec:\n  selector:\n    matchLabels:\n{}  template:\n    metadata:\n     labels:\n{}",
        labels("a"),
        labels("b"),
    );
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
        ("dashes without end", "- ".repeat(500_000 / PART), &["too-complex"]),
        ("an alias bomb of lists", bomb, &["too-complex"]),
        ("an alias bomb of maps", map_bomb, &["too-complex"]),
        ("an alias bomb of merges", merge_bomb, &["too-complex"]),
        ("an alias bomb of one long text", text_bomb, &["too-complex"]),
        ("an alias bomb of long texts in lists", long_bomb, &["too-complex"]),
        ("an anchor that holds itself", format!("{HEAD}a: &a [*a, *a]\n"), &["recursive-anchor"]),
        ("10,000 anchors", (0..10_000).map(|n| format!("a{n}: &a{n} b\n")).collect(), &["too-complex"]),
        ("10,000 uses of one anchor", format!("a: &a b\nc: [{}]\n", "*a, ".repeat(10_000)), &["too-complex"]),
        ("200,000 keys", (0..200_000).map(|n| format!("{n}:\n")).collect(), &["too-large"]),
        ("130,000 keys", (0..130_000).map(|n| format!("{n}:\n")).collect(), &["too-complex"]),
        ("200,000 elements", "- a\n".repeat(200_000), &["too-complex"]),
        ("one line of 1 MB", format!("{HEAD}a: {}: c", "b".repeat(1_000_000 / PART)), &[]),
        ("one line of 1 MB in brackets", format!("{HEAD}a: [{}", "b, ".repeat(300_000 / PART)), &[]),
        ("a key of 1 MB", format!("{HEAD}{}: [", "b".repeat(1_000_000 / PART)), &[]),
        (
            "1,000 levels in a value",
            format!("{HEAD}a: {}b{}\n", "{c: ".repeat(1_000), "}".repeat(1_000)),
            &["too-complex"],
        ),
        (
            "a pod with 10,000 wrong names",
            format!(
                "{POD}  volumes:\n{}",
                (0..10_000 / PART).map(|n| format!("  - name: A_{n}\n")).collect::<String>()
            ),
            &["part-name"],
        ),
        (
            "a pod with 10,000 wrong ports and amounts",
            format!(
                "{POD}  containers:\n{}",
                "  - {image: 'A', ports: [{containerPort: 0}], resources: {limits: {cpu: 1 x}}}\n"
                    .repeat(3_000 / PART)
            ),
            &["quantity", "port-range", "image"],
        ),
        ("20,000 labels that the template lacks", selector, &["selector-mismatch"]),
        (
            "a List of 10,000 objects",
            format!(
                "apiVersion: v1\nkind: List\nitems:\n{}",
                "- kind: A\n  apiVersion: v1\n".repeat(10_000 / PART)
            ),
            &["list-of-objects"],
        ),
        (
            "1 MB of other dashes",
            format!("{HEAD}a:\n{}", "— b\n".repeat(150_000 / PART)),
            &["look-alike-dash"],
        ),
        (
            "1 MB of other letters",
            format!("{HEAD}{}", "sрec: a\n".repeat(80_000 / PART)),
            &["look-alike-letter"],
        ),
        ("1 MB of full-width characters", format!("{HEAD}a: [{}]", "b，".repeat(200_000 / PART)), &[]),
        ("1 MB of turned text", format!("{HEAD}a: {}", "\u{202e}b".repeat(200_000 / PART)), &[]),
        (
            "1 MB of binary tags",
            format!("{HEAD}{}", "a: !!binary YQ==\n".repeat(20_000 / PART)),
            &["binary-tag"],
        ),
        ("1 MB of templates", "{{ a }}\n".repeat(120_000 / PART), &["template"]),
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
    println!("rows: {} (paste doctor: hostile text)", rows.len());
    for (name, text, codes) in rows {
        let began = used();
        let diagnosis = doctor::diagnose(&text);
        let took = used().saturating_sub(began);
        assert!(took < DEADLINE, "{name} took {took:?}");
        let found: Vec<&str> = diagnosis.findings.iter().map(|f| f.code.as_str()).collect();
        for code in codes {
            assert!(found.contains(code), "{name}: {found:?}");
        }
        let refused = diagnosis.findings.iter().any(|f| f.severity == Severity::Error);
        assert!(!diagnosis.complete == refused && (refused || codes.is_empty()), "{name}");
        // An answer is sent to a browser: it is not much larger than what was asked.
        let answer: usize =
            diagnosis.documents.iter().map(|document| document.object.to_string().len()).sum();
        assert!(answer <= text.len() * 2 + (2 << 20), "{name}: {answer}");
    }
}
