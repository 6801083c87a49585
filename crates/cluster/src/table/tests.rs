use std::time::Instant;

use binnacle_model::status::{PodStatus, PodTone};
use proptest::prelude::*;

use super::*;

fn item(uid: &str, namespace: &str, name: &str, want: u32, ready: u32, image: &str, created: i64) -> SetItem {
    let facts =
        SetFacts { want, ready, pods: want, updated: want, same_revision: true, ..SetFacts::default() };
    SetItem {
        uid: uid.into(),
        namespace: namespace.into(),
        name: name.into(),
        alias: String::new(),
        created,
        images: vec![image.into()],
        facts,
    }
}

fn everything() -> Filter<'static> {
    Filter {
        allowed: None,
        namespace: None,
        search: "",
        states: &[],
        lost: false,
        sort: SortBy::Name,
        descending: false,
        skip: 0,
        take: usize::MAX >> 1,
    }
}

fn names(found: &Found) -> Vec<&str> {
    found.rows.iter().map(|row| row.name.as_str()).collect()
}

/// What a query means, said as plainly as possible.
fn naive(rows: &[WorkloadRow], filter: &Filter<'_>) -> Found {
    let visible: Vec<&WorkloadRow> = rows
        .iter()
        .filter(|row| filter.namespace.is_none_or(|only| only == row.namespace))
        .filter(|row| filter.allowed.is_none_or(|allowed| allowed.contains(&row.namespace)))
        .collect();
    let counts = WorkloadState::ALL
        .into_iter()
        .map(|state| (state, visible.iter().filter(|row| row.status.state == state).count() as u32))
        .filter(|(_, count)| *count > 0)
        .collect();
    let total = visible.len() as u32;
    let needle = filter.search.to_lowercase();
    let mut matching: Vec<WorkloadRow> = visible
        .into_iter()
        .filter(|row| {
            filter.states.is_empty()
                || filter.states.contains(&row.status.state)
                || filter.lost && filter.states.contains(&WorkloadState::Exception)
        })
        .filter(|row| {
            row.name.contains(&needle) || row.images.iter().any(|i| i.to_lowercase().contains(&needle))
        })
        .cloned()
        .collect();
    matching.sort_by_key(|row| {
        let (name, space) = (row.name.clone(), row.namespace.clone());
        match filter.sort {
            SortBy::Name => (0, String::new(), name, space),
            SortBy::Namespace => (0, space.clone(), name, space),
            SortBy::Status => (i64::from(state_index(row.status.state)), String::new(), name, space),
            SortBy::Ready => (i64::from(row.ready), String::new(), name, space),
            SortBy::Age => (-row.created, String::new(), name, space),
        }
    });
    if filter.descending {
        matching.reverse();
    }
    let count = matching.len() as u32;
    let rows = matching.into_iter().skip(filter.skip).take(filter.take).collect();
    Found { rows, matching: count, total, counts }
}

#[derive(Clone, Debug)]
enum Step {
    Upsert { id: u8, want: u32, ready: u32, image: u8 },
    Remove { id: u8 },
    Relist { keep: Vec<u8> },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (any::<u8>(), 0..4_u32, 0..4_u32, 0..5_u8)
            .prop_map(|(id, want, ready, image)| Step::Upsert { id, want, ready, image }),
        2 => any::<u8>().prop_map(|id| Step::Remove { id }),
        1 => prop::collection::vec(any::<u8>(), 0..80).prop_map(|keep| Step::Relist { keep }),
    ]
}

fn build(id: u8, want: u32, ready: u32, image: u8) -> SetItem {
    let name = format!("{}-{}", ["web", "db", "cache"][usize::from(id % 3)], id);
    let image = format!("Registry.io/{}:{image}", ["nginx", "postgres"][usize::from(image % 2)]);
    item(
        &format!("u{id}"),
        ["a", "b", "c", "d"][usize::from(id % 4)],
        &name,
        want,
        ready,
        &image,
        i64::from(id / 3),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_page_is_what_plain_sorting_and_filtering_gives(
        steps in prop::collection::vec(step(), 0..120),
        search in prop::sample::select(vec!["", "web", "db-1", "NGINX", "registry", "zzz"]),
        states in prop::sample::subsequence(WorkloadState::ALL.to_vec(), 0..4),
        namespace in prop::option::of(prop::sample::select(vec!["a", "b", "nowhere"])),
        allowed in prop::option::of(prop::sample::subsequence(vec!["a".to_owned(), "b".into(), "d".into()], 0..3)),
        lost in any::<bool>(),
        descending in any::<bool>(),
        skip in 0..40_usize,
        take in 1..30_usize,
    ) {
        let mut table = Table::default();
        for step in steps {
            match step {
                Step::Upsert { id, want, ready, image } => {
                    table.upsert(build(id, want, ready, image), None);
                }
                Step::Remove { id } => {
                    table.remove(&format!("u{id}"));
                }
                Step::Relist { keep } => {
                    table.begin_round();
                    table.prepare(keep.len());
                    for id in keep {
                        table.upsert(build(id, 2, 1, 0), None);
                    }
                    table.sweep();
                }
            }
        }
        table.settle();
        let rows = table.all();
        for sort in COLUMNS {
            let filter = Filter {
                allowed: allowed.as_deref(), namespace, search, states: &states, lost, sort, descending, skip, take,
            };
            prop_assert_eq!(table.query(&filter), naive(&rows, &filter));
        }
    }
}

#[test]
fn a_relist_drops_what_it_does_not_bring_and_nothing_before_its_end() {
    let mut table = Table::default();
    table.begin_round();
    for name in ["a", "b", "c"] {
        table.upsert(item(name, "n", name, 1, 1, "i", 0), None);
    }
    assert!(!table.sweep());
    table.begin_round();
    assert!(!table.upsert(item("b", "n", "b", 1, 1, "i", 0), None), "nothing changed");
    assert_eq!(names(&table.query(&everything())), ["a", "b", "c"]);
    assert!(table.sweep());
    assert_eq!(names(&table.query(&everything())), ["b"]);
}

#[test]
fn a_pod_changes_its_owners_status_and_place() {
    let mut table = Table::default();
    table.upsert(item("u1", "n", "alpha", 2, 2, "i", 0), None);
    table.upsert(item("u2", "n", "beta", 2, 1, "i", 0), None);
    let bad = BadPod {
        ordinal: Some(0),
        name: "beta-0".into(),
        status: PodStatus { word: "CrashLoopBackOff".into(), tone: PodTone::Failing, reason: None },
    };
    assert!(table.judge("u2", Some(&bad)));
    assert!(!table.judge("u2", Some(&bad)), "the same verdict is no change");
    let found = table.query(&Filter { sort: SortBy::Status, ..everything() });
    assert_eq!(names(&found), ["beta", "alpha"]);
    assert_eq!(found.counts, [(WorkloadState::NotReady, 1), (WorkloadState::Running, 1)]);
    assert_eq!(table.settled(), (1, 2));
}

#[test]
fn an_alias_is_found_and_its_change_shows() {
    let mut table = Table::default();
    let named = |alias: &str| SetItem { alias: alias.into(), ..item("u1", "a", "web", 1, 1, "nginx", 0) };
    table.upsert(named("Shop front"), None);
    table.settle();
    let found = |table: &Table, search| table.query(&Filter { search, take: 10, ..everything() }).matching;
    assert_eq!((found(&table, "SHOP"), found(&table, "desk")), (1, 0));
    assert!(!table.upsert(named("Shop front"), None), "the same");
    assert!(table.upsert(named("Help desk"), None), "another alias");
    assert_eq!((found(&table, "shop"), found(&table, "desk")), (0, 1));
}

#[test]
fn ages_count_up() {
    let mut table = Table::default();
    for (name, created) in [("old", 1_000), ("young", 3_000), ("middle", 2_000)] {
        table.upsert(item(name, "n", name, 1, 1, "i", created), None);
    }
    let by_age = Filter { sort: SortBy::Age, ..everything() };
    assert_eq!(names(&table.query(&by_age)), ["young", "middle", "old"]);
    assert_eq!(names(&table.query(&Filter { descending: true, ..by_age })), ["old", "middle", "young"]);
}

#[test]
fn a_name_created_anew_is_another_row() {
    let mut table = Table::default();
    table.upsert(item("old", "n", "web", 1, 1, "i", 0), None);
    table.upsert(item("new", "n", "web", 1, 0, "i", 5), None);
    table.remove("old");
    let found = table.query(&everything());
    assert_eq!(found.rows.len(), 1);
    assert_eq!(found.rows[0].uid, "new");
}

/// Design §7: a page of 10,000 rows within 1 ms, of 100,000 within 10 ms. Unoptimised test builds get
/// thirty times that; what this catches is a query that is quadratic or sorts.
#[test]
fn a_page_of_a_hundred_thousand_rows_takes_milliseconds() {
    let mut table = Table::default();
    table.prepare(100_000);
    for id in 0..100_000_u32 {
        let state = id % 5;
        let name = format!("workload-{:06}", id.wrapping_mul(7_919) % 1_000_003);
        let image = format!("registry.example/app-{}:1.{}", id % 300, id % 7);
        table.upsert(
            item(&format!("uid-{id}"), &format!("team-{}", id % 50), &name, 4, state, &image, 0),
            None,
        );
    }
    table.settle();
    let states = [WorkloadState::Waiting];
    let mut worst = std::time::Duration::ZERO;
    for sort in COLUMNS {
        for (search, states) in [("", &[][..]), ("app-12", &[]), ("workload-0001", &states), ("", &states)] {
            for skip in [0, 50_000, 99_900] {
                let filter = Filter { search, states, sort, skip, take: 50, ..everything() };
                let started = Instant::now();
                std::hint::black_box(table.query(&filter));
                worst = worst.max(started.elapsed());
            }
        }
    }
    let limit = if cfg!(debug_assertions) { 300 } else { 10 };
    eprintln!("worst page of 100,000 rows: {worst:?}");
    assert!(worst.as_millis() < limit, "{worst:?}");
}

/// What a row costs in memory, with its share of the indexes; prints and judges nothing.
#[test]
#[ignore = "a measurement, alone and optimised: cargo test --release -p binnacle-cluster --lib what_a_row_costs -- --ignored --nocapture"]
fn what_a_row_costs() {
    /// Resident pages of 4 KiB (proc(5), statm), in bytes.
    fn resident() -> usize {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    }
    const PAGES: usize = 200;
    const PAGE: usize = 500;
    let page = |page: usize, waiting: bool| {
        let set = |row: usize| {
            let id = page * PAGE + row;
            serde_json::json!({
                "metadata": {
                    "name": format!("bench-{id:05}"), "namespace": "default",
                    "uid": format!("{:08x}-d9cb-469f-a165-{:012x}", id.wrapping_mul(7_919), id),
                    "generation": 1, "creationTimestamp": "2026-01-01T00:00:00Z",
                    "annotations": {"filler": "x".repeat(2_000)},
                },
                "spec": {"replicas": u32::from(waiting), "template": {"spec": {"containers": [
                    {"name": "main", "image": format!("registry.example.com/team/app:{}", id % 40)}]}}},
                "status": {"observedGeneration": 1},
            })
        };
        serde_json::to_vec(&(0..PAGE).map(set).collect::<Vec<_>>()).unwrap()
    };
    for waiting in [false, true] {
        // What reading a page leaves behind is not the rows'.
        drop(serde_json::from_slice::<Vec<SetItem>>(&page(0, waiting)).unwrap());
        let before = resident();
        let mut table = Table::default();
        table.begin_round();
        for number in 0..PAGES {
            let bytes = page(number, waiting);
            let items: Vec<SetItem> = serde_json::from_slice(&bytes).unwrap();
            table.prepare(items.len());
            for item in items {
                table.upsert(item, None);
            }
        }
        table.sweep();
        let bytes = resident().saturating_sub(before) / (PAGES * PAGE);
        println!("{bytes} bytes of resident memory a row, waiting: {waiting}");
    }
}
