use serde_json::json;

use super::*;

fn pod(uid: &str, name: &str, ready: bool, phase: &str, waiting: &str, node: &str) -> PodItem {
    serde_json::from_value(json!({
        "metadata": {"name": name, "namespace": "shop", "uid": uid,
            "ownerReferences": [{"kind": "StatefulSet", "name": "web", "uid": "set", "controller": true}]},
        "spec": {"nodeName": node, "containers": [{"resources": {"requests": {"cpu": "100m", "memory": "1Mi"}}}]},
        "status": {"phase": phase,
            "conditions": [{"type": "Ready", "status": if ready { "True" } else { "False" }}],
            "containerStatuses": [{"name": "c", "ready": ready, "state": {"waiting": {"reason": waiting}}}]},
    }))
    .unwrap()
}

#[test]
fn sums_follow_every_change() {
    let mut pods = Pods::default();
    pods.begin_round();
    assert!(pods.upsert(pod("1", "web-0", true, "Running", "", "n1")).is_some());
    assert!(pods.upsert(pod("1", "web-0", true, "Running", "", "n1")).is_none(), "the same pod is no change");
    pods.upsert(pod("2", "web-1", false, "Pending", "", "n1"));
    pods.upsert(pod("3", "web-2", false, "Succeeded", "", "n2"));
    assert_eq!(pods.sums(), PodSums { count: ReadyCount { ready: 1, total: 2 }, cpu: 200, memory: 2 << 20 });
    pods.upsert(pod("2", "web-1", true, "Running", "", "n1"));
    pods.remove("1");
    assert_eq!(pods.sums().count, ReadyCount { ready: 1, total: 1 });
    pods.begin_round();
    pods.upsert(pod("3", "web-2", false, "Succeeded", "", "n2"));
    let touched = pods.sweep();
    assert_eq!(touched.len(), 1);
    assert_eq!(&*touched[0].uid, "set");
    assert_eq!(pods.sums(), PodSums::default());
    assert_eq!(pods.rows_of("set").len(), 1);
}

#[test]
fn sums_of_absurd_numbers_do_not_wrap() {
    let mut pods = Pods::default();
    for uid in ["1", "2"] {
        pods.upsert(PodItem { memory: u64::MAX, ..pod(uid, "web-0", true, "Running", "", "n1") });
    }
    assert_eq!(shown(pods.sums().memory), u64::MAX);
    pods.remove("1");
    pods.remove("2");
    assert_eq!(pods.sums(), PodSums::default());

    let mut nodes = Kept::default();
    for name in ["a", "b"] {
        let node: NodeItem = serde_json::from_value(json!({"metadata": {"name": name}})).unwrap();
        nodes.upsert(NodeItem { cpu: u64::MAX, ..node });
    }
    assert_eq!(nodes.allocatable().0, u64::MAX);
}

#[test]
fn gpus_add_up_by_their_keys_and_pod_ranges_join() {
    let mut nodes = Kept::default();
    for (name, gpus, cidr) in [
        ("a", json!({"nvidia.com/gpu": "8", "cpu": "4"}), "10.244.0.0/24"),
        (
            "b",
            json!({"nvidia.com/gpu": "4", "nvidia.com/mig-1g.10gb": 2, "nvidia.com/gpumem": "80"}),
            "10.244.1.0/24",
        ),
        ("c", json!({"nvidia.com/vgpu": "0", "huawei.com/Ascend910": "many"}), ""),
    ] {
        let spec = json!({"podCIDR": cidr});
        let node = json!({"metadata": {"name": name}, "spec": spec, "status": {"allocatable": gpus}});
        nodes.upsert(serde_json::from_value::<NodeItem>(node).unwrap());
    }
    let gpu = |key: &str, count| (key.to_owned(), count);
    assert_eq!(nodes.gpus(), [gpu("nvidia.com/gpu", 12), gpu("nvidia.com/mig-1g.10gb", 2)]);
    assert_eq!(nodes.pod_cidrs(), ["10.244.0.0/23"]);
}

#[test]
fn nodes_without_sight_of_pods_ask_for_nothing_rather_than_zero() {
    let mut nodes = Kept::default();
    let node = json!({"metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "4", "pods": "110"}}});
    nodes.upsert(serde_json::from_value::<NodeItem>(node).unwrap());
    let mut pods = Pods::default();
    pods.upsert(pod("1", "web-0", true, "Running", "", "n1"));
    let seen = nodes.rows(Some(&pods)).remove(0);
    assert_eq!(
        (seen.cpu.requested, seen.memory.requested, seen.pods.requested),
        (Some(100), Some(1 << 20), Some(1))
    );
    let unseen = nodes.rows(None).remove(0);
    assert_eq!((unseen.cpu.requested, unseen.memory.requested, unseen.pods.requested), (None, None, None));
    assert_eq!((unseen.cpu.allocatable, unseen.pods.allocatable), (4_000, 110));
}

#[test]
fn the_lowest_bad_pod_speaks_for_its_owner() {
    let mut pods = Pods::default();
    for (uid, name, waiting) in
        [("1", "web-0", ""), ("2", "web-10", "CrashLoopBackOff"), ("3", "web-9", "ImagePullBackOff")]
    {
        pods.upsert(pod(uid, name, false, "Running", waiting, ""));
    }
    let worst = pods.worst_of("set").unwrap();
    assert_eq!((worst.ordinal, worst.name.as_str()), (Some(9), "web-9"));
    assert_eq!(pods.worst_of("other"), None);
    let names: Vec<String> = pods.rows_of("set").into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["web-0", "web-9", "web-10"]);
}
