//! The status rules as tables (PS 6.2, 6.3): each row is one rule that must win.

use binnacle_model::{
    Lang, Text,
    status::{BadPod, PodTone, WorkloadState, pod_status, stateful_set_status},
};
use serde_json::{Value, json};

/// A settled StatefulSet of three; `change` is merged over it.
fn stateful_set(change: &Value) -> Value {
    let mut object = json!({
        "metadata": {"name": "web", "generation": 2},
        "spec": {"replicas": 3, "podManagementPolicy": "OrderedReady", "updateStrategy": {"type": "RollingUpdate"}},
        "status": {
            "observedGeneration": 2, "replicas": 3, "readyReplicas": 3, "availableReplicas": 3,
            "updatedReplicas": 3, "currentRevision": "web-1", "updateRevision": "web-1"
        }
    });
    merge(&mut object, change);
    object
}

fn merge(into: &mut Value, change: &Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (key, value) in change {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, change) => *into = change.clone(),
    }
}

fn bad(ordinal: u32) -> BadPod {
    let pod = json!({"status": {"phase": "Pending", "containerStatuses": [
        {"name": "app", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}
    ]}});
    BadPod { ordinal: Some(ordinal), name: format!("web-{ordinal}"), status: pod_status(&pod) }
}

#[test]
fn stateful_sets() {
    use WorkloadState as S;
    let deleted = json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}, "spec": {"replicas": 0}});
    let rolling = json!({"status": {"updateRevision": "web-2", "updatedReplicas": 1}});
    let partition = json!({
        "spec": {"updateStrategy": {"rollingUpdate": {"partition": 2}}},
        "status": {"updateRevision": "web-2", "updatedReplicas": 1}
    });
    let on_delete = json!({
        "spec": {"updateStrategy": {"type": "OnDelete"}},
        "status": {"updateRevision": "web-2", "updatedReplicas": 1}
    });
    let rows: Vec<(&str, Value, Option<BadPod>, S, &str)> = vec![
        ("settled", json!({}), None, S::Running, ""),
        ("being deleted wins over all", deleted, Some(bad(0)), S::Deleting, ""),
        (
            "scaled to nothing",
            json!({"spec": {"replicas": 0}, "status": {"replicas": 0}}),
            None,
            S::Stopped,
            "",
        ),
        ("on its way to nothing", json!({"spec": {"replicas": 0}}), None, S::Waiting, "3 pods left"),
        (
            "the last change was not seen",
            json!({"metadata": {"generation": 3}}),
            Some(bad(0)),
            S::Waiting,
            "not seen",
        ),
        ("fewer ready", json!({"status": {"readyReplicas": 1}}), None, S::Waiting, "1 of 3 pods ready"),
        (
            "fewer ready, one bad: it and those behind it",
            json!({"status": {"readyReplicas": 1}}),
            Some(bad(1)),
            S::NotReady,
            "One later pod waits for it.",
        ),
        (
            "in parallel none waits",
            json!({"spec": {"podManagementPolicy": "Parallel"}, "status": {"readyReplicas": 1}}),
            Some(bad(1)),
            S::NotReady,
            "no such image",
        ),
        (
            "the last one blocks nobody",
            json!({"status": {"readyReplicas": 2}}),
            Some(bad(2)),
            S::NotReady,
            "web-2",
        ),
        ("rolling", rolling, None, S::Waiting, "1 of 3 pods updated"),
        (
            "above the partition all are new",
            partition,
            None,
            S::Running,
            "2 of 3 pods still run the previous version",
        ),
        (
            "above the partition one is old",
            json!({"spec": {"updateStrategy": {"rollingUpdate": {"partition": 1}}}, "status": {"updateRevision": "web-2", "updatedReplicas": 1}}),
            None,
            S::Waiting,
            "1 of 3 pods updated",
        ),
        ("on delete runs with old pods, and says so", on_delete, None, S::Running, "2 of 3 pods still run"),
        (
            "ready but not yet available",
            json!({"spec": {"minReadySeconds": 10}, "status": {"availableReplicas": 2}}),
            None,
            S::Waiting,
            "",
        ),
        (
            "replicas unset means one",
            json!({"spec": {"replicas": null}, "status": {"replicas": 1, "readyReplicas": 1, "updatedReplicas": 1}}),
            None,
            S::Running,
            "",
        ),
        (
            "a bad pod that is not counted on does not matter once settled",
            json!({}),
            Some(bad(5)),
            S::Running,
            "",
        ),
        ("nothing reported yet", json!({"status": null}), None, S::Waiting, "not seen"),
    ];
    for (name, change, worst, state, said) in rows {
        let status = stateful_set_status(&stateful_set(&change), worst.as_ref());
        let reason = status.reason.as_ref().map(|reason| reason.render(Lang::En)).unwrap_or_default();
        assert_eq!(status.state, state, "{name}: {reason}");
        assert!(reason.contains(said), "{name}: {reason}");
    }
}

#[test]
fn pods() {
    let container = |state: Value| json!({"status": {"phase": "Running", "containerStatuses": [{"name": "app", "ready": false, "restartCount": 4, "state": state, "lastState": {"terminated": {"exitCode": 3}}}]}});
    let waiting = |reason: &str| container(json!({"waiting": {"reason": reason, "message": "why it is"}}));
    let mut rows: Vec<(Value, &str, PodTone, &str)> = vec![
        (
            json!({"metadata": {"deletionTimestamp": "x"}, "status": {"phase": "Running"}}),
            "Terminating",
            PodTone::Waiting,
            "",
        ),
        (
            json!({"status": {"phase": "Failed", "reason": "Evicted", "message": "low on disk"}}),
            "Evicted",
            PodTone::Failing,
            "low on disk",
        ),
        (waiting("CrashLoopBackOff"), "CrashLoopBackOff", PodTone::Failing, "exit code 3 (4 restarts)"),
        (
            container(json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}})),
            "OOMKilled",
            PodTone::Failing,
            "137",
        ),
        (container(json!({"running": {}})), "Running", PodTone::Waiting, "not ready yet"),
        (
            json!({"status": {"phase": "Running", "containerStatuses": [{"name": "app", "ready": true, "state": {"running": {}}}]}}),
            "Running",
            PodTone::Running,
            "",
        ),
        (json!({"status": {"phase": "Succeeded"}}), "Completed", PodTone::Done, ""),
        (json!({"status": {"phase": "Failed"}}), "Error", PodTone::Failing, ""),
        (json!({"status": {"phase": "Unknown"}}), "Unknown", PodTone::Failing, ""),
        (json!({"status": {"phase": "Pending"}}), "Pending", PodTone::Waiting, ""),
        (
            json!({"status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}]}}),
            "Unschedulable",
            PodTone::Failing,
            "0/3 nodes",
        ),
        (
            json!({"status": {"phase": "Pending", "containerStatuses": [{"name": "app", "state": {"waiting": {"reason": "ContainerCreating"}}}]}}),
            "ContainerCreating",
            PodTone::Waiting,
            "",
        ),
        (
            json!({"status": {"phase": "Pending", "initContainerStatuses": [{"name": "a", "state": {"terminated": {"exitCode": 0}}}, {"name": "b", "state": {"running": {}}}]}}),
            "Init:1/2",
            PodTone::Waiting,
            "",
        ),
        (
            json!({"status": {"phase": "Pending", "initContainerStatuses": [{"name": "a", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}}),
            "Init:ImagePullBackOff",
            PodTone::Failing,
            "a",
        ),
        (json!({}), "Pending", PodTone::Waiting, ""),
        (json!(null), "Pending", PodTone::Waiting, ""),
    ];
    for reason in [
        "ImagePullBackOff",
        "ErrImagePull",
        "InvalidImageName",
        "ErrImageNeverPull",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
    ] {
        rows.push((waiting(reason), reason, PodTone::Failing, "why it is"));
    }
    for (pod, word, tone, said) in rows {
        let status = pod_status(&pod);
        let reason = status.reason.as_ref().map(|reason| reason.render(Lang::En)).unwrap_or_default();
        assert_eq!((status.word.as_str(), status.tone), (word, tone), "{pod}");
        assert!(reason.contains(said), "{pod}: {reason}");
    }
}

#[test]
fn a_lost_cluster_leaves_what_was_last_known() {
    let age = || Some(Text::raw("What you see is 3 min old: no route."));
    let rows: [(&Value, Option<BadPod>, &str, &str, &str); 3] = [
        (
            &json!({}),
            None,
            "Running",
            "Running, last seen",
            "Exception. What you see is 3 min old: no route.",
        ),
        (
            &json!({"status": {"readyReplicas": 1}}),
            Some(bad(1)),
            "Not ready",
            "Not ready, last seen",
            "Exception. What you see is 3 min old: no route. Before that: Pod web-1: ImagePullBackOff",
        ),
        (
            &json!({"metadata": {"deletionTimestamp": "x"}}),
            None,
            "Deleting",
            "Deleting, last seen",
            "Exception. What you see is 3 min old",
        ),
    ];
    for (change, worst, before, after, why) in rows {
        let mut status = stateful_set_status(&stateful_set(change), worst.as_ref());
        let live = status.clone();
        assert_eq!(live.label().render(Lang::En), before);
        assert_eq!(live.why(age()), live.reason, "the age is that of what is not current");
        status.lose();
        assert_eq!((status.state, status.known()), (WorkloadState::Exception, live.state), "{before}");
        assert_eq!(status.label().render(Lang::En), after);
        let said = status.why(age()).unwrap().render(Lang::En);
        assert!(said.contains(why), "{said}");
        assert!(status.why(None).unwrap().render(Lang::En).contains("does not answer"));
        // Twice lost is lost once.
        let once = status.clone();
        status.lose();
        assert_eq!(status, once);
    }

    let mut pod = pod_status(&json!({"status": {"phase": "Running"}}));
    assert_eq!(pod.label().render(Lang::En), "Running");
    pod.lose();
    assert_eq!((pod.tone, pod.label().render(Lang::Zh).as_str()), (PodTone::LastSeen, "Running（最后获取）"));
}
