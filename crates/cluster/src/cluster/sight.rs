//! What a caller may see of a cluster's numbers (design rule 5): who may not list what they are made from
//! does not see them.

use std::{sync::Arc, time::Duration};

use binnacle_model::{
    cluster::{ClusterNumbers, ClusterRow, Withheld},
    session::Caller,
};
use tokio::time::timeout;

use super::{Cluster, flight::Topic, forbidden, row::refused};
use crate::access::Question;

/// How long the cluster list waits for one cluster to say; what it says later is seen at the next look.
const BLINK: Duration = Duration::from_millis(250);

/// What may be listed in the whole cluster; `None` while the cluster has not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sight {
    pub(super) nodes: Option<bool>,
    pub(super) pods: Option<bool>,
}

fn nodes() -> Question {
    Question::new("list", "", "nodes", "")
}

fn pods() -> Question {
    Question::new("list", "", "pods", "")
}

impl Cluster {
    /// The line of the list as the caller may see it. Waits a blink at most.
    pub(crate) async fn row_for(self: &Arc<Self>, caller: &Caller) -> ClusterRow {
        let row = self.row();
        let sight = self.glance(caller, &row.numbers).await;
        self.row_in_sight(row, caller, sight)
    }

    /// A line without the numbers that are not in sight.
    pub(super) fn row_in_sight(&self, mut row: ClusterRow, caller: &Caller, sight: Sight) -> ClusterRow {
        let refusal = |resource: &str| Withheld::Caller(forbidden("list", resource, &self.name).text());
        hide(&mut row.numbers, sight, refusal);
        // Where the console itself may not, that is the reason: a right of the caller's would not help.
        for (why, resource, progress) in [
            (&mut row.numbers.no_nodes, "nodes", &self.nodes.progress),
            (&mut row.numbers.no_pods, "pods", &self.pods.progress),
        ] {
            if let Some(reason) = refused(Some(caller), resource, progress) {
                *why = Some(Withheld::Console(reason));
            }
        }
        row
    }

    /// What the caller may list, by what was said last. Asks again in the background what is too old.
    async fn glance(self: &Arc<Self>, caller: &Caller, numbers: &ClusterNumbers) -> Sight {
        // Of what is not known nothing is shown, and so nothing is asked.
        let wanted = [(numbers.nodes.is_some(), nodes()), (numbers.pods.is_some(), pods())];
        let is_old =
            |(wanted, question): &(bool, Question)| *wanted && !self.access.is_fresh(caller, question);
        if wanted.iter().any(is_old) && !self.connection.is_down() {
            let (_, mut done) = self.once(caller, Topic::Numbers, |cluster, caller| async move {
                cluster.sight(&caller).await;
            });
            let _ = timeout(BLINK, done.changed()).await;
        }
        let said = |question| self.access.last(&self.connection, caller, question);
        Sight { nodes: said(&nodes()), pods: said(&pods()) }
    }

    /// What the caller may list; waits for the cluster's answer, or its deadline.
    pub(super) async fn sight(&self, caller: &Caller) -> Sight {
        let may = |question| async move { self.access.may(&self.connection, caller, question).await.ok() };
        let (nodes, pods) = tokio::join!(may(nodes()), may(pods()));
        Sight { nodes, pods }
    }
}

/// Takes out what may not be seen, and says why where the cluster said no.
fn hide(numbers: &mut ClusterNumbers, sight: Sight, refusal: impl Fn(&str) -> Withheld) {
    if sight.nodes != Some(true) {
        (numbers.nodes, numbers.cpu, numbers.memory) = (None, None, None);
        numbers.gpus.clear();
    }
    if sight.nodes == Some(false) {
        numbers.no_nodes = Some(refusal("nodes"));
    }
    if sight.pods != Some(true) {
        numbers.pods = None;
        for usage in [&mut numbers.cpu, &mut numbers.memory].into_iter().flatten() {
            usage.requested = None;
        }
    }
    if sight.pods == Some(false) {
        numbers.no_pods = Some(refusal("pods"));
    }
}

#[cfg(test)]
mod tests {
    use binnacle_model::{
        Text,
        cluster::{ReadyCount, Usage},
    };

    use super::*;

    #[test]
    fn numbers_stay_only_where_their_origin_may_be_listed() {
        let usage = |requested| Some(Usage { requested, allocatable: 9 });
        let count = Some(ReadyCount { ready: 1, total: 2 });
        let all = ClusterNumbers {
            nodes: count,
            pods: count,
            cpu: usage(Some(3)),
            memory: usage(Some(4)),
            gpus: vec![("nvidia.com/gpu".to_owned(), 8)],
            ..ClusterNumbers::default()
        };
        let no = |resource: &str| Withheld::Caller(Text::raw(resource));
        for (nodes, pods, expected) in [
            (Some(true), Some(true), all.clone()),
            (
                Some(true),
                Some(false),
                ClusterNumbers {
                    pods: None,
                    cpu: usage(None),
                    memory: usage(None),
                    no_pods: Some(no("pods")),
                    ..all.clone()
                },
            ),
            (
                Some(false),
                Some(true),
                ClusterNumbers { pods: count, no_nodes: Some(no("nodes")), ..ClusterNumbers::default() },
            ),
            (None, None, ClusterNumbers::default()),
        ] {
            let mut numbers = all.clone();
            hide(&mut numbers, Sight { nodes, pods }, no);
            assert_eq!(numbers, expected, "{nodes:?} {pods:?}");
        }
    }
}
