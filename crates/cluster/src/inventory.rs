//! What the console always knows of a cluster: nodes, pods and namespaces, compactly.
//!
//! Pods also tell why a StatefulSet is not running, and are the pods of its page.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use binnacle_model::{
    cluster::{NodeRow, ReadyCount, Usage},
    status::{BadPod, PodTone},
    workload::PodRow,
};

use crate::cidr;
use crate::items::{CountedItem, NamespaceItem, NodeItem, PodItem, PodOwner};

/// Sums over pods that have not ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PodSums {
    pub(crate) count: ReadyCount,
    /// Millicores. Wider than what is summed, so that what was added can be taken away again.
    pub(crate) cpu: u128,
    /// Bytes.
    pub(crate) memory: u128,
}

/// A sum as it is shown.
pub(crate) fn shown(sum: u128) -> u64 {
    u64::try_from(sum).unwrap_or(u64::MAX)
}

impl PodSums {
    fn add(&mut self, pod: &PodItem) {
        if !pod.ended {
            self.count.total += 1;
            self.count.ready += u32::from(pod.is_ready);
            self.cpu += u128::from(pod.cpu);
            self.memory += u128::from(pod.memory);
        }
    }

    fn subtract(&mut self, pod: &PodItem) {
        if !pod.ended {
            self.count.total -= 1;
            self.count.ready -= u32::from(pod.is_ready);
            self.cpu -= u128::from(pod.cpu);
            self.memory -= u128::from(pod.memory);
        }
    }
}

struct KeptPod {
    pod: PodItem,
    round: u32,
}

/// All pods of a cluster.
#[derive(Default)]
pub(crate) struct Pods {
    pods: HashMap<Arc<str>, KeptPod>,
    /// Pods of each controller, by its uid.
    owned: HashMap<Box<str>, Vec<Arc<str>>>,
    /// Namespaces and nodes repeat thousands of times: each is kept once.
    shared: HashSet<Arc<str>>,
    sums: PodSums,
    round: u32,
}

/// A controller whose pods changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Touched {
    pub(crate) namespace: Arc<str>,
    pub(crate) kind: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) uid: Box<str>,
}

impl Touched {
    fn new(namespace: &Arc<str>, owner: &PodOwner) -> Self {
        Touched {
            namespace: Arc::clone(namespace),
            kind: owner.kind.clone(),
            name: owner.name.clone(),
            uid: owner.uid.clone(),
        }
    }
}

impl Pods {
    pub(crate) fn begin_round(&mut self) {
        self.round = self.round.wrapping_add(1);
    }

    /// Puts a pod in or renews it; says whose pods changed, if they did.
    pub(crate) fn upsert(&mut self, mut pod: PodItem) -> Option<Touched> {
        pod.namespace = self.share(pod.namespace);
        let round = self.round;
        if let Some(kept) = self.pods.get_mut(&pod.uid)
            && kept.pod == pod
        {
            kept.round = round;
            return None;
        }
        let touched = pod.owner.as_deref().map(|owner| Touched::new(&pod.namespace, owner));
        let before = self.detach(&pod.uid);
        self.sums.add(&pod);
        if let Some(owner) = &pod.owner {
            self.owned.entry(owner.uid.clone()).or_default().push(Arc::clone(&pod.uid));
        }
        self.pods.insert(Arc::clone(&pod.uid), KeptPod { pod, round });
        touched.or(before)
    }

    /// Takes a pod out; says whose pods changed.
    pub(crate) fn remove(&mut self, uid: &str) -> Option<Touched> {
        self.detach(uid)
    }

    /// Takes out the pods that the current list did not bring.
    pub(crate) fn sweep(&mut self) -> Vec<Touched> {
        let round = self.round;
        let old: Vec<Arc<str>> = self
            .pods
            .iter()
            .filter(|(_, kept)| kept.round != round)
            .map(|(uid, _)| Arc::clone(uid))
            .collect();
        let touched = old.iter().filter_map(|uid| self.detach(uid)).collect();
        let used: HashSet<Arc<str>> =
            self.pods.values().map(|kept| Arc::clone(&kept.pod.namespace)).collect();
        self.shared = used;
        touched
    }

    fn detach(&mut self, uid: &str) -> Option<Touched> {
        let KeptPod { pod, .. } = self.pods.remove(uid)?;
        self.sums.subtract(&pod);
        let owner = pod.owner.as_deref()?;
        if let Some(pods) = self.owned.get_mut(&owner.uid) {
            pods.retain(|other| **other != *uid);
            if pods.is_empty() {
                self.owned.remove(&owner.uid);
            }
        }
        Some(Touched::new(&pod.namespace, owner))
    }

    fn share(&mut self, text: Arc<str>) -> Arc<str> {
        if let Some(known) = self.shared.get(&text) {
            return Arc::clone(known);
        }
        self.shared.insert(Arc::clone(&text));
        text
    }

    /// Sums over all pods.
    pub(crate) fn sums(&self) -> PodSums {
        self.sums
    }

    /// The pods of a controller.
    pub(crate) fn of_owner<'a>(&'a self, uid: &str) -> impl Iterator<Item = &'a PodItem> + use<'a> {
        let uids = self.owned.get(uid).map(Vec::as_slice).unwrap_or_default();
        uids.iter().filter_map(|uid| self.pods.get(uid)).map(|kept| &kept.pod)
    }

    /// The lowest pod of a controller that cannot run by itself (PS 6.2).
    pub(crate) fn worst_of(&self, uid: &str) -> Option<BadPod> {
        let bad = self.of_owner(uid).filter(|pod| pod.status.tone == PodTone::Failing);
        let lowest = bad.min_by_key(|pod| (ordinal(&pod.name), pod.name.clone()))?;
        Some(BadPod {
            ordinal: ordinal(&lowest.name),
            name: lowest.name.to_string(),
            status: lowest.status.clone(),
        })
    }

    /// The pods of a controller as rows: by ordinal, then by name.
    pub(crate) fn rows_of(&self, uid: &str) -> Vec<PodRow> {
        let mut pods: Vec<&PodItem> = self.of_owner(uid).collect();
        pods.sort_by_key(|pod| (ordinal(&pod.name), pod.name.clone()));
        pods.into_iter().map(pod_row).collect()
    }

    /// What the pods on each node ask for.
    fn by_node(&self) -> HashMap<&str, PodSums> {
        let mut sums: HashMap<&str, PodSums> = HashMap::new();
        for KeptPod { pod, .. } in self.pods.values().filter(|kept| !kept.pod.node.is_empty()) {
            sums.entry(&*pod.node).or_default().add(pod);
        }
        sums
    }
}

fn pod_row(pod: &PodItem) -> PodRow {
    PodRow {
        uid: pod.uid.to_string(),
        name: pod.name.to_string(),
        status: pod.status.clone(),
        ready: pod.ready,
        containers: pod.containers,
        restarts: pod.restarts,
        node: pod.node.to_string(),
        ip: pod.ip.to_string(),
        created: pod.created,
    }
}

/// The number a StatefulSet's controller gave a pod: what stands behind the last dash.
fn ordinal(name: &str) -> Option<u32> {
    name.rsplit_once('-')?.1.parse().ok()
}

/// Objects of a small kind by uid or name, with the round that last brought them.
pub(crate) struct Kept<T> {
    items: BTreeMap<String, (T, u32)>,
    round: u32,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept { items: BTreeMap::new(), round: 0 }
    }
}

/// What an item is kept under.
pub(crate) trait Keyed: PartialEq {
    /// The key, unique in one cluster.
    fn key(&self) -> &str;
}

impl Keyed for NodeItem {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Keyed for NamespaceItem {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Keyed for CountedItem {
    fn key(&self) -> &str {
        &self.uid
    }
}

impl<T: Keyed> Kept<T> {
    pub(crate) fn begin_round(&mut self) {
        self.round = self.round.wrapping_add(1);
    }

    /// Puts an item in; says whether anything changed.
    pub(crate) fn upsert(&mut self, item: T) -> bool {
        let round = self.round;
        match self.items.get_mut(item.key()) {
            Some((old, seen)) => {
                *seen = round;
                let changed = *old != item;
                *old = item;
                changed
            }
            None => {
                self.items.insert(item.key().to_owned(), (item, round));
                true
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> bool {
        self.items.remove(key).is_some()
    }

    /// Takes out the items that the current list did not bring.
    pub(crate) fn sweep(&mut self) {
        let round = self.round;
        self.items.retain(|_, (_, seen)| *seen == round);
    }

    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.items.get(key).map(|(item, _)| item)
    }

    /// All, by key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.values().map(|(item, _)| item)
    }
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Kept<NodeItem> {
    /// Nodes ready of all.
    pub(crate) fn count(&self) -> ReadyCount {
        ReadyCount {
            ready: small(self.iter().filter(|node| node.ready).count()),
            total: small(self.items.len()),
        }
    }

    /// Allocatable millicores and bytes of all nodes.
    pub(crate) fn allocatable(&self) -> (u64, u64) {
        self.iter().fold((0, 0), |(cpu, memory): (u64, u64), node| {
            (cpu.saturating_add(node.cpu), memory.saturating_add(node.memory))
        })
    }

    /// Allocatable GPUs of all nodes, by the key of their resource.
    pub(crate) fn gpus(&self) -> Vec<(String, u64)> {
        let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
        for (key, count) in self.iter().flat_map(|node| &node.gpus) {
            let sum = sums.entry(key).or_default();
            *sum = sum.saturating_add(*count);
        }
        sums.into_iter().map(|(key, sum)| (key.to_owned(), sum)).collect()
    }

    /// Pod CIDRs of all nodes, adjoining ones as one.
    pub(crate) fn pod_cidrs(&self) -> Vec<String> {
        cidr::joined(self.iter().flat_map(|node| node.pod_cidrs.iter().map(String::as_str)))
    }

    /// All nodes as rows; `pods` are `None` when they are not known or may not be seen.
    pub(crate) fn rows(&self, pods: Option<&Pods>) -> Vec<NodeRow> {
        let sums = pods.map(Pods::by_node);
        let row = |node: &NodeItem| {
            let sum = sums.as_ref().map(|sums| sums.get(node.name.as_str()).copied().unwrap_or_default());
            let usage = |pick: fn(&PodSums) -> u64, allocatable| Usage {
                requested: sum.as_ref().map(pick),
                allocatable,
            };
            NodeRow {
                name: node.name.clone(),
                ready: node.ready,
                reason: node.reason.clone(),
                roles: node.roles.clone(),
                zone: node.zone.clone(),
                version: node.version.clone(),
                cpu: usage(|sum| shown(sum.cpu), node.cpu),
                memory: usage(|sum| shown(sum.memory), node.memory),
                pods: usage(|sum| u64::from(sum.count.total), node.pods),
                created: node.created,
            }
        };
        self.iter().map(row).collect()
    }
}

impl Kept<CountedItem> {
    /// Ready of all.
    pub(crate) fn count(&self) -> ReadyCount {
        ReadyCount {
            ready: small(self.iter().filter(|item| item.ready).count()),
            total: small(self.items.len()),
        }
    }
}

#[cfg(test)]
mod tests;
