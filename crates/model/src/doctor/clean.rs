//! Fields that the server owns: what an object read from a cluster carries and a new one must not.

use serde_json::{Map, Value};

use crate::{FieldPath, Text, Word, words::doctor as words};

/// Fields of `metadata` that the server writes, why they are not sent, and whether people must
/// see it (Kubernetes API conventions, "Metadata").
const METADATA: &[(&str, &Word, bool)] = &[
    ("uid", &words::DOCTOR_STRIP_UID, false),
    ("resourceVersion", &words::DOCTOR_STRIP_RESOURCE_VERSION, false),
    ("generation", &words::DOCTOR_STRIP_GENERATION, false),
    ("creationTimestamp", &words::DOCTOR_STRIP_CREATION, false),
    ("deletionTimestamp", &words::DOCTOR_STRIP_DELETION, false),
    ("deletionGracePeriodSeconds", &words::DOCTOR_STRIP_DELETION, false),
    ("selfLink", &words::DOCTOR_STRIP_SELF_LINK, false),
    ("managedFields", &words::DOCTOR_STRIP_MANAGED, false),
    ("ownerReferences", &words::DOCTOR_STRIP_OWNER, true),
];

/// An object without the fields the server owns, and what went: path, why, and whether leaving it
/// out changes what the object would do.
pub fn clean(object: &Value) -> (Value, Vec<(FieldPath, Text, bool)>) {
    let mut object = object.clone();
    let mut gone = Vec::new();
    let root = FieldPath::root();
    if let Some(map) = object.as_object_mut() {
        part(map, &root, &words::DOCTOR_STRIP_OWNER, &mut gone);
        let spec = root.key("spec");
        if map.get("kind").and_then(Value::as_str) == Some("Job") {
            job(map, &mut gone);
        }
        if let Some(inner) = map.get_mut("spec").and_then(Value::as_object_mut) {
            templates(inner, &spec, &mut gone);
            if let Some(job) = inner.get_mut("jobTemplate").and_then(Value::as_object_mut) {
                let path = spec.key("jobTemplate");
                part(job, &path, &words::DOCTOR_STRIP_OWNER, &mut gone);
                if let Some(inner) = job.get_mut("spec").and_then(Value::as_object_mut) {
                    templates(inner, &path.key("spec"), &mut gone);
                }
            }
        }
    }
    (object, gone)
}

/// Labels that the job controller gives the pods of a Job (`batch/v1`, `ControllerUidLabel`, `JobNameLabel` and
/// their older names).
const JOB_LABELS: [&str; 4] =
    ["batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"];

/// What the API server makes of a Job's selector and refuses in another Job, unless it is asked not to
/// (`manualSelector`).
fn job(job: &mut Map<String, Value>, gone: &mut Vec<(FieldPath, Text, bool)>) {
    let Some(spec) = job.get_mut("spec").and_then(Value::as_object_mut) else { return };
    if spec.get("manualSelector") == Some(&Value::Bool(true)) {
        return;
    }
    let path = FieldPath::root().key("spec");
    if spec.shift_remove("selector").is_some() {
        gone.push((path.key("selector"), words::DOCTOR_STRIP_JOB_SELECTOR.into(), false));
    }
    let Some(labels) = spec.get_mut("template").and_then(|template| template.pointer_mut("/metadata/labels"))
    else {
        return;
    };
    for label in JOB_LABELS {
        if labels.as_object_mut().and_then(|labels| labels.shift_remove(label)).is_some() {
            let path = path.key("template").key("metadata").key("labels").key(label);
            gone.push((path, words::DOCTOR_STRIP_JOB_LABEL.into(), false));
        }
    }
}

/// Pod template and claim templates of a workload's spec.
fn templates(spec: &mut Map<String, Value>, path: &FieldPath, gone: &mut Vec<(FieldPath, Text, bool)>) {
    if let Some(template) = spec.get_mut("template").and_then(Value::as_object_mut) {
        part(template, &path.key("template"), &words::DOCTOR_STRIP_OWNER, gone);
    }
    if let Some(claims) = spec.get_mut("volumeClaimTemplates").and_then(Value::as_array_mut) {
        for (index, claim) in claims.iter_mut().enumerate() {
            if let Some(claim) = claim.as_object_mut() {
                part(
                    claim,
                    &path.key("volumeClaimTemplates").index(index),
                    &words::DOCTOR_STRIP_CLAIM_OWNER,
                    gone,
                );
            }
        }
    }
}

/// One object or template: its `metadata` and `status`.
fn part(
    map: &mut Map<String, Value>,
    path: &FieldPath,
    owner: &Word,
    gone: &mut Vec<(FieldPath, Text, bool)>,
) {
    if let Some(metadata) = map.get_mut("metadata").and_then(Value::as_object_mut) {
        for (field, word, warn) in METADATA {
            if metadata.shift_remove(*field).is_some() {
                let word = if *field == "ownerReferences" { owner } else { word };
                gone.push((path.key("metadata").key(*field), Text::plain(word), *warn));
            }
        }
    }
    if map.shift_remove("status").is_some() {
        gone.push((path.key("status"), words::DOCTOR_STRIP_STATUS.into(), false));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn server_fields_go_and_the_rest_stays_in_order() {
        let object = json!({
            "status": {}, "kind": "CronJob", "metadata": {"uid": "1", "name": "a", "ownerReferences": []},
            "spec": {"jobTemplate": {"metadata": {"creationTimestamp": null}, "spec": {
                "template": {"metadata": {"creationTimestamp": null, "labels": {"uid": "mine"}}}}}},
        });
        let (cleaned, gone) = clean(&object);
        let expected = json!({
            "kind": "CronJob", "metadata": {"name": "a"},
            "spec": {"jobTemplate": {"metadata": {}, "spec": {"template": {"metadata": {"labels": {"uid": "mine"}}}}}},
        });
        assert_eq!(cleaned.to_string(), expected.to_string());
        let seen: Vec<(String, bool)> =
            gone.iter().map(|(path, _, warn)| (path.to_string(), *warn)).collect();
        let expected = [
            ("metadata.uid", false),
            ("metadata.ownerReferences", true),
            ("status", false),
            ("spec.jobTemplate.metadata.creationTimestamp", false),
            ("spec.jobTemplate.spec.template.metadata.creationTimestamp", false),
        ];
        assert_eq!(seen, expected.map(|(path, warn)| (path.to_owned(), warn)));
    }

    #[test]
    fn a_job_loses_the_selector_of_another() {
        let uid = json!({"batch.kubernetes.io/controller-uid": "1", "app": "a"});
        let spec = json!({"selector": {"matchLabels": {"controller-uid": "1"}}, "template": {"metadata": {"labels": uid}}});
        let (cleaned, gone) = clean(&json!({"kind": "Job", "spec": spec.clone()}));
        assert_eq!(cleaned["spec"], json!({"template": {"metadata": {"labels": {"app": "a"}}}}));
        let seen: Vec<String> = gone.iter().map(|(path, _, _)| path.to_string()).collect();
        assert_eq!(
            seen,
            ["spec.selector", "spec.template.metadata.labels[batch.kubernetes.io/controller-uid]",]
        );
        let mut manual = json!({"kind": "Job", "spec": spec.clone()});
        manual["spec"]["manualSelector"] = true.into();
        assert_eq!(clean(&manual).1, Vec::new());
        assert_eq!(clean(&json!({"kind": "Deployment", "spec": spec})).1, Vec::new());
    }

    #[test]
    fn cleaning_twice_takes_nothing_more() {
        let once = clean(&json!({"metadata": {"uid": "1"}, "status": 3})).0;
        assert_eq!(clean(&once), (once.clone(), Vec::new()));
        assert_eq!(clean(&json!([1, {"status": 1}])).1, Vec::new());
    }
}
