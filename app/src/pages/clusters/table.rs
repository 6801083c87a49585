//! The table of clusters.

use std::collections::HashMap;

use binnacle_model::{
    cluster::{ClusterNumbers, ClusterRow, ReadyCount, Usage},
    words::{Text, clusters as words, common, lists},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

use super::{ClusterQuery, ClusterSort};
use crate::{
    components::{
        credential::CredentialBadge,
        freshness::{duration, use_now},
        numbers::{CountCell, Missing, UsageCell, cpu_text, memory_text, no_nodes, no_pods, no_usage},
        status::ClusterBadge,
    },
    i18n::{t, use_lang},
    paths,
    ui::{
        badge::Badge,
        button::ButtonVariant,
        icon::IconName,
        menu::{Menu, MenuItem},
        table::{HeaderCell, SortDirection, SortHeader, TableFrame},
        time::{TimeAgo, TimeStyle},
    },
};

/// One row a cluster; rows keep their elements while they stay.
#[component]
pub(super) fn ClusterTable(
    shown: Memo<Option<Vec<ClusterRow>>>,
    query: Memo<ClusterQuery>,
    only_admins: Signal<Option<String>>,
    on_remove: Callback<String>,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        shown.with(|shown| {
            shown.iter().flatten().map(|row| (row.name.clone(), row.clone())).collect::<HashMap<_, _>>()
        })
    });
    let order = Memo::new(move |_| {
        shown.with(|shown| shown.iter().flatten().map(|row| row.name.clone()).collect::<Vec<_>>())
    });
    let navigate = use_navigate();
    let head = move |sort: ClusterSort, word: binnacle_model::Word, numeric: bool| {
        let order = Signal::derive(move || {
            query.with(|query| match (query.sort == sort, query.descending) {
                (false, _) => None,
                (true, false) => Some(SortDirection::Ascending),
                (true, true) => Some(SortDirection::Descending),
            })
        });
        let href = move || {
            let now = query.get_untracked();
            let descending = now.sort == sort && !now.descending;
            ClusterQuery { sort, descending, ..now }.href()
        };
        let navigate = navigate.clone();
        let on_sort = move |_| {
            navigate(&href(), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        };
        view! { <SortHeader label=t(word) direction=order on_sort=on_sort numeric=numeric /> }
    };
    view! {
        <TableFrame stacked=true label=t(binnacle_model::words::shell::CLUSTERS)>
            <thead>
                <tr>
                    {head(ClusterSort::Name, common::NAME, false)} {head(ClusterSort::Status, common::STATUS, false)}
                    <HeaderCell label=t(words::VERSION) />
                    <HeaderCell label=t(words::NODES) numeric=true />
                    <HeaderCell label=t(lists::PODS) numeric=true />
                    <HeaderCell label=t(words::CPU) />
                    <HeaderCell label=t(words::MEMORY) />
                    <HeaderCell label=t(words::PROVIDER) />
                    {head(ClusterSort::Age, common::AGE, true)}
                    <HeaderCell label=t(lists::ACTIONS) hidden=true />
                </tr>
            </thead>
            <tbody>
                <For each=move || order.get() key=|name| name.clone() let:name>
                    <Row name=name rows=rows only_admins=only_admins on_remove=on_remove />
                </For>
            </tbody>
        </TableFrame>
    }
}

#[component]
fn Row(
    name: String,
    rows: Memo<HashMap<String, ClusterRow>>,
    only_admins: Signal<Option<String>>,
    on_remove: Callback<String>,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let Some(first) = rows.with_untracked(|rows| rows.get(&name).cloned()) else {
        return ().into_any();
    };
    let key = name.clone();
    let row = Memo::new(move |last: Option<&ClusterRow>| {
        rows.with(|rows| rows.get(&key).cloned()).or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    });
    let reason = Signal::derive(move || {
        row.with(|row| {
            let why = row.freshness.stale.clone()?;
            let text = match row.freshness.as_of {
                Some(then) => Text::new(&lists::STALE_REASON, [duration(now.get() - then), why]),
                None => why,
            };
            Some(text.render(lang.get()))
        })
    });
    let ready = move |pick: fn(&ClusterNumbers) -> Option<ReadyCount>| {
        Signal::derive(move || match row.with(|row| pick(&row.numbers)) {
            Some(count) => format!("{}/{}", count.ready, count.total),
            None => "–".to_owned(),
        })
    };
    let missing = move |pick: fn(&ClusterNumbers) -> Missing| {
        Signal::derive(move || row.with(|row| pick(&row.numbers)))
    };
    let usage = move |pick: fn(&ClusterNumbers) -> Option<Usage>| {
        Signal::derive(move || row.with(|row| pick(&row.numbers)))
    };
    let created = row.with_untracked(|row| row.created);
    let menu_name = name.clone();
    let edit = paths::edit_cluster(&name);
    let removed = name.clone();
    let (link, shown_name, menu_id) =
        (paths::cluster(&name), name.clone(), format!("cluster-actions-{name}"));
    let sandbox = row.with_untracked(|row| row.sandbox);
    let not_sandbox = Signal::derive(move || {
        only_admins.get().or_else(|| sandbox.then(|| words::SANDBOX_HELP.text(lang.get()).to_owned()))
    });
    view! {
        <tr>
            <td class="cell-name" data-line="1">
                <div class="name-line">
                    <A href=link attr:class="row-link">{shown_name}</A>
                    <span class="cell-note">{move || row.with(|row| row.alias.clone())}</span>
                    {sandbox.then(|| view! { <span data-tip=t(words::SANDBOX_HELP)><Badge>{t(words::SANDBOX)}</Badge></span> })}
                </div>
            </td>
            <td class="cell-status" data-line="1">
                <ClusterBadge state=Signal::derive(move || row.with(|row| row.state)) reason=reason />
                // The badge has it as its name and tooltip; a narrow screen has no hover and has the room.
                <span class="cell-reason" aria-hidden="true">{reason}</span>
            </td>
            <td class="cell-mono" data-label=t(words::VERSION)>{move || row.with(|row| if row.version.is_empty() { "–".to_owned() } else { row.version.clone() })}</td>
            <td class="cell-number" data-label=t(words::NODES)><CountCell count=ready(|numbers| numbers.nodes) missing=missing(no_nodes) /></td>
            <td class="cell-number" data-label=t(lists::PODS)><CountCell count=ready(|numbers| numbers.pods) missing=missing(no_pods) /></td>
            <td data-label=t(words::CPU)><UsageCell usage=usage(|numbers| numbers.cpu) text=cpu_text missing=missing(no_usage) /></td>
            <td data-label=t(words::MEMORY)><UsageCell usage=usage(|numbers| numbers.memory) text=memory_text missing=missing(no_usage) /></td>
            <td data-label=t(words::PROVIDER)>{move || row.with(|row| row.provider.label())}</td>
            <td class="cell-number"><TimeAgo at=created * 1_000 style=TimeStyle::Age /></td>
            <td class="cell-actions" data-line="1">
                <Menu
                    id=menu_id
                    label=move || lists::ACTIONS_OF.fill(lang.get(), &[&menu_name])
                    icon=IconName::Ellipsis
                    icon_only=true
                    variant=ButtonVariant::Ghost
                    align_end=true
                >
                    <MenuItem icon=IconName::Pencil label=t(words::EDIT_CLUSTER) href=edit.clone() disabled_reason=not_sandbox />
                    <MenuItem
                        icon=IconName::Unplug
                        danger=true
                        label=t(words::REMOVE_CLUSTER)
                        disabled_reason=not_sandbox
                        on_select={
                            let removed = removed.clone();
                            move |()| on_remove.run(removed.clone())
                        }
                    />
                </Menu>
            </td>
        </tr>
        <Show when=move || row.with(|row| row.credential_end.is_some())>
            <tr class="row-note">
                <td colspan="10"><CredentialBadge row=row /></td>
            </tr>
        </Show>
    }
    .into_any()
}
