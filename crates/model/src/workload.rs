//! Workload lists and details: the rows, the query and what a page of it looks like.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Text,
    cluster::{Ages, Freshness},
    object::WorkloadKind,
    status::{PodStatus, WorkloadState, WorkloadStatus},
};

/// Rows on one page unless the URL says otherwise.
pub const PAGE_SIZE: u32 = 50;

/// One line of a workload list: what the columns need and nothing more (200 bytes, not 4 kB).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadRow {
    /// `metadata.uid`: the row's identity in the browser.
    pub uid: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// What people call it ([`crate::draft::ALIAS`]); often empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alias: String,
    /// Status and its reason.
    pub status: WorkloadStatus,
    /// Ready pods.
    pub ready: u32,
    /// Wanted pods.
    pub desired: u32,
    /// Images of the work containers, in order.
    pub images: Vec<String>,
    /// `metadata.creationTimestamp`, Unix seconds.
    pub created: i64,
}

/// The column a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortBy {
    /// Name, then namespace.
    #[default]
    Name,
    /// Namespace, then name.
    Namespace,
    /// Worst first, then name.
    Status,
    /// Ready pods.
    Ready,
    /// Creation time.
    Age,
}

impl SortBy {
    /// The value in the URL.
    pub fn as_str(self) -> &'static str {
        match self {
            SortBy::Name => "name",
            SortBy::Namespace => "namespace",
            SortBy::Status => "status",
            SortBy::Ready => "ready",
            SortBy::Age => "age",
        }
    }

    /// Reads the value in the URL; anything else is the default.
    pub fn from_param(text: &str) -> Self {
        [SortBy::Name, SortBy::Namespace, SortBy::Status, SortBy::Ready, SortBy::Age]
            .into_iter()
            .find(|sort| sort.as_str() == text)
            .unwrap_or_default()
    }
}

/// What a list shows: all of it is in the page's URL (design rule 10).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListQuery {
    /// The cluster's name in the console.
    pub cluster: String,
    /// Which kind.
    pub kind: WorkloadKind,
    /// Only this namespace; `None` for all the caller may see.
    pub namespace: Option<String>,
    /// Only names and images that contain this, case-insensitively.
    pub search: String,
    /// Only these states; empty for all.
    pub states: Vec<WorkloadState>,
    /// Sort column.
    pub sort: SortBy,
    /// Whether the order is reversed.
    pub descending: bool,
    /// Page, from 1.
    pub page: u32,
    /// Rows a page, at most 200.
    pub page_size: u32,
}

impl ListQuery {
    /// The first page of everything.
    pub fn all(cluster: impl Into<String>, kind: WorkloadKind) -> Self {
        ListQuery {
            cluster: cluster.into(),
            kind,
            namespace: None,
            search: String::new(),
            states: Vec::new(),
            sort: SortBy::Name,
            descending: false,
            page: 1,
            page_size: PAGE_SIZE,
        }
    }
}

/// What the caller may do with what a list shows, each refusal with its reason (design rule 8). What is
/// not known is allowed: the API server decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListAccess {
    /// Why nothing can be created: in the namespace the list is of, or in any.
    pub create: Option<Text>,
    /// Rows that cannot be deleted; those that are not here can.
    pub delete: Vec<RefusedRows>,
    /// Rows that cannot be edited; those that are not here can.
    pub patch: Vec<RefusedRows>,
}

/// Rows of one namespace with which something cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedRows {
    /// Their namespace.
    pub namespace: String,
    /// Their names: a role may grant by name what it does not grant for the namespace.
    pub names: Vec<String>,
    /// Why.
    pub reason: Text,
}

impl ListAccess {
    /// Why a row cannot be deleted; `None` when it can.
    pub fn no_delete(&self, namespace: &str, name: &str) -> Option<&Text> {
        refusal(&self.delete, namespace, name)
    }

    /// Why a row cannot be edited; `None` when it can.
    pub fn no_patch(&self, namespace: &str, name: &str) -> Option<&Text> {
        refusal(&self.patch, namespace, name)
    }
}

fn refusal<'a>(rows: &'a [RefusedRows], namespace: &str, name: &str) -> Option<&'a Text> {
    let refused = rows.iter().find(|refused| refused.namespace == namespace)?;
    refused.names.iter().any(|refused| refused == name).then_some(&refused.reason)
}

/// What the caller may do with one workload, as in [`ListAccess`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadAccess {
    /// Why it cannot be deleted.
    pub delete: Option<Text>,
    /// Why it cannot be edited.
    pub patch: Option<Text>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListPage {
    /// The rows, in order.
    pub rows: Vec<WorkloadRow>,
    /// Rows that match, over all pages.
    pub matching: u32,
    /// Rows the caller may see, without filters but the namespace.
    pub total: u32,
    /// Number of rows per state among `total`, for the status filter. While the cluster cannot be reached
    /// each row counts twice: as what it was last known to be, and as [`WorkloadState::Exception`].
    pub counts: Vec<(WorkloadState, u32)>,
    /// How old the data is, and why if it is stale.
    pub freshness: Freshness,
    /// Namespaces the rows come from when the caller may not list the whole cluster.
    pub limited_to: Option<Vec<String>>,
    /// What the caller may do here.
    pub access: ListAccess,
    /// Counter of the cache, for continuing live.
    pub sequence: u64,
}

impl Ages for ListPage {
    /// Rows keep their places: they are ordered by what was last known of them.
    fn grow_stale(&mut self, reason: Text) {
        self.rows.iter_mut().for_each(|row| row.status.lose());
        let lost = WorkloadState::Exception;
        if self.total > 0 && !self.counts.iter().any(|(state, _)| *state == lost) {
            let at = self.counts.partition_point(|(state, _)| *state < lost);
            self.counts.insert(at, (lost, self.total));
        }
        self.freshness.stale = Some(reason);
    }
}

/// One pod on a workload's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodRow {
    /// `metadata.uid`.
    pub uid: String,
    /// Name.
    pub name: String,
    /// kubectl-style status and reason.
    pub status: PodStatus,
    /// Ready containers.
    pub ready: u32,
    /// Containers.
    pub containers: u32,
    /// Restarts, all containers together.
    pub restarts: u32,
    /// Node, once scheduled.
    pub node: String,
    /// Pod IP, once it has one.
    pub ip: String,
    /// Creation, Unix seconds.
    pub created: i64,
}

/// One condition of an object's status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionRow {
    /// `type`.
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// CamelCase reason.
    pub reason: String,
    /// The cluster's sentence.
    pub message: String,
    /// Last transition, Unix seconds; 0 when the cluster does not say.
    pub since: i64,
}

/// One container of a pod template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerRow {
    /// Name.
    pub name: String,
    /// Whether it is an init container.
    pub init: bool,
    /// Image.
    pub image: String,
    /// Ports as `name 8080/TCP`.
    pub ports: Vec<String>,
    /// Requests and limits as `cpu 250m / 500m`, request first, `-` where unset.
    pub resources: Vec<(String, String, String)>,
}

/// One event about an object or its pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventRow {
    /// `metadata.uid`.
    pub uid: String,
    /// Whether it is a Warning.
    pub warning: bool,
    /// CamelCase reason.
    pub reason: String,
    /// The cluster's sentence.
    pub message: String,
    /// What it is about, `Pod/web-0`.
    pub object: String,
    /// The component that said it.
    pub source: String,
    /// How often it was seen.
    pub count: u32,
    /// Last seen, Unix seconds.
    pub last: i64,
}

/// A workload's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadDetail {
    /// The list's row.
    pub row: WorkloadRow,
    /// The object as the cluster holds it, without managed fields, as JSON text (order kept).
    pub object: Value,
    /// Its description annotation.
    pub description: String,
    /// `metadata.labels`.
    pub labels: Vec<(String, String)>,
    /// `metadata.annotations`.
    pub annotations: Vec<(String, String)>,
    /// Conditions.
    pub conditions: Vec<ConditionRow>,
    /// Containers, init first.
    pub containers: Vec<ContainerRow>,
    /// Pods; an error text when the caller may not list them.
    pub pods: Result<Vec<PodRow>, Text>,
    /// Events, newest first; an error text when the caller may not list them.
    pub events: Result<Vec<EventRow>, Text>,
    /// Age of the data.
    pub freshness: Freshness,
    /// What the caller may do with it.
    pub access: WorkloadAccess,
}

impl Ages for WorkloadDetail {
    fn grow_stale(&mut self, reason: Text) {
        self.row.status.lose();
        self.pods.iter_mut().flatten().for_each(|pod| pod.status.lose());
        self.freshness.stale = Some(reason);
    }
}

/// What deleting a workload does, said before it happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletePlan {
    /// Uid of the object the plan is about; the delete is refused if it changed.
    pub uid: String,
    /// Pods that end.
    pub pods: u32,
    /// Claims that stay, with their requested size.
    pub claims_kept: Vec<(String, String)>,
    /// Claims that the retention policy deletes, with their size: data is lost.
    pub claims_deleted: Vec<(String, String)>,
    /// What becomes of its claims where the caller may not list them; both lists are empty then.
    pub claims_unseen: Option<UnseenClaims>,
    /// Why the caller may not delete it, if so.
    pub forbidden: Option<Text>,
}

impl DeletePlan {
    /// Whether data is lost, or may be.
    pub fn loses_data(&self) -> bool {
        !self.claims_deleted.is_empty() || self.claims_unseen == Some(UnseenClaims::Deleted)
    }
}

/// What the retention policy does with claims that may not be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UnseenClaims {
    /// They stay.
    Kept,
    /// They are deleted: data is lost.
    Deleted,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, state: WorkloadState) -> WorkloadRow {
        WorkloadRow {
            uid: name.into(),
            namespace: "shop".into(),
            name: name.into(),
            alias: String::new(),
            status: WorkloadStatus::new(state, None),
            ready: 1,
            desired: 1,
            images: vec![],
            created: 0,
        }
    }

    #[test]
    fn a_page_that_grows_stale_keeps_its_order_and_counts_what_was() {
        use WorkloadState as S;
        let page = ListPage {
            rows: vec![row("a", S::Running), row("b", S::NotReady)],
            matching: 2,
            total: 40,
            counts: vec![(S::NotReady, 1), (S::Running, 39)],
            freshness: Freshness { as_of: Some(5), stale: None },
            limited_to: None,
            access: ListAccess::default(),
            sequence: 1,
        };
        let mut lost = page.clone();
        lost.grow_stale(Text::raw("gone"));
        let known: Vec<_> =
            lost.rows.iter().map(|row| (row.name.as_str(), row.status.state, row.status.known())).collect();
        assert_eq!(known, [("a", S::Exception, S::Running), ("b", S::Exception, S::NotReady)]);
        assert_eq!(lost.counts, [(S::NotReady, 1), (S::Exception, 40), (S::Running, 39)]);
        assert_eq!(lost.freshness, Freshness { as_of: Some(5), stale: Some(Text::raw("gone")) });
        // Another reason is all that a second loss brings.
        let mut again = lost.clone();
        again.grow_stale(Text::raw("still gone"));
        assert_eq!(again.freshness.stale, Some(Text::raw("still gone")));
        assert_eq!((&again.rows, &again.counts), (&lost.rows, &lost.counts));
        // A list that was never read says nothing of states.
        let mut unseen = ListPage { rows: vec![], total: 0, counts: vec![], ..page };
        unseen.grow_stale(Text::raw("gone"));
        assert_eq!(unseen.counts, []);
    }

    #[test]
    fn a_row_can_be_deleted_unless_it_is_refused() {
        let no = "may not delete in ops";
        let refused =
            RefusedRows { namespace: "ops".into(), names: vec!["db".into()], reason: Text::raw(no) };
        let access = ListAccess { create: None, delete: vec![refused], patch: Vec::new() };
        assert_eq!(access.no_patch("ops", "db"), None, "another verb");
        for (namespace, name, refused) in
            [("shop", "db", None), ("ops", "db", Some(no)), ("ops", "web", None)]
        {
            assert_eq!(
                access.no_delete(namespace, name).cloned(),
                refused.map(Text::raw),
                "{namespace}/{name}"
            );
        }
    }
}
