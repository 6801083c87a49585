//! A workload's page: the object as the caller may read it, its pods and its events.

use std::collections::HashSet;

use binnacle_model::{
    Result, Text,
    cluster::{Ages as _, Freshness},
    draft,
    object::{ObjectRef, WorkloadKind, integer, list, text},
    session::Caller,
    status::{WorkloadStatus, stateful_set_status},
    workload::{ConditionRow, ContainerRow, EventRow, PodRow, WorkloadDetail, WorkloadRow},
};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    access::Question,
    brief, clock,
    cluster::{Cluster, forbidden},
    connection::{Call, Identity},
    discovery::segment,
    inventory::Pods,
    items::PodItem,
    sinks::read,
};

/// Events on the page.
const MOST_EVENTS: usize = 100;
/// Pages of a namespace's events that are searched for them.
const EVENT_PAGES: usize = 4;
/// The annotation that holds a workload's description, ours first, then the reference product's.
const DESCRIPTIONS: [&str; 2] = [draft::DESCRIPTION, draft::FOREIGN_DESCRIPTION];

/// Annotations that hold an alias: our own, then the reference product's.
const ALIASES: [&str; 2] = [draft::ALIAS, draft::FOREIGN_ALIAS];

#[derive(Deserialize)]
struct EventList {
    #[serde(default)]
    metadata: EventListMeta,
    items: Option<Vec<EventItem>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventListMeta {
    #[serde(rename = "continue")]
    next: String,
}

/// `v1` Event, the parts that are shown. Newer components fill `eventTime` and `series` in place of
/// the older fields.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct EventItem {
    metadata: EventMeta,
    involved_object: Involved,
    #[serde(rename = "type")]
    kind: String,
    reason: String,
    message: String,
    source: Source,
    reporting_component: String,
    count: Option<u32>,
    last_timestamp: Option<String>,
    event_time: Option<String>,
    series: Option<Series>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct EventMeta {
    uid: String,
    creation_timestamp: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Involved {
    kind: String,
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Source {
    component: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Series {
    count: u32,
    last_observed_time: String,
}

#[derive(Deserialize)]
struct PodList {
    items: Option<Vec<PodItem>>,
}

impl Cluster {
    /// The page of one workload.
    pub(crate) async fn workload(
        &self,
        caller: &Caller,
        kind: WorkloadKind,
        namespace: &str,
        name: &str,
    ) -> Result<WorkloadDetail> {
        let target = ObjectRef {
            cluster: self.name.clone(),
            api_version: kind.api_version().to_owned(),
            kind: kind.kind().to_owned(),
            namespace: Some(namespace.to_owned()),
            name: name.to_owned(),
        };
        let mut object = self.read_object(caller, &target).await?;
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.shift_remove("managedFields");
        }
        let uid = text(&object, "/metadata/uid").to_owned();
        let (pods, events, access) = tokio::join!(
            self.pods_of(caller, &object, namespace, &uid),
            self.events_of(caller, namespace, kind.kind(), name, &uid),
            self.workload_access(caller, kind, namespace, name),
        );
        let annotations = pairs(&object, "/metadata/annotations");
        let noted = |keys: [&str; 2]| {
            keys.iter()
                .find_map(|key| annotations.iter().find(|(name, _)| name == key))
                .map(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        let description = brief::cut(noted(DESCRIPTIONS), brief::TEXT);
        let row = self.workload_row(&object, &uid, brief::sentence(noted(ALIASES)));
        let mut detail = WorkloadDetail {
            row,
            description,
            labels: brief::pairs(pairs(&object, "/metadata/labels")),
            annotations: brief::pairs(annotations),
            conditions: list(&object, "/status/conditions").iter().map(condition).collect(),
            containers: containers(&object),
            pods,
            events,
            freshness: Freshness { as_of: self.connection.last_good(), stale: None },
            access,
            object,
        };
        // It was lost while the page was read.
        if let Some(reason) = self.outage() {
            detail.grow_stale(reason);
        }
        Ok(detail)
    }

    fn workload_row(&self, object: &Value, uid: &str, alias: String) -> WorkloadRow {
        let worst = read(&self.hub.pods).worst_of(uid);
        let number = |pointer: &str, default| {
            integer(object, pointer).and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
        };
        WorkloadRow {
            uid: uid.to_owned(),
            namespace: brief::name(text(object, "/metadata/namespace")),
            name: brief::name(text(object, "/metadata/name")),
            alias,
            status: brief_status(stateful_set_status(object, worst.as_ref())),
            ready: number("/status/readyReplicas", 0),
            desired: number("/spec/replicas", 1),
            images: list(object, "/spec/template/spec/containers")
                .iter()
                .take(brief::IMAGES)
                .map(|container| brief::sentence(text(container, "/image")))
                .collect(),
            created: clock::parse(text(object, "/metadata/creationTimestamp")),
        }
    }

    /// The workload's pods: from the cache if the caller may list them, or listed as the caller.
    async fn pods_of(
        &self,
        caller: &Caller,
        object: &Value,
        namespace: &str,
        uid: &str,
    ) -> Result<Vec<PodRow>, Text> {
        let say = |failure| self.error(failure, "list", "pods", namespace).text();
        let question = Question::new("list", "", "pods", namespace);
        if !self.access.may(&self.connection, caller, question).await.map_err(say)? {
            return Err(forbidden("list", "pods", namespace).text());
        }
        if self.pods_known() {
            return Ok(read(&self.hub.pods).rows_of(uid));
        }
        let selector: Vec<String> = pairs(object, "/spec/selector/matchLabels")
            .into_iter()
            .map(|(key, value)| segment(&format!("{key}={value}")))
            .collect();
        let path = format!(
            "/api/v1/namespaces/{}/pods?limit=500&labelSelector={}",
            segment(namespace),
            selector.join("%2C")
        );
        let reply = self.connection.call(Identity::Caller(caller), Call::page(path)).await.map_err(say)?;
        let found = reply.json::<PodList>().map_err(say)?;
        let mut pods = Pods::default();
        for pod in found.items.unwrap_or_default() {
            pods.upsert(pod);
        }
        Ok(pods.rows_of(uid))
    }

    /// Events about the workload and its pods, newest first, listed as the caller.
    async fn events_of(
        &self,
        caller: &Caller,
        namespace: &str,
        kind: &str,
        name: &str,
        uid: &str,
    ) -> Result<Vec<EventRow>, Text> {
        // Pods that are gone still have events: the controller's naming tells whose they were.
        let pods: HashSet<String> =
            read(&self.hub.pods).of_owner(uid).map(|pod| pod.name.to_string()).collect();
        let of_pod = |pod: &str| {
            pods.contains(pod)
                || pod
                    .strip_prefix(name)
                    .and_then(|rest| rest.strip_prefix('-'))
                    .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let mut rows: Vec<EventRow> = Vec::new();
        let mut next = String::new();
        for _ in 0..EVENT_PAGES {
            let mut path = format!("/api/v1/namespaces/{}/events?limit=500", segment(namespace));
            if !next.is_empty() {
                path.push_str(&format!("&continue={}", segment(&next)));
            }
            let say = |failure| self.error(failure, "list", "events", namespace).text();
            let reply =
                self.connection.call(Identity::Caller(caller), Call::page(path)).await.map_err(say)?;
            let page = reply.json::<EventList>().map_err(say)?;
            rows.extend(page.items.unwrap_or_default().into_iter().filter_map(|event| {
                let about = &event.involved_object;
                let ours =
                    about.kind == kind && about.name == name || about.kind == "Pod" && of_pod(&about.name);
                ours.then(|| event.row())
            }));
            next = page.metadata.next;
            if next.is_empty() {
                break;
            }
        }
        rows.sort_by(|a, b| b.last.cmp(&a.last).then_with(|| a.uid.cmp(&b.uid)));
        rows.truncate(MOST_EVENTS);
        Ok(rows)
    }
}

impl EventItem {
    fn row(self) -> EventRow {
        let series = self.series.unwrap_or_default();
        let times = [
            series.last_observed_time.as_str(),
            self.last_timestamp.as_deref().unwrap_or_default(),
            self.event_time.as_deref().unwrap_or_default(),
            self.metadata.creation_timestamp.as_str(),
        ];
        let last = times.into_iter().find(|time| !time.is_empty()).map_or(0, clock::parse);
        let source =
            if self.source.component.is_empty() { self.reporting_component } else { self.source.component };
        EventRow {
            uid: self.metadata.uid,
            warning: self.kind == "Warning",
            reason: brief::sentence(self.reason),
            message: brief::cut(self.message, brief::TEXT),
            object: brief::sentence(format!("{}/{}", self.involved_object.kind, self.involved_object.name)),
            source: brief::name(source),
            count: self.count.unwrap_or(1).max(series.count).max(1),
            last,
        }
    }
}

/// A status without more of the cluster's words than a page shows.
fn brief_status(status: WorkloadStatus) -> WorkloadStatus {
    WorkloadStatus { reason: status.reason.map(brief::message), ..status }
}

fn pairs(object: &Value, pointer: &str) -> Vec<(String, String)> {
    let map = object.pointer(pointer).and_then(Value::as_object);
    map.into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

fn condition(condition: &Value) -> ConditionRow {
    let member = |pointer: &str| brief::name(text(condition, pointer));
    ConditionRow {
        kind: member("/type"),
        status: member("/status"),
        reason: member("/reason"),
        message: brief::cut(text(condition, "/message").to_owned(), brief::TEXT),
        since: clock::parse(text(condition, "/lastTransitionTime")),
    }
}

fn containers(object: &Value) -> Vec<ContainerRow> {
    let inits = list(object, "/spec/template/spec/initContainers").iter().map(|container| (true, container));
    let work = list(object, "/spec/template/spec/containers").iter().map(|container| (false, container));
    inits.chain(work).map(|(init, container)| container_row(init, container)).collect()
}

fn container_row(init: bool, container: &Value) -> ContainerRow {
    let ports = list(container, "/ports").iter().map(|port| {
        let number = integer(port, "/containerPort").unwrap_or_default();
        let protocol = match text(port, "/protocol") {
            "" => "TCP",
            protocol => protocol,
        };
        brief::name(format!("{} {number}/{protocol}", text(port, "/name")).trim())
    });
    let mut resources: Vec<(String, String, String)> = Vec::new();
    let amount = |value: &Value| brief::name(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    for (place, pointer) in [(1, "/resources/requests"), (2, "/resources/limits")] {
        for (name, value) in container.pointer(pointer).and_then(Value::as_object).into_iter().flatten() {
            let name = brief::name(name);
            let at = resources.iter().position(|(known, ..)| *known == name).unwrap_or_else(|| {
                resources.push((name, "-".to_owned(), "-".to_owned()));
                resources.len() - 1
            });
            if place == 1 {
                resources[at].1 = amount(value);
            } else {
                resources[at].2 = amount(value);
            }
        }
    }
    ContainerRow {
        name: brief::name(text(container, "/name")),
        init,
        image: brief::sentence(text(container, "/image")),
        ports: ports.collect(),
        resources,
    }
}
