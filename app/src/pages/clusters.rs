//! The cluster list (PS 2.5).

mod table;

use crate::ui::title::Title;
use binnacle_model::{
    cluster::{ClusterRow, ClusterState},
    live::{ClustersNews, Topic},
    words::{clusters as words, shell},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use self::table::ClusterTable;
use crate::{
    api::clusters::list_clusters,
    components::{
        load::{LoadError, follow_into},
        status::cluster_word,
    },
    i18n::{t, use_lang},
    interop::{focus_title_when_lost, lowercase},
    parts::RemoveCluster,
    paths,
    request::use_request,
    ui::{
        button::{ButtonVariant, LinkButton},
        icon::IconName,
        search_input::SearchInput,
        select::{Select, SelectOption},
        state::{EmptyState, Skeleton},
    },
};

/// Column the clusters are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ClusterSort {
    #[default]
    Name,
    Status,
    Age,
}

/// What the list shows, as the address has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ClusterQuery {
    search: String,
    state: Option<ClusterState>,
    sort: ClusterSort,
    descending: bool,
}

const STATES: [(ClusterState, &str); 4] = [
    (ClusterState::Running, "running"),
    (ClusterState::Unknown, "unknown"),
    (ClusterState::Integrating, "integrating"),
    (ClusterState::Removing, "removing"),
];

impl ClusterQuery {
    fn read(get: impl Fn(&str) -> String) -> Self {
        ClusterQuery {
            search: get("q"),
            state: STATES.iter().find(|(_, name)| *name == get("status")).map(|(state, _)| *state),
            sort: match get("sort").as_str() {
                "status" => ClusterSort::Status,
                "age" => ClusterSort::Age,
                _ => ClusterSort::Name,
            },
            descending: get("desc") == "1",
        }
    }

    pub(super) fn href(&self) -> String {
        let state = STATES.iter().find(|(state, _)| Some(*state) == self.state).map_or("", |(_, name)| name);
        let sort = match self.sort {
            ClusterSort::Name => "",
            ClusterSort::Status => "status",
            ClusterSort::Age => "age",
        };
        let descending = if self.descending { "1" } else { "" };
        paths::with_query(
            &paths::clusters(),
            &[
                ("q", self.search.clone()),
                ("status", state.to_owned()),
                ("sort", sort.to_owned()),
                ("desc", descending.to_owned()),
            ],
        )
    }

    /// The rows to show, in order.
    fn apply(&self, rows: &[ClusterRow]) -> Vec<ClusterRow> {
        let needle = lowercase(&self.search);
        let mut shown: Vec<ClusterRow> = rows
            .iter()
            .filter(|row| self.state.is_none_or(|state| row.state == state))
            .filter(|row| row.name.contains(&needle) || lowercase(&row.alias).contains(&needle))
            .cloned()
            .collect();
        shown.sort_by(|a, b| match self.sort {
            ClusterSort::Name => a.name.cmp(&b.name),
            ClusterSort::Status => a.state.cmp(&b.state).then_with(|| a.name.cmp(&b.name)),
            // The youngest first, as ages count up.
            ClusterSort::Age => b.created.cmp(&a.created).then_with(|| a.name.cmp(&b.name)),
        });
        if self.descending {
            shown.reverse();
        }
        shown
    }
}

/// All clusters, live.
#[component]
pub fn ClustersPage() -> impl IntoView {
    view! {
        <Title text=t(shell::CLUSTERS) />
        <Transition fallback=|| view! { <Skeleton lines=6 table=true /> }>
            <Body />
        </Transition>
    }
}

/// The page, inside the suspense that waits for its data.
#[component]
fn Body() -> impl IntoView {
    let lang = use_lang();
    let search = use_query_map();
    let query = Memo::new(move |_| {
        search.with(|search| ClusterQuery::read(|name| search.get(name).unwrap_or_default()))
    });
    let data = Resource::new(|| (), |()| list_clusters());
    let retry = follow_into(data, || Some(Topic::Clusters), |ClustersNews::Clusters { rows }| Some(rows));
    let all = Memo::new(move |last: Option<&Option<Vec<ClusterRow>>>| match data.get() {
        Some(Ok(rows)) => Some(rows),
        None => last.cloned().flatten(),
        Some(Err(_)) => None,
    });
    let shown =
        Memo::new(move |_| all.with(|all| all.as_deref().map(|rows| query.with(|query| query.apply(rows)))));
    let failed = move || data.get().and_then(Result::err).map(|error| error.0);

    let admin = use_request().caller.is_admin();
    let only_admins =
        Signal::derive(move || (!admin).then(|| words::ONLY_ADMINS.text(lang.get()).to_owned()));
    let removing = RwSignal::new(None::<String>);
    let on_remove = Callback::new(move |name: String| removing.set(Some(name)));

    let navigate = use_navigate();
    let go = Callback::new(move |(next, replace): (ClusterQuery, bool)| {
        navigate(&next.href(), NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
    });
    let states = Signal::derive(move || {
        let mut options =
            vec![SelectOption::new("", binnacle_model::words::lists::ALL_STATUSES.text(lang.get()))];
        options.extend(STATES.iter().filter(|(state, _)| *state != ClusterState::Removing).map(
            |(state, name)| {
                let count = all.with(|all| all.iter().flatten().filter(|row| row.state == *state).count());
                SelectOption::new(*name, format!("{} ({count})", cluster_word(*state).text(lang.get())))
            },
        ));
        options
    });

    view! {
        <div class="page-head">
            <h1 class="page-title">{t(shell::CLUSTERS)}</h1>
            <div class="page-actions">
                <LinkButton href=paths::integrate() variant=ButtonVariant::Primary icon=IconName::Plus disabled_reason=only_admins>
                    {t(words::INTEGRATE)}
                </LinkButton>
            </div>
        </div>
        <div class="filters">
            <SearchInput
                id="cluster-search"
                slash=true
                label=t(words::SEARCH_CLUSTERS)
                value=Signal::derive(move || query.with(|query| query.search.clone()))
                on_search=move |text: String| go.run((ClusterQuery { search: text, ..query.get_untracked() }, true))
            />
            <Select
                id="cluster-status"
                label=t(binnacle_model::words::common::STATUS)
                options=states
                value=Signal::derive(move || {
                    let state = query.with(|query| query.state);
                    STATES.iter().find(|(of, _)| Some(*of) == state).map_or("", |(_, name)| name).to_owned()
                })
                on_change=move |value: String| {
                    let state = STATES.iter().find(|(_, name)| *name == value).map(|(state, _)| *state);
                    go.run((ClusterQuery { state, ..query.get_untracked() }, false));
                }
            />
        </div>
        <div>
            {move || failed().map(|error| view! { <LoadError error=error on_retry=retry /> })}
            <Show when=move || shown.with(|shown| shown.as_ref().is_some_and(|rows| !rows.is_empty()))>
                <ClusterTable shown=shown query=query only_admins=only_admins on_remove=on_remove />
            </Show>
            {move || {
                let none = shown.with(|shown| shown.as_ref().is_some_and(Vec::is_empty));
                let nothing = all.with(|all| all.as_ref().is_some_and(Vec::is_empty));
                none.then(|| {
                    if nothing {
                        view! {
                            <EmptyState icon=IconName::Server title=t(words::NO_CLUSTERS) text=t(words::NO_CLUSTERS_HELP)>
                                <LinkButton href=paths::integrate() disabled_reason=only_admins>{t(words::INTEGRATE)}</LinkButton>
                            </EmptyState>
                        }
                            .into_any()
                    } else {
                        view! {
                            <EmptyState icon=IconName::Filter title=t(words::NO_CLUSTER_MATCHES)>
                                <LinkButton href=paths::clusters()>{t(binnacle_model::words::lists::CLEAR_FILTERS)}</LinkButton>
                            </EmptyState>
                        }
                            .into_any()
                    }
                })
            }}
        </div>
        <RemoveCluster
            target=removing
            on_removed=move |_| {
                data.refetch();
                focus_title_when_lost();
            }
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use binnacle_model::cluster::{ClusterNumbers, Freshness, Provider};

    fn row(name: &str, alias: &str, state: ClusterState, created: i64) -> ClusterRow {
        ClusterRow {
            name: name.into(),
            alias: alias.into(),
            state,
            version: String::new(),
            provider: Provider::Generic,
            labels: vec![],
            created,
            numbers: ClusterNumbers::default(),
            freshness: Freshness::default(),
            credential_expires: None,
            credential_end: None,
            sandbox: false,
        }
    }

    #[test]
    fn filters_and_orders() {
        let rows = [
            row("alpha", "生产", ClusterState::Running, 1),
            row("beta", "Staging", ClusterState::Unknown, 3),
            row("gamma", "", ClusterState::Running, 2),
        ];
        let names = |query: &ClusterQuery| {
            query.apply(&rows).into_iter().map(|row| row.name).collect::<Vec<_>>().join(" ")
        };
        let all = ClusterQuery::default();
        for (query, expected) in [
            (all.clone(), "alpha beta gamma"),
            (ClusterQuery { search: "stag".into(), ..all.clone() }, "beta"),
            (ClusterQuery { search: "STAG".into(), ..all.clone() }, "beta"),
            (ClusterQuery { search: "生".into(), ..all.clone() }, "alpha"),
            (ClusterQuery { state: Some(ClusterState::Running), ..all.clone() }, "alpha gamma"),
            (ClusterQuery { sort: ClusterSort::Status, ..all.clone() }, "beta alpha gamma"),
            (ClusterQuery { sort: ClusterSort::Age, ..all.clone() }, "beta gamma alpha"),
            (ClusterQuery { sort: ClusterSort::Age, descending: true, ..all.clone() }, "alpha gamma beta"),
        ] {
            assert_eq!(names(&query), expected, "{query:?}");
        }
    }
}
