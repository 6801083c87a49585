//! The paste doctor on the sample YAML of DaoCloud's page for creating a StatefulSet, exactly as
//! it is printed there: five defects, and fields that only a server may write.
#![cfg(feature = "doctor")]

use binnacle_model::{FieldPath, Lang, Severity, doctor};

const RAW: &str = include_str!("data/doctor/seed-raw.yaml");
const REPAIRED: &str = include_str!("data/doctor/seed-repaired.yaml");

#[test]
fn the_five_defects_are_found_at_once() {
    let diagnosis = doctor::diagnose(RAW);
    let found: Vec<(&str, u32, u32)> =
        diagnosis.findings.iter().map(|f| (f.code.as_str(), f.range.line, f.range.column)).collect();
    let expected = [
        ("dash-space", 41, 10),
        ("dash-space", 53, 10),
        ("glued-keys", 68, 18),
        ("indentation", 69, 19),
        ("glued-keys", 202, 11),
    ];
    assert_eq!(found, expected);
    assert!(diagnosis.findings.iter().all(|f| f.severity == Severity::Error && f.repair.is_some()));
    assert!(!diagnosis.complete);
    assert!(diagnosis.documents.is_empty(), "as printed, it cannot be read");
    let indentation = diagnosis.findings[3].text.render(Lang::En);
    assert!(indentation.contains("Lines 1 to 68"), "{indentation}");
}

#[test]
fn repaired_it_is_the_fixture_and_nothing_else_moved() {
    let (text, repaired) = doctor::repair_all(RAW);
    assert_eq!(repaired.len(), 5);
    assert_eq!(text, REPAIRED);
    assert_eq!((RAW.lines().count(), text.lines().count()), (455, 457));
    // But for lost spaces and line breaks, it is the text as it was.
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(bare(&text), bare(RAW));
    assert_eq!(doctor::repair_all(&text), (text.clone(), Vec::new()));
}

#[test]
fn repaired_it_is_the_stateful_set_that_was_meant() {
    let diagnosis = doctor::diagnose(REPAIRED);
    assert!(diagnosis.complete, "{:?}", diagnosis.findings);
    let [document] = diagnosis.documents.as_slice() else { panic!("one document") };
    assert_eq!((document.api_version.as_str(), document.kind.as_str()), ("apps/v1", "StatefulSet"));
    assert_eq!(
        (document.name.as_str(), document.namespace.as_deref()),
        ("test-mysql-123-mysql", Some("default"))
    );
    let at = |path: &str| FieldPath::from(path).get(&document.object).cloned().unwrap_or_default();
    let names = |path: &str| -> Vec<String> {
        at(path).as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("spec.template.spec.initContainers"), ["init"]);
    assert_eq!(
        names("spec.template.spec.containers"),
        ["mysql", "sidecar", "metrics-exporter", "pt-heartbeat"]
    );
    for (container, port) in [3306, 8080, 9125].into_iter().enumerate() {
        assert_eq!(at(&format!("spec.template.spec.containers[{container}].ports[0].containerPort")), port);
    }
    let hook = at("spec.template.spec.containers[0].lifecycle.preStop.exec.command");
    assert_eq!(hook, serde_json::json!(["bash", "/etc/mysql/pre-shutdown-ha.sh"]));
    let reference = at("spec.template.spec.initContainers[0].env[1].valueFrom.fieldRef");
    assert_eq!(reference, serde_json::json!({"apiVersion": "v1", "fieldPath": "metadata.name"}));
    let probe = at("spec.template.spec.containers[0].readinessProbe.exec.command[2]");
    assert!(probe.as_str().unwrap().contains("-e 'SELECT COUNT(*) FROM sys_operator.status WHERE name="));
    assert_eq!(at("spec.volumeClaimTemplates[0].spec.resources.requests.storage"), "1Gi");
}

#[test]
fn what_the_server_owns_is_not_sent_and_said() {
    let diagnosis = doctor::diagnose(REPAIRED);
    let gone: Vec<(String, bool)> = diagnosis.stripped.iter().map(|s| (s.path.to_string(), s.warn)).collect();
    let expected = [
        ("metadata.uid", false),
        ("metadata.resourceVersion", false),
        ("metadata.generation", false),
        ("metadata.creationTimestamp", false),
        ("metadata.ownerReferences", true),
        ("status", false),
        ("spec.template.metadata.creationTimestamp", false),
        ("spec.volumeClaimTemplates[0].metadata.creationTimestamp", false),
        ("spec.volumeClaimTemplates[0].metadata.ownerReferences", true),
        ("spec.volumeClaimTemplates[0].status", false),
    ];
    assert_eq!(gone, expected.map(|(path, warn)| (path.to_owned(), warn)));
    assert!(
        diagnosis
            .stripped
            .iter()
            .all(|s| !s.text.render(Lang::En).is_empty() && s.text.render(Lang::Zh).ends_with('。'))
    );
    let object = &diagnosis.documents[0].object;
    assert!(diagnosis.stripped.iter().all(|s| s.path.get(object).is_none()));
}

#[test]
fn the_chinese_page_has_a_sentence_for_each() {
    for finding in doctor::diagnose(RAW).findings {
        let chinese = finding.text.render(Lang::Zh);
        assert!(chinese.ends_with('。'), "{chinese}");
        assert_ne!(chinese, finding.text.render(Lang::En));
    }
}

#[test]
fn fields_named_by_the_api_server_have_a_place() {
    let line = |path: &str| doctor::range_of(REPAIRED, 0, &FieldPath::from(path)).map(|r| (r.line, r.column));
    assert_eq!(line("metadata.name"), Some((4, 3)));
    assert_eq!(
        line("spec.template.spec.initContainers[0].env[1].valueFrom.fieldRef.apiVersion"),
        Some((69, 19))
    );
    assert_eq!(line("spec.template.spec.containers[0].image"), Some((109, 11)));
    // A field that is missing: the nearest one around it.
    assert_eq!(line("spec.volumeClaimTemplates[0].spec.nothing.here"), Some((429, 7)));
    assert_eq!(line("spec.template.spec.containers[7]"), line("spec.template.spec.containers"));
    assert_eq!(doctor::range_of(REPAIRED, 1, &FieldPath::from("spec")), None);
    assert_eq!(doctor::range_of(RAW, 0, &FieldPath::from("spec")), None, "it cannot be read");
}

#[test]
fn the_example_on_the_page_is_whole() {
    let example = include_str!("../../../app/src/pages/create_yaml/example.yaml");
    let found = doctor::diagnose(example);
    assert!(found.complete && found.findings.is_empty(), "{:?}", found.findings);
    let kinds: Vec<&str> = found.documents.iter().map(|document| document.kind.as_str()).collect();
    assert_eq!(kinds, ["Service", "StatefulSet"]);
}
