//! The paste doctor on arbitrary text: it never panics, and its repairs come to rest.
#![cfg(feature = "doctor")]

use binnacle_model::doctor;
use proptest::prelude::*;
use serde_json::{Map, Value};

/// A debug build reads about ten times slower, so it tries fewer texts.
const CASES: u32 = if cfg!(debug_assertions) { 40 } else { 400 };

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
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

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
