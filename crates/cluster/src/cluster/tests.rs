use std::{sync::atomic::AtomicBool, time::Instant};

use binnacle_model::{
    Lang,
    session::{Caller, Role},
    status::WorkloadState,
    workload::{ListAccess, ListPage, ListQuery, RefusedRows, SortBy},
};
use serde_json::json;

use super::{actions::REVIEWS as REVIEWS_AT_A_TIME, *};
use crate::fake::{Answer, Asked, Fake, SANDBOX, healthy, list, set};

const SETS: &str = "/apis/apps/v1/statefulsets";
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const KIND: WorkloadKind = WorkloadKind::StatefulSet;

fn start(fake: &Fake) -> Arc<Cluster> {
    let counters = Arc::<Counters>::default();
    Cluster::start(
        "east",
        Meta::default(),
        &fake.credential(),
        SANDBOX,
        counters,
        Arc::default(),
        Library::default(),
    )
    .unwrap()
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

/// Who may what: (user, verb, namespace; `*` for all). `odd` gets no answers, `slow` none in time.
const RIGHTS: [(&str, &str, &str); 19] = [
    ("ann", "list", "*"),
    ("ann", "create", "*"),
    ("ann", "delete", "*"),
    ("ann", "patch", "*"),
    ("bob", "list", "*"),
    ("bob", "create", "shop"),
    ("bob", "delete", "shop"),
    ("bob", "patch", "*"),
    ("eve", "list", "*"),
    ("ivy", "list", "shop"),
    ("nam", "list", "*"),
    ("nam", "delete", "shop/web"),
    ("nam", "patch", "secret"),
    ("odd", "list", "*"),
    ("slow", "list", "*"),
    ("one", "get", "shop"),
    ("one", "delete", "shop/web"),
    ("one", "patch", "shop/db"),
    ("one", "list", "shop"),
];

fn review(asked: &Asked) -> Answer {
    let user = asked.header("impersonate-user").first().map(|user| (*user).to_owned()).unwrap_or_default();
    let attribute =
        |name: &str| asked.body["spec"]["resourceAttributes"][name].as_str().unwrap_or_default().to_owned();
    let (verb, namespace, name) = (attribute("verb"), attribute("namespace"), attribute("name"));
    if verb == "create" || verb == "delete" || verb == "patch" {
        match user.as_str() {
            "binnacle:odd" => return Answer::Large(8),
            slow if slow.starts_with("binnacle:slow") => return Answer::Silence,
            _ => {}
        }
    }
    let place = if name.is_empty() { namespace.clone() } else { format!("{namespace}/{name}") };
    let allowed = RIGHTS.iter().any(|(who, what, at)| {
        (format!("binnacle:{who}") == user || *who == "slow" && user.starts_with("binnacle:slow"))
            && *what == verb
            && (*at == "*" || *at == namespace || *at == place)
    });
    Answer::Json(201, json!({"status": {"allowed": allowed}}))
}

/// The list once all that its buttons need was asked, however long that took.
async fn settled(cluster: &Arc<Cluster>, caller: &Caller, query: &ListQuery) -> ListPage {
    cluster.list(caller, query).await.unwrap();
    while !cluster.flights.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    cluster.list(caller, query).await.unwrap()
}

/// Rows that something cannot be done to, as `namespace/name`.
fn refused(rows: &[RefusedRows]) -> Vec<String> {
    let of = |rows: &RefusedRows| {
        rows.names.iter().map(|name| format!("{}/{name}", rows.namespace)).collect::<Vec<_>>()
    };
    rows.iter().flat_map(of).collect()
}

#[tokio::test]
async fn a_list_says_what_the_caller_may_not_do_before_any_click() {
    let fake = Fake::start(two_sets(|asked| (asked.path == REVIEWS).then(|| review(asked)))).await;
    let cluster = start(&fake);
    until(&cluster, &user("ann"), 2).await;
    let no = |verb: &str, place: &str| format!("You may not {verb} statefulsets.apps in {place}");
    let (anywhere, here) = (None, Some("secret"));
    for (name, namespace, create, delete, patch) in [
        ("ann", anywhere, None, vec![], vec![]),
        ("ann", here, None, vec![], vec![]),
        ("bob", anywhere, None, vec!["secret/hidden"], vec![]),
        ("bob", here, Some("secret"), vec!["secret/hidden"], vec![]),
        ("bob", Some("shop"), None, vec![], vec![]),
        ("eve", anywhere, Some("east"), vec!["secret/hidden", "shop/web"], vec!["secret/hidden", "shop/web"]),
        ("ivy", anywhere, Some("east"), vec!["shop/web"], vec!["shop/web"]),
        // A role may grant a workload by its name alone.
        ("nam", anywhere, Some("east"), vec!["secret/hidden"], vec!["shop/web"]),
        // What cannot be learnt is allowed: the API server decides.
        ("odd", anywhere, None, vec![], vec![]),
    ] {
        let page = settled(&cluster, &user(name), &query(namespace)).await;
        let said = page.access.create.as_ref().map(|reason| reason.render(Lang::En));
        let expected = create.map(|place| no("create", place));
        assert!(
            said.is_some() == expected.is_some()
                && said.unwrap_or_default().contains(&expected.unwrap_or_default()),
            "{name} in {namespace:?}"
        );
        let access = page.access;
        for (verb, rows, expected) in [("delete", access.delete, delete), ("patch", access.patch, patch)] {
            assert_eq!(refused(&rows), expected, "{verb}: {name} in {namespace:?}");
            for rows in rows {
                assert!(rows.reason.render(Lang::En).contains(&no(verb, &rows.namespace)), "{rows:?}");
            }
        }
    }
    // Decisions are kept: another look asks nothing.
    let asked = fake.count(|asked| asked.path == REVIEWS);
    cluster.list(&user("eve"), &query(None)).await.unwrap();
    assert_eq!(fake.count(|asked| asked.path == REVIEWS), asked);
    cluster.stop().await;
}

#[tokio::test]
async fn a_list_does_not_wait_for_its_buttons() {
    let fake = Fake::start(two_sets(|asked| (asked.path == REVIEWS).then(|| review(asked)))).await;
    let cluster = start(&fake);
    until(&cluster, &user("ann"), 2).await;
    let begun = Instant::now();
    let page = cluster.list(&user("slow"), &query(None)).await.unwrap();
    // The reviews' own deadline is 5 s.
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!((page.rows.len(), page.access), (2, ListAccess::default()));
    cluster.stop().await;
}

#[tokio::test]
async fn buttons_stay_as_they_are_while_they_are_asked_about_again() {
    let silent = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&silent);
    let fake = Fake::start(two_sets(move |asked| {
        if asked.path != REVIEWS {
            return None;
        }
        let is_button = asked.body["spec"]["resourceAttributes"]["verb"] != "list";
        Some(if is_button && flag.load(Ordering::Relaxed) { Answer::Silence } else { review(asked) })
    }))
    .await;
    let cluster = start(&fake);
    until(&cluster, &user("ann"), 2).await;
    let before = settled(&cluster, &user("eve"), &query(None)).await.access;
    assert!(before.create.is_some() && before.delete.len() == 2, "{before:?}");
    silent.store(true, Ordering::Relaxed);
    // Too old to be believed without asking.
    cluster.access.age(Duration::from_secs(10));
    assert_eq!(cluster.list(&user("eve"), &query(None)).await.unwrap().access, before);
    cluster.stop().await;
}

#[tokio::test]
async fn reviews_for_buttons_are_few_whoever_looks() {
    let fake = Fake::start(two_sets(|asked| (asked.path == REVIEWS).then(|| review(asked)))).await;
    let cluster = start(&fake);
    until(&cluster, &user("ann"), 2).await;
    let is_button = |asked: &Asked| {
        let verb = &asked.body["spec"]["resourceAttributes"]["verb"];
        let is_slow = asked.header("impersonate-user").concat().starts_with("binnacle:slow");
        is_slow && (verb == "create" || verb == "delete" || verb == "patch")
    };
    // Two tabs of each of eight people, whose reviews stand for seconds.
    let looks = (0..16).map(|tab| {
        let (cluster, query) = (Arc::clone(&cluster), query(None));
        async move { cluster.list(&user(&format!("slow{}", tab / 2)), &query).await.unwrap() }
    });
    let pages = futures::future::join_all(looks).await;
    assert!(pages.iter().all(|page| page.rows.len() == 2));
    assert_eq!(fake.count(is_button), REVIEWS_AT_A_TIME);
    assert_eq!(cluster.flights.lock().unwrap().len(), 24, "one for each person and verb");
    cluster.stop().await;
}

#[tokio::test]
async fn a_long_list_asks_about_its_first_rows_only() {
    let fake = Fake::start(healthy(|asked| match asked.path.as_str() {
        REVIEWS => Some(review(asked)),
        SETS if !asked.is_watch() => {
            let sets: Vec<_> =
                (0..60).map(|number| set(&format!("w{number:02}"), &format!("u{number}"), 1, 2)).collect();
            Some(list("1", "", &sets))
        }
        _ => None,
    }))
    .await;
    let cluster = start(&fake);
    until(&cluster, &user("ann"), 50).await;
    let page = settled(&cluster, &user("eve"), &query(None)).await;
    let first: Vec<String> = (0..20).map(|number| format!("shop/w{number:02}")).collect();
    assert_eq!((refused(&page.access.delete), refused(&page.access.patch)), (first.clone(), first));
    let named = |asked: &Asked| {
        asked.path == REVIEWS && asked.body["spec"]["resourceAttributes"]["name"].as_str() > Some("")
    };
    assert_eq!(fake.count(named), 40, "twenty for each verb");
    cluster.stop().await;
}

#[tokio::test]
async fn a_workloads_page_asks_by_name() {
    let fake = Fake::start(two_sets(|asked| match asked.path.as_str() {
        REVIEWS => Some(review(asked)),
        "/apis/apps/v1/namespaces/shop/statefulsets/web" => Some(Answer::Json(200, set("web", "u-w", 1, 2))),
        "/apis/apps/v1/namespaces/shop/statefulsets/db" => Some(Answer::Json(200, set("db", "u-d", 1, 2))),
        _ => None,
    }))
    .await;
    let cluster = start(&fake);
    for (name, workload, delete, patch) in [
        ("ann", "web", true, true),
        ("one", "web", true, false),
        ("one", "db", false, true),
        ("odd", "web", true, true),
    ] {
        let access = cluster.workload(&user(name), KIND, "shop", workload).await.unwrap().access;
        for (verb, refused, may) in [("delete", access.delete, delete), ("patch", access.patch, patch)] {
            let said = refused.map(|reason| reason.render(Lang::En));
            assert_eq!(said.is_none(), may, "{name} {verb} {workload}: {said:?}");
            let expected = format!("may not {verb} statefulsets.apps in shop");
            assert!(may || said.unwrap_or_default().contains(&expected));
        }
    }
    cluster.stop().await;
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
