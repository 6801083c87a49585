//! The paste doctor on hostile and on arbitrary text: it never panics, answers in time, and its
//! repairs come to rest.
#![cfg(feature = "doctor")]

use std::time::{Duration, Instant};

use binnacle_model::{Severity, doctor};
use proptest::prelude::*;
use serde_json::{Map, Value};

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
        ("1 MB of quotes", "\"".repeat(1_000_000), &[]),
        ("1 MB of open quotes", "- \"a\n".repeat(200_000), &[]),
        ("1 MB of tabs", "\t".repeat(1_000_000), &[]),
        ("1 MB of dashes", "-a\n".repeat(300_000), &[]),
        ("1 MB of colons", "a:b:".repeat(250_000), &[]),
        (
            "1 MB of staggered lines",
            (0..30_000).map(|n| format!("{}a: b\n", " ".repeat(n * 7 % 31))).collect(),
            &[],
        ),
        ("1 MB of one key", "a: 1\n".repeat(200_000), &[]),
        ("1 MB of glued keys", "spec:name: 1\n".repeat(80_000), &[]),
        ("100 broken documents", "---\na:\n  b: c\n   d: e\n f: g\n".repeat(100), &[]),
    ];
    // What an honest text of that size takes, on this machine as busy as it is.
    let honest: String = (0..25_000).map(|n| format!("key{n}: a value of some length, {n}\n")).collect();
    let began = Instant::now();
    let diagnosis = doctor::diagnose(&honest);
    assert_eq!(diagnosis.documents.len(), 1);
    let deadline = began.elapsed() * 15 + Duration::from_secs(1);
    for (name, text, codes) in rows {
        let began = Instant::now();
        let diagnosis = doctor::diagnose(&text);
        let took = began.elapsed();
        assert!(took < deadline, "{name} took {took:?} of {deadline:?}");
        let found: Vec<&str> = diagnosis.findings.iter().map(|f| f.code.as_str()).collect();
        for code in codes {
            assert!(found.contains(code), "{name}: {found:?}");
        }
        assert!(!diagnosis.complete, "{name}");
        assert!(diagnosis.findings.iter().any(|f| f.severity == Severity::Error), "{name}");
    }
}

/// Text made of what YAML is made of, so that most of it is almost right.
fn yamlish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => Just("\n"), 3 => Just("  "), 2 => Just(" "), 2 => Just(": "), 2 => Just("- "), 2 => Just("a"),
        1 => Just("name"), 1 => Just("spec"), 1 => Just("metadata"), 1 => Just("containers"), 1 => Just("-"),
        1 => Just(":"), 1 => Just("\t"), 1 => Just("\""), 1 => Just("'"), 1 => Just("["), 1 => Just("]"),
        1 => Just("{"), 1 => Just("}"), 1 => Just(","), 1 => Just("|\n"), 1 => Just(">-\n"), 1 => Just("#"),
        1 => Just("---\n"), 1 => Just("...\n"), 1 => Just("&x "), 1 => Just("*x"), 1 => Just("!t "), 1 => Just("\r\n"),
        1 => Just("\r"), 1 => Just("\u{a0}"), 1 => Just("\u{200b}"), 1 => Just("\u{feff}"), 1 => Just("“"),
        1 => Just("”"), 1 => Just("：\u{3000}"), 1 => Just("yes"), 1 => Just("{{"), 1 => Just("😀"), 1 => Just("? "),
        1 => Just("<<: "), 1 => Just("\0"), 1 => Just("0644"), 1 => Just("%YAML 1.2\n"), 1 => Just("\\"),
        1 => Just("kind: Pod\n"), 1 => Just("apiVersion: v1\n"), 1 => Just("@"), 1 => Just("`"),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Values as manifests hold them.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[ -~]{0,24}".prop_map(Value::from),
        "[a-z0-9:/.-]{1,16}".prop_map(Value::from),
        "[ -~]{0,12}\n[ -~]{0,12}\n".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(("[a-z]{1,8}([./-][a-z]{1,6})?", inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A manifest with values of any sort in it.
fn manifest() -> impl Strategy<Value = Value> {
    (value(), value()).prop_map(|(first, second)| {
        serde_json::json!({
            "apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "a"},
            "first": first, "second": [second],
        })
    })
}

fn comes_to_rest(text: &str) -> Result<(), TestCaseError> {
    let (once, _) = doctor::repair_all(text);
    prop_assert_eq!(&doctor::repair_all(&once).0, &once);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        comes_to_rest(&text)?;
    }

    #[test]
    fn almost_yaml_is_answered_and_repairs_come_to_rest(text in yamlish()) {
        comes_to_rest(&text)?;
        for document in doctor::diagnose(&text).documents {
            let path = binnacle_model::FieldPath::from("spec.containers[0].name");
            prop_assert!(doctor::range_of(&text, document.index, &path).is_some());
        }
    }

    #[test]
    fn repairs_cut_no_character_and_stay_apart(text in yamlish()) {
        let length = text.encode_utf16().count();
        let units: Vec<u16> = text.encode_utf16().collect();
        let middle = |at: u32| units.get(at as usize).is_some_and(|unit| (0xDC00..0xE000).contains(unit));
        for repair in doctor::diagnose(&text).findings.into_iter().filter_map(|f| f.repair) {
            let mut last = 0;
            for (position, edit) in repair.edits.iter().enumerate() {
                prop_assert!(edit.start <= edit.end && edit.end as usize <= length);
                prop_assert!(position == 0 || edit.start >= last);
                prop_assert!(!middle(edit.start) && !middle(edit.end));
                last = edit.end;
            }
        }
    }

    #[test]
    fn what_is_right_stays_as_it_is(object in manifest()) {
        let text = serde_saphyr::to_string(&object).expect("JSON is YAML");
        let (mended, repaired) = doctor::repair_all(&text);
        prop_assert_eq!(&mended, &text);
        prop_assert!(repaired.is_empty());
        let diagnosis = doctor::diagnose(&text);
        prop_assert!(diagnosis.complete, "{:?}", diagnosis.findings);
        prop_assert_eq!(&diagnosis.documents[0].object, &doctor::clean(&object).0);
    }
}
