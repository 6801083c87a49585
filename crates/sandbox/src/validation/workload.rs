//! Rules for workloads: StatefulSet, Deployment, ReplicaSet, DaemonSet, Job, CronJob.

use serde_json::Value;

use super::{core, go, immutable, label_name, label_selector, not_negative, pod, sorted};
use crate::selector::LabelSelector;
use crate::status::Cause;
use crate::value::Object;

/// The rules of `spec.selector`, and whether the template's labels meet it.
fn selector(spec: &Value, kind: &str, causes: &mut Vec<Cause>) {
    match spec.get("selector") {
        None => causes.push(Cause::required("spec.selector", "")),
        Some(selector) => {
            label_selector(selector, "spec.selector", causes);
            if empty(selector) {
                causes.push(Cause::invalid(
                    "spec.selector",
                    selector,
                    &format!("empty selector is invalid for {kind}"),
                ));
            }
        }
    }
}

fn empty(selector: &Value) -> bool {
    selector.at("/matchLabels").as_object().is_none_or(serde_json::Map::is_empty)
        && selector.list("/matchExpressions").is_empty()
}

/// Whether a selector's expressions can be made into a selector at all.
fn readable(selector: &Value) -> bool {
    selector.list("/matchExpressions").iter().all(|one| match one.text("/operator") {
        "In" | "NotIn" => !one.list("/values").is_empty(),
        "Exists" | "DoesNotExist" => one.list("/values").is_empty(),
        _ => false,
    })
}

fn selector_matches(spec: &Value, kind: &str, causes: &mut Vec<Cause>) {
    let found = spec.at("/template/metadata/labels");
    let matches = match spec.get("selector") {
        None => false,
        Some(selector) if !readable(selector) => {
            let detail = if kind == "statefulset" { "" } else { "invalid label selector" };
            causes.push(Cause::invalid("spec.selector", selector, detail));
            return;
        }
        Some(selector) => LabelSelector::from_object(selector).matches(found),
    };
    if !matches {
        causes.push(Cause::invalid(
            "spec.template.metadata.labels",
            &sorted(found),
            "`selector` does not match template `labels`",
        ));
    }
}

fn always_restarts(spec: &Value, kind: &str, causes: &mut Vec<Cause>) {
    let policy = spec.text("/template/spec/restartPolicy");
    if policy != "Always" {
        causes.push(Cause::not_supported("spec.template.spec.restartPolicy", &policy.into(), &["Always"]));
    }
    if spec.int("/template/spec/activeDeadlineSeconds").is_some() {
        let detail = format!("activeDeadlineSeconds in {kind} is not Supported");
        causes.push(Cause::forbidden("spec.template.spec.activeDeadlineSeconds", &detail));
    }
}

/// A StatefulSet.
pub(super) fn stateful_set(object: &Value, update: bool, causes: &mut Vec<Cause>) {
    let spec = object.at("/spec");
    let policy = spec.text("/podManagementPolicy");
    if !matches!(policy, "OrderedReady" | "Parallel") {
        causes.push(Cause::invalid(
            "spec.podManagementPolicy",
            &policy.into(),
            "must be 'OrderedReady' or 'Parallel'",
        ));
    }
    let strategy = spec.at("/updateStrategy");
    match strategy.text("/type") {
        "RollingUpdate" => not_negative(
            strategy,
            "/rollingUpdate/partition",
            "spec.updateStrategy.rollingUpdate.partition",
            causes,
        ),
        "OnDelete" => {
            if let Some(rolling) = strategy.get("rollingUpdate") {
                causes.push(Cause::invalid(
                    "spec.updateStrategy.rollingUpdate",
                    &go::rolling_update(rolling),
                    "only allowed for updateStrategy 'RollingUpdate'",
                ));
            }
        }
        _ => {
            causes.push(Cause::invalid(
                "spec.updateStrategy",
                &go::strategy(strategy),
                "must be 'RollingUpdate' or 'OnDelete'",
            ));
        }
    }
    for when in ["whenDeleted", "whenScaled"] {
        let text = spec.text(&format!("/persistentVolumeClaimRetentionPolicy/{when}"));
        if !matches!(text, "Retain" | "Delete") {
            let field = format!("spec.persistentVolumeClaimRetentionPolicy.{when}");
            causes.push(Cause::not_supported(field, &text.into(), &["Retain", "Delete"]));
        }
    }
    let claims = spec.list("/volumeClaimTemplates");
    if !update {
        for (place, claim) in claims.iter().enumerate() {
            core::claim_spec(claim.at("/spec"), &format!("spec.volumeClaimTemplates[{place}].spec"), causes);
        }
    }
    not_negative(spec, "/replicas", "spec.replicas", causes);
    not_negative(spec, "/minReadySeconds", "spec.minReadySeconds", causes);
    not_negative(spec, "/ordinals/start", "spec.ordinals.start", causes);
    let service = spec.text("/serviceName");
    if !service.is_empty() && !update {
        label_name(service, "spec.serviceName", causes);
    }
    selector(spec, "statefulset", causes);
    selector_matches(spec, "statefulset", causes);
    let names: Vec<String> = claims.iter().map(|claim| claim.name().to_owned()).collect();
    pod::template(spec.at("/template"), "spec.template", &names, causes);
    always_restarts(spec, "StatefulSet", causes);
}

/// What may change in a StatefulSet.
pub(super) fn stateful_set_update(object: &Value, old: &Value, causes: &mut Vec<Cause>) {
    immutable(object, old, &["selector"], causes);
    let claims = |set: &Value| set.at("/spec/volumeClaimTemplates").clone();
    if claims(object) != claims(old) {
        let shown = go::claims(object.list("/spec/volumeClaimTemplates"));
        causes.push(Cause::invalid("spec.volumeClaimTemplates", &shown, "field is immutable"));
    }
    immutable(object, old, &["serviceName", "podManagementPolicy"], causes);
}

/// A Deployment.
pub(super) fn deployment(object: &Value, causes: &mut Vec<Cause>) {
    let spec = object.at("/spec");
    not_negative(spec, "/replicas", "spec.replicas", causes);
    selector(spec, "deployment", causes);
    selector_matches(spec, "deployment", causes);
    pod::template(spec.at("/template"), "spec.template", &[], causes);
    always_restarts(spec, "ReplicaSet", causes);
    let strategy = spec.at("/strategy");
    match strategy.text("/type") {
        "Recreate" => {
            if strategy.get("rollingUpdate").is_some() {
                causes.push(Cause::forbidden(
                    "spec.strategy.rollingUpdate",
                    "may not be specified when strategy `type` is 'Recreate'",
                ));
            }
        }
        "RollingUpdate" => {
            let zero = |field: &str| {
                matches!(
                    strategy.at(&format!("/rollingUpdate/{field}")).to_string().as_str(),
                    "0" | "\"0%\"" | "\"0\""
                )
            };
            if zero("maxUnavailable") && zero("maxSurge") {
                let value = strategy.at("/rollingUpdate/maxUnavailable");
                causes.push(Cause::invalid(
                    "spec.strategy.rollingUpdate.maxUnavailable",
                    value,
                    "may not be 0 when `maxSurge` is 0",
                ));
            }
        }
        _ => causes.push(Cause::not_supported(
            "spec.strategy",
            &go::strategy(strategy),
            &["Recreate", "RollingUpdate"],
        )),
    }
    not_negative(spec, "/minReadySeconds", "spec.minReadySeconds", causes);
    not_negative(spec, "/revisionHistoryLimit", "spec.revisionHistoryLimit", causes);
    not_negative(spec, "/progressDeadlineSeconds", "spec.progressDeadlineSeconds", causes);
    let ready = spec.int("/minReadySeconds").unwrap_or(0);
    if let Some(deadline) = spec.int("/progressDeadlineSeconds").filter(|deadline| *deadline <= ready) {
        causes.push(Cause::invalid(
            "spec.progressDeadlineSeconds",
            &deadline.into(),
            "must be greater than minReadySeconds",
        ));
    }
}

/// A ReplicaSet.
pub(super) fn replica_set(object: &Value, causes: &mut Vec<Cause>) {
    let spec = object.at("/spec");
    not_negative(spec, "/replicas", "spec.replicas", causes);
    not_negative(spec, "/minReadySeconds", "spec.minReadySeconds", causes);
    // The API server says "deployment" here.
    selector(spec, "deployment", causes);
    selector_matches(spec, "deployment", causes);
    pod::template(spec.at("/template"), "spec.template", &[], causes);
    always_restarts(spec, "ReplicaSet", causes);
}

/// A DaemonSet.
pub(super) fn daemon_set(object: &Value, causes: &mut Vec<Cause>) {
    let spec = object.at("/spec");
    let selector = spec.at("/selector");
    label_selector(selector, "spec.selector", causes);
    selector_matches(spec, "daemonset", causes);
    if spec.get("selector").is_some() && empty(selector) {
        causes.push(Cause::invalid("spec.selector", selector, "empty selector is invalid for daemonset"));
    }
    pod::template(spec.at("/template"), "spec.template", &[], causes);
    always_restarts(spec, "DaemonSet", causes);
    not_negative(spec, "/minReadySeconds", "spec.minReadySeconds", causes);
}

/// A Job's spec at a path.
pub(super) fn job(spec: &Value, field: &str, causes: &mut Vec<Cause>) {
    for number in
        ["parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"]
    {
        not_negative(spec, &format!("/{number}"), format!("{field}.{number}"), causes);
    }
    pod::template(spec.at("/template"), &format!("{field}.template"), &[], causes);
    let policy = spec.text("/template/spec/restartPolicy");
    if policy == "Always" || policy.is_empty() {
        let at = format!("{field}.template.spec.restartPolicy");
        causes.push(Cause::required(at, "valid values: \"OnFailure\", \"Never\""));
    }
}

/// A CronJob.
pub(super) fn cron_job(object: &Value, causes: &mut Vec<Cause>) {
    let spec = object.at("/spec");
    let schedule = spec.text("/schedule");
    if schedule.is_empty() {
        causes.push(Cause::required("spec.schedule", ""));
    } else if !schedule.starts_with('@') {
        let fields = schedule.split_whitespace().count();
        if fields != 5 {
            let detail = format!(
                "expected exactly 5 fields, found {fields}: [{}]",
                schedule.split_whitespace().collect::<Vec<_>>().join(" ")
            );
            causes.push(Cause::invalid("spec.schedule", &schedule.into(), &detail));
        }
    }
    super::one_of(
        spec,
        "/concurrencyPolicy",
        "spec.concurrencyPolicy",
        &["Allow", "Forbid", "Replace"],
        causes,
    );
    job(spec.at("/jobTemplate/spec"), "spec.jobTemplate.spec", causes);
}
