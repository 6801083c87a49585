//! A cluster's page.

use std::sync::PoisonError;

use binnacle_model::{
    Result, Text,
    cluster::{ClusterAccess, ClusterDetail, NodeRow, ReadyCount},
    object::WorkloadKind,
    session::Caller,
};

use super::{
    Cluster,
    list::{Scope, forbidden},
    row::refused,
    sight::Sight,
};
use crate::{
    access::Question,
    brief,
    items::CountedItem,
    sinks::{KeptSink, TableCache, read},
    watcher::Progress,
};

/// The namespace whose uid stands for the cluster.
const SYSTEM: &str = "kube-system";

impl Cluster {
    /// The page, as far as the caller may see it.
    pub(crate) async fn detail(&self, caller: &Caller) -> Result<ClusterDetail> {
        let (sight, system_uid, list_workloads, create_workloads, delete_workloads, create_namespaces) = tokio::join!(
            self.sight(caller),
            self.system_uid(caller),
            self.refusal(caller, "list", "apps", "statefulsets"),
            self.refusal(caller, "create", "apps", "statefulsets"),
            self.refusal(caller, "delete", "apps", "statefulsets"),
            self.refusal(caller, "create", "", "namespaces"),
        );
        let nodes = self.node_rows(caller, sight).await;
        let pod_cidrs = nodes.as_ref().map(|_| read(&self.nodes.items).pod_cidrs()).unwrap_or_default();
        let mut row = self.row_in_sight(self.row(), caller, sight);
        let (sets, deployments, daemon_sets) = tokio::join!(
            self.sets_count(caller),
            self.count(caller, "deployments"),
            self.count(caller, "daemonsets"),
        );
        row.numbers.stateful_sets = sets;
        row.numbers.deployments = deployments;
        row.numbers.daemon_sets = daemon_sets;
        let profile = read(&self.meta).profile.clone();
        Ok(ClusterDetail {
            server: self.connection.server().to_owned(),
            system_uid,
            description: brief::cut(profile.description, brief::TEXT),
            annotations: brief::pairs(profile.annotations),
            region: brief::name(profile.region),
            zone: brief::name(profile.zone),
            pod_cidrs,
            nodes,
            access: ClusterAccess { list_workloads, create_workloads, delete_workloads, create_namespaces },
            row,
        })
    }

    /// The uid of `kube-system`, by which clusters are told apart; empty for who may not read it there, and
    /// until it is known.
    async fn system_uid(&self, caller: &Caller) -> String {
        let all = Question::new("list", "", "namespaces", "");
        // API servers judge a request for a namespace as one inside of it.
        let one = Question::new("get", "", "namespaces", SYSTEM).named(SYSTEM);
        let may = |question| async move {
            self.access.may(&self.connection, caller, question).await.unwrap_or(false)
        };
        if !may(all).await && !may(one).await {
            return String::new();
        }
        self.namespace(SYSTEM).map(|namespace| namespace.uid).unwrap_or_default()
    }

    async fn node_rows(&self, caller: &Caller, sight: Sight) -> Result<Vec<NodeRow>, Text> {
        if let Some(reason) = refused(Some(caller), "nodes", &self.nodes.progress) {
            return Err(reason);
        }
        // Answered a moment ago, or it says why not.
        let question = Question::new("list", "", "nodes", "");
        match self.access.may(&self.connection, caller, question).await {
            Ok(true) => {}
            Ok(false) => return Err(forbidden("list", "nodes", &self.name).text()),
            Err(failure) => return Err(self.error(failure, "list", "nodes", "").text()),
        }
        let sees_pods = sight.pods == Some(true) && self.pods_known();
        let pods = sees_pods.then(|| read(&self.hub.pods));
        Ok(read(&self.nodes.items).rows(pods.as_deref()))
    }

    /// Why the caller may do something nowhere; `None` when somewhere.
    async fn refusal(
        &self,
        caller: &Caller,
        verb: &'static str,
        group: &str,
        resource: &str,
    ) -> Option<Text> {
        let qualified = if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") };
        let only = (resource == "namespaces").then_some("");
        match self.scope(caller, verb, group, resource, only).await {
            Ok(Scope::Everywhere | Scope::Only(_)) => None,
            Ok(Scope::Nowhere) => Some(forbidden(verb, &qualified, &self.name).text()),
            Err(error) => Some(error.text()),
        }
    }

    /// Asked before a cache is used: the first use starts its watch, and who may see nothing starts none.
    async fn may_list(&self, caller: &Caller, resource: &str) -> bool {
        let question = Question::new("list", "apps", resource, "");
        self.access.may(&self.connection, caller, question).await.unwrap_or(false)
    }

    async fn sets_count(&self, caller: &Caller) -> Option<ReadyCount> {
        if !self.may_list(caller, "statefulsets").await {
            return None;
        }
        count_sets(&self.table(WorkloadKind::StatefulSet))
    }

    async fn count(&self, caller: &Caller, plural: &'static str) -> Option<ReadyCount> {
        if !self.may_list(caller, plural).await {
            return None;
        }
        count_items(&self.counted(plural))
    }

    /// What the page counts beside the row, as far as it is watched; for telling that it changed.
    pub(super) fn counts(&self) -> Vec<(&'static str, Option<ReadyCount>)> {
        let sets = read(&self.hub.sets).as_ref().map(|cache| ("statefulsets", count_sets(cache)));
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counts: Vec<_> =
            counted.iter().map(|(plural, cache)| (*plural, count_items(&cache.sink))).chain(sets).collect();
        counts.sort_by_key(|(plural, _)| *plural);
        counts
    }
}

fn count_sets(cache: &TableCache) -> Option<ReadyCount> {
    let known = match &*cache.progress.borrow() {
        Progress::Live => true,
        Progress::Stale(_) => read(&cache.table).len() > 0,
        Progress::Loading | Progress::Forbidden(_) => false,
    };
    if !known {
        return None;
    }
    let (ready, total) = read(&cache.table).settled();
    let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Some(ReadyCount { ready: small(ready), total: small(total) })
}

fn count_items(cache: &KeptSink<CountedItem>) -> Option<ReadyCount> {
    cache.is_known().then(|| read(&cache.items).count())
}
