//! What the form sends, to the letter (PS 8.6).

use binnacle_model::{
    draft::{Amount, Holder, Role, Unit, WorkloadDraft},
    object::WorkloadKind,
    yaml::to_yaml,
};
use serde_json::json;

fn minimal() -> WorkloadDraft {
    let mut draft = WorkloadDraft::new(WorkloadKind::StatefulSet, "default");
    draft.name = "web".to_owned();
    draft.description = "demo".to_owned();
    draft.containers[0].image = "nginx".to_owned();
    draft
}

#[test]
fn the_minimal_form_writes_the_golden_manifest() {
    assert_eq!(to_yaml(&minimal().to_create()), include_str!("draft_data/minimal.yaml"));
}

#[test]
fn a_second_container_an_init_container_and_labels_land_where_they_belong() {
    let mut draft = minimal();
    let second = draft.add_container();
    draft.container_mut(second).unwrap().memory_limit = Amount::new("1", Unit::Gi);
    let init = draft.add_container();
    draft.set_role(init, Role::Init);
    let container = draft.container_mut(init).unwrap();
    container.image = "busybox:1.36".to_owned();
    container.always_pull = true;
    for amount in [
        &mut container.cpu_request,
        &mut container.cpu_limit,
        &mut container.memory_request,
        &mut container.memory_limit,
    ] {
        amount.number.clear();
    }
    draft.add_pair(Holder::PodLabels);
    draft.pod_labels[0].key = "tier".to_owned();
    draft.pod_labels[0].value = "front".to_owned();
    let object = draft.to_create();
    let spec = &object["spec"]["template"]["spec"];
    assert_eq!(
        spec["initContainers"],
        json!([{"name": "container-3", "image": "busybox:1.36", "imagePullPolicy": "Always",
            "securityContext": {"privileged": false}}])
    );
    assert_eq!(spec["containers"][1]["resources"]["limits"], json!({"cpu": "250m", "memory": "1Gi"}));
    assert_eq!(object["spec"]["template"]["metadata"]["labels"], json!({"app": "web", "tier": "front"}));
    assert_eq!(object["metadata"]["labels"], json!({"app": "web"}));
    let keys: Vec<&String> = spec.as_object().unwrap().keys().collect();
    assert_eq!(keys[..2], ["initContainers", "containers"]);
}

#[test]
fn the_reference_products_description_is_read_and_kept_where_it_is() {
    let mut object = minimal().to_create();
    object["metadata"]["annotations"] = json!({"kpanda.io/describe": "theirs"});
    let (mut draft, issues) = WorkloadDraft::read(&object);
    assert_eq!((draft.description.as_str(), issues.len()), ("theirs", 0));
    draft.description = "ours".to_owned();
    assert_eq!(draft.to_object(&object)["metadata"]["annotations"], json!({"kpanda.io/describe": "ours"}));
    draft.description.clear();
    assert_eq!(draft.to_object(&object)["metadata"].get("annotations"), None);
}

#[test]
fn an_alias_lands_in_its_annotation_and_theirs_is_kept_where_it_is() {
    let mut draft = minimal();
    draft.alias = "网站".to_owned();
    let object = draft.to_create();
    assert_eq!(
        object["metadata"]["annotations"],
        json!({"binnacle.dev/alias": "网站", "binnacle.dev/description": "demo"})
    );
    let mut theirs = object;
    theirs["metadata"]["annotations"] = json!({"kpanda.io/alias-name": "theirs", "other": "kept"});
    let (mut draft, _) = WorkloadDraft::read(&theirs);
    assert_eq!((draft.alias.as_str(), draft.annotations.len()), ("theirs", 1));
    draft.alias = "ours".to_owned();
    let written = draft.to_object(&theirs);
    assert_eq!(written["metadata"]["annotations"], json!({"kpanda.io/alias-name": "ours", "other": "kept"}));
    draft.alias.clear();
    assert_eq!(draft.to_object(&theirs)["metadata"]["annotations"], json!({"other": "kept"}));
}

#[test]
fn no_limits_appear_in_a_workload_that_had_none() {
    let mut object = minimal().to_create();
    object["spec"]["template"]["spec"]["containers"] = json!([{"name": "a", "image": "b", "env": [{"name": "X", "value": "1"}], "imagePullPolicy": "Never"}]);
    let (mut draft, issues) = WorkloadDraft::read(&object);
    assert_eq!(issues.len(), 1, "Never cannot be shown by a check box: {issues:?}");
    draft.containers[0].image = "c".to_owned();
    assert_eq!(
        draft.to_object(&object)["spec"]["template"]["spec"]["containers"],
        json!([{"name": "a", "image": "c", "env": [{"name": "X", "value": "1"}], "imagePullPolicy": "Never"}])
    );
}
