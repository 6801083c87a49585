//! Containers under way: pulling, starting, crashing, finishing; told by marks in the image's name.

use std::time::Duration;

use serde_json::Value;

use super::{running_for, status};
use crate::controllers::{Memory, event, put_status};
use crate::kind::{CONFIG_MAP, POD, SECRET};
use crate::store::State;
use crate::value::{Object, age_seconds, now};

/// Registries whose names cannot be resolved, by the endings reserved for that (RFC 2606).
const NO_SUCH_HOST: [&str; 3] = [".invalid", ".test", ".example"];
/// The first back-off of a crashing container, in seconds; it doubles.
const FIRST_BACKOFF: i64 = 10;
/// The longest back-off, in seconds.
const LONGEST_BACKOFF: i64 = 300;
/// How long a crashing container runs, in seconds.
const CRASH_AFTER: i64 = 2;
/// How long a Job's container runs, in seconds.
const FINISH_AFTER: i64 = 4;

/// What an image does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Runs,
    Unpullable,
    Crashes,
    Fails,
}

fn fate(image: &str) -> Fate {
    let image = image.to_lowercase();
    let name = image.split('@').next().unwrap_or(&image);
    let (path, tag) = match name.rfind(':').filter(|place| !name[*place..].contains('/')) {
        Some(place) => name.split_at(place),
        None => (name, ""),
    };
    let host = path.split('/').next().unwrap_or_default();
    let strange = path.contains('/') && NO_SUCH_HOST.iter().any(|end| host.ends_with(end));
    if strange
        || tag.contains("bad")
        || tag.contains("missing")
        || tag.contains("nonexistent")
        || path.contains("does-not-exist")
        || path.contains("nonexistent")
    {
        Fate::Unpullable
    } else if name.contains("crash") {
        Fate::Crashes
    } else if name.contains("fail") {
        Fate::Fails
    } else {
        Fate::Runs
    }
}

fn pull_problem(image: &str) -> String {
    let host = image.split('/').next().unwrap_or_default();
    if NO_SUCH_HOST.iter().any(|end| host.ends_with(end)) {
        format!(
            "failed to pull and unpack image {image:?}: failed to resolve reference {image:?}: failed to do request: Head \"https://{host}/v2/\": dial tcp: lookup {host}: no such host"
        )
    } else {
        format!(
            "rpc error: code = NotFound desc = failed to pull and unpack image {image:?}: failed to resolve reference {image:?}: {image}: not found"
        )
    }
}

/// The first referenced ConfigMap or Secret of a container's variables that is not there.
fn missing_reference(state: &State, pod: &Value, container: &Value) -> Option<String> {
    let variables = container
        .list("/env")
        .iter()
        .map(|one| (one.at("/valueFrom/configMapKeyRef"), one.at("/valueFrom/secretKeyRef")));
    let whole = container.list("/envFrom").iter().map(|one| (one.at("/configMapRef"), one.at("/secretRef")));
    for (map, secret) in variables.chain(whole) {
        for (reference, kind) in [(map, CONFIG_MAP), (secret, SECRET)] {
            if !reference.is_object() || reference["optional"] == true {
                continue;
            }
            let name = reference.text("/name");
            let Some(found) = state.get(kind, pod.namespace(), name) else {
                return Some(format!("{} {name:?} not found", kind.kind.to_lowercase()));
            };
            let key = reference.text("/key");
            if !key.is_empty()
                && found.at("/data").get(key).is_none()
                && found.at("/binaryData").get(key).is_none()
            {
                return Some(format!("couldn't find key {key} in {} {}/{name}", kind.kind, pod.namespace()));
            }
        }
    }
    None
}

/// A step for the containers of a placed pod.
pub(super) fn advance(state: &mut State, pod: &Value, memory: &mut Memory) -> Option<Duration> {
    let uid = pod.uid().to_owned();
    let running = pod.text("/status/phase") == "Running"
        || pod
            .list("/status/containerStatuses")
            .iter()
            .any(|one| !one.at("/imageID").as_str().unwrap_or_default().is_empty());
    if !running {
        // Pulling and starting take from 0.7 to 1.8 s, differently for each pod.
        let spread = u64::try_from(uid.bytes().map(usize::from).sum::<usize>() % 1100).unwrap_or(0);
        if let Some(left) = memory.wait(&format!("{uid}/create"), Duration::from_millis(700 + spread)) {
            return Some(left);
        }
        if let Some(stopped) = init_problem(state, pod, memory) {
            return stopped;
        }
    }
    let mut next: Option<Duration> = None;
    let mut soon = |wait: Duration| next = Some(next.map_or(wait, |before| before.min(wait)));
    let mut list = Vec::new();
    for container in pod.list("/spec/containers") {
        let name = container.text("/name");
        let old = pod
            .list("/status/containerStatuses")
            .iter()
            .find(|one| one.text("/name") == name)
            .cloned()
            .unwrap_or_default();
        let (new, wait) = step(state, pod, container, old, memory);
        list.push(new);
        if let Some(wait) = wait {
            soon(wait);
        }
    }
    let all = |check: &dyn Fn(&Value) -> bool| list.iter().all(check);
    let ended = all(&|one| one.at("/state/terminated").is_object());
    let phase = if ended && all(&|one| one.at("/state/terminated/exitCode") == 0) {
        "Succeeded"
    } else if ended {
        "Failed"
    } else if all(&|one| one.at("/state/waiting").is_object() && one["restartCount"] == 0) {
        "Pending"
    } else {
        "Running"
    };
    let started = pod.text("/status/startTime").to_owned();
    let mut status = status::whole(pod, phase, list, &started);
    if phase == "Pending" {
        status.drop_key("/podIP");
        status.drop_key("/podIPs");
    }
    put_status(state, POD, pod, status);
    next
}

/// Whether an init container holds the pod up; then when to look again.
fn init_problem(state: &mut State, pod: &Value, memory: &mut Memory) -> Option<Option<Duration>> {
    let bad =
        pod.list("/spec/initContainers").iter().find(|one| fate(one.text("/image")) == Fate::Unpullable)?;
    let image = bad.text("/image").to_owned();
    let mut status = pod.at("/status").clone();
    let was = status
        .list("/initContainerStatuses")
        .iter()
        .find(|one| one["name"] == bad["name"])
        .map(|one| one.text("/state/waiting/reason").to_owned());
    let was = was.unwrap_or_default();
    if let Some(left) = pull_pause(pod, bad, &was, memory) {
        return Some(Some(left));
    }
    let (reason, message, wait) = pull_step(&was, &image);
    let list: Vec<Value> = pod
        .list("/spec/initContainers")
        .iter()
        .map(|one| {
            if one["name"] == bad["name"] {
                status::waiting(one, reason, &message, 0, None)
            } else {
                status::waiting(one, "PodInitializing", "", 0, None)
            }
        })
        .collect();
    status.put("/initContainerStatuses", list);
    pull_events(state, pod, reason, &image, &message);
    put_status(state, POD, pod, status);
    Some(Some(wait))
}

/// The pause before the next try to pull, if one is under way.
fn pull_pause(pod: &Value, container: &Value, before: &str, memory: &mut Memory) -> Option<Duration> {
    let needed = match before {
        "ErrImagePull" => Duration::from_secs(3),
        "ImagePullBackOff" => Duration::from_secs(25),
        _ => return None,
    };
    memory.wait(&format!("{}/{}/{before}", pod.uid(), container.text("/name")), needed)
}

/// `ErrImagePull` and `ImagePullBackOff` take turns.
fn pull_step(before: &str, image: &str) -> (&'static str, String, Duration) {
    if before == "ErrImagePull" {
        return (
            "ImagePullBackOff",
            format!("Back-off pulling image {image:?}: ErrImagePull: {}", pull_problem(image)),
            Duration::from_secs(25),
        );
    }
    ("ErrImagePull", pull_problem(image), Duration::from_secs(3))
}

fn pull_events(state: &mut State, pod: &Value, reason: &str, image: &str, message: &str) {
    if reason == "ErrImagePull" {
        event(state, POD, pod, false, ("Pulling", &format!("Pulling image {image:?}")), "kubelet");
        event(
            state,
            POD,
            pod,
            true,
            ("Failed", &format!("Failed to pull image {image:?}: {message}")),
            "kubelet",
        );
        event(state, POD, pod, true, ("Failed", "Error: ErrImagePull"), "kubelet");
    } else {
        event(state, POD, pod, false, ("BackOff", &format!("Back-off pulling image {image:?}")), "kubelet");
        event(state, POD, pod, true, ("Failed", "Error: ImagePullBackOff"), "kubelet");
    }
}

fn step(
    state: &mut State,
    pod: &Value,
    container: &Value,
    old: Value,
    memory: &mut Memory,
) -> (Value, Option<Duration>) {
    let image = container.text("/image").to_owned();
    let restarts = old.int("/restartCount").unwrap_or(0);
    let does = fate(&image);
    let last = old.get("lastState").cloned();
    if old.at("/state/terminated").is_object() && pod.at("/spec/restartPolicy") == "Never" {
        return (old, None);
    }
    if old.at("/state/running").is_object() && old["image"] == container["image"] {
        return run_on(state, pod, container, old, does);
    }
    if old.at("/state/terminated").is_object()
        && old.at("/state/terminated/exitCode") == 0
        && pod.at("/spec/restartPolicy") != "Always"
    {
        return (old, None);
    }
    if old.at("/state/waiting/reason") == "CrashLoopBackOff" {
        let ended = old.text("/lastState/terminated/finishedAt");
        let left = backoff(restarts) - age_seconds(ended);
        if left > 0 && does != Fate::Runs {
            return (old, Some(Duration::from_secs(u64::try_from(left).unwrap_or(1))));
        }
        let said = started_events(state, pod, container);
        return (
            status::running(container, &said, restarts + 1, last),
            Some(Duration::from_secs(u64::try_from(CRASH_AFTER).unwrap_or(2))),
        );
    }
    if does == Fate::Unpullable {
        if let Some(left) = pull_pause(pod, container, old.text("/state/waiting/reason"), memory) {
            return (old, Some(left));
        }
        let (reason, message, wait) = pull_step(old.text("/state/waiting/reason"), &image);
        pull_events(state, pod, reason, &image, &message);
        return (status::waiting(container, reason, &message, restarts, last), Some(wait));
    }
    if let Some(message) = missing_reference(state, pod, container) {
        let known = old.text("/state/waiting/message") == message;
        if known
            && let Some(left) = memory
                .wait(&format!("{}/{}/config", pod.uid(), container.text("/name")), Duration::from_secs(12))
        {
            return (old, Some(left.min(Duration::from_secs(3))));
        }
        event(state, POD, pod, true, ("Failed", &format!("Error: {message}")), "kubelet");
        return (
            status::waiting(container, "CreateContainerConfigError", &message, restarts, last),
            Some(Duration::from_secs(3)),
        );
    }
    let said = format!("Container image {image:?} already present on machine and can be accessed by the pod");
    event(state, POD, pod, false, ("Pulled", &said), "kubelet");
    let started = started_events(state, pod, container);
    let again = old["image"].is_string() && old["image"] != container["image"];
    let wait = match does {
        Fate::Crashes => Some(CRASH_AFTER),
        _ if pod.at("/spec/restartPolicy") != "Always" => Some(FINISH_AFTER),
        _ => None,
    };
    (
        status::running(container, &started, restarts + i64::from(again), last),
        wait.map(|seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or(1))),
    )
}

fn started_events(state: &mut State, pod: &Value, container: &Value) -> String {
    let name = container.text("/name");
    event(state, POD, pod, false, ("Created", &format!("Container created: {name}")), "kubelet");
    event(state, POD, pod, false, ("Started", &format!("Container started: {name}")), "kubelet");
    now()
}

fn backoff(restarts: i64) -> i64 {
    let doubled = u32::try_from(restarts.clamp(0, 5)).unwrap_or(5);
    (FIRST_BACKOFF << doubled).min(LONGEST_BACKOFF)
}

/// A running container goes on, crashes or finishes.
fn run_on(
    state: &mut State,
    pod: &Value,
    container: &Value,
    old: Value,
    does: Fate,
) -> (Value, Option<Duration>) {
    let ran = running_for(&old);
    let restarts = old.int("/restartCount").unwrap_or(0);
    let started = old.text("/state/running/startedAt").to_owned();
    let wait = |seconds: i64| Some(Duration::from_secs(u64::try_from(seconds.max(1)).unwrap_or(1)));
    let policy = pod.text("/spec/restartPolicy");
    match does {
        Fate::Crashes if ran < CRASH_AFTER => (old, wait(CRASH_AFTER - ran)),
        Fate::Crashes if policy == "Never" => (status::terminated(container, 1, &started, &now()), None),
        Fate::Crashes => {
            let pause = match backoff(restarts) {
                LONGEST_BACKOFF => "5m0s".to_owned(),
                seconds if seconds >= 60 => format!("{}m{}s", seconds / 60, seconds % 60),
                seconds => format!("{seconds}s"),
            };
            let name = container.text("/name");
            let said = format!(
                "back-off {pause} restarting failed container={name} pod={}_{}({})",
                pod.name(),
                pod.namespace(),
                pod.uid()
            );
            let short = format!(
                "Back-off restarting failed container {name} in pod {}_{}({})",
                pod.name(),
                pod.namespace(),
                pod.uid()
            );
            event(state, POD, pod, true, ("BackOff", &short), "kubelet");
            let last = status::ended(container, 1, &started, &now());
            (
                status::waiting(container, "CrashLoopBackOff", &said, restarts, Some(last)),
                wait(backoff(restarts)),
            )
        }
        Fate::Runs | Fate::Fails if policy != "Always" => {
            if ran < FINISH_AFTER {
                return (old, wait(FINISH_AFTER - ran));
            }
            let code = i64::from(does == Fate::Fails);
            (status::terminated(container, code, &started, &now()), None)
        }
        _ => (old, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_tell_what_they_do() {
        for (image, expected) in [
            ("nginx:1.27", Fate::Runs),
            ("nginx:bad", Fate::Unpullable),
            ("registry.invalid/a/b:1", Fate::Unpullable),
            ("shop/api:v2-missing", Fate::Unpullable),
            ("shop/crasher:1", Fate::Crashes),
            ("job-fail:1", Fate::Fails),
            ("registry.harbor.example/bad-name/x:1", Fate::Unpullable),
            ("bad-actors/x:1", Fate::Runs),
        ] {
            assert_eq!(fate(image), expected, "{image}");
        }
    }
}
