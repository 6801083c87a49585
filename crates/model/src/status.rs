//! Status rules: what a workload's or pod's state is, and why (PS 6.2, 6.3).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Text,
    object::{integer, list, text},
    words::{Arg, status as words},
};

/// A workload's state, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WorkloadState {
    /// A pod cannot run.
    NotReady,
    /// Its cluster cannot be reached; the data is old.
    Exception,
    /// On its way.
    Waiting,
    /// Being deleted.
    Deleting,
    /// Scaled to nothing.
    Stopped,
    /// As wanted.
    Running,
}

impl WorkloadState {
    /// All, worst first.
    pub const ALL: [WorkloadState; 6] = [
        WorkloadState::NotReady,
        WorkloadState::Exception,
        WorkloadState::Waiting,
        WorkloadState::Deleting,
        WorkloadState::Stopped,
        WorkloadState::Running,
    ];

    /// The value in the URL.
    pub fn as_str(self) -> &'static str {
        match self {
            WorkloadState::NotReady => "notready",
            WorkloadState::Exception => "exception",
            WorkloadState::Waiting => "waiting",
            WorkloadState::Deleting => "deleting",
            WorkloadState::Stopped => "stopped",
            WorkloadState::Running => "running",
        }
    }

    /// Reads the value in the URL.
    pub fn from_param(param: &str) -> Option<Self> {
        WorkloadState::ALL.into_iter().find(|state| state.as_str() == param)
    }

    /// Its name.
    pub fn word(self) -> crate::Word {
        match self {
            WorkloadState::NotReady => words::NOT_READY,
            WorkloadState::Exception => words::EXCEPTION,
            WorkloadState::Waiting => words::WAITING,
            WorkloadState::Deleting => words::DELETING,
            WorkloadState::Stopped => words::STOPPED,
            WorkloadState::Running => words::RUNNING,
        }
    }
}

/// A workload's state and why it is not running.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadStatus {
    /// State.
    pub state: WorkloadState,
    /// One sentence; `None` when there is nothing to add. Of a cluster that cannot be reached, the one
    /// that was last true.
    pub reason: Option<Text>,
    /// The state as last known, where the cluster cannot be reached and `state` is therefore
    /// [`WorkloadState::Exception`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<WorkloadState>,
}

impl WorkloadStatus {
    /// A state that is so now.
    pub fn new(state: WorkloadState, reason: Option<Text>) -> Self {
        WorkloadStatus { state, reason, was: None }
    }

    /// Its cluster cannot be reached (PS 6.2, rule 1): what was known stays, as what was last known.
    pub fn lose(&mut self) {
        if self.was.is_none() {
            self.was = Some(std::mem::replace(&mut self.state, WorkloadState::Exception));
        }
    }

    /// The state as last known: by it rows are ordered, so that none moves when a cluster is lost.
    pub fn known(&self) -> WorkloadState {
        self.was.unwrap_or(self.state)
    }

    /// What the badge says: the state, marked where it is only the last known.
    pub fn label(&self) -> Text {
        match self.was {
            Some(was) => Text::new(&words::LAST_KNOWN, [Text::from(was.word())]),
            None => self.state.word().into(),
        }
    }

    /// Why it is so. `age` says how old the data of a cluster that cannot be reached is, and why.
    pub fn why(&self, age: Option<Text>) -> Option<Text> {
        if self.state != WorkloadState::Exception {
            return self.reason.clone();
        }
        let age = age.unwrap_or_else(|| words::CLUSTER_GONE.into());
        Some(match &self.reason {
            Some(reason) => Text::new(&words::EXCEPTION_BEFORE, [age, reason.clone()]),
            None => Text::new(&words::EXCEPTION_WHY, [age]),
        })
    }
}

/// How bad a pod's state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PodTone {
    /// Cannot run by itself.
    Failing,
    /// On its way.
    Waiting,
    /// Ended as it should.
    Done,
    /// Runs.
    Running,
    /// Its cluster cannot be reached: the word is what was last seen.
    LastSeen,
}

/// A pod's state as kubectl words it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodStatus {
    /// `Running`, `CrashLoopBackOff`, `Init:1/2`...
    pub word: String,
    /// How bad it is.
    pub tone: PodTone,
    /// The cluster's sentence, or ours.
    pub reason: Option<Text>,
}

impl PodStatus {
    /// Its cluster cannot be reached: the state is no longer current (PS 6.3).
    pub fn lose(&mut self) {
        self.tone = PodTone::LastSeen;
    }

    /// What the badge says: kubectl's word, marked where it is only the last known.
    pub fn label(&self) -> Text {
        match self.tone {
            PodTone::LastSeen => Text::new(&words::LAST_KNOWN, [&self.word]),
            _ => Text::raw(&self.word),
        }
    }
}

/// A pod of a workload that keeps it from running, as the list caches it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadPod {
    /// Its ordinal in a StatefulSet; `None` for other kinds.
    pub ordinal: Option<u32>,
    /// Its name.
    pub name: String,
    /// Its state.
    pub status: PodStatus,
}

/// Container waiting reasons that do not pass by themselves (PS 6.3).
const BAD_WAITING: [&str; 8] = [
    "CrashLoopBackOff",
    "ImagePullBackOff",
    "ErrImagePull",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
];

/// A pod's state, as `kubectl get pods` words it (k8s.io/kubernetes/pkg/printers `printPod`), and
/// whether it is bad (PS 6.3).
pub fn pod_status(pod: &Value) -> PodStatus {
    let phase = text(pod, "/status/phase");
    let reason = text(pod, "/status/reason");
    let message = text(pod, "/status/message");
    let say = |said: &str| (!said.is_empty()).then(|| Text::raw(said));

    if pod.pointer("/metadata/deletionTimestamp").is_some() {
        return PodStatus { word: "Terminating".into(), tone: PodTone::Waiting, reason: None };
    }
    if matches!(reason, "Evicted" | "NodeLost") {
        return PodStatus { word: reason.into(), tone: PodTone::Failing, reason: say(message) };
    }
    let containers = list(pod, "/status/initContainerStatuses")
        .iter()
        .map(|status| (true, status))
        .chain(list(pod, "/status/containerStatuses").iter().map(|status| (false, status)));
    for (init, status) in containers {
        if let Some(found) = bad_container(init, status) {
            return found;
        }
    }
    if phase == "Pending"
        && let Some(condition) = list(pod, "/status/conditions")
            .iter()
            .find(|c| text(c, "/type") == "PodScheduled" && text(c, "/status") == "False")
    {
        return PodStatus {
            word: text(condition, "/reason").to_owned(),
            tone: PodTone::Failing,
            reason: say(text(condition, "/message")),
        };
    }
    match phase {
        "Running" => running_pod(pod),
        "Succeeded" => PodStatus { word: "Completed".into(), tone: PodTone::Done, reason: None },
        "Failed" => {
            let word = if reason.is_empty() { "Error" } else { reason };
            PodStatus { word: word.into(), tone: PodTone::Failing, reason: say(message) }
        }
        "Unknown" => PodStatus { word: "Unknown".into(), tone: PodTone::Failing, reason: say(message) },
        _ => PodStatus { word: pending_word(pod), tone: PodTone::Waiting, reason: None },
    }
}

fn bad_container(init: bool, status: &Value) -> Option<PodStatus> {
    let name = text(status, "/name");
    let prefix = if init { "Init:" } else { "" };
    let waiting = text(status, "/state/waiting/reason");
    if BAD_WAITING.contains(&waiting) {
        let message = text(status, "/state/waiting/message");
        let last = text(status, "/lastState/terminated/reason");
        let reason = if waiting == "CrashLoopBackOff" {
            let code = integer(status, "/lastState/terminated/exitCode").unwrap_or_default().to_string();
            let restarts = integer(status, "/restartCount").unwrap_or_default().to_string();
            if last == "OOMKilled" {
                Text::new(&words::CRASH_OOM, [name.to_owned(), restarts])
            } else {
                Text::new(&words::CRASH_LOOP, [name.to_owned(), code, restarts])
            }
        } else {
            Text::new(&words::CONTAINER_SAYS, [name, message])
        };
        return Some(PodStatus {
            word: format!("{prefix}{waiting}"),
            tone: PodTone::Failing,
            reason: Some(reason),
        });
    }
    let ended = status.pointer("/state/terminated")?;
    let code = integer(ended, "/exitCode").unwrap_or_default();
    if code == 0 {
        return None;
    }
    let word = match text(ended, "/reason") {
        "" => "Error",
        reason => reason,
    };
    Some(PodStatus {
        word: format!("{prefix}{word}"),
        tone: PodTone::Failing,
        reason: Some(Text::new(&words::CONTAINER_ENDED, [name.to_owned(), code.to_string()])),
    })
}

fn running_pod(pod: &Value) -> PodStatus {
    let statuses = list(pod, "/status/containerStatuses");
    let unready = statuses.iter().find(|status| status.pointer("/ready") != Some(&Value::Bool(true)));
    match unready {
        Some(status) => PodStatus {
            word: "Running".into(),
            tone: PodTone::Waiting,
            reason: Some(Text::new(&words::CONTAINER_NOT_READY, [text(status, "/name")])),
        },
        None => PodStatus { word: "Running".into(), tone: PodTone::Running, reason: None },
    }
}

fn pending_word(pod: &Value) -> String {
    let init = list(pod, "/status/initContainerStatuses");
    let done =
        init.iter().filter(|s| s.pointer("/state/terminated/exitCode") == Some(&Value::from(0))).count();
    if !init.is_empty() && done < init.len() {
        return format!("Init:{done}/{}", init.len());
    }
    list(pod, "/status/containerStatuses")
        .iter()
        .map(|status| text(status, "/state/waiting/reason"))
        .find(|reason| !reason.is_empty())
        .unwrap_or("Pending")
        .to_owned()
}

/// A StatefulSet's state (PS 6.2, "StatefulSet", first match wins). `worst` is its lowest bad pod.
pub fn stateful_set_status(object: &Value, worst: Option<&BadPod>) -> WorkloadStatus {
    use WorkloadState as S;
    let number = |pointer: &str| integer(object, pointer).unwrap_or_default();
    let want = integer(object, "/spec/replicas").unwrap_or(1);
    let pods = number("/status/replicas");
    let ready = number("/status/readyReplicas");
    let updated = number("/status/updatedReplicas");

    if object.pointer("/metadata/deletionTimestamp").is_some() {
        return WorkloadStatus::new(S::Deleting, None);
    }
    if want == 0 {
        if pods == 0 {
            return WorkloadStatus::new(S::Stopped, None);
        }
        return WorkloadStatus::new(S::Waiting, Some(Text::new(&words::STOPPING, [pods.to_string()])));
    }
    if number("/status/observedGeneration") < number("/metadata/generation") {
        return WorkloadStatus::new(S::Waiting, Some(words::NOT_SEEN_YET.into()));
    }

    let same_revision = text(object, "/status/currentRevision") == text(object, "/status/updateRevision");
    let strategy = text(object, "/spec/updateStrategy/type");
    let partition = number("/spec/updateStrategy/rollingUpdate/partition");
    let all_ready = ready == want && pods == want;
    let min_ready = number("/spec/minReadySeconds");
    let available = min_ready == 0 || number("/status/availableReplicas") == want;

    let settled = if strategy == "OnDelete" {
        all_ready && available
    } else if partition > 0 {
        // With the partition at or above the count no pod has to be new.
        all_ready && available && (same_revision || updated >= want.saturating_sub(partition))
    } else {
        all_ready && available && same_revision && updated == want
    };
    if settled {
        let outdated = want.saturating_sub(updated);
        let reason = (!same_revision && outdated > 0)
            .then(|| Text::new(&words::OUTDATED, [outdated.to_string(), want.to_string()]));
        return WorkloadStatus::new(S::Running, reason);
    }
    if let Some(bad) = worst {
        return WorkloadStatus::new(S::NotReady, Some(blocked_by(object, bad, want)));
    }
    let reason = if !same_revision && updated < want {
        Text::new(&words::ROLLING, [updated.to_string(), want.to_string(), ready.to_string()])
    } else {
        Text::new(&words::STARTING, [ready.to_string(), want.to_string()])
    };
    WorkloadStatus::new(S::Waiting, Some(reason))
}

/// In order, one broken pod blocks every later one: say which, and how many wait for it (PS 6.2).
fn blocked_by(object: &Value, bad: &BadPod, want: i64) -> Text {
    let why = bad.status.reason.clone().unwrap_or_else(|| Text::raw(""));
    let (name, word) = (Arg::from(&bad.name), Arg::from(&bad.status.word));
    let ordered = text(object, "/spec/podManagementPolicy") != "Parallel";
    let waiting = bad
        .ordinal
        .map(|ordinal| want.saturating_sub(1).saturating_sub(i64::from(ordinal)))
        .unwrap_or_default();
    match waiting {
        1 if ordered => Text::new(&words::POD_BLOCKS_ONE, [name, word, why.into()]),
        2.. if ordered => Text::new(&words::POD_BLOCKS, [name, word, why.into(), waiting.to_string().into()]),
        _ => Text::new(&words::POD_BAD, [name, word, why.into()]),
    }
}
