//! The table of workloads.

use std::collections::HashMap;

use binnacle_model::{
    Text,
    object::WorkloadKind,
    status::WorkloadState,
    words::{common, edit, lists as words},
    workload::{ListAccess, ListPage, ListQuery, SortBy, WorkloadRow},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

use super::query::sort_href;
use crate::{
    components::{freshness::use_age, status::WorkloadBadge},
    i18n::{t, use_lang},
    paths,
    ui::{
        icon::IconName,
        menu::{Menu, MenuItem},
        table::{HeaderCell, SortDirection, SortHeader, TableFrame},
        time::{TimeAgo, TimeStyle, exact},
    },
};

/// Rows keep their elements while they stay on the page: a change rewrites cells, never moves a row
/// that need not move.
#[component]
pub fn WorkloadTable(
    /// Kind of the rows.
    kind: WorkloadKind,
    /// What is shown.
    query: Memo<ListQuery>,
    /// The page.
    page: Memo<Option<ListPage>>,
    /// Name of a row to point out (just created).
    highlighted: Memo<Option<String>>,
    /// Asks to delete (namespace, name).
    on_delete: Callback<(String, String)>,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        page.with(|page| {
            page.iter()
                .flat_map(|page| page.rows.iter())
                .map(|row| (row.uid.clone(), row.clone()))
                .collect::<HashMap<_, _>>()
        })
    });
    let order = Memo::new(move |_| {
        page.with(|page| {
            page.iter().flat_map(|page| page.rows.iter()).map(|row| row.uid.clone()).collect::<Vec<_>>()
        })
    });
    let age = use_age(Signal::derive(move || {
        page.with(|page| page.as_ref().map(|page| page.freshness.clone()).unwrap_or_default())
    }));
    let access = Memo::new(move |_| {
        page.with(|page| page.as_ref().map(|page| page.access.clone()).unwrap_or_default())
    });
    let cluster = Memo::new(move |_| query.with(|query| query.cluster.clone()));
    let navigate = use_navigate();
    let head = move |sort: SortBy, word: binnacle_model::Word, numeric: bool| {
        let order = Signal::derive(move || {
            query.with(|query| match (query.sort == sort, query.descending) {
                (false, _) => None,
                (true, false) => Some(SortDirection::Ascending),
                (true, true) => Some(SortDirection::Descending),
            })
        });
        let navigate = navigate.clone();
        let on_sort = move |_| {
            let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
            navigate(&query.with_untracked(|query| sort_href(query, sort)), options);
        };
        view! { <SortHeader label=t(word) direction=order on_sort=on_sort numeric=numeric /> }
    };
    view! {
        <TableFrame stacked=true label=t(words::STATEFULSETS)>
            <thead>
                <tr>
                    {head(SortBy::Name, common::NAME, false)} {head(SortBy::Status, common::STATUS, false)}
                    {head(SortBy::Namespace, common::NAMESPACE, false)} {head(SortBy::Ready, words::READY, true)}
                    <HeaderCell label=t(words::IMAGES) /> {head(SortBy::Age, common::AGE, true)}
                    <HeaderCell label=t(words::ACTIONS) hidden=true />
                </tr>
            </thead>
            <tbody>
                <For each=move || order.get() key=|uid| uid.clone() let:uid>
                    <Row
                        uid=uid
                        kind=kind
                        cluster=cluster
                        rows=rows
                        age=age
                        access=access
                        highlighted=highlighted
                        on_delete=on_delete
                    />
                </For>
            </tbody>
        </TableFrame>
    }
}

/// Id of the link in a row.
pub(super) fn row_link_id(uid: &str) -> String {
    format!("row-{uid}")
}

#[component]
fn Row(
    uid: String,
    kind: WorkloadKind,
    cluster: Memo<String>,
    rows: Memo<HashMap<String, WorkloadRow>>,
    age: Memo<Option<Text>>,
    access: Memo<ListAccess>,
    highlighted: Memo<Option<String>>,
    on_delete: Callback<(String, String)>,
) -> impl IntoView {
    let lang = use_lang();
    let Some(first) = rows.with_untracked(|rows| rows.get(&uid).cloned()) else {
        return ().into_any();
    };
    let (namespace, name, created) = (first.namespace.clone(), first.name.clone(), first.created);
    let (menu_id, link_id) = (format!("actions-{uid}"), row_link_id(&uid));
    let row = Memo::new(move |last: Option<&WorkloadRow>| {
        rows.with(|rows| rows.get(&uid).cloned()).or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    });
    let status = Memo::new(move |_| row.with(|row| row.status.clone()));
    let counts = Memo::new(move |_| row.with(|row| (row.ready, row.desired)));
    let images = Memo::new(move |_| row.with(|row| row.images.clone()));
    let alias = Memo::new(move |_| row.with(|row| row.alias.clone()));

    // A row that changed gets a short tint, never a move (look.md, "Motion"). A cluster that is lost
    // changes none of its rows.
    let tint = RwSignal::new(false);
    Effect::new(move |last: Option<(WorkloadState, Option<Text>, (u32, u32))>| {
        let (state, reason) = status.with(|status| (status.known(), status.reason.clone()));
        let now = (state, reason, counts.get());
        if last.is_some_and(|last| last != now) {
            tint.set(true);
            set_timeout(
                move || {
                    tint.try_set(false);
                },
                std::time::Duration::from_millis(700),
            );
        }
        now
    });

    let is_new = {
        let name = name.clone();
        move || highlighted.with(|highlighted| highlighted.as_deref() == Some(&name))
    };
    // What the row cuts or rounds, on hover and focus of its one link: no stop for each time.
    let tip = {
        let name = name.clone();
        Memo::new(move |_| words::NAME_CREATED.fill(lang.get(), &[&name, &exact(created * 1_000)]))
    };
    let actions = words::ACTIONS_OF;
    let (menu_name, link_name, gone) = (name.clone(), name.clone(), (namespace.clone(), name.clone()));
    let gone = StoredValue::new(gone);
    let no_delete = Signal::derive(move || {
        let reason = gone
            .with_value(|(namespace, name)| access.with(|access| access.no_delete(namespace, name).cloned()));
        reason.map(|reason| reason.render(lang.get()))
    });
    let no_patch = Signal::derive(move || {
        let reason = gone
            .with_value(|(namespace, name)| access.with(|access| access.no_patch(namespace, name).cloned()));
        reason.map(|reason| reason.render(lang.get()))
    });
    let path_of = (namespace.clone(), name.clone());
    view! {
        <tr class:row-changed=move || tint.get() class:row-new=is_new>
            <td class="cell-name" data-line="1">
                <span class="name-line">
                    <A href=move || paths::workload(&cluster.get(), kind, &path_of.0, &path_of.1) attr:class="row-link" attr:id=link_id attr:title=tip attr:data-focus-tip=tip>
                        {link_name}
                    </A>
                    <span class="cell-note">{alias}</span>
                </span>
            </td>
            <td class="cell-status" data-line="1"><WorkloadBadge status=status age=age /></td>
            <td class="cell-namespace">{namespace}</td>
            <td class="cell-number">{move || { let (ready, desired) = counts.get(); format!("{ready}/{desired}") }}</td>
            <td class="cell-images" data-label=t(words::IMAGES)><Images images=images /></td>
            <td class="cell-number"><TimeAgo at=created * 1_000 style=TimeStyle::Age /></td>
            <td class="cell-actions" data-line="1">
                <Menu
                    id=menu_id
                    label=move || actions.fill(lang.get(), &[&menu_name])
                    icon=IconName::Ellipsis
                    icon_only=true
                    variant=crate::ui::button::ButtonVariant::Ghost
                    align_end=true
                >
                    <MenuItem
                        icon=IconName::FileCode
                        disabled_reason=no_patch
                        label=t(edit::EDIT_YAML)
                        href=gone.with_value(|(namespace, name)| paths::edit_yaml(&cluster.get_untracked(), kind, namespace, name))
                    />
                    <MenuItem
                        icon=IconName::Trash
                        danger=true
                        disabled_reason=no_delete
                        label=move || words::DELETE_KIND.fill(lang.get(), &[kind.kind()])
                        on_select=move |()| on_delete.run(gone.get_value())
                    />
                </Menu>
            </td>
        </tr>
    }
    .into_any()
}

/// Images cut in the middle so that the tag stays; the whole of all on hover and focus.
#[component]
fn Images(images: Memo<Vec<String>>) -> impl IntoView {
    move || {
        let all = images.get();
        let first = all.first()?;
        let more = all.len() - 1;
        let (head, tail) = split_image(first);
        Some(view! {
            <span class="image" title=all.join("\n")>
                <span class="image-head">{head.to_owned()}</span>
                <span class="image-tail">{tail.to_owned()}</span>
                {(more > 0).then(|| view! { <span class="image-more">{format!("+{more}")}</span> })}
            </span>
        })
    }
}

/// Splits an image so that its last path segment and tag or digest stay whole.
fn split_image(image: &str) -> (&str, &str) {
    let start = image.rfind('/').map_or(0, |slash| slash + 1);
    image.split_at(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_stays() {
        for (image, head, tail) in [
            ("nginx:1.29", "", "nginx:1.29"),
            ("docker.m.daocloud.io/bitpoke/mysql:v0.6.1", "docker.m.daocloud.io/bitpoke/", "mysql:v0.6.1"),
            ("a/b@sha256:00ff", "a/", "b@sha256:00ff"),
        ] {
            assert_eq!(split_image(image), (head, tail));
        }
    }
}
