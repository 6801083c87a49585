use binnacle_model::{
    session::{Caller, Role},
    status::WorkloadState,
    workload::{ListPage, ListQuery, SortBy},
};
use serde_json::json;

use super::*;
use crate::fake::{Answer, Asked, Fake, SANDBOX, healthy, list, set};

const SETS: &str = "/apis/apps/v1/statefulsets";
const KIND: WorkloadKind = WorkloadKind::StatefulSet;

fn start(fake: &Fake) -> Arc<Cluster> {
    let counters = Arc::<Counters>::default();
    Cluster::start("east", Meta::default(), &fake.credential(), SANDBOX, counters, Arc::default()).unwrap()
}

fn user(name: &str) -> Caller {
    Caller { user: name.to_owned(), role: Role::User }
}

fn query(namespace: Option<&str>) -> ListQuery {
    ListQuery { namespace: namespace.map(str::to_owned), ..ListQuery::all("east", KIND) }
}

/// Waits until the list has this many rows; the change counter wakes it.
async fn until(cluster: &Arc<Cluster>, caller: &Caller, rows: usize) -> ListPage {
    let mut changes = cluster.counters.sets.subscribe();
    let work = async {
        loop {
            let page = cluster.list(caller, &query(None)).await.unwrap();
            if page.rows.len() == rows && page.freshness.stale.is_none() {
                return page;
            }
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("the list never became as wanted")
}

/// Two StatefulSets, in `shop` and in `secret`; `rest` answers first.
fn two_sets(
    rest: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
) -> impl Fn(&Asked) -> Answer + Send + Sync + 'static {
    healthy(move |asked| {
        rest(asked).or_else(|| {
            (asked.path == SETS && !asked.is_watch()).then(|| {
                let mut hidden = set("hidden", "u-h", 1, 1);
                hidden["metadata"]["namespace"] = json!("secret");
                list("1", "", &[set("web", "u-w", 1, 2), hidden])
            })
        })
    })
}

#[tokio::test]
async fn rows_of_a_lost_cluster_are_exceptions_and_keep_their_places() {
    use WorkloadState as S;
    let fake = Fake::start(two_sets(|_| None)).await;
    let cluster = start(&fake);
    let ann = user("ann");
    until(&cluster, &ann, 2).await;
    let by_status = |states: &[S]| ListQuery { sort: SortBy::Status, states: states.to_vec(), ..query(None) };
    let states = |page: &ListPage| {
        page.rows
            .iter()
            .map(|row| (row.name.clone(), row.status.state, row.status.known()))
            .collect::<Vec<_>>()
    };
    let live = cluster.list(&ann, &by_status(&[])).await.unwrap();
    assert_eq!(
        states(&live),
        [("hidden".into(), S::Waiting, S::Waiting), ("web".into(), S::Running, S::Running)]
    );
    assert!(cluster.list(&ann, &by_status(&[S::Exception])).await.unwrap().rows.is_empty());

    cluster.connection.mark_down(Text::raw("no route"));
    let lost = cluster.list(&ann, &by_status(&[])).await.unwrap();
    assert_eq!(
        states(&lost),
        [("hidden".into(), S::Exception, S::Waiting), ("web".into(), S::Exception, S::Running)]
    );
    assert_eq!(lost.rows[0].status.reason, live.rows[0].status.reason, "what was last true is not forgotten");
    assert_eq!(lost.counts, [(S::Exception, 2), (S::Waiting, 1), (S::Running, 1)]);
    assert!(lost.freshness.stale.is_some() && lost.freshness.as_of.is_some());
    // A count is what its filter shows.
    for (state, count) in &lost.counts {
        let page = cluster.list(&ann, &by_status(&[*state])).await.unwrap();
        assert_eq!((page.matching, page.rows.len()), (*count, *count as usize), "{state:?}");
    }
    cluster.stop().await;
}
