//! The paste doctor, case by case: what is pasted, what is found where, what it becomes.
#![cfg(feature = "doctor")]

use binnacle_model::{Lang, doctor};

/// Stands before each fragment, so that a row shows one defect and not a missing kind.
const HEAD: &str = "apiVersion: example.org/v1\nkind: Thing\nmetadata:\n  name: a\n";
const HEAD_LINES: u32 = 4;

/// A fragment, the findings (code, line and column in the fragment), the fragment repaired (the
/// same when nothing can be mended).
type Row = (&'static str, &'static [(&'static str, u32, u32)], &'static str);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // A space lost after a dash.
    ("spec:\n  volumes:\n    -name: conf\n      emptyDir: {}\n", &[("dash-space", 3, 5)], "spec:\n  volumes:\n    - name: conf\n      emptyDir: {}\n"),
    ("volumes:\n  -name: conf\n", &[("dash-space", 2, 3)], "volumes:\n  - name: conf\n"),
    ("rules:\n  - verbs:\n      -get\n      -list\n", &[("dash-space", 3, 7), ("dash-space", 4, 7)], "rules:\n  - verbs:\n      - get\n      - list\n"),
    ("resources:\n  - pods\n  -replicationcontrollers\n", &[("dash-space", 3, 3)], "resources:\n  - pods\n  - replicationcontrollers\n"),
    ("args:\n  -8080\n", &[("dash-space", 2, 3)], "args:\n  - 8080\n"),
    ("args:\n  - -c\n  - --flag=x\n  - -1\n", &[], "args:\n  - -c\n  - --flag=x\n  - -1\n"),
    ("args:\n  - tail\n  --f\n", &[("dash-space", 3, 3)], "args:\n  - tail\n  - -f\n"),
    ("args:\n  - tail\n   - -f\n", &[("dash-in-text", 3, 4)], "args:\n  - tail\n  - -f\n"),
    ("data:\n  -odd: kept\n  b: c\n", &[], "data:\n  -odd: kept\n  b: c\n"),
    ("value:\n  -1\n", &[], "value:\n  -1\n"),
    // A space lost after a colon.
    ("annotations:\n  meta.helm.sh/release-name: x\n  meta.helm.sh/release-namespace:hwameistor\n", &[("colon-space", 3, 3)], "annotations:\n  meta.helm.sh/release-name: x\n  meta.helm.sh/release-namespace: hwameistor\n"),
    ("spec:\n  replicas:3\n", &[("colon-space", 2, 3)], "spec:\n  replicas: 3\n"),
    ("labels:\n  first:a\n", &[("colon-space", 2, 3)], "labels:\n  first: a\n"),
    ("spec:\n  first:a\n  second: b\n", &[("colon-space", 2, 3)], "spec:\n  first: a\n  second: b\n"),
    ("containers:\n  - name:web\n    image: nginx:1.25\n", &[("colon-space", 2, 5)], "containers:\n  - name: web\n    image: nginx:1.25\n"),
    ("containers:\n  - name: web\n    image:nginx:1.25\n", &[("colon-space", 3, 5)], "containers:\n  - name: web\n    image: nginx:1.25\n"),
    ("args:\n  - a:b\n  - http://x:80\n", &[], "args:\n  - a:b\n  - http://x:80\n"),
    ("spec：x\nother: z\n", &[("full-width-colon", 1, 1)], "spec: x\nother: z\n"),
    // Line breaks lost between two keys.
    ("valueFrom:\n  fieldRef:apiVersion: v1\n    fieldPath: x\n", &[("glued-keys", 2, 3)], "valueFrom:\n  fieldRef:\n    apiVersion: v1\n    fieldPath: x\n"),
    ("lifecycle:preStop:\n    exec:\n      command: [sh]\n", &[("glued-keys", 1, 1)], "lifecycle:\n  preStop:\n    exec:\n      command: [sh]\n"),
    ("lifecycle:preStop:\n  exec:\n    command: [sh]\n", &[("glued-keys", 1, 1)], "lifecycle:\n  preStop:\n    exec:\n      command: [sh]\n"),
    ("livenessProbe: exec:\n  command: [sh]\n", &[("glued-keys", 1, 1)], "livenessProbe:\n  exec:\n    command: [sh]\n"),
    ("resources: limits: {}\n", &[("glued-keys", 1, 1)], "resources:\n  limits: {}\n"),
    ("annotations:\n  system:name: x\n", &[], "annotations:\n  system:name: x\n"),
    ("labels:\n  spec:name: x\n", &[], "labels:\n  spec:name: x\n"),
    // Lines that stand elsewhere than they belong.
    ("spec:\n  first: a\n   second: b\n  third: {}\n", &[("indentation", 3, 4)], "spec:\n  first: a\n  second: b\n  third: {}\n"),
    ("spec:\n    first: a\n   second: b\n", &[("indentation", 3, 4)], "spec:\n    first: a\n    second: b\n"),
    ("a:\n  - b\n - c\n", &[("indentation", 3, 2)], "a:\n  - b\n  - c\n"),
    ("spec:\n  list:\n  - name: a\n    image: b\n   - name: c\n     image: d\n", &[("indentation", 5, 4)], "spec:\n  list:\n  - name: a\n    image: b\n  - name: c\n    image: d\n"),
    ("spec:\n  template:\n     metadata:\n       labels:\n         a: b\n    spec:\n      x: z\n", &[("indentation", 3, 6)], "spec:\n  template:\n    metadata:\n      labels:\n        a: b\n    spec:\n      x: z\n"),
    ("script: |\n  one\n two\n  three\n", &[("indentation", 3, 2)], "script: |\n  one\n  two\n  three\n"),
    // Characters that are not what they look like.
    ("spec:\n\tfirst: a\n\tsecond:\n\t\tthird: b\n", &[("tab-indent", 2, 1)], "spec:\n  first: a\n  second:\n    third: b\n"),
    ("spec:\n    first:\n\t- a\n\t- b\n", &[("tab-indent", 3, 1)], "spec:\n    first:\n    - a\n    - b\n"),
    ("spec:\n  first:\u{a0}a\n\u{a0}\u{a0}second: b\n", &[("odd-space", 2, 9)], "spec:\n  first: a\n  second: b\n"),
    ("spec:\n\u{3000}first: a\n", &[("odd-space", 2, 1)], "spec:\n  first: a\n"),
    ("spec:\n  -\u{a0}first: a\n", &[("odd-space", 2, 4)], "spec:\n  - first: a\n"),
    ("spec:\n  fi\u{200b}rst: a\n", &[("invisible-character", 2, 5)], "spec:\n  first: a\n"),
    ("spec:\n  first: a\u{1}b\n", &[("control-character", 2, 11)], "spec:\n  first: ab\n"),
    ("spec:\n  first: “a b”\n  second: ‘c’\n", &[("smart-quotes", 2, 10), ("smart-quotes", 3, 11)], "spec:\n  first: \"a b\"\n  second: 'c'\n"),
    ("args: [“-c”, “x”]\n", &[("smart-quotes", 1, 7)], "args: [\"-c\", \"x\"]\n"),
    ("text: say “hello” to\n", &[], "text: say “hello” to\n"),
    // Quotes and brackets.
    ("spec:\n  first: \"a\n  second: b\n", &[("unclosed-quote", 2, 10)], "spec:\n  first: \"a\"\n  second: b\n"),
    ("args: [sh, -c\nother: x\n", &[("unclosed-bracket", 1, 7)], "args: [sh, -c]\nother: x\n"),
    ("args: [\"a\", \"b\nother: x\n", &[("unclosed-bracket", 1, 7)], "args: [\"a\", \"b\"]\nother: x\n"),
    ("map: {a: {b: c}\nother: x\n", &[("unclosed-bracket", 1, 6)], "map: {a: {b: c}}\nother: x\n"),
    ("first: \"a\" b\nother: x\n", &[("after-quote", 1, 11)], "first: '\"a\" b'\nother: x\n"),
    ("first: error: it broke\n", &[("colon-in-value", 1, 8)], "first: \"error: it broke\"\n"),
    ("first: *.txt\n", &[("reserved-character", 1, 8)], "first: \"*.txt\"\n"),
    ("first: @me\n", &[("reserved-character", 1, 8)], "first: \"@me\"\n"),
    ("first: *nope\nsecond: *neither\n", &[("unknown-anchor", 1, 8), ("unknown-anchor", 2, 9)], "first: \"*nope\"\nsecond: \"*neither\"\n"),
    ("first: \"\\d\"\n", &[("bad-escape", 1, 8)], "first: \"\\d\"\n"),
    ("first: {{ .Values.x }}\n", &[("template", 1, 1)], "first: {{ .Values.x }}\n"),
    // What can be read and is still wrong.
    ("spec:\n  a: 1\n  a: 1\n", &[("duplicate-key", 3, 3)], "spec:\n  a: 1\n"),
    ("spec:\n  a: 1\n  a: 2\n", &[("duplicate-key", 3, 3)], "spec:\n  a: 1\n  a: 2\n"),
    ("spec:\n  a: yes\n  b: \"no\"\n  c: Off\n", &[("yaml-1-1-boolean", 2, 6), ("yaml-1-1-boolean", 4, 6)], "spec:\n  a: \"yes\"\n  b: \"no\"\n  c: \"Off\"\n"),
    ("a: b\r\nc: d\n", &[("mixed-line-breaks", 1, 5)], "a: b\nc: d\n"),
    // Several at once, each at its own place.
    ("volumes:\n  -name: conf\n   emptyDir: {}\nreplicas:3\nx: z\n", &[("dash-space", 2, 3), ("colon-space", 4, 1), ("indentation", 3, 4)], "volumes:\n  - name: conf\n    emptyDir: {}\nreplicas: 3\nx: z\n"),
    // Nothing wrong.
    ("text: >-\n  a: b\n  -c: “d”\nkeep: 'it''s' # as it is\nflow: {a: [1,\n  2]}\n", &[], "text: >-\n  a: b\n  -c: “d”\nkeep: 'it''s' # as it is\nflow: {a: [1,\n  2]}\n"),
    ("mode: 0644\nbase: &b {x: z}\nuse: *b\nmerged:\n  <<: *b\n  z: 1\n", &[], "mode: 0644\nbase: &b {x: z}\nuse: *b\nmerged:\n  <<: *b\n  z: 1\n"),
];

/// Each class of defect in these tables: where it comes from, and a part of its sentence.
#[rustfmt::skip]
const CLASSES: &[(&str, &str, &str)] = &[
    ("dash-space", "PS 15.1, 1 and 2", "A space is missing after the dash"),
    ("dash-in-text", "PS 14.1, uneven indentation", "reads it as more of that text"),
    ("colon-space", "PS 15.1, sibling pages", "A space is missing after"),
    ("full-width-colon", "PS 14.2, look-alikes", "is a full-width one"),
    ("glued-keys", "PS 15.1, 3 and 5", "was lost"),
    ("indentation", "PS 15.1, 4", "indented"),
    ("tab-indent", "PS 14.2; YAML 1.2 section 6.1", "allows only spaces to indent"),
    ("odd-space", "PS 14.2; YAML 1.2 section 5.5", "does not take these for spaces"),
    ("invisible-character", "PS 14.2", "stand where they change names"),
    ("control-character", "YAML 1.2 section 5.1", "YAML does not allow"),
    ("byte-order-mark", "YAML 1.2 section 5.2", "byte order mark"),
    ("mixed-line-breaks", "YAML 1.2 section 5.4", "as Windows writes them"),
    ("smart-quotes", "PS 14.2, typography", "typographic quotes"),
    ("unclosed-quote", "YAML 1.2 section 7.3", "never closed"),
    ("unclosed-bracket", "YAML 1.2 section 7.4", "never closed"),
    ("after-quote", "YAML 1.2 section 7.3", "follows the closing quote"),
    ("colon-in-value", "YAML 1.2 section 7.3.3", "holds a colon"),
    ("reserved-character", "YAML 1.2 section 5.3", "No plain text can begin with"),
    ("unknown-anchor", "YAML 1.2 section 7.1", "refers to an anchor"),
    ("bad-escape", "YAML 1.2 section 5.7", "A backslash in double quotes"),
    ("template", "Helm, Go templates", "emplate"),
    ("duplicate-key", "PS 14.2; fieldValidation=Strict", "Keep one of the two"),
    ("yaml-1-1-boolean", "YAML 1.1 bool, goyaml.v2", "as true or false"),
    ("text-expected", "API reference, string fields", "must be text"),
    ("empty", "PS 14", "There is nothing here yet"),
    ("not-an-object", "API conventions, objects", "not a Kubernetes object"),
    ("missing-kind", "API conventions, types", "The kind is missing"),
    ("missing-api-version", "API conventions, types", "The apiVersion is missing"),
    ("missing-name", "API conventions, metadata", "The name is missing"),
    ("kind-case", "API reference", "Kubernetes spells the kind"),
    ("removed-version", "deprecated API migration guide", "no longer serves"),
    ("wrong-version", "API reference", "is not part of"),
    ("list-of-objects", "v1 List", "A List"),
];

#[test]
fn every_class_has_its_source_its_sentence_and_a_row() {
    let texts = ROWS.iter().map(|(fragment, _, _)| format!("{HEAD}{fragment}"));
    let mut seen = std::collections::BTreeSet::new();
    for text in texts.chain(WHOLE.iter().map(|(text, _, _)| (*text).to_owned())) {
        for finding in doctor::diagnose(&text).findings {
            let class = CLASSES.iter().find(|(code, _, _)| *code == finding.code);
            let (code, source, sentence) = class.unwrap_or_else(|| panic!("{} has no source", finding.code));
            let said = finding.text.render(Lang::En);
            assert!(!source.is_empty() && said.contains(sentence), "{code}: {said}");
            seen.insert(*code);
        }
    }
    assert_eq!(seen.len(), CLASSES.len(), "classes without a row");
    println!("rows: {} (paste doctor: texts that YAML cannot read as meant)", ROWS.len() + WHOLE.len());
    println!("rows: {} (paste doctor: classes of these)", CLASSES.len());
}

#[test]
fn every_defect_is_found_at_its_place_and_mended() {
    for (fragment, expected, repaired) in ROWS {
        let text = format!("{HEAD}{fragment}");
        let diagnosis = doctor::diagnose(&text);
        let mut found: Vec<(&str, u32, u32)> = diagnosis
            .findings
            .iter()
            .map(|f| (f.code.as_str(), f.range.line.saturating_sub(HEAD_LINES), f.range.column))
            .collect();
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
        let (mended, _) = doctor::repair_all(&text);
        assert_eq!(mended, format!("{HEAD}{repaired}"), "{text}");
        assert_eq!(doctor::repair_all(&mended).0, mended, "twice: {text}");
    }
}

/// Whole texts: the findings, and what they become.
#[rustfmt::skip]
const WHOLE: &[Row] = &[
    ("", &[("empty", 1, 1)], ""),
    ("# nothing\n---\n\n", &[("empty", 1, 1)], "# nothing\n---\n\n"),
    ("hello\n", &[("not-an-object", 1, 1)], "hello\n"),
    ("- a\n- b\n", &[("not-an-object", 1, 1)], "- a\n- b\n"),
    ("a: b\n", &[("missing-kind", 1, 1), ("missing-api-version", 1, 1), ("missing-name", 1, 1)], "a: b\n"),
    ("# top\nkind: Deployment\nmetadata:\n  name: a\n", &[("missing-api-version", 2, 1)], "# top\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n"),
    ("kind: StatefulSet\napiVersion: apps/v1beta1\nmetadata:\n  name: a\n", &[("removed-version", 2, 13)], "kind: StatefulSet\napiVersion: apps/v1\nmetadata:\n  name: a\n"),
    ("kind: CronJob\napiVersion: batch/v1beta1\nmetadata:\n  name: a\n", &[("removed-version", 2, 13)], "kind: CronJob\napiVersion: batch/v1\nmetadata:\n  name: a\n"),
    ("kind: deployment\napiVersion: v1\nmetadata:\n  name: a\n", &[("kind-case", 1, 7), ("wrong-version", 2, 13)], "kind: Deployment\napiVersion: apps/v1\nmetadata:\n  name: a\n"),
    ("kind: Service\napiVersion: serving.knative.dev/v1\nmetadata:\n  name: a\n", &[], "kind: Service\napiVersion: serving.knative.dev/v1\nmetadata:\n  name: a\n"),
    ("kind: Pod\napiVersion: v1\nmetadata:\n  name: 1\n  labels:\n    a: true\n", &[("text-expected", 4, 9), ("text-expected", 6, 8)], "kind: Pod\napiVersion: v1\nmetadata:\n  name: \"1\"\n  labels:\n    a: \"true\"\n"),
    ("kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\ndata:\n  b: 1.50\n", &[("text-expected", 6, 6)], "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\ndata:\n  b: \"1.50\"\n"),
    ("kind: List\napiVersion: v1\nitems: []\n", &[("list-of-objects", 3, 1)], "kind: List\napiVersion: v1\nitems: []\n"),
    ("\u{feff}kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n", &[("byte-order-mark", 1, 1)], "kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n"),
    ("  kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n", &[("indentation", 1, 3)], "kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n"),
    ("kind: Pod\r\napiVersion:v1\r\nmetadata:\r\n  name: a\r\n", &[("colon-space", 2, 1)], "kind: Pod\r\napiVersion: v1\r\nmetadata:\r\n  name: a\r\n"),
    ("{\"kind\": \"Pod\", \"apiVersion\": \"v1\",\n\t\"metadata\": {\"name\": \"a\"}\n}\n", &[], "{\"kind\": \"Pod\", \"apiVersion\": \"v1\",\n\t\"metadata\": {\"name\": \"a\"}\n}\n"),
    // The second document is found however broken the first one is.
    ("kind: Pod\napiVersion: v1\nmetadata:\n  name: {{ x }}\n---\nkind: Pod\napiVersion: v1\nmetadata:\n  name:b\n  labels: {}\n", &[("template", 4, 3), ("colon-space", 9, 3)], "kind: Pod\napiVersion: v1\nmetadata:\n  name: {{ x }}\n---\nkind: Pod\napiVersion: v1\nmetadata:\n  name: b\n  labels: {}\n"),
];

#[test]
fn whole_texts() {
    for (text, expected, repaired) in WHOLE {
        let diagnosis = doctor::diagnose(text);
        let found: Vec<(&str, u32, u32)> =
            diagnosis.findings.iter().map(|f| (f.code.as_str(), f.range.line, f.range.column)).collect();
        assert_eq!(found, *expected, "{text}");
        assert_eq!(doctor::repair_all(text).0, *repaired, "{text}");
    }
}

#[test]
fn single_repairs_in_any_order_end_where_repairing_all_ends() {
    let texts = ROWS.iter().map(|(fragment, _, _)| format!("{HEAD}{fragment}"));
    let texts = texts.chain(WHOLE.iter().map(|(text, _, _)| (*text).to_owned()));
    for text in texts.chain([include_str!("data/doctor/seed-raw.yaml").to_owned()]) {
        let (expected, _) = doctor::repair_all(&text);
        for last in [false, true] {
            let mut now = text.clone();
            for step in 0.. {
                assert!(step < 20, "never comes to rest: {text}");
                let findings = doctor::diagnose(&now).findings;
                let mut repairs = findings.iter().filter_map(|f| f.repair.as_ref());
                let Some(repair) = (if last { repairs.next_back() } else { repairs.next() }) else { break };
                now = apply(&now, &repair.edits);
            }
            assert_eq!(now, expected, "last first: {last}, {text}");
        }
    }
}

/// A manifest as people write it, to be damaged.
const MANIFEST: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: web
          image: nginx
          ports:
            - containerPort: 80
              protocol: TCP
        - name: log
          image: busybox
          args:
            - tail
            - -f
      restartPolicy: Always
";

#[test]
fn one_defect_in_any_line_is_mended_to_what_was_meant() {
    type Damage = fn(&str) -> String;
    let damages: [(&str, Damage); 6] = [
        ("no space after the dash", |line| line.replacen("- ", "-", 1)),
        ("no space after the colon", |line| line.replacen(": ", ":", 1)),
        ("one column more", |line| format!(" {line}")),
        ("a tab", |line| line.replacen("  ", "\t", 1)),
        ("an odd space after the colon", |line| line.replacen(": ", ":\u{a0}", 1)),
        ("an odd space first", |line| line.replacen(' ', "\u{a0}", 1)),
    ];
    let meant = &doctor::diagnose(MANIFEST).documents[0].object;
    for at in 0..MANIFEST.lines().count() {
        for (name, damage) in damages {
            let damaged =
                |(number, line): (usize, &str)| if number == at { damage(line) } else { line.to_owned() };
            let lines: Vec<String> = MANIFEST.lines().enumerate().map(damaged).collect();
            let (mended, _) = doctor::repair_all(&(lines.join("\n") + "\n"));
            let documents = doctor::diagnose(&mended).documents;
            let read = documents.first().map(|document| &document.object);
            assert_eq!(read, Some(meant), "{name} in line {}: {mended}", at + 1);
        }
    }
}

/// Applies edits as the editor does: all at once, places in UTF-16.
fn apply(text: &str, edits: &[doctor::Edit]) -> String {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    for edit in edits.iter().rev() {
        units.splice(edit.start as usize..edit.end as usize, edit.insert.encode_utf16());
    }
    String::from_utf16(&units).expect("edits cut no character")
}

#[test]
fn places_count_as_people_and_as_browsers_do() {
    let text = "kind: Thing\napiVersion: example.org/v1\nmetadata:\n  name: a\n  annotations:\n    😀é: {}\n    b: yes\n";
    let findings = doctor::diagnose(text).findings;
    assert_eq!((findings[0].range.line, findings[0].range.column), (7, 8));
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let range = findings[0].range;
    assert_eq!(String::from_utf16_lossy(&utf16[range.start as usize..range.end as usize]), "yes");
}

#[test]
fn words_are_filled() {
    for (fragment, _, _) in ROWS {
        for finding in doctor::diagnose(&format!("{HEAD}{fragment}")).findings {
            for lang in [Lang::En, Lang::Zh] {
                let text = finding.text.render(lang);
                assert!(!text.contains("{0}") && !text.contains("“”") && !text.contains("  "), "{text}");
            }
        }
    }
}

#[test]
fn what_others_need_is_created_first() {
    let kinds =
        ["StatefulSet", "Thing", "Service", "Secret", "Namespace", "Role", "PersistentVolumeClaim", "Secret"];
    let text: String =
        kinds.map(|kind| format!("---\nkind: {kind}\napiVersion: v1\nmetadata: {{name: a}}\n")).concat();
    let documents = doctor::diagnose(&text).documents;
    let order: Vec<&str> =
        doctor::order(&documents).into_iter().map(|at| documents[at].kind.as_str()).collect();
    let expected =
        ["Namespace", "Role", "Secret", "Secret", "PersistentVolumeClaim", "Service", "StatefulSet", "Thing"];
    assert_eq!(order, expected);
    let lines: Vec<(u32, u32)> = documents.iter().map(|d| (d.index, d.range.line)).collect();
    assert_eq!(lines[..3], [(0, 2), (1, 6), (2, 10)]);
}
