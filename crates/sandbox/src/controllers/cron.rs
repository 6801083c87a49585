//! The CronJob controller: a Job at every minute that the schedule names.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{event, owned, owner_reference, put_status};
use crate::kind::{CRON_JOB, JOB};
use crate::registry::{self, DeleteOptions};
use crate::store::State;
use crate::value::{Object, now};

/// Starts a Job if this minute is meant, and looks again at the next.
pub(super) fn settle(state: &mut State, cron: &Arc<Value>) -> Option<Duration> {
    let time = Timestamp::now().to_zoned(TimeZone::UTC).datetime();
    let next = Duration::from_secs(u64::try_from(60 - i64::from(time.second())).unwrap_or(60));
    let jobs = owned(state, JOB, cron);
    trim(state, cron, &jobs);
    let minute = format!("{}-{}", cron.name(), Timestamp::now().as_second() / 60);
    let done = |job: &Value| {
        job.list("/status/conditions")
            .iter()
            .any(|one| matches!(one.text("/type"), "Complete" | "Failed") && one["status"] == "True")
    };
    let active: Vec<&Arc<Value>> = jobs.iter().filter(|job| !done(job)).collect();
    let mut status = cron.at("/status").clone();
    if !status.is_object() {
        status = json!({});
    }
    if let Some(last) =
        jobs.iter().map(|job| job.text("/status/completionTime")).max().filter(|last| !last.is_empty())
    {
        status.put("/lastSuccessfulTime", last);
    }
    let starts = cron.at("/spec/suspend") != true
        && matches(cron.text("/spec/schedule"), &time)
        && !jobs.iter().any(|job| job.name() == minute)
        && (active.is_empty() || cron.text("/spec/concurrencyPolicy") != "Forbid");
    let mut running: Vec<Value> = active.iter().map(|job| reference(job)).collect();
    if starts {
        let mut job = json!({"kind": "Job", "apiVersion": "batch/v1", "metadata": {"name": minute, "namespace": cron.namespace(),
            "generation": 1, "ownerReferences": [owner_reference(CRON_JOB, cron)],
            "annotations": {"batch.kubernetes.io/cronjob-scheduled-timestamp": now()}}, "spec": cron.at("/spec/jobTemplate/spec")});
        if let Some(labels) = cron.at("/spec/jobTemplate/metadata").get("labels") {
            job["metadata"]["labels"] = labels.clone();
        }
        let uid = state.random.uid();
        job.put("/metadata/uid", uid);
        crate::defaults::on_create(state, JOB, &mut job);
        crate::defaults::apply(JOB, &mut job);
        let made = state.put(JOB, job);
        event(
            state,
            CRON_JOB,
            cron,
            false,
            ("SuccessfulCreate", &format!("Created job {}", made.name())),
            "cronjob-controller",
        );
        status.put("/lastScheduleTime", now());
        running.push(reference(&made));
    }
    if running.is_empty() {
        status.drop_key("/active");
    } else {
        status.put("/active", running);
    }
    put_status(state, CRON_JOB, cron, status);
    Some(next)
}

fn reference(job: &Value) -> Value {
    json!({"kind": "Job", "apiVersion": "batch/v1", "namespace": job.namespace(), "name": job.name(), "uid": job.uid()})
}

fn trim(state: &mut State, cron: &Value, jobs: &[Arc<Value>]) {
    for (kind, limit) in [("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")] {
        let keep = usize::try_from(cron.int(&format!("/spec/{limit}")).unwrap_or(3)).unwrap_or(0);
        let mut done: Vec<&Arc<Value>> = jobs
            .iter()
            .filter(|job| {
                job.list("/status/conditions")
                    .iter()
                    .any(|one| one["type"] == kind && one["status"] == "True")
            })
            .collect();
        done.sort_by_key(|job| job.text("/metadata/creationTimestamp").to_owned());
        for job in done.iter().take(done.len().saturating_sub(keep)) {
            // A Job that is gone already is what was wanted.
            let _gone = registry::delete(state, JOB, job.namespace(), job.name(), &DeleteOptions::default());
        }
    }
}

/// Whether a five-field schedule names this minute.
fn matches(schedule: &str, time: &DateTime) -> bool {
    let schedule = match schedule {
        "@hourly" => "0 * * * *",
        "@daily" | "@midnight" => "0 0 * * *",
        "@weekly" => "0 0 * * 0",
        "@monthly" => "0 0 1 * *",
        "@yearly" | "@annually" => "0 0 1 1 *",
        other => other,
    };
    let values = [
        i64::from(time.minute()),
        i64::from(time.hour()),
        i64::from(time.day()),
        i64::from(time.month()),
        i64::from(time.weekday().to_sunday_zero_offset()),
    ];
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    fields.len() == 5
        && fields
            .iter()
            .zip(values)
            .all(|(field, value)| field.split(',').any(|part| part_matches(part, value)))
}

fn part_matches(part: &str, value: i64) -> bool {
    let (range, step) = part.split_once('/').unwrap_or((part, "1"));
    let Ok(step) = step.parse::<i64>() else { return false };
    let (low, high) = match range {
        "*" | "?" => (0, i64::MAX),
        range => match range.split_once('-') {
            Some((low, high)) => (low.parse().unwrap_or(i64::MAX), high.parse().unwrap_or(0)),
            None => {
                let only = range.parse().unwrap_or(i64::MAX);
                (only, if part.contains('/') { i64::MAX } else { only })
            }
        },
    };
    step > 0 && (low..=high).contains(&value) && (value - low) % step == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_name_their_minutes() {
        let time: DateTime = "2026-11-23T15:30:00".parse().expect("a time");
        for (schedule, expected) in [
            ("* * * * *", true),
            ("*/15 * * * *", true),
            ("*/7 * * * *", false),
            ("30 15 * * 1", true),
            ("30 15 * * 2", false),
            ("0-29 * * * *", false),
            ("0,30 * * * *", true),
            ("@hourly", false),
            ("30 15 23 11 *", true),
            ("bad", false),
        ] {
            assert_eq!(matches(schedule, &time), expected, "{schedule}");
        }
    }
}
