//! A workload's page: status, conditions, pods, containers, events, YAML.

mod panels;

use crate::ui::title::Title;
use binnacle_model::{
    Text,
    live::WorkloadNews,
    object::ObjectRef,
    status::{WorkloadState, WorkloadStatus},
    words::{common, edit, lists as words, shell},
    workload::{WorkloadAccess, WorkloadDetail},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use self::panels::{ContainersPanel, EventsPanel, PodsPanel, YamlPanel};
use crate::{
    api::workloads::get_workload,
    components::{
        delete_dialog::DeleteDialog,
        freshness::{LiveMark, StaleNotice, use_age},
        load::{LoadError, follow_into},
        status::WorkloadBadge,
    },
    i18n::{t, tf, tt, use_lang},
    pages::{
        not_found::NotFoundPage,
        which::{Which, use_which},
    },
    paths,
    ui::{
        badge::{Badge, Tone},
        breadcrumbs::{Breadcrumbs, Crumb},
        button::{Button, LinkButton},
        icon::IconName,
        state::{Notice, Skeleton},
        tabs::{Tab, TabList, TabPanel},
        time::TimeAgo,
    },
};

/// One workload, live.
#[component]
pub fn WorkloadPage() -> impl IntoView {
    let which = use_which();
    view! {
        {move || match which.get() {
            Some(which) => {
                view! {
                    <Transition fallback=|| view! { <Skeleton lines=8 /> }>
                        <One which=which.clone() />
                    </Transition>
                }
                    .into_any()
            }
            None => view! { <NotFoundPage /> }.into_any(),
        }}
    }
}

/// The page, inside the suspense that waits for its data.
#[component]
fn One(which: Which) -> impl IntoView {
    let lang = use_lang();
    let Which { cluster, kind, namespace, name } = which.clone();
    let data = Resource::new(
        {
            let which = which.clone();
            move || which.clone()
        },
        |which| get_workload(which.cluster, which.kind, which.namespace, which.name),
    );
    let gone = RwSignal::new(false);
    let topic = which.topic();
    let retry = follow_into(
        data,
        move || Some(topic.clone()),
        move |news| match news {
            WorkloadNews::Workload { detail } => {
                gone.set(false);
                Some(*detail)
            }
            WorkloadNews::Gone => {
                gone.set(true);
                None
            }
        },
    );
    let detail = Memo::new(move |last: Option<&Option<WorkloadDetail>>| match data.get() {
        Some(Ok(detail)) => Some(detail),
        None => last.cloned().flatten(),
        Some(Err(_)) => None,
    });
    let failed = move || data.get().and_then(Result::err).map(|error| error.0);

    let target = RwSignal::new(None::<ObjectRef>);
    let object = which.target();
    let list = paths::workloads(&cluster, kind);
    let navigate = use_navigate();
    let after_delete = {
        let list = list.clone();
        move |_| navigate(&list, NavigateOptions::default())
    };
    let crumbs = {
        let (cluster, list, name) = (cluster.clone(), list.clone(), name.clone());
        Signal::derive(move || {
            vec![
                Crumb::link(shell::CLUSTERS.text(lang.get()), paths::clusters()),
                Crumb::link(cluster.clone(), paths::cluster(&cluster)),
                Crumb::link(words::STATEFULSETS.text(lang.get()), list.clone()),
                Crumb::here(name.clone()),
            ]
        })
    };
    // Before any click: which verb on which resource is missing (design rule 8).
    let said_gone = tf(words::WORKLOAD_GONE, vec![kind.kind().to_owned(), name.clone()]);
    let refused = |of: fn(&WorkloadAccess) -> &Option<Text>| {
        let said = said_gone.clone();
        Signal::derive(move || {
            if gone.get() {
                return Some(said());
            }
            let reason = detail.with(|detail| detail.as_ref().and_then(|detail| of(&detail.access).clone()));
            reason.map(|reason| reason.render(lang.get()))
        })
    };
    let (no_patch, no_delete) = (refused(|access| &access.patch), refused(|access| &access.delete));
    let edit_path = paths::edit_yaml(&cluster, kind, &namespace, &name);
    view! {
        <Title text=name.clone() />
        <Breadcrumbs label=t(shell::BREADCRUMB) items=crumbs />
        <div>
            {move || failed().map(|error| view! { <LoadError error=error on_retry=retry /> })}
            <Show when=move || detail.with(Option::is_some)>
                <div class="page-head">
                    <h1 class="page-title">{name.clone()}</h1>
                    <Head detail=detail gone=gone />
                    <div class="page-actions">
                        <LinkButton href=edit_path.clone() icon=IconName::FileCode disabled_reason=no_patch>
                            {t(edit::EDIT_YAML)}
                        </LinkButton>
                        <Button
                            icon=IconName::Trash
                            disabled_reason=no_delete
                            on_click={
                                let object = object.clone();
                                move |_| target.set(Some(object.clone()))
                            }
                        >
                            {move || words::DELETE_KIND.fill(lang.get(), &[kind.kind()])}
                        </Button>
                    </div>
                </div>
                <div role="status">
                    {
                        let said = said_gone.clone();
                        move || gone.get().then(|| view! { <Notice tone=Tone::Neutral text=said.clone() /> })
                    }
                </div>
                <Facts detail=detail />
                <Panels detail=detail />
            </Show>
        </div>
        <DeleteDialog target=target on_deleted=after_delete />
    }
}

#[component]
fn Head(detail: Memo<Option<WorkloadDetail>>, gone: RwSignal<bool>) -> impl IntoView {
    let freshness = Signal::derive(move || {
        detail.with(|detail| detail.as_ref().map(|detail| detail.freshness.clone()).unwrap_or_default())
    });
    let age = use_age(freshness);
    move || {
        (!gone.get() && detail.with(Option::is_some)).then(|| {
            let status = Signal::derive(move || {
                detail.with(|detail| {
                    detail.as_ref().map_or_else(
                        || WorkloadStatus::new(WorkloadState::Exception, None),
                        |detail| detail.row.status.clone(),
                    )
                })
            });
            view! {
                <WorkloadBadge status=status age=age />
                <LiveMark freshness=freshness />
            }
        })
    }
}

/// Why it is not running, in a fixed number of lines, so that what is below stays where it is while reasons
/// of different length follow each other. Focus, by a press or a key, unfolds it.
#[component]
fn Reason(text: Text) -> impl IntoView {
    view! {
        <p class="page-lead page-reason" tabindex="0">
            {tt(text)}
        </p>
    }
}

/// What it is, in a glance; the reason it is not running stands in the open.
#[component]
fn Facts(detail: Memo<Option<WorkloadDetail>>) -> impl IntoView {
    let freshness = Signal::derive(move || {
        detail.with(|detail| detail.as_ref().map(|detail| detail.freshness.clone()).unwrap_or_default())
    });
    let reason = Memo::new(move |_| {
        detail.with(|detail| detail.as_ref().and_then(|detail| detail.row.status.reason.clone()))
    });
    view! {
        <StaleNotice freshness=freshness />
        {move || reason.get().map(|reason| view! { <Reason text=reason /> })}
        {move || {
            detail.get().map(|detail| {
                let row = detail.row;
                let tags = |pairs: Vec<(String, String)>| {
                    pairs.into_iter().map(|(key, value)| view! { <Badge>{format!("{key}={value}")}</Badge> }).collect_view()
                };
                view! {
                    <dl class="facts facts-wide">
                        {(!row.alias.is_empty()).then(|| view! {
                            <dt>{t(common::ALIAS)}</dt>
                            <dd>{row.alias.clone()}</dd>
                        })}
                        <dt>{t(common::NAMESPACE)}</dt>
                        <dd>{row.namespace}</dd>
                        <dt>{t(words::READY)}</dt>
                        <dd>{format!("{}/{}", row.ready, row.desired)}</dd>
                        <dt>{t(words::CREATED)}</dt>
                        <dd><TimeAgo at=row.created * 1_000 focusable=true /></dd>
                        {(!detail.description.is_empty()).then(|| view! {
                            <dt>{t(words::DESCRIPTION)}</dt>
                            <dd>{detail.description.clone()}</dd>
                        })}
                        {(!detail.labels.is_empty()).then(|| view! {
                            <dt>{t(words::LABELS)}</dt>
                            <dd class="tags">{tags(detail.labels.clone())}</dd>
                        })}
                    </dl>
                }
            })
        }}
    }
}

const TABS: [&str; 4] = ["pods", "containers", "events", "yaml"];

#[component]
fn Panels(detail: Memo<Option<WorkloadDetail>>) -> impl IntoView {
    let lang = use_lang();
    let search = use_query_map();
    let selected = Memo::new(move |_| {
        let asked = search.with(|search| search.get("tab")).unwrap_or_default();
        TABS.into_iter().find(|tab| *tab == asked).unwrap_or(TABS[0]).to_owned()
    });
    let count = move |of: fn(&WorkloadDetail) -> Option<usize>| {
        detail.with(|detail| detail.as_ref().and_then(of)).and_then(|count| u32::try_from(count).ok())
    };
    let tabs = Signal::derive(move || {
        let say = |word: binnacle_model::Word| word.text(lang.get());
        let counted = |tab: Tab, of: Option<u32>| match of {
            Some(count) => tab.count(count),
            None => tab,
        };
        vec![
            counted(
                Tab::new("pods", say(words::PODS)),
                count(|detail| detail.pods.as_ref().ok().map(Vec::len)),
            ),
            counted(
                Tab::new("containers", say(words::CONTAINERS)),
                count(|detail| Some(detail.containers.len())),
            ),
            counted(
                Tab::new("events", say(words::EVENTS)),
                count(|detail| detail.events.as_ref().ok().map(Vec::len)),
            ),
            Tab::new("yaml", say(words::YAML)),
        ]
    });
    let navigate = use_navigate();
    let on_select = move |tab: String| {
        let query = if tab == TABS[0] { String::new() } else { format!("?tab={tab}") };
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        let path = leptos_router::hooks::use_location().pathname.get_untracked();
        navigate(&format!("{path}{query}"), options);
    };
    view! {
        <TabList id="workload" label=t(words::STATEFULSETS) tabs=tabs selected=selected on_select=on_select />
        <TabPanel id="workload" tab="pods" selected=selected>
            <PodsPanel detail=detail />
        </TabPanel>
        <TabPanel id="workload" tab="containers" selected=selected>
            <ContainersPanel detail=detail />
        </TabPanel>
        <TabPanel id="workload" tab="events" selected=selected>
            <EventsPanel detail=detail />
        </TabPanel>
        <TabPanel id="workload" tab="yaml" selected=selected>
            <YamlPanel detail=detail />
        </TabPanel>
    }
}
