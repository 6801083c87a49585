//! A workload list: cluster, Workloads, StatefulSets.

mod filters;
mod query;
mod table;

use binnacle_model::{
    live::{PageDelta, Topic, Update},
    object::{ObjectRef, WorkloadKind},
    words::lists as words,
    workload::ListPage,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::{
    filters::Filters,
    query::{list_query, page_href},
    table::WorkloadTable,
};
use crate::{
    api::workloads::list_workloads,
    components::{
        delete_dialog::DeleteDialog,
        freshness::StaleNotice,
        load::{LoadError, follow_into},
    },
    i18n::{t, use_lang},
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
    follow_into(
        data,
        move || {
            base.set_value(None);
            Some(Topic::List { query: query.get() })
        },
        move |update| {
            let next = match update {
                Update::Page { page } => page,
                Update::Delta { delta } => {
                    base.with_value(|base| Some(PageDelta::apply(delta, base.as_ref()?)))?
                }
                _ => return None,
            };
            base.set_value(Some(next.clone()));
            Some(next)
        },
    );

    let target = RwSignal::new(None::<ObjectRef>);
    let on_delete = Callback::new(move |(namespace, name): (String, String)| {
        target.set(Some(ObjectRef {
            cluster: cluster.get_untracked(),
            api_version: kind.api_version().to_owned(),
            kind: kind.kind().to_owned(),
            namespace: Some(namespace),
            name,
        }));
    });
    let highlighted = Memo::new(move |_| search.with(|search| search.get("created")));

    let page = Memo::new(move |last: Option<&Option<ListPage>>| match data.get() {
        Some(Ok(page)) => Some(page),
        // While the next page is on its way, the last one stays.
        None => last.cloned().flatten(),
        Some(Err(_)) => None,
    });
    let failed = move || data.get().and_then(Result::err).map(|error| error.0);
    let freshness = Signal::derive(move || {
        page.with(|page| page.as_ref().map(|page| page.freshness.clone()).unwrap_or_default())
    });
    let namespace = Memo::new(move |_| query.with(|query| query.namespace.clone()));
    let has_filters = Memo::new(move |_| {
        query.with(|query| !query.search.is_empty() || !query.states.is_empty() || query.namespace.is_some())
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
                >
                    {t(words::CREATE_FROM_YAML)}
                </LinkButton>
                <LinkButton
                    href=move || paths::create_by_image(&cluster.get(), kind, namespace.get().as_deref())
                    variant=ButtonVariant::Primary
                    icon=IconName::Plus
                >
                    {t(words::CREATE_BY_IMAGE)}
                </LinkButton>
            </div>
        </div>
        <Filters query=query page=page freshness=freshness />
        <StaleNotice freshness=freshness />
        <div>
            {move || {
                failed().map(|error| view! { <LoadError error=error on_retry=move |()| data.refetch() /> })
            }}
            <Show when=move || page.with(|page| page.as_ref().is_some_and(|page| !page.rows.is_empty()))>
                <WorkloadTable kind=kind query=query page=page highlighted=highlighted on_delete=on_delete />
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
            {move || {
                let (rows, total) = page.with(|page| page.as_ref().map(|page| (page.rows.len(), page.total)))?;
                (rows == 0)
                    .then(|| {
                        if has_filters.get() {
                            let list = paths::workloads(&cluster.get(), kind);
                            view! {
                                <EmptyState
                                    icon=IconName::Filter
                                    title=t(words::NO_MATCH)
                                    text=crate::i18n::tf(words::NO_MATCH_HELP, vec![total.to_string()])
                                >
                                    <LinkButton href=list>{t(words::CLEAR_FILTERS)}</LinkButton>
                                </EmptyState>
                            }
                                .into_any()
                        } else {
                            let create = paths::create_by_image(&cluster.get(), kind, None);
                            view! {
                                <EmptyState icon=IconName::Database title=t(words::NO_ROWS) text=t(words::NO_ROWS_HELP)>
                                    <LinkButton href=create variant=ButtonVariant::Secondary icon=IconName::Plus>
                                        {t(words::CREATE_BY_IMAGE)}
                                    </LinkButton>
                                </EmptyState>
                            }
                                .into_any()
                        }
                    })
            }}
        </div>
        <DeleteDialog target=target />
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
