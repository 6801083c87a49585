use binnacle_model::status::{PodTone, stateful_set_status};

use super::*;

#[test]
fn a_stateful_set_is_judged_alike_whole_and_projected() {
    let base = json!({
        "metadata": {"name": "web", "namespace": "shop", "uid": "u1", "generation": 3,
            "creationTimestamp": "2026-11-23T10:00:00Z", "managedFields": [{"manager": "x"}]},
        "spec": {"replicas": 3, "serviceName": "web",
            "template": {"spec": {"initContainers": [{"image": "init"}],
                "containers": [{"image": "nginx:1.27"}, {"image": "side"}]}}},
        "status": {"observedGeneration": 3, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 3,
            "availableReplicas": 3, "currentRevision": "web-1", "updateRevision": "web-1"},
    });
    let edits: &[(&str, Value)] = &[
        ("/spec/replicas", json!(3)),
        ("/spec/replicas", json!(0)),
        ("/spec/replicas", json!(5)),
        ("/status/readyReplicas", json!(1)),
        ("/status/observedGeneration", json!(2)),
        ("/status/updateRevision", json!("web-2")),
        ("/status/updatedReplicas", json!(1)),
        ("/status", json!({})),
    ];
    for (pointer, value) in edits {
        let mut object = base.clone();
        *object.pointer_mut(pointer).unwrap() = value.clone();
        let item: SetItem = serde_json::from_value(object.clone()).unwrap();
        assert_eq!(
            stateful_set_status(&item.facts.object(), None),
            stateful_set_status(&object, None),
            "{pointer} = {value}"
        );
    }
    for (key, value) in [
        ("updateStrategy", json!({"type": "OnDelete"})),
        ("updateStrategy", json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 2}})),
        ("minReadySeconds", json!(10)),
        ("podManagementPolicy", json!("Parallel")),
    ] {
        for status in ["web-1", "web-2"] {
            let mut object = base.clone();
            object["spec"][key] = value.clone();
            object["status"]["updateRevision"] = json!(status);
            object["status"]["updatedReplicas"] = json!(1);
            let item: SetItem = serde_json::from_value(object.clone()).unwrap();
            assert_eq!(
                stateful_set_status(&item.facts.object(), None),
                stateful_set_status(&object, None),
                "{key} = {value}, {status}"
            );
        }
    }
    let item: SetItem = serde_json::from_value(base.clone()).unwrap();
    for (annotations, alias) in [
        (json!(null), ""),
        (json!({"other": "x"}), ""),
        (json!({"kpanda.io/alias-name": "Theirs"}), "Theirs"),
        (json!({"binnacle.dev/alias": "Ours", "kpanda.io/alias-name": "Theirs"}), "Ours"),
    ] {
        let mut object = base.clone();
        object["metadata"]["annotations"] = annotations;
        assert_eq!(serde_json::from_value::<SetItem>(object).unwrap().alias, alias);
    }
    assert_eq!(item.images, ["nginx:1.27", "side"]);
    assert_eq!(item.created, 1_795_428_000);
}

#[test]
fn a_pod_keeps_what_its_row_and_its_owner_need() {
    let pod: PodItem = serde_json::from_value(json!({
        "metadata": {"name": "web-1", "namespace": "shop", "uid": "p1",
            "ownerReferences": [{"kind": "StatefulSet", "name": "web", "uid": "u1", "controller": true}]},
        "spec": {"nodeName": "n1",
            "overhead": {"cpu": "10m"},
            "initContainers": [
                {"resources": {"requests": {"cpu": "1", "memory": "1Gi"}}},
                {"restartPolicy": "Always", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}],
            "containers": [
                {"resources": {"requests": {"cpu": 0.25, "memory": "128Mi"}}},
                {"resources": {}}]},
        "status": {"phase": "Running", "podIP": "10.1.2.3",
            "containerStatuses": [
                {"name": "a", "ready": true, "restartCount": 2},
                {"name": "b", "ready": false, "restartCount": 5,
                 "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                 "lastState": {"terminated": {"exitCode": 1}}}]},
    }))
    .unwrap();
    assert_eq!(pod.owner.as_ref().unwrap().uid.as_ref(), "u1");
    assert_eq!((pod.ready, pod.containers, pod.restarts), (1, 2, 7));
    assert_eq!(pod.status.tone, PodTone::Failing);
    // The init container's whole core exceeds the 350 m of work and sidecar.
    assert_eq!(pod.cpu, 1_010);
    assert_eq!(pod.memory, 1 << 30);
    assert!(!pod.is_ready && !pod.ended);
}

#[test]
fn nodes_namespaces_and_counts_are_read() {
    let node: NodeItem = serde_json::from_value(json!({
        "metadata": {"name": "n1", "labels": {"node-role.kubernetes.io/control-plane": "",
            "topology.kubernetes.io/zone": "z1"}},
        "spec": {"unschedulable": true},
        "status": {"allocatable": {"cpu": "7500m", "memory": "16Gi", "pods": "110", "nvidia.com/gpu": "2"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
            "nodeInfo": {"kubeletVersion": "v1.37.2"}},
    }))
    .unwrap();
    assert_eq!((node.cpu, node.memory, node.pods), (7_500, 16 << 30, 110));
    assert_eq!((node.ready, node.reason.as_str()), (true, "SchedulingDisabled"));
    assert_eq!((node.roles, node.zone.as_str()), (vec!["control-plane".to_owned()], "z1"));

    let namespace: NamespaceItem =
        serde_json::from_value(json!({"metadata": {"name": "x"}, "status": {"phase": "Terminating"}}))
            .unwrap();
    assert!(namespace.terminating);

    for (object, ready) in [
        (json!({"spec": {"replicas": 2}, "status": {"readyReplicas": 2}}), true),
        (json!({"spec": {"replicas": 2}, "status": {"readyReplicas": 1}}), false),
        (json!({"spec": {"replicas": 0}}), true),
        (json!({"spec": {}, "status": {"desiredNumberScheduled": 3, "numberReady": 3}}), true),
        (json!({"spec": {}, "status": {"desiredNumberScheduled": 3, "numberReady": 2}}), false),
    ] {
        let item: CountedItem = serde_json::from_value(object.clone()).unwrap();
        assert_eq!(item.ready, ready, "{object}");
    }
}
