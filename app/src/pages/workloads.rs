//! A workload list: cluster, Workloads, StatefulSets.

mod filters;
mod query;
mod table;

use crate::ui::title::Title;
use binnacle_model::{
    live::{ListNews, PageDelta, Topic},
    object::{ObjectRef, WorkloadKind},
    words::lists as words,
    workload::{ListPage, ListQuery, WorkloadRow},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::{
    filters::Filters,
    query::{list_query, page_href},
    table::{WorkloadTable, row_link_id},
};
use crate::{
    api::workloads::list_workloads,
    components::{
        delete_dialog::DeleteDialog,
        freshness::{StaleNotice, is_first_list},
        load::{LoadError, follow_into},
        scroll::scroll_to_top,
    },
    i18n::{t, use_lang},
    interop,
    pages::not_found::NotFoundPage,
    paths,
    ui::{
        breadcrumbs::{Breadcrumbs, Crumb},
        button::{ButtonVariant, LinkButton},
        icon::IconName,
        pagination::Pagination,
        state::{EmptyState, Skeleton},
    },
};

/// The list of one kind in one cluster; what it shows is in the address.
#[component]
pub fn WorkloadsPage() -> impl IntoView {
    let params = use_params_map();
    let kind = Memo::new(move |_| {
        params.with(|params| WorkloadKind::from_plural(&params.get("kind").unwrap_or_default()))
    });
    view! {
        {move || match kind.get() {
            Some(kind) => {
                view! {
                    <Title text=t(words::STATEFULSETS) />
                    <Transition fallback=|| view! { <Skeleton lines=12 table=true /> }>
                        <ListOfKind kind=kind />
                    </Transition>
                }
                    .into_any()
            }
            None => view! { <NotFoundPage /> }.into_any(),
        }}
    }
}

/// The list, inside the suspense that waits for its data.
#[component]
fn ListOfKind(kind: WorkloadKind) -> impl IntoView {
    let lang = use_lang();
    let params = use_params_map();
    let search = use_query_map();
    let cluster = Memo::new(move |_| params.with(|params| params.get("cluster").unwrap_or_default()));
    let query = Memo::new(move |_| search.with(|search| list_query(&cluster.get(), kind, search)));
    let data = Resource::new(move || query.get(), list_workloads);

    // The page that the server's deltas count from: the last one it sent.
    let base = StoredValue::new(None::<ListPage>);
    let retry = follow_into(
        data,
        move || {
            base.set_value(None);
            Some(Topic::List { query: query.get() })
        },
        move |news| {
            let next = match news {
                ListNews::Page { page } => page,
                ListNews::Delta { delta } => {
                    base.with_value(|base| Some(PageDelta::apply(delta, base.as_ref()?)))?
                }
            };
            base.set_value(Some(next.clone()));
            Some(next)
        },
    );

    let highlighted = Memo::new(move |_| search.with(|search| search.get("created")));

    let page = Memo::new(move |last: Option<&Option<ListPage>>| match data.get() {
        Some(Ok(page)) => Some(page),
        // While the next page is on its way, the last one stays.
        None => last.cloned().flatten(),
        Some(Err(_)) => None,
    });
    let target = RwSignal::new(None::<ObjectRef>);
    // The row after the one to delete: the focus goes there, since its own row will be gone.
    let neighbour = StoredValue::new(None::<String>);
    let on_delete = Callback::new(move |(namespace, name): (String, String)| {
        neighbour.set_value(page.with_untracked(|page| {
            page.as_ref().and_then(|page| row_after(&page.rows, &namespace, &name)).map(str::to_owned)
        }));
        target.set(Some(ObjectRef {
            cluster: cluster.get_untracked(),
            api_version: kind.api_version().to_owned(),
            kind: kind.kind().to_owned(),
            namespace: Some(namespace),
            name,
        }));
    });
    let on_deleted = move |_: ObjectRef| {
        let after = neighbour.get_value();
        // The closing dialog gives the focus back first.
        interop::next_frame(move || {
            if !after.is_some_and(|uid| interop::focus(&row_link_id(&uid))) {
                interop::focus_title();
            }
        });
    };
    let failed = move || data.get().and_then(Result::err).map(|error| error.0);
    let freshness = Signal::derive(move || {
        page.with(|page| page.as_ref().map(|page| page.freshness.clone()).unwrap_or_default())
    });
    let namespace = Memo::new(move |_| query.with(|query| query.namespace.clone()));
    let no_create = no_create(page);
    let nothing = Memo::new(move |_| {
        page.with(|page| page.as_ref().and_then(|page| query.with(|query| Nothing::of(page, query))))
    });
    // The router scrolls the window, which here never scrolls: another page begins at its first row.
    Effect::new(move |last: Option<u32>| {
        let number = query.with(|query| query.page);
        if last.is_some_and(|last| last != number) {
            scroll_to_top(".table-frame");
            scroll_to_top("#content");
        }
        number
    });

    view! {
        <Breadcrumbs label=t(binnacle_model::words::shell::BREADCRUMB) items=Signal::derive(move || {
            vec![
                Crumb::link(binnacle_model::words::shell::CLUSTERS.text(lang.get()), paths::clusters()),
                Crumb::link(cluster.get(), paths::cluster(&cluster.get())),
                Crumb::here(words::STATEFULSETS.text(lang.get())),
            ]
        }) />
        <div class="page-head">
            <h1 class="page-title">{t(words::STATEFULSETS)}</h1>
            <div class="page-actions">
                <LinkButton
                    href=move || paths::create_from_yaml(&cluster.get(), namespace.get().as_deref())
                    icon=IconName::FileCode
                    disabled_reason=no_create
                >
                    {t(words::CREATE_FROM_YAML)}
                </LinkButton>
                <LinkButton
                    href=move || paths::create_by_image(&cluster.get(), kind, namespace.get().as_deref())
                    variant=ButtonVariant::Primary
                    icon=IconName::Plus
                    disabled_reason=no_create
                >
                    {t(words::CREATE_BY_IMAGE)}
                </LinkButton>
            </div>
        </div>
        <Filters query=query page=page freshness=freshness />
        <Show when=move || nothing.get() != Some(Nothing::Unknown)>
            <StaleNotice freshness=freshness />
        </Show>
        <div>
            {move || {
                failed().map(|error| view! { <LoadError error=error on_retry=retry /> })
            }}
            <Show when=move || page.with(|page| page.as_ref().is_some_and(|page| !page.rows.is_empty()))>
                <WorkloadTable kind=kind query=query page=page highlighted=highlighted on_delete=on_delete />
            </Show>
            {move || {
                nothing.get().map(|nothing| view! { <NoRows nothing=nothing kind=kind query=query page=page /> })
            }}
            <Show when=move || page.with(|page| page.as_ref().is_some_and(|page| page.matching > 0))>
                <div class="table-foot">
                    <Limits page=page />
                    <Pagination
                        page=Signal::derive(move || query.with(|query| query.page))
                        per_page=Signal::derive(move || query.with(|query| query.page_size))
                        total=Signal::derive(move || page.with(|page| page.as_ref().map_or(0, |page| page.matching)))
                        href=Callback::new(move |number: u32| query.with(|query| page_href(query, number)))
                    />
                </div>
            </Show>
        </div>
        <DeleteDialog target=target on_deleted=on_deleted />
    }
}

/// The uid of the row after a workload's; `None` when it is the last, or not on the page.
fn row_after<'a>(rows: &'a [WorkloadRow], namespace: &str, name: &str) -> Option<&'a str> {
    let at = rows.iter().position(|row| row.namespace == namespace && row.name == name)?;
    rows.get(at + 1).map(|row| row.uid.as_str())
}

/// Why the person can create nothing here: which verb on which resource is missing (design rule 8).
fn no_create(page: Memo<Option<ListPage>>) -> Signal<Option<String>> {
    let lang = use_lang();
    Signal::derive(move || {
        page.with(|page| page.as_ref()?.access.create.as_ref().map(|reason| reason.render(lang.get())))
    })
}

/// Why no rows are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nothing {
    /// They are on their way.
    Loading,
    /// What is here could not be read yet.
    Unknown,
    /// The page is past the end of the list.
    PastEnd,
    /// The filters leave none.
    Filtered,
    /// There are none.
    Empty,
}

impl Nothing {
    fn of(page: &ListPage, query: &ListQuery) -> Option<Self> {
        let filtered = !query.search.is_empty() || !query.states.is_empty() || query.namespace.is_some();
        Some(if !page.rows.is_empty() {
            return None;
        } else if page.matching > 0 {
            let before = u64::from(query.page.saturating_sub(1)) * u64::from(query.page_size);
            // Else the rows are another page's than the address asks for, and its own are on their way.
            if before >= u64::from(page.matching) { Nothing::PastEnd } else { Nothing::Loading }
        } else if is_first_list(&page.freshness) {
            Nothing::Loading
        } else if page.freshness.stale.is_some() && page.total == 0 {
            Nothing::Unknown
        } else if filtered {
            Nothing::Filtered
        } else if page.total > 0 {
            // The filters were just taken away.
            Nothing::Loading
        } else {
            Nothing::Empty
        })
    }
}

/// What stands where the rows would.
#[component]
fn NoRows(
    nothing: Nothing,
    kind: WorkloadKind,
    query: Memo<ListQuery>,
    page: Memo<Option<ListPage>>,
) -> impl IntoView {
    let lang = use_lang();
    let cluster = move || query.with(|query| query.cluster.clone());
    let count = move |of: fn(&ListPage) -> u32| page.with(|page| page.as_ref().map_or(0, of));
    match nothing {
        Nothing::Loading => view! { <Skeleton lines=12 table=true /> }.into_any(),
        Nothing::Unknown => {
            let reason = move || {
                let reason = page.with(|page| page.as_ref().and_then(|page| page.freshness.stale.clone()));
                reason.map(|reason| reason.render(lang.get())).unwrap_or_default()
            };
            view! { <EmptyState icon=IconName::Unplug title=t(words::LIST_UNKNOWN) text=reason /> }.into_any()
        }
        Nothing::PastEnd => {
            let title =
                move || words::PAGE_PAST_END.fill(lang.get(), &[&query.with(|query| query.page.to_string())]);
            let last = move || {
                let last = |query: &ListQuery| count(|page| page.matching).div_ceil(query.page_size.max(1));
                query.with(|query| page_href(query, last(query)))
            };
            view! {
                <EmptyState icon=IconName::Database title=title>
                    <LinkButton href=last>{t(words::LAST_PAGE)}</LinkButton>
                </EmptyState>
            }
            .into_any()
        }
        Nothing::Filtered => {
            let help = move || match count(|page| page.total) {
                // A namespace is a filter, and without it there may be more than was counted.
                0 => String::new(),
                1 => words::NO_MATCH_HELP_ONE.text(lang.get()).to_owned(),
                many => words::NO_MATCH_HELP_MANY.fill(lang.get(), &[&many.to_string()]),
            };
            view! {
                <EmptyState icon=IconName::Filter title=t(words::NO_MATCH) text=help>
                    <LinkButton href=move || paths::workloads(&cluster(), kind)>{t(words::CLEAR_FILTERS)}</LinkButton>
                </EmptyState>
            }
            .into_any()
        }
        Nothing::Empty => view! {
            <EmptyState icon=IconName::Database title=t(words::NO_ROWS) text=t(words::NO_ROWS_HELP)>
                <LinkButton
                    href=move || paths::create_by_image(&cluster(), kind, None)
                    variant=ButtonVariant::Secondary
                    icon=IconName::Plus
                    disabled_reason=no_create(page)
                >
                    {t(words::CREATE_BY_IMAGE)}
                </LinkButton>
            </EmptyState>
            <Limits page=page />
        }
        .into_any(),
    }
}

/// What is hidden, and why.
#[component]
fn Limits(page: Memo<Option<ListPage>>) -> impl IntoView {
    let lang = use_lang();
    move || {
        page.with(|page| page.as_ref().and_then(|page| page.limited_to.clone())).map(|namespaces| {
            let text = words::LIMITED_TO.fill(lang.get(), &[&namespaces.join(", ")]);
            view! { <p class="table-note">{text}</p> }
        })
    }
}

#[cfg(test)]
mod tests {
    use binnacle_model::{
        Text,
        cluster::Freshness,
        status::{WorkloadState, WorkloadStatus},
        words::errors,
        workload::ListAccess,
    };

    use super::*;

    #[test]
    fn the_row_after_a_deleted_one() {
        let rows = [("a", "web", "1"), ("b", "web", "2"), ("b", "x", "3")].map(|(namespace, name, uid)| {
            WorkloadRow {
                uid: uid.into(),
                namespace: namespace.into(),
                name: name.into(),
                alias: String::new(),
                status: WorkloadStatus::new(WorkloadState::Running, None),
                ready: 1,
                desired: 1,
                images: vec![],
                created: 0,
            }
        });
        for (namespace, name, after) in
            [("a", "web", Some("2")), ("b", "web", Some("3")), ("b", "x", None), ("c", "web", None)]
        {
            assert_eq!(row_after(&rows, namespace, name), after, "{namespace}/{name}");
        }
    }

    #[test]
    fn why_there_are_no_rows() {
        let all = ListQuery::all("prod", WorkloadKind::StatefulSet);
        let searched = ListQuery { search: "web".into(), ..all.clone() };
        let ninth = ListQuery { page: 9, ..all.clone() };
        let page = |total: u32, matching: u32, stale: Option<Text>| ListPage {
            rows: vec![],
            matching,
            total,
            counts: vec![],
            freshness: Freshness { as_of: None, stale },
            limited_to: None,
            access: ListAccess::default(),
            sequence: 1,
        };
        let loading = || Some(Text::from(errors::CLUSTER_LOADING));
        let dead = || Some(Text::raw("connection refused"));
        for (page, query, why) in [
            (page(0, 0, None), &all, Nothing::Empty),
            (page(0, 0, loading()), &all, Nothing::Loading),
            (page(0, 0, loading()), &searched, Nothing::Loading),
            (page(0, 0, dead()), &all, Nothing::Unknown),
            (page(0, 0, dead()), &searched, Nothing::Unknown),
            (page(7, 0, dead()), &searched, Nothing::Filtered),
            (page(7, 0, None), &searched, Nothing::Filtered),
            (page(7, 7, None), &ninth, Nothing::PastEnd),
            (page(7, 7, dead()), &ninth, Nothing::PastEnd),
            (page(7, 7, None), &all, Nothing::Loading),
            (page(7, 0, None), &all, Nothing::Loading),
        ] {
            assert_eq!(Nothing::of(&page, query), Some(why), "{page:?} {query:?}");
        }
    }
}
