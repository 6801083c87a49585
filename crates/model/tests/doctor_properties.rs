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
        1 => Just("– "), 1 => Just("— "), 1 => Just("sрec"), 1 => Just("ｎame"), 1 => Just("，"), 1 => Just("３"),
        1 => Just("kind: List\n"), 1 => Just("items:\n"), 1 => Just("kind: Deployment\napiVersion: apps/v1\n"),
        1 => Just("selector"), 1 => Just("template"), 1 => Just("labels"), 1 => Just("matchLabels"),
        1 => Just("!!binary "), 1 => Just("defaultMode: 644"), 1 => Just("{%"), 1 => Just("\u{202e}"), 1 => Just("1:30"),
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

/// A manifest of Kubernetes' own, comments and quotes in it, with some of its pieces replaced by wrong ones.
fn damaged() -> impl Strategy<Value = String> {
    const PIECES: &[(&str, &[&str])] = &[
        ("apps/v1", &["apps/v1beta2", "extensions/v1beta1", "v1", "Apps/v1"]),
        ("name: web # the name", &["name: My_Web # the name", "name: 7", "name: 'a b'"]),
        ("replicas: 2", &["replicas:2", "replicas: ２", "replicas: 02", "replicas: 2\n  replicas: 2"]),
        ("app: web\n  template", &["app: Web\n  template", "app: yes\n  template", "tier: web\n  template"]),
        ("      labels:\n        app: web\n", &["", "      labels: {}\n", "      annotations: {a: 1}\n"]),
        ("- name: web", &["-name: web", "– name: web", "- name: Web_1", "- name:web"]),
        ("memory: \"512Mi\"", &["memory: \"512MB\"", "memory: 1,5Gi", "memory: 512 Mi", "memory: 5m"]),
        ("containerPort: 80", &["containerPort: 0", "containerPort: 99999", "containerPort:\u{a0}80"]),
        ("periodSeconds: 10", &["periodSeconds: 10s", "periodSeconds: \"1m\"", "\tperiodSeconds: 10"]),
        (
            "value: \"8080\"",
            &["value: 8080", "value: yes", "value: “8080”", "value: 22:22", "value: !!binary YQ=="],
        ),
        (
            "  selector:\n    matchLabels:\n      app: web\n",
            &["", "   selector:\n    matchLabels:\n      app: web\n"],
        ),
    ];
    prop::collection::vec((0..PIECES.len(), 0..5_usize, any::<bool>()), 0..5).prop_map(|damages| {
        let mut text = WHOLE.to_owned();
        for (piece, choice, windows) in damages {
            let (right, wrong) = PIECES[piece];
            text = text.replacen(right, wrong[choice % wrong.len()], 1);
            if windows && choice == 0 {
                text = text.replace('\n', "\r\n");
            }
        }
        text
    })
}

const WHOLE: &str = "# a comment
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the name
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        # the first
        - name: web
          image: 'nginx:1.25'
          ports: [{containerPort: 80}]
          resources: {limits: {memory: \"512Mi\"}}
          livenessProbe:
            httpGet: {port: 80}
            periodSeconds: 10
          env:
            - name: PORT
              value: \"8080\"
";

/// Lines that no edit touches are byte for byte what they were and in their order; the edits the other way round give
/// the text back.
fn local_and_undone(text: &str, edits: &[doctor::Edit]) -> Result<(), TestCaseError> {
    let before: Vec<u16> = text.encode_utf16().collect();
    let mut after = before.clone();
    for edit in edits.iter().rev() {
        after.splice(edit.start as usize..edit.end as usize, edit.insert.encode_utf16());
    }
    // What stands between two edits, whole lines of it, is in the result between the same two.
    let mended = String::from_utf16(&after).map_err(|_| TestCaseError::fail("an edit cuts a character"))?;
    let (mut from, mut at) = (0, 0);
    for edit in edits.iter().map(Some).chain([None]) {
        let to = edit.map_or(before.len(), |edit| edit.start as usize);
        let kept = String::from_utf16_lossy(&before[from..to]);
        prop_assert!(mended.get(at..).is_some_and(|rest| rest.starts_with(&kept)), "{text:?}");
        at += kept.len() + edit.map_or(0, |edit| edit.insert.len());
        from = edit.map_or(from, |edit| edit.end as usize);
    }
    prop_assert_eq!(at, mended.len());
    // Undone, last edit first, at the places they have in the result.
    let mut moved = 0_isize;
    let mut back = Vec::new();
    for edit in edits {
        let (start, end) = (edit.start as usize, edit.end as usize);
        let new = start.checked_add_signed(moved).expect("a place in the text");
        let length = edit.insert.encode_utf16().count();
        back.push((new..new + length, before[start..end].to_vec()));
        moved += length.cast_signed() - (end - start).cast_signed();
    }
    for (place, old) in back.into_iter().rev() {
        after.splice(place, old);
    }
    prop_assert_eq!(after, before);
    // A repair touches no more lines than it has to: none that it leaves as it is.
    for edit in edits {
        let old = &text.encode_utf16().collect::<Vec<u16>>()[edit.start as usize..edit.end as usize];
        prop_assert_ne!(String::from_utf16_lossy(old), edit.insert.clone());
    }
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
    fn a_repair_leaves_the_lines_it_does_not_touch_and_can_be_undone(text in yamlish()) {
        for repair in doctor::diagnose(&text).findings.into_iter().filter_map(|f| f.repair) {
            local_and_undone(&text, &repair.edits)?;
        }
    }

    #[test]
    fn so_do_repairs_of_manifests(text in damaged()) {
        comes_to_rest(&text)?;
        for repair in doctor::diagnose(&text).findings.into_iter().filter_map(|f| f.repair) {
            local_and_undone(&text, &repair.edits)?;
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
