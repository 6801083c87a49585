//! The Job controller: pods until enough have succeeded or too many have failed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{condition, create_pod, event, owned, owner_reference, pod, pod_from, put_status};
use crate::kind::{JOB, POD};
use crate::registry::{self, DeleteOptions};
use crate::store::State;
use crate::value::{Object, age_seconds, now};

/// One step towards the Job's completion.
pub(super) fn settle(state: &mut State, job: &Arc<Value>) -> Option<Duration> {
    let finished = job
        .list("/status/conditions")
        .iter()
        .find(|one| matches!(one.text("/type"), "Complete" | "Failed") && one["status"] == "True");
    if let Some(finished) = finished {
        let keep = job.int("/spec/ttlSecondsAfterFinished")?;
        let left = keep - age_seconds(finished.text("/lastTransitionTime"));
        if left <= 0 {
            let options =
                DeleteOptions { propagation: Some("Background".to_owned()), ..DeleteOptions::default() };
            // A Job that is gone already is what was wanted.
            let _gone = registry::delete(state, JOB, job.namespace(), job.name(), &options);
            return None;
        }
        return Some(Duration::from_secs(u64::try_from(left).unwrap_or(1)));
    }
    let pods = owned(state, POD, job);
    let phase = |wanted: &str| pods.iter().filter(|pod| pod.text("/status/phase") == wanted).count();
    let (succeeded, failed) = (phase("Succeeded"), phase("Failed"));
    let active: Vec<&Arc<Value>> = pods
        .iter()
        .filter(|pod| matches!(pod.text("/status/phase"), "Pending" | "Running") && !pod.deleting())
        .collect();
    let number = |field: &str, otherwise: i64| {
        usize::try_from(job.int(&format!("/spec/{field}")).unwrap_or(otherwise)).unwrap_or(0)
    };
    let (wanted, limit) = (number("completions", 1), number("backoffLimit", 6));
    let mut status = job.at("/status").clone();
    if !status.is_object() {
        status = json!({});
    }
    let mut conditions = status.list("/conditions").to_vec();
    let mut running = active.len();
    if job.at("/spec/suspend") == true {
        for pod in active {
            // A pod that is gone already is what was wanted.
            let _gone = registry::delete(state, POD, pod.namespace(), pod.name(), &DeleteOptions::default());
        }
        running = 0;
        conditions = condition(&conditions, "Suspended", true, "JobSuspended", "Job suspended");
    } else if succeeded >= wanted {
        conditions = condition(
            &conditions,
            "SuccessCriteriaMet",
            true,
            "CompletionsReached",
            "Reached expected number of succeeded pods",
        );
        conditions = condition(
            &conditions,
            "Complete",
            true,
            "CompletionsReached",
            "Reached expected number of succeeded pods",
        );
        status.put("/completionTime", now());
        event(state, JOB, job, false, ("Completed", "Job completed"), "job-controller");
    } else if failed > limit {
        let said = "Job has reached the specified backoff limit";
        conditions = condition(&conditions, "FailureTarget", true, "BackoffLimitExceeded", said);
        conditions = condition(&conditions, "Failed", true, "BackoffLimitExceeded", said);
        event(state, JOB, job, true, ("BackoffLimitExceeded", said), "job-controller");
    } else {
        if status.text("/startTime").is_empty() {
            status.put("/startTime", now());
        }
        let room = number("parallelism", 1).min(wanted.saturating_sub(succeeded)).saturating_sub(running);
        for _ in 0..room {
            let name = format!("{}-{}", job.name(), state.random.suffix(5));
            let made = create_pod(state, pod_of(job, &name));
            event(
                state,
                JOB,
                job,
                false,
                ("SuccessfulCreate", &format!("Created pod: {}", made.name())),
                "job-controller",
            );
            running += 1;
        }
    }
    let ready = pods.iter().filter(|pod| pod::is_ready(pod)).count();
    for (field, number) in [("active", running), ("succeeded", succeeded), ("failed", failed)] {
        if number == 0 {
            status.drop_key(&format!("/{field}"));
        } else {
            status.put(&format!("/{field}"), number);
        }
    }
    status.put("/ready", ready);
    status.put("/terminating", pods.iter().filter(|pod| pod.deleting()).count());
    if !conditions.is_empty() {
        status.put("/conditions", conditions);
    }
    let job = state.get(JOB, job.namespace(), job.name())?;
    put_status(state, JOB, &job, status);
    None
}

/// A pod of a Job.
pub(crate) fn pod_of(job: &Value, name: &str) -> Value {
    let mut pod = pod_from(job.at("/spec/template"), job.namespace(), name, &owner_reference(JOB, job));
    pod.put("/metadata/generateName", format!("{}-", job.name()));
    pod
}
