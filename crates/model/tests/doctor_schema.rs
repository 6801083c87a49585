//! The paste doctor with a schema, case by case: what is pasted, what is found where, what it becomes.
#![cfg(feature = "doctor")]

use std::sync::Arc;

use binnacle_model::{
    Lang, Severity,
    doctor::{self, Finding},
    schema::{self, Schemas},
};
use proptest::prelude::*;

/// What stands before each fragment of a Pod's container.
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: c\n      image: nginx:1.25\n";
/// What stands before each fragment of a StatefulSet's `spec`.
const SET: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels:\n      app: a\n";
/// What stands behind it.
const TEMPLATE: &str = "  template:\n    metadata:\n      labels:\n        app: a\n    spec:\n      containers:\n        - name: c\n          image: nginx:1.25\n";

/// A fragment, the findings (code, line and column in the fragment), the fragment repaired (the
/// same when nothing can be mended). Each shows what the OpenAPI document of Kubernetes 1.37 tells (PS 14, 15).
type Row = (&'static str, &'static [(&'static str, u32, u32)], &'static str);

#[rustfmt::skip]
const CONTAINER: &[Row] = &[
    // Misspelt: strict validation of unknown fields (`fieldValidation=Strict`).
    ("      imagePullPolcy: Always\n", &[("misspelt-field", 1, 7)], "      imagePullPolicy: Always\n"),
    ("      livenesProbe: {}\n", &[("misspelt-field", 1, 7)], "      livenessProbe: {}\n"),
    ("      Env: []\n", &[("misspelt-field", 1, 7)], "      env: []\n"),
    ("      volume_mounts: []\n", &[("misspelt-field", 1, 7)], "      volumeMounts: []\n"),
    ("      \"comand\": [sh]\n", &[("misspelt-field", 1, 7)], "      \"comand\": [sh]\n"),
    ("      env: []\n      enf: []\n", &[("misspelt-field", 2, 7)], "      env: []\n      enf: []\n"),
    ("      nonsense: 1\n", &[("unknown-field", 1, 7)], "      nonsense: 1\n"),
    // At the wrong level: it belongs some levels up or down.
    ("      dnsPolicy: Default # kept\n      tty: true\n", &[("misplaced-field", 1, 7)], "\u{1}"),
    ("      failureThreshold: 3\n", &[("unknown-field", 1, 7)], "      failureThreshold: 3\n"),
    ("      limits: {cpu: 1}\n      resources:\n        requests: {}\n", &[("misplaced-field", 1, 7)], "      resources:\n        limits: {cpu: 1}\n        requests: {}\n"),
    ("      resources:\n        memory: 1Gi\n", &[("unknown-field", 2, 9)], "      resources:\n        memory: 1Gi\n"),
    // Wrong types.
    ("      tty: \"true\"\n", &[("boolean-expected", 1, 12)], "      tty: true\n"),
    ("      tty: yes\n", &[("boolean-expected", 1, 12)], "      tty: true\n"),
    ("      tty: 1\n", &[("wrong-type", 1, 12)], "      tty: 1\n"),
    ("      terminationMessagePath: 8080\n", &[("string-expected", 1, 31)], "      terminationMessagePath: \"8080\"\n"),
    ("      env:\n        - name: VERSION\n          value: 1.10\n", &[("text-expected", 3, 18)], "      env:\n        - name: VERSION\n          value: \"1.10\"\n"),
    ("      command: sh\n", &[("wrong-type", 1, 16)], "      command: sh\n"),
    ("      env: {A: b}\n", &[("wrong-type", 1, 12)], "      env: {A: b}\n"),
    ("      resources: []\n", &[("wrong-type", 1, 18)], "      resources: []\n"),
    ("      securityContext:\n        runAsUser: \"1000\"\n", &[("number-expected", 2, 20)], "      securityContext:\n        runAsUser: 1000\n"),
    ("      securityContext:\n        runAsUser: root\n", &[("number-expected", 2, 20)], "      securityContext:\n        runAsUser: root\n"),
    ("      livenessProbe:\n        httpGet:\n          port: http\n", &[], "      livenessProbe:\n        httpGet:\n          port: http\n"),
    // Values that are not among those there are.
    ("      imagePullPolicy: always\n", &[("unknown-value", 1, 24)], "      imagePullPolicy: Always\n"),
    ("      imagePullPolicy: 'ifNotPresent'\n", &[("unknown-value", 1, 24)], "      imagePullPolicy: IfNotPresent\n"),
    ("      imagePullPolicy: Sometimes\n", &[("unknown-value", 1, 24)], "      imagePullPolicy: Sometimes\n"),
    ("      ports:\n        - containerPort: 80\n          protocol: tcp\n", &[("unknown-value", 3, 21)], "      ports:\n        - containerPort: 80\n          protocol: TCP\n"),
    // Missing.
    ("      ports:\n        - name: http\n", &[("missing-field", 2, 11)], "      ports:\n        - name: http\n"),
    ("      volumeMounts:\n        - name: x\n", &[("missing-field", 2, 11)], "      volumeMounts:\n        - name: x\n"),
    // Nothing is wrong here.
    ("      env:\n        - name: A\n          value: null\n      resources:\n        limits: {cpu: 1, memory: 1Gi, example.org/gpu: \"1\"}\n", &[], "      env:\n        - name: A\n          value: null\n      resources:\n        limits: {cpu: 1, memory: 1Gi, example.org/gpu: \"1\"}\n"),
];

#[rustfmt::skip]
const SPEC: &[Row] = &[
    ("  replica: 3\n", &[("misspelt-field", 1, 3)], "  replicas: 3\n"),
    ("  replicas: \"3\"\n", &[("number-expected", 1, 13)], "  replicas: 3\n"),
    ("  replicas: 1.5\n", &[("wrong-type", 1, 13)], "  replicas: 1.5\n"),
    ("  podManagementPolicy: parallel\n", &[("unknown-value", 1, 24)], "  podManagementPolicy: Parallel\n"),
    ("  labels:\n    x: z\n", &[("misplaced-field", 1, 3)], "\u{1}"),
    ("  restartPolicy: Always\n", &[("misplaced-field", 1, 3)], "\u{1}"),
];

fn own() -> Schemas {
    // The recorded schema as what the cluster itself says.
    let mut schemas = Schemas::recorded();
    for version in ["v1", "apps/v1"] {
        schemas.add(version, Arc::new(schema::recorded().clone()));
    }
    schemas
}

fn seen(findings: &[Finding], before: u32) -> Vec<(String, u32, u32)> {
    findings.iter().map(|one| (one.code.clone(), one.range.line - before, one.range.column)).collect()
}

#[test]
fn every_row_is_found_at_its_place_and_mended() {
    let mut rows = 0;
    for (head, tail, table) in [(POD, "", CONTAINER), (SET, TEMPLATE, SPEC)] {
        let before = u32::try_from(head.lines().count()).unwrap();
        for (fragment, codes, mended) in table {
            let text = format!("{head}{fragment}{tail}");
            let diagnosis = doctor::diagnose_with(&text, &own());
            let expected: Vec<_> =
                codes.iter().map(|(code, line, column)| ((*code).to_owned(), *line, *column)).collect();
            assert_eq!(seen(&diagnosis.findings, before), expected, "{fragment}{:?}", diagnosis.findings);
            let (once, _) = doctor::repair_all_with(&text, &own());
            if *mended != "\u{1}" {
                assert_eq!(once, format!("{head}{mended}{tail}"), "{fragment}");
            }
            assert_eq!(doctor::repair_all_with(&once, &own()).0, once, "{fragment}");
            for finding in &diagnosis.findings {
                for lang in [Lang::En, Lang::Zh] {
                    let said = finding.text.render(lang);
                    assert!(!said.contains('{') && !said.contains("“”"), "{said}");
                }
            }
            rows += 1;
        }
    }
    println!("rows: {rows} (paste doctor: what a schema tells)");
}

#[test]
fn a_field_moves_with_its_lines_to_where_it_belongs() {
    for (text, expected) in [
        (
            format!("{POD}      dnsPolicy: Default # kept\n      tty: true\n"),
            POD.replace("  containers:", "  dnsPolicy: Default # kept\n  containers:") + "      tty: true\n",
        ),
        (
            // A block that goes down by two levels keeps its own shape.
            format!("{SET}  tolerations:\n    # why\n    - key: a\n      operator: Exists\n{TEMPLATE}"),
            format!("{SET}{TEMPLATE}").replace(
                "      containers:",
                "      tolerations:\n        # why\n        - key: a\n          operator: Exists\n      containers:",
            ),
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nlabels:\n  a: b\nmetadata:\n  name: a\ndata: {}\n".to_owned(),
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels:\n    a: b\n  name: a\ndata: {}\n".to_owned(),
        ),
    ] {
        let (mended, repaired) = doctor::repair_all_with(&text, &own());
        assert_eq!(mended, expected);
        assert_eq!(repaired.iter().filter(|one| one.code == "misplaced-field").count(), 1);
        assert_eq!(doctor::diagnose_with(&mended, &own()).findings, []);
    }
}

#[test]
fn a_kind_that_its_version_does_not_have_is_told() {
    for (version, kind, said) in [
        ("apps/v1", "StatefullSet", Some("apps/v1 has no kind StatefullSet. Did you mean StatefulSet?")),
        ("batch/v1", "Widget", Some("batch/v1 has no kind Widget. Check the kind and the apiVersion.")),
        ("apps/v1", "StatefulSet", None),
        ("example.org/v1", "Widget", None),
    ] {
        let text = format!("apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: a\n");
        let findings = doctor::diagnose_with(&text, &Schemas::recorded()).findings;
        let found = findings.iter().find(|one| one.code == "unknown-kind");
        assert_eq!(found.map(|one| one.text.render(Lang::En)).as_deref(), said);
    }
}

#[test]
fn the_recorded_schema_warns_where_the_clusters_own_refuses() {
    let text = format!("{POD}      imag: x\n");
    let severity = |schemas: &Schemas| {
        let diagnosis = doctor::diagnose_with(&text, schemas);
        (diagnosis.findings[0].severity, diagnosis.complete)
    };
    assert_eq!(severity(&own()), (Severity::Error, false));
    assert_eq!(severity(&Schemas::recorded()), (Severity::Warning, true));
    assert_eq!(doctor::diagnose_with(&text, &Schemas::none()).findings, []);
    let mut stands_in = Schemas::recorded();
    stands_in.stands_in = true;
    let notes = doctor::diagnose_with(&format!("{POD}---\n{POD}"), &stands_in).findings;
    assert_eq!(seen(&notes, 0), [("recorded-schema".to_owned(), 1, 1)]);
}

#[test]
fn custom_resources_are_checked_by_the_definition_before_them() {
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.example.org\nspec:\n  group: example.org\n  scope: Namespaced\n  names:\n    kind: Thing\n    plural: things\n  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          properties:\n            spec:\n              type: object\n              required: [size]\n              properties:\n                size:\n                  type: integer\n                mode:\n                  type: string\n                  enum: [Fast, Safe]\n---\n";
    let before = u32::try_from(definition.lines().count()).unwrap();
    let thing = "apiVersion: example.org/v1\nkind: Thing\nmetadata:\n  name: a\nspec:\n";
    for (spec, codes) in [
        ("  size: 3\n  mode: fast\n", vec![("unknown-value", 7)]),
        ("  sise: 3\n", vec![("misspelt-field", 6)]),
        ("  mode: Safe\n", vec![("missing-field", 5)]),
        ("  size: big\n", vec![("number-expected", 6)]),
        ("  size: 3\n", vec![]),
    ] {
        let found =
            doctor::diagnose_with(&format!("{definition}{thing}{spec}"), &Schemas::recorded()).findings;
        let found: Vec<(&str, u32)> =
            found.iter().map(|one| (one.code.as_str(), one.range.line - before)).collect();
        assert_eq!(found, codes, "{spec}");
    }
}

#[test]
fn what_the_cluster_owns_and_what_anchors_bring_is_left_alone() {
    for text in [
        format!(
            "{POD}      env: &env\n        - name: A\n    - name: d\n      env: *env\nstatus:\n  phase: 3\n  made: up\n"
        ),
        format!("{SET}  replicas: null\n{TEMPLATE}")
            .replace("  name: a\n", "  name: a\n  managedFields: [{odd: 1}]\n  creationTimestamp: null\n"),
    ] {
        assert_eq!(doctor::diagnose_with(&text, &own()).findings, [], "{text}");
    }
}

#[test]
fn many_unknown_fields_are_bounded() {
    let fields: String = (0..20_000).map(|n| format!("  imagePull{n}: x\n")).collect();
    let text = format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n{fields}");
    let found = doctor::diagnose_with(&text, &own()).findings;
    assert!((50..=110).contains(&found.len()), "{}", found.len());
}

/// A debug build reads about ten times slower, so it tries fewer texts.
const CASES: u32 = if cfg!(debug_assertions) { 24 } else { 200 };

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn repairs_with_a_schema_come_to_rest_and_add_no_problem(
        lines in prop::collection::vec((0_usize..40, 0_usize..40, 0_usize..8), 1..4),
    ) {
        // Lines that stand elsewhere, and names with a letter less.
        let text = format!("{SET}{TEMPLATE}---\n{POD}      env:\n        - name: A\n          value: \"1\"\n");
        let mut all: Vec<String> = text.lines().map(str::to_owned).collect();
        for (from, to, cut) in lines {
            let (from, to) = (from % all.len(), to % all.len());
            let mut line = all.remove(from);
            let at = line.len() - line.trim_start().len() + cut;
            if at < line.len() {
                line.remove(at);
            }
            all.insert(to.min(all.len()), line);
        }
        let text = all.join("\n");
        let schemas = own();
        let (once, _) = doctor::repair_all_with(&text, &schemas);
        prop_assert_eq!(&doctor::repair_all_with(&once, &schemas).0, &once);
        let errors = |text: &str| {
            let findings = doctor::diagnose_with(text, &schemas).findings;
            findings.iter().filter(|one| one.repair.is_some()).count()
        };
        prop_assert!(errors(&once) <= errors(&text));
    }
}
