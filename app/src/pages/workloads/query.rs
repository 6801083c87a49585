//! The list's state in the address, and back.

use binnacle_model::{
    object::WorkloadKind,
    status::WorkloadState,
    workload::{ListQuery, PAGE_SIZE, SortBy},
};
use leptos_router::params::ParamsMap;

use crate::paths;

/// Reads the query from the address. What cannot be read is the default: an address never fails.
pub fn list_query(cluster: &str, kind: WorkloadKind, params: &ParamsMap) -> ListQuery {
    let text = |name: &str| params.get(name).unwrap_or_default();
    ListQuery {
        cluster: cluster.to_owned(),
        kind,
        namespace: Some(text("namespace")).filter(|namespace| !namespace.is_empty()),
        search: text("q"),
        states: text("status").split(',').filter_map(WorkloadState::from_param).collect(),
        sort: SortBy::from_param(&text("sort")),
        descending: text("desc") == "1",
        page: text("page").parse().ok().filter(|page| *page >= 1).unwrap_or(1),
        page_size: text("size").parse().ok().filter(|size| (1..=200).contains(size)).unwrap_or(PAGE_SIZE),
    }
}

/// The address of a query; defaults are left out.
pub fn href(query: &ListQuery) -> String {
    let states: Vec<&str> = query.states.iter().map(|state| state.as_str()).collect();
    let unless = |is_default: bool, value: String| if is_default { String::new() } else { value };
    paths::with_query(
        &paths::workloads(&query.cluster, query.kind),
        &[
            ("namespace", query.namespace.clone().unwrap_or_default()),
            ("q", query.search.clone()),
            ("status", states.join(",")),
            ("sort", unless(query.sort == SortBy::default(), query.sort.as_str().to_owned())),
            ("desc", unless(!query.descending, "1".to_owned())),
            ("page", unless(query.page == 1, query.page.to_string())),
            ("size", unless(query.page_size == PAGE_SIZE, query.page_size.to_string())),
        ],
    )
}

/// The address of another page of the same list.
pub fn page_href(query: &ListQuery, page: u32) -> String {
    href(&ListQuery { page, ..query.clone() })
}

/// The address of the list sorted by a column: the other way round when it already is.
pub fn sort_href(query: &ListQuery, sort: SortBy) -> String {
    let descending = query.sort == sort && !query.descending;
    href(&ListQuery { sort, descending, page: 1, ..query.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> ListQuery {
        let query = address.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let mut params = ParamsMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap();
            params.insert(name.to_owned(), leptos_router::location::Url::unescape(value));
        }
        list_query("prod", WorkloadKind::StatefulSet, &params)
    }

    #[test]
    fn an_address_is_read_back_as_it_was_written() {
        for query in [
            ListQuery::all("prod", WorkloadKind::StatefulSet),
            ListQuery {
                namespace: Some("team-a".into()),
                search: "a b&c".into(),
                states: vec![WorkloadState::NotReady, WorkloadState::Waiting],
                sort: SortBy::Age,
                descending: true,
                page: 7,
                page_size: 20,
                ..ListQuery::all("prod", WorkloadKind::StatefulSet)
            },
        ] {
            assert_eq!(read(&href(&query)), query);
        }
    }

    #[test]
    fn nonsense_in_the_address_is_the_default() {
        let query = read("/x?page=0&size=9999&sort=colour&status=sad&desc=yes");
        assert_eq!(query, ListQuery::all("prod", WorkloadKind::StatefulSet));
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let query = ListQuery { page: 4, ..ListQuery::all("prod", WorkloadKind::StatefulSet) };
        assert_eq!(sort_href(&query, SortBy::Name), "/clusters/prod/statefulsets?desc=1");
        assert_eq!(sort_href(&query, SortBy::Age), "/clusters/prod/statefulsets?sort=age");
    }
}
