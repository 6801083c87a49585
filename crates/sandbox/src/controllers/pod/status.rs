//! Statuses of pods at rest and under way; the initial contents use them too.

use serde_json::{Value, json};

use crate::controllers::condition;
use crate::value::Object;

/// An address for a pod, from its uid: the same as long as the pod lives.
pub(crate) fn address(pod: &Value) -> String {
    let sum = pod.uid().bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    format!("10.244.{}.{}", (sum >> 8) % 250, sum % 250 + 2)
}

/// A node's own address, from its name.
pub(crate) fn host_address(node: &str) -> String {
    let sum = node.bytes().fold(3_u32, |sum, byte| sum.wrapping_mul(33).wrapping_add(u32::from(byte)));
    format!("172.18.{}.{}", (sum >> 8) % 16, sum % 250 + 2)
}

fn image_id(image: &str) -> String {
    let sum = image
        .bytes()
        .fold(11_u64, |sum, byte| sum.wrapping_mul(1_099_511_628_211).wrapping_add(u64::from(byte)));
    let mut random = crate::random::Random::new(sum);
    let digest: String = (0..4).map(|_| format!("{:016x}", random.next())).collect();
    let name = image.split('@').next().unwrap_or(image);
    let tag = name.rfind(':').filter(|place| !name[*place..].contains('/')).unwrap_or(name.len());
    format!("{}@sha256:{digest}", &name[..tag])
}

/// A container that waits.
pub(crate) fn waiting(
    container: &Value,
    reason: &str,
    message: &str,
    restarts: i64,
    last: Option<Value>,
) -> Value {
    let mut state = json!({"reason": reason});
    if !message.is_empty() {
        state["message"] = message.into();
    }
    json!({"name": container["name"], "state": {"waiting": state}, "lastState": last.unwrap_or(json!({})), "ready": false,
        "restartCount": restarts, "image": container["image"], "imageID": "", "started": false})
}

fn container_id(container: &Value, started: &str) -> String {
    let seed = format!("{}{started}{}", container.text("/name"), container.text("/image"));
    let sum = seed
        .bytes()
        .fold(5_u64, |sum, byte| sum.wrapping_mul(1_099_511_628_211).wrapping_add(u64::from(byte)));
    let mut random = crate::random::Random::new(sum);
    format!("containerd://{}", (0..4).map(|_| format!("{:016x}", random.next())).collect::<String>())
}

/// A container that runs.
pub(crate) fn running(container: &Value, started: &str, restarts: i64, last: Option<Value>) -> Value {
    json!({"name": container["name"], "state": {"running": {"startedAt": started}}, "lastState": last.unwrap_or(json!({})), "ready": true,
        "restartCount": restarts, "image": container["image"], "imageID": image_id(container.text("/image")),
        "containerID": container_id(container, started), "started": true})
}

/// The record of a run that has ended.
pub(crate) fn ended(container: &Value, code: i64, started: &str, finished: &str) -> Value {
    json!({"terminated": {"exitCode": code, "reason": if code == 0 { "Completed" } else { "Error" }, "startedAt": started,
        "finishedAt": finished, "containerID": container_id(container, started)}})
}

/// A container that has ended for good.
pub(crate) fn terminated(container: &Value, code: i64, started: &str, finished: &str) -> Value {
    json!({"name": container["name"], "state": ended(container, code, started, finished), "lastState": {}, "ready": false,
        "restartCount": 0, "image": container["image"], "imageID": image_id(container.text("/image")),
        "containerID": container_id(container, started), "started": false})
}

/// A pod's service class.
pub(crate) fn qos(pod: &Value) -> &'static str {
    let containers: Vec<&Value> = pod.list("/spec/containers").iter().collect();
    let has = |container: &Value, part: &str| {
        container.at(&format!("/resources/{part}")).as_object().is_some_and(|map| !map.is_empty())
    };
    if !containers.iter().any(|one| has(one, "requests") || has(one, "limits")) {
        return "BestEffort";
    }
    let sure = containers.iter().all(|one| {
        ["cpu", "memory"].iter().all(|name| {
            let limit = &one.at("/resources/limits")[*name];
            limit.is_string()
                && (one.at("/resources/requests")[*name].is_null()
                    || &one.at("/resources/requests")[*name] == limit)
        })
    });
    if sure { "Guaranteed" } else { "Burstable" }
}

/// The status of a pod that was just placed: nothing runs yet.
pub(crate) fn creating(pod: &Value, node: &str) -> Value {
    let inits = pod.list("/spec/initContainers");
    let reason = if inits.is_empty() { "ContainerCreating" } else { "PodInitializing" };
    let containers: Vec<Value> =
        pod.list("/spec/containers").iter().map(|one| waiting(one, reason, "", 0, None)).collect();
    let host = host_address(node);
    let mut status =
        json!({"phase": "Pending", "hostIP": host, "hostIPs": [{"ip": host}], "qosClass": qos(pod)});
    if !inits.is_empty() {
        let list: Vec<Value> = inits.iter().map(|one| waiting(one, "PodInitializing", "", 0, None)).collect();
        status["initContainerStatuses"] = list.into();
    }
    status["conditions"] = conditions(pod, &containers, inits.is_empty(), "").into();
    status["containerStatuses"] = containers.into();
    status["startTime"] = pod.at("/status/startTime").clone();
    status
}

/// The conditions that follow from the containers' statuses.
pub(crate) fn conditions(pod: &Value, containers: &[Value], initialized: bool, reason: &str) -> Vec<Value> {
    let unready: Vec<&str> =
        containers.iter().filter(|one| one["ready"] != true).map(|one| one.text("/name")).collect();
    let started =
        initialized && containers.iter().all(|one| one.at("/state/waiting/reason") != "ContainerCreating");
    let mut list = pod.list("/status/conditions").to_vec();
    list = condition(&list, "PodReadyToStartContainers", started || initialized, "", "");
    list = if initialized {
        condition(&list, "Initialized", true, "", "")
    } else {
        let names: Vec<&str> = pod.list("/spec/initContainers").iter().map(|one| one.text("/name")).collect();
        condition(
            &list,
            "Initialized",
            false,
            "ContainersNotInitialized",
            &format!("containers with incomplete status: [{}]", names.join(" ")),
        )
    };
    for kind in ["Ready", "ContainersReady"] {
        list = if reason == "PodCompleted" {
            condition(&list, kind, false, "PodCompleted", "")
        } else if unready.is_empty() {
            condition(&list, kind, true, "", "")
        } else {
            let said = format!("containers with unready status: [{}]", unready.join(" "));
            condition(&list, kind, false, "ContainersNotReady", &said)
        };
    }
    condition(&list, "PodScheduled", true, "", "")
}

/// The status of a pod whose containers have these statuses.
pub(crate) fn whole(pod: &Value, phase: &str, containers: Vec<Value>, started: &str) -> Value {
    let host = host_address(pod.text("/spec/nodeName"));
    let ip = if pod.at("/spec/hostNetwork") == true { host.clone() } else { address(pod) };
    let mut status = json!({"phase": phase, "hostIP": host, "hostIPs": [{"ip": host}], "podIP": ip, "podIPs": [{"ip": ip}],
        "qosClass": qos(pod), "startTime": started});
    let reason = if phase == "Succeeded" { "PodCompleted" } else { "" };
    status["conditions"] = conditions(pod, &containers, true, reason).into();
    let inits: Vec<Value> =
        pod.list("/spec/initContainers").iter().map(|one| init_done(one, started)).collect();
    if !inits.is_empty() {
        status["initContainerStatuses"] = inits.into();
    }
    status["containerStatuses"] = containers.into();
    status
}

fn init_done(container: &Value, started: &str) -> Value {
    if container["restartPolicy"] == "Always" {
        return running(container, started, 0, None);
    }
    let mut done = terminated(container, 0, started, started);
    done["ready"] = true.into();
    done
}
