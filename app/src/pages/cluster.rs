//! A cluster's overview (PS 2.6, the fields that exist without agents).

use crate::ui::title::Title;
use binnacle_model::{
    cluster::{ClusterDetail, ClusterNumbers, NodeRow, ReadyCount, Usage},
    live::{ClusterNews, Topic},
    object::WorkloadKind,
    words::{Text, clusters as words, common, lists, shell},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};

use crate::{
    api::clusters::get_cluster,
    components::{
        credential::CredentialNotice,
        freshness::{LiveMark, StaleNotice},
        load::{LoadError, follow_into},
        numbers::{CountCell, Missing, UsageCell, cpu_text, memory_text, no_nodes, no_pods, no_usage},
        status::ClusterBadge,
    },
    i18n::{t, tt, use_lang},
    paths,
    request::use_request,
    ui::{
        badge::{Badge, StatusBadge, Tone},
        breadcrumbs::{Breadcrumbs, Crumb},
        button::LinkButton,
        icon::IconName,
        state::{EmptyState, Skeleton},
        table::{HeaderCell, TableFrame},
        time::{TimeAgo, TimeStyle},
        tooltip::Tooltip,
    },
};

/// One cluster, live.
#[component]
pub fn ClusterPage() -> impl IntoView {
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            <Body />
        </Transition>
    }
}

/// The page, inside the suspense that waits for its data.
#[component]
fn Body() -> impl IntoView {
    let lang = use_lang();
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("cluster").unwrap_or_default()));
    let data = Resource::new(move || name.get(), get_cluster);
    let retry = follow_into(
        data,
        move || Some(Topic::Cluster { name: name.get() }),
        |ClusterNews::Cluster { detail }| Some(*detail),
    );
    let detail = Memo::new(move |last: Option<&Option<ClusterDetail>>| match data.get() {
        Some(Ok(detail)) => Some(detail),
        None => last.cloned().flatten(),
        Some(Err(_)) => None,
    });
    let failed = move || data.get().and_then(Result::err).map(|error| error.0);
    let admin = use_request().caller.is_admin();
    let not_admin = Signal::derive(move || {
        let sandbox = detail.with(|detail| detail.as_ref().is_some_and(|detail| detail.row.sandbox));
        let word = if !admin {
            words::ONLY_ADMINS
        } else if sandbox {
            words::SANDBOX_HELP
        } else {
            return None;
        };
        Some(word.text(lang.get()).to_owned())
    });

    view! {
        <Title text=move || name.get() />
        <Breadcrumbs
            label=t(shell::BREADCRUMB)
            items=Signal::derive(move || {
                vec![Crumb::link(shell::CLUSTERS.text(lang.get()), paths::clusters()), Crumb::here(name.get())]
            })
        />
        <div>
            {move || failed().map(|error| view! { <LoadError error=error on_retry=retry /> })}
            <Show when=move || detail.with(Option::is_some)>
                <div class="page-head">
                    <h1 class="page-title">{move || name.get()}</h1>
                    <Head detail=detail />
                    <div class="page-actions">
                        <LinkButton href=move || paths::edit_cluster(&name.get()) icon=IconName::Pencil disabled_reason=not_admin>
                            {t(words::EDIT_CLUSTER)}
                        </LinkButton>
                    </div>
                </div>
                <Overview detail=detail />
            </Show>
        </div>
    }
}

/// State, and how old all of it is.
#[component]
fn Head(detail: Memo<Option<ClusterDetail>>) -> impl IntoView {
    let lang = use_lang();
    let state = Signal::derive(move || {
        detail.with(|detail| {
            detail.as_ref().map_or(binnacle_model::cluster::ClusterState::Unknown, |detail| detail.row.state)
        })
    });
    let freshness = Signal::derive(move || {
        detail.with(|detail| detail.as_ref().map(|detail| detail.row.freshness.clone()).unwrap_or_default())
    });
    let reason = Signal::derive(move || {
        freshness.with(|fresh| fresh.stale.as_ref().map(|why| why.render(lang.get())))
    });
    view! {
        <ClusterBadge state=state reason=reason />
        <LiveMark freshness=freshness />
    }
}

#[component]
fn Overview(detail: Memo<Option<ClusterDetail>>) -> impl IntoView {
    let freshness = Signal::derive(move || {
        detail.with(|detail| detail.as_ref().map(|detail| detail.row.freshness.clone()).unwrap_or_default())
    });
    view! {
        <StaleNotice freshness=freshness />
        <CredentialNotice row=Signal::derive(move || {
            detail.with(|detail| detail.as_ref().map(|detail| detail.row.clone()))
        }) />
        <div class="cards">
            <section class="card" aria-labelledby="card-identity">
                <h2 class="card-title" id="card-identity">{t(words::IDENTITY)}</h2>
                <Identity detail=detail />
            </section>
            <section class="card" aria-labelledby="card-capacity">
                <h2 class="card-title" id="card-capacity">{t(words::CAPACITY)}</h2>
                <Capacity detail=detail />
            </section>
        </div>
        <div class="page-section">
            <h2 class="section-title">{t(words::NODES)}</h2>
            {move || detail.with(|detail| {
                let no_pods = detail.as_ref()?.row.numbers.no_pods.as_ref().map(|why| why.reason().clone());
                detail.as_ref().map(|detail| {
                    let lost = detail.row.freshness.stale.is_some();
                    nodes_view(detail.nodes.clone(), no_pods, lost)
                })
            })}
        </div>
    }
}

#[component]
fn Identity(detail: Memo<Option<ClusterDetail>>) -> impl IntoView {
    move || {
        detail.get().map(|detail| {
            let row = detail.row;
            let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
            let pairs = |pairs: &[(String, String)]| {
                pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
            };
            let (labels, annotations) = (pairs(&row.labels), pairs(&detail.annotations));
            let said = |word, text: String| {
                (!text.is_empty()).then(|| view! {
                    <dt>{t(word)}</dt>
                    <dd>{text}</dd>
                })
            };
            view! {
                <dl class="facts">
                    <dt>{t(common::ALIAS)}</dt>
                    <dd>{or_dash(row.alias)}</dd>
                    <dt>{t(words::VERSION)}</dt>
                    <dd class="cell-mono">{or_dash(row.version)}</dd>
                    <dt>{t(words::PROVIDER)}</dt>
                    <dd>{row.provider.label()}</dd>
                    <dt>{t(words::SERVER)}</dt>
                    <dd class="cell-mono">{or_dash(detail.server)}</dd>
                    <dt>{t(words::SYSTEM_UID)}</dt>
                    <dd class="cell-mono">{or_dash(detail.system_uid)}</dd>
                    {said(words::POD_CIDRS, detail.pod_cidrs.join(", "))}
                    <dt>{t(words::INTEGRATED_AT)}</dt>
                    <dd><TimeAgo at=row.created * 1_000 focusable=true /></dd>
                    {row.credential_expires.map(|end| view! {
                        <dt>{t(words::CREDENTIAL_END)}</dt>
                        <dd>{crate::ui::time::exact(end * 1_000)}</dd>
                    })}
                    {said(words::REGION, detail.region)}
                    {said(words::ZONE, detail.zone)}
                    {said(words::DESCRIPTION, detail.description)}
                    {(!labels.is_empty()).then(|| view! {
                        <dt>{t(words::LABELS)}</dt>
                        <dd class="tags">{labels.into_iter().map(|label| view! { <Badge>{label}</Badge> }).collect_view()}</dd>
                    })}
                    {(!annotations.is_empty()).then(|| view! {
                        <dt>{t(words::ANNOTATIONS)}</dt>
                        <dd>{annotations.into_iter().map(|line| view! { <div>{line}</div> }).collect_view()}</dd>
                    })}
                </dl>
            }
        })
    }
}

#[component]
fn Capacity(detail: Memo<Option<ClusterDetail>>) -> impl IntoView {
    let lang = use_lang();
    let numbers = Memo::new(move |_| {
        detail.with(|detail| detail.as_ref().map(|detail| detail.row.numbers.clone()).unwrap_or_default())
    });
    let count = move |of: Option<ReadyCount>| match of {
        Some(count) => {
            words::READY_OF.fill(lang.get(), &[&count.ready.to_string(), &count.total.to_string()])
        }
        None => "–".to_owned(),
    };
    let usage = move |pick: fn(&ClusterNumbers) -> Option<Usage>| Signal::derive(move || numbers.with(pick));
    let missing = move |pick: fn(&ClusterNumbers) -> Missing| Signal::derive(move || numbers.with(pick));
    let count_of = move |pick: fn(&ClusterNumbers) -> Option<ReadyCount>| {
        Signal::derive(move || count(numbers.with(pick)))
    };
    let gpus = move || {
        let gpus = numbers.with(|numbers| numbers.gpus.clone());
        (!gpus.is_empty()).then(|| {
            let of = |(key, count): (String, u64)| {
                view! { <div>{words::GPUS_OF.fill(lang.get(), &[&count.to_string(), &key])}</div> }
            };
            view! {
                <dt>{t(words::GPUS)}</dt>
                <dd>{gpus.into_iter().map(of).collect_view()}</dd>
            }
        })
    };
    let list = move || {
        detail.with(|detail| {
            detail
                .as_ref()
                .map(|detail| paths::workloads(&detail.row.name, WorkloadKind::StatefulSet))
                .unwrap_or_default()
        })
    };
    // Who may not list them gets no link to an error, but the reason.
    let no_list = Memo::new(move |_| {
        detail.with(|detail| detail.as_ref().and_then(|detail| detail.access.list_workloads.clone()))
    });
    let sets = move || count(numbers.with(|numbers| numbers.stateful_sets));
    view! {
        <dl class="facts">
            <dt>{t(words::CPU)}</dt>
            <dd><UsageCell usage=usage(|numbers| numbers.cpu) text=cpu_text missing=missing(no_usage) /></dd>
            <dt>{t(words::MEMORY)}</dt>
            <dd><UsageCell usage=usage(|numbers| numbers.memory) text=memory_text missing=missing(no_usage) /></dd>
            {gpus}
            <dt>{t(words::NODES)}</dt>
            <dd><CountCell count=count_of(|numbers| numbers.nodes) missing=missing(no_nodes) /></dd>
            <dt>{t(lists::PODS)}</dt>
            <dd><CountCell count=count_of(|numbers| numbers.pods) missing=missing(no_pods) /></dd>
            <dt>{t(lists::STATEFULSETS)}</dt>
            <dd>
                {move || match no_list.get() {
                    Some(reason) => view! { <Tooltip text=tt(reason)>{sets}</Tooltip> }.into_any(),
                    None => view! { <A href=list>{sets}</A> }.into_any(),
                }}
            </dd>
            {move || numbers.with(|numbers| numbers.deployments).map(|of| view! {
                <dt>{t(words::DEPLOYMENTS)}</dt>
                <dd>{count(Some(of))}</dd>
            })}
            {move || numbers.with(|numbers| numbers.daemon_sets).map(|of| view! {
                <dt>{t(words::DAEMONSETS)}</dt>
                <dd>{count(Some(of))}</dd>
            })}
        </dl>
    }
}

/// The nodes, or why they are not here: `lost` when nobody could read them, else it is a matter of rights.
fn nodes_view(nodes: Result<Vec<NodeRow>, Text>, no_pods: Option<Text>, lost: bool) -> AnyView {
    match nodes {
        Err(why) => view! {
            <EmptyState icon=if lost { IconName::Unplug } else { IconName::Lock } title=tt(Text::new(&words::NODES_FORBIDDEN, [why])) />
        }
        .into_any(),
        Ok(nodes) if nodes.is_empty() => {
            view! { <EmptyState icon=IconName::Server title=t(words::NO_NODES) /> }.into_any()
        }
        Ok(nodes) => view! {
            {no_pods.map(|why| view! {
                <p class="muted">{tt(Text::new(&words::PODS_HIDDEN, [why]))}</p>
            })}
            <TableFrame label=t(words::NODES) stacked=true>
                <thead>
                    <tr>
                        <HeaderCell label=t(common::NAME) />
                        <HeaderCell label=t(common::STATUS) />
                        <HeaderCell label=t(words::ROLES) />
                        <HeaderCell label=t(words::ZONE) />
                        <HeaderCell label=t(words::VERSION) />
                        <HeaderCell label=t(words::CPU) />
                        <HeaderCell label=t(words::MEMORY) />
                        <HeaderCell label=t(lists::PODS) numeric=true />
                        <HeaderCell label=t(common::AGE) numeric=true />
                    </tr>
                </thead>
                <tbody>{nodes.into_iter().map(node_row).collect_view()}</tbody>
            </TableFrame>
        }
        .into_any(),
    }
}

fn node_row(node: NodeRow) -> impl IntoView {
    let (tone, word) = if node.ready {
        (Tone::Running, lists::READY)
    } else {
        (Tone::Failing, binnacle_model::words::status::NOT_READY)
    };
    let reason = (!node.reason.is_empty()).then(|| node.reason.clone());
    let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    let running = or_dash(node.pods.requested.map(|pods| pods.to_string()).unwrap_or_default());
    let pods = format!("{running}/{}", node.pods.allocatable);
    view! {
        <tr>
            <td class="cell-name" data-line="1">{node.name}</td>
            <td class="cell-status" data-line="1"><StatusBadge tone=tone label=t(word) reason=reason /></td>
            <td data-label=t(words::ROLES)>{or_dash(node.roles.join(", "))}</td>
            <td data-label=t(words::ZONE)>{or_dash(node.zone)}</td>
            <td class="cell-mono" data-label=t(words::VERSION)>{node.version}</td>
            <td data-label=t(words::CPU)><UsageCell usage=Signal::stored(Some(node.cpu)) text=cpu_text /></td>
            <td data-label=t(words::MEMORY)><UsageCell usage=Signal::stored(Some(node.memory)) text=memory_text /></td>
            <td class="cell-number" data-label=t(lists::PODS)>{pods}</td>
            <td class="cell-number" data-label=t(common::AGE)><TimeAgo at=node.created * 1_000 style=TimeStyle::Age /></td>
        </tr>
    }
}
