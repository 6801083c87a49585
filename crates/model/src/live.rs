//! What travels on the `/live` socket: one per tab, all its subscriptions on it.
//!
//! Enums are tagged from outside (`{"update": {...}}`), serde's own form: a tag inside makes the browser
//! carry a second, buffering deserialiser for each type below it (some 150 kB of WebAssembly).

use serde::{Deserialize, Serialize};

use crate::{
    AppError,
    cluster::{ClusterDetail, ClusterRow},
    object::WorkloadKind,
    workload::{ListPage, ListQuery, WorkloadDetail, WorkloadRow},
};

/// Subscriptions one tab may hold.
pub const MAX_SUBSCRIPTIONS: usize = 16;

/// What a subscription follows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Topic {
    /// The cluster list.
    Clusters,
    /// One cluster's page.
    Cluster {
        /// Name.
        name: String,
    },
    /// One page of a workload list.
    List {
        /// The query.
        query: ListQuery,
    },
    /// One workload's page.
    Workload {
        /// The cluster's name.
        cluster: String,
        /// Kind.
        kind: WorkloadKind,
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
    },
}

/// From the tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientMessage {
    /// Follow something under an id of the tab's choice.
    Subscribe {
        /// Chosen by the tab, unique while it lasts.
        id: u32,
        /// What.
        topic: Topic,
    },
    /// Stop.
    Unsubscribe {
        /// The id.
        id: u32,
    },
}

/// From the server, with its news as the server makes them.
pub type ServerMessage = Message<Update>;

/// From the server. The tab leaves the news as they came (`U` is their JSON) for the page that follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Message<U> {
    /// The state now, or what changed since the last message of this subscription.
    Update {
        /// The subscription.
        id: u32,
        /// The news.
        update: U,
    },
    /// The subscription ended; or its cluster cannot be asked ([`AppError::outage`]) and nothing was sent
    /// yet: then it goes on, and news follow once the cluster answers.
    Failed {
        /// The subscription.
        id: u32,
        /// Why.
        error: AppError,
    },
    /// Sent when nothing else was for some seconds, so that the tab can tell a quiet socket from a
    /// dead one.
    Alive,
}

/// News of a subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Update {
    /// All clusters.
    Clusters {
        /// Rows by name.
        rows: Vec<ClusterRow>,
    },
    /// One cluster.
    Cluster {
        /// The page.
        detail: Box<ClusterDetail>,
    },
    /// A whole list page.
    Page {
        /// The page.
        page: ListPage,
    },
    /// A list page, as difference to the last one sent.
    Delta {
        /// The difference.
        delta: PageDelta,
    },
    /// One workload.
    Workload {
        /// The page.
        detail: Box<WorkloadDetail>,
    },
    /// The workload no longer exists.
    Gone,
}

/// An [`Update`] as the page of [`Topic::Clusters`] reads it.
///
/// Each page reads its own news only: what reads a row is then fetched with the page that shows it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClustersNews {
    /// All clusters.
    Clusters {
        /// Rows by name.
        rows: Vec<ClusterRow>,
    },
}

/// An [`Update`] as the page of [`Topic::Cluster`] reads it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClusterNews {
    /// One cluster.
    Cluster {
        /// The page.
        detail: Box<ClusterDetail>,
    },
}

/// An [`Update`] as the page of [`Topic::List`] reads it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ListNews {
    /// A whole list page.
    Page {
        /// The page.
        page: ListPage,
    },
    /// A list page, as difference to the last one sent.
    Delta {
        /// The difference.
        delta: PageDelta,
    },
}

/// An [`Update`] as the page of [`Topic::Workload`] reads it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WorkloadNews {
    /// One workload.
    Workload {
        /// The page.
        detail: Box<WorkloadDetail>,
    },
    /// The workload no longer exists.
    Gone,
}

/// The difference between two list pages of one query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageDelta {
    /// Uids of the new page in order; `None` when neither order nor membership changed.
    pub order: Option<Vec<String>>,
    /// Rows that are new or changed.
    pub rows: Vec<WorkloadRow>,
    /// The new page without its rows.
    pub frame: ListPage,
}

impl PageDelta {
    /// The difference that turns `old` into `new`; `None` when they are equal.
    pub fn between(old: &ListPage, new: &ListPage) -> Option<PageDelta> {
        if old == new {
            return None;
        }
        let same_order = old.rows.len() == new.rows.len()
            && old.rows.iter().zip(&new.rows).all(|(before, after)| before.uid == after.uid);
        let rows =
            new.rows.iter().filter(|row| !old.rows.iter().any(|before| before == *row)).cloned().collect();
        let order = (!same_order).then(|| new.rows.iter().map(|row| row.uid.clone()).collect());
        Some(PageDelta { order, rows, frame: ListPage { rows: Vec::new(), ..new.clone() } })
    }

    /// Applies the difference. Rows the old page does not hold and the delta does not bring are left
    /// out; the server never sends such a delta.
    pub fn apply(self, old: &ListPage) -> ListPage {
        let find = |uid: &str| {
            self.rows
                .iter()
                .find(|row| row.uid == uid)
                .or_else(|| old.rows.iter().find(|row| row.uid == uid))
                .cloned()
        };
        let rows = match &self.order {
            Some(order) => order.iter().filter_map(|uid| find(uid)).collect(),
            None => old.rows.iter().filter_map(|row| find(&row.uid)).collect(),
        };
        ListPage { rows, ..self.frame }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cluster::Freshness,
        status::{WorkloadState, WorkloadStatus},
        workload::ListAccess,
    };

    fn row(uid: &str, ready: u32) -> WorkloadRow {
        WorkloadRow {
            uid: uid.into(),
            namespace: "default".into(),
            name: uid.into(),
            alias: String::new(),
            status: WorkloadStatus::new(WorkloadState::Running, None),
            ready,
            desired: 3,
            images: vec![],
            created: 0,
        }
    }

    fn page(rows: Vec<WorkloadRow>, sequence: u64) -> ListPage {
        let matching = u32::try_from(rows.len()).unwrap();
        ListPage {
            rows,
            matching,
            total: matching,
            counts: vec![],
            freshness: Freshness::default(),
            limited_to: None,
            access: ListAccess::default(),
            sequence,
        }
    }

    #[test]
    fn a_delta_turns_the_old_page_into_the_new_one() {
        let pages = [
            page(vec![], 1),
            page(vec![row("a", 1), row("b", 1)], 2),
            page(vec![row("a", 2), row("b", 1)], 3),
            page(vec![row("b", 1), row("a", 2), row("c", 0)], 4),
            page(vec![row("c", 0)], 5),
        ];
        for old in &pages {
            for new in &pages {
                match PageDelta::between(old, new) {
                    None => assert_eq!(old, new),
                    Some(delta) => assert_eq!(&delta.apply(old), new),
                }
            }
        }
    }

    #[test]
    fn a_page_reads_its_news() {
        let wire = |update: Update| serde_json::to_string(&update).unwrap();
        let list = page(vec![row("a", 1)], 1);
        let delta = PageDelta::between(&list, &page(vec![row("a", 2)], 2)).unwrap();
        assert_eq!(
            serde_json::from_str::<ClustersNews>(&wire(Update::Clusters { rows: vec![] })).unwrap(),
            ClustersNews::Clusters { rows: vec![] }
        );
        assert_eq!(
            serde_json::from_str::<ListNews>(&wire(Update::Page { page: list.clone() })).unwrap(),
            ListNews::Page { page: list }
        );
        assert_eq!(
            serde_json::from_str::<ListNews>(&wire(Update::Delta { delta: delta.clone() })).unwrap(),
            ListNews::Delta { delta }
        );
        assert_eq!(serde_json::from_str::<WorkloadNews>(&wire(Update::Gone)).unwrap(), WorkloadNews::Gone);
    }

    #[test]
    fn a_delta_brings_only_changed_rows() {
        let delta = PageDelta::between(
            &page(vec![row("a", 1), row("b", 1)], 1),
            &page(vec![row("a", 2), row("b", 1)], 2),
        );
        let delta = delta.unwrap();
        assert_eq!(delta.rows.len(), 1);
        assert_eq!(delta.order, None);
    }
}
