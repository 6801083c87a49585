//! The bar above the list: search, namespace, status, what is filtered, and whether it is live.

use binnacle_model::{
    cluster::Freshness,
    status::WorkloadState,
    words::{common, lists as words},
    workload::{ListPage, ListQuery},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::query::href;
use crate::{
    api::namespaces::list_namespaces,
    components::freshness::LiveMark,
    i18n::{t, use_lang},
    ui::{
        chip::Chip,
        search_input::SearchInput,
        select::{Select, SelectOption},
    },
};

/// Filters of the list; each change is a new address.
#[component]
pub fn Filters(
    /// What is shown.
    query: Memo<ListQuery>,
    /// The page, for the numbers per status.
    page: Memo<Option<ListPage>>,
    /// Age of the data.
    #[prop(into)]
    freshness: Signal<Freshness>,
) -> impl IntoView {
    let lang = use_lang();
    let navigate = use_navigate();
    let go = Callback::new(move |(next, replace): (ListQuery, bool)| {
        let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
        navigate(&href(&ListQuery { page: 1, ..next }), options);
    });
    let change = move |edit: &dyn Fn(&mut ListQuery), replace: bool| {
        let mut next = query.get_untracked();
        edit(&mut next);
        go.run((next, replace));
    };

    let namespaces = Resource::new(move || query.with(|query| query.cluster.clone()), list_namespaces);
    let namespace_options = Signal::derive(move || {
        let mut options = vec![SelectOption::new("", words::ALL_NAMESPACES.text(lang.get()))];
        let chosen = query.with(|query| query.namespace.clone());
        let mut names: Vec<String> = match namespaces.get() {
            Some(Ok(rows)) => rows.into_iter().map(|row| row.name).collect(),
            _ => Vec::new(),
        };
        // The chosen one is offered even while, or because, the list cannot be read.
        if let Some(chosen) = chosen
            && !names.contains(&chosen)
        {
            names.push(chosen);
        }
        options.extend(names.into_iter().map(|name| SelectOption::new(name.clone(), name)));
        options
    });
    let status_options = Signal::derive(move || {
        let counts = page.with(|page| page.as_ref().map(|page| page.counts.clone()).unwrap_or_default());
        let mut options = vec![SelectOption::new("", words::ALL_STATUSES.text(lang.get()))];
        options.extend(WorkloadState::ALL.into_iter().map(|state| {
            let count = counts.iter().find(|(of, _)| *of == state).map_or(0, |(_, count)| *count);
            SelectOption::new(state.as_str(), format!("{} ({count})", state.word().text(lang.get())))
        }));
        options
    });

    view! {
        <div class="filters">
            <SearchInput
                id="list-search"
                slash=true
                label=t(words::SEARCH_NAMES)
                value=Signal::derive(move || query.with(|query| query.search.clone()))
                on_search=move |text: String| change(&|next| next.search.clone_from(&text), true)
            />
                <Select
                    id="list-namespace"
                    label=t(common::NAMESPACE)
                    options=namespace_options
                    value=Signal::derive(move || query.with(|query| query.namespace.clone().unwrap_or_default()))
                    on_change=move |value: String| {
                        change(&|next| next.namespace = Some(value.clone()).filter(|value| !value.is_empty()), false);
                    }
                />
            <Select
                id="list-status"
                label=t(common::STATUS)
                options=status_options
                value=Signal::derive(move || {
                    query.with(|query| query.states.first().map(|state| state.as_str().to_owned()).unwrap_or_default())
                })
                on_change=move |value: String| {
                    change(&|next| next.states = WorkloadState::from_param(&value).into_iter().collect(), false);
                }
            />
            <span class="filters-space"></span>
            <LiveMark freshness=freshness />
        </div>
        <Chips query=query go=go />
    }
}

/// The filters that are set, each removable.
#[component]
fn Chips(query: Memo<ListQuery>, go: Callback<(ListQuery, bool)>) -> impl IntoView {
    let lang = use_lang();
    let chips = move || {
        let now = query.get();
        let mut chips: Vec<(binnacle_model::Word, String, ListQuery)> = Vec::new();
        if let Some(namespace) = &now.namespace {
            chips.push((common::NAMESPACE, namespace.clone(), ListQuery { namespace: None, ..now.clone() }));
        }
        for state in &now.states {
            let states = now.states.iter().copied().filter(|other| other != state).collect();
            let word = state.word().text(lang.get()).to_owned();
            chips.push((common::STATUS, word, ListQuery { states, ..now.clone() }));
        }
        if !now.search.is_empty() {
            let without = ListQuery { search: String::new(), ..now.clone() };
            chips.push((words::FILTER_SEARCH, now.search.clone(), without));
        }
        chips
    };
    view! {
        <Show when=move || !chips().is_empty()>
            <ul class="chips">
                {move || {
                    chips()
                        .into_iter()
                        .map(|(label, value, without)| {
                            let without = StoredValue::new(without);
                            view! {
                                <li>
                                    <Chip label=t(label) value=value on_remove=move |()| go.run((without.get_value(), false)) />
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
        </Show>
    }
}
