//! Ways in which other consoles lost what was in an object, each a test that ours does not. Where each was seen is
//! said at the test; the paths are those of the other console's source.

use binnacle_model::{
    draft::{Amount, Resource, WorkloadDraft},
    merge::{differences, merge},
    patch,
};
use serde_json::{Value, json};

/// A StatefulSet with more than a form shows.
fn set() -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db", "namespace": "shop", "labels": {"app": "db"}},
        "spec": {
            "replicas": 3,
            "serviceName": "db",
            "selector": {"matchLabels": {"app": "db"}},
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2, "maxUnavailable": 1}},
            "template": {
                "metadata": {"labels": {"app": "db"}},
                "spec": {
                    "containers": [
                        {
                            "name": "db",
                            "image": "db:1",
                            "ports": [
                                {"name": "client", "containerPort": 3306, "protocol": "TCP", "hostPort": 3306},
                                {"name": "admin", "containerPort": 33062}],
                            "resources": {"limits": {"cpu": "1", "nvidia.com/gpu": "1"}, "requests": {"cpu": "500m"}},
                        },
                        {
                            "name": "train",
                            "image": "train:1",
                            "resources": {"limits": {"cpu": "2", "nvidia.com/gpu": "2"}},
                        }],
                },
            },
        },
    })
}

/// What the form makes of the object by a change.
fn edited(change: impl FnOnce(&mut WorkloadDraft)) -> Value {
    let base = set();
    let (mut draft, _) = WorkloadDraft::read(&base);
    change(&mut draft);
    draft.to_object(&base)
}

fn places(after: &Value) -> Vec<String> {
    differences(&set(), after).into_iter().map(|one| one.place).collect()
}

/// Rancher, `shell/edit/workload/Upgrading.vue`: any change of that tab wrote `updateStrategy = { type }`.
#[test]
fn rancher_dropped_partition_and_max_unavailable() {
    assert_eq!(places(&edited(|draft| draft.replicas = "5".to_owned())), ["spec.replicas"]);

    // In a text too: who changes the type leaves the rest to stand, and who changes the partition meanwhile is heard.
    let (base, mut theirs, mut mine) = (set(), set(), set());
    theirs["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = json!(1);
    mine["spec"]["updateStrategy"]["type"] = json!("OnDelete");
    let merged = merge(&base, &theirs, &mine, &[]);
    assert_eq!(
        merged.object["spec"]["updateStrategy"],
        json!({"type": "OnDelete", "rollingUpdate": {"partition": 1, "maxUnavailable": 1}})
    );
    assert_eq!(merged.conflicts, []);
}

/// Headlamp, `workloadFields.tsx`: editing the one port replaced the list by `[{containerPort}]`.
#[test]
fn headlamp_replaced_all_ports_by_one() {
    let after = edited(|draft| draft.containers[0].image = "db:2".to_owned());
    assert_eq!(places(&after), ["spec.template.spec.containers[name=db].image"]);

    let mut mine = set();
    mine["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"] = json!(3307);
    // Only what differs is sent: the other port, and the names and host ports of both, are not touched.
    let ops = patch::json_patch(&patch::diff(&set(), &mine));
    let mut applied = set();
    patch::apply(&mut applied, &patch::diff(&set(), &mine)).unwrap();
    assert_eq!(applied, mine);
    let touched: Vec<&str> = ops.as_array().unwrap().iter().filter_map(|op| op["path"].as_str()).collect();
    assert!(
        touched.iter().all(|path| path.starts_with("/spec/template/spec/containers/0/ports/0")),
        "{touched:?}"
    );
}

/// Rancher, `workload.js`: GPU limits were normalised for the first container only, and a `namespace` was written
/// into the pod template's metadata.
#[test]
fn rancher_cared_for_the_first_container_only() {
    for (index, name) in ["db", "train"].into_iter().enumerate() {
        let after = edited(|draft| draft.containers[index].cpu_limit = Amount::read(Resource::Cpu, "4"));
        assert_eq!(
            places(&after),
            [format!("spec.template.spec.containers[name={name}].resources.limits.cpu")]
        );
    }
    let after = edited(|draft| draft.namespace = "other".to_owned());
    assert_eq!(after["spec"]["template"]["metadata"], set()["spec"]["template"]["metadata"]);
}

/// Headlamp wrote its YAML anew after every edit of the form: comments and the order of keys were lost.
#[cfg(feature = "doctor")]
#[test]
fn headlamp_lost_comments_and_order() {
    let text = "# ours\nspec: # why\n  replicas: 3 # three\n  template: {}\nkind: StatefulSet\n\n# the end\n";
    let ops = [patch::Op::Set("spec.replicas".into(), json!(5))];
    let edited = binnacle_model::doctor::edit(text, 0, &ops).unwrap();
    assert_eq!(edited, text.replace("replicas: 3", "replicas: 5"));
}
