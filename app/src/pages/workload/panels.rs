//! What the tabs of a workload's page show.

use std::collections::HashMap;

use binnacle_model::{
    Text,
    words::{common, lists as words},
    workload::{EventRow, PodRow, WorkloadDetail},
};
use leptos::prelude::*;

use crate::{
    components::{freshness::use_age, status::PodBadge},
    i18n::{t, tt},
    ui::{
        badge::{Badge, StatusBadge, Tone},
        code_block::CodeBlock,
        icon::IconName,
        state::EmptyState,
        table::{HeaderCell, TableFrame},
        time::{TimeAgo, TimeStyle},
    },
};

type Detail = Memo<Option<WorkloadDetail>>;

/// Its pods, live; rows keep their elements.
#[component]
pub(super) fn PodsPanel(detail: Detail) -> impl IntoView {
    let pods = Memo::new(move |_| detail.with(|detail| detail.as_ref().map(|detail| detail.pods.clone())));
    let rows = Memo::new(move |_| {
        pods.with(|pods| match pods {
            Some(Ok(pods)) => {
                pods.iter().map(|pod| (pod.uid.clone(), pod.clone())).collect::<HashMap<_, _>>()
            }
            _ => HashMap::new(),
        })
    });
    let age = use_age(Signal::derive(move || {
        detail.with(|detail| detail.as_ref().map(|detail| detail.freshness.clone()).unwrap_or_default())
    }));
    let order = move || {
        pods.with(|pods| match pods {
            Some(Ok(pods)) => pods.iter().map(|pod| pod.uid.clone()).collect::<Vec<_>>(),
            _ => Vec::new(),
        })
    };
    view! {
        {move || pods.with(|pods| match pods {
            Some(Err(why)) => Some(refused(why.clone())),
            Some(Ok(pods)) if pods.is_empty() => {
                Some(view! { <EmptyState icon=IconName::Box title=t(words::NO_PODS) text=t(words::NO_PODS_HELP) /> }.into_any())
            }
            _ => None,
        })}
        <Show when=move || rows.with(|rows| !rows.is_empty())>
            <TableFrame label=t(words::PODS) stacked=true>
                <thead>
                    <tr>
                        <HeaderCell label=t(common::NAME) />
                        <HeaderCell label=t(common::STATUS) />
                        <HeaderCell label=t(words::READY) numeric=true />
                        <HeaderCell label=t(words::RESTARTS) numeric=true />
                        <HeaderCell label=t(words::NODE) />
                        <HeaderCell label=t(words::POD_IP) />
                        <HeaderCell label=t(common::AGE) numeric=true />
                    </tr>
                </thead>
                <tbody>
                    <For each=order key=|uid| uid.clone() let:uid>
                        {
                            let key = uid.clone();
                            let first = Signal::derive(move || order().first() == Some(&key));
                            let pod = Memo::new(move |last: Option<&Option<PodRow>>| {
                                rows.with(|rows| rows.get(&uid).cloned()).or_else(|| last.cloned().flatten())
                            });
                            move || pod.get().map(|pod| pod_row(pod, age, first))
                        }
                    </For>
                </tbody>
            </TableFrame>
        </Show>
    }
}

fn pod_row(pod: PodRow, age: Memo<Option<Text>>, first: Signal<bool>) -> impl IntoView {
    let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    let reason = pod.status.reason.clone();
    view! {
        <tr>
            <td class="cell-name" data-line="1">{pod.name}</td>
            <td class="cell-status" data-line="1"><PodBadge status=pod.status age=age /></td>
            <td class="cell-number" data-label=t(words::READY)>{format!("{}/{}", pod.ready, pod.containers)}</td>
            <td class="cell-number" data-label=t(words::RESTARTS)>{pod.restarts}</td>
            <td data-label=t(words::NODE)>{or_dash(pod.node)}</td>
            <td class="cell-mono" data-label=t(words::POD_IP)>{or_dash(pod.ip)}</td>
            <td class="cell-number" data-label=t(common::AGE)><TimeAgo at=pod.created * 1_000 style=TimeStyle::Age column=first /></td>
        </tr>
        {reason.map(|reason| view! {
            <tr class="row-note">
                <td colspan="7">{tt(reason)}</td>
            </tr>
        })}
    }
}

fn refused(why: Text) -> AnyView {
    view! { <EmptyState icon=IconName::Lock title=tt(why) /> }.into_any()
}

/// Its containers, init first, and its conditions.
#[component]
pub(super) fn ContainersPanel(detail: Detail) -> impl IntoView {
    let containers = Memo::new(move |_| {
        detail.with(|detail| detail.as_ref().map(|detail| detail.containers.clone()).unwrap_or_default())
    });
    view! {
        <TableFrame label=t(words::CONTAINERS) stacked=true>
            <thead>
                <tr>
                    <HeaderCell label=t(common::NAME) />
                    <HeaderCell label=t(words::IMAGE) />
                    <HeaderCell label=t(words::PORTS) />
                    <HeaderCell label=t(words::RESOURCES) />
                </tr>
            </thead>
            <tbody>
                {move || {
                    containers
                        .get()
                        .into_iter()
                        .map(|container| {
                            let ports = if container.ports.is_empty() { "–".to_owned() } else { container.ports.join(", ") };
                            let resources: Vec<String> = container
                                .resources
                                .iter()
                                .map(|(name, request, limit)| format!("{name} {request} / {limit}"))
                                .collect();
                            let resources = if resources.is_empty() { "–".to_owned() } else { resources.join(", ") };
                            view! {
                                <tr>
                                    <td class="cell-name" data-line="1">
                                        {container.name} " "
                                        {container.init.then(|| view! { <Badge>{t(words::INIT_CONTAINER)}</Badge> })}
                                    </td>
                                    <td class="cell-mono cell-wrap" data-line="1">{container.image}</td>
                                    <td class="cell-mono" data-label=t(words::PORTS)>{ports}</td>
                                    <td class="cell-mono cell-wrap" data-label=t(words::RESOURCES)>{resources}</td>
                                </tr>
                            }
                        })
                        .collect_view()
                }}
            </tbody>
        </TableFrame>
        <h2 class="section-title">{t(words::CONDITIONS)}</h2>
        {move || conditions_view(detail)}
    }
}

fn conditions_view(detail: Detail) -> AnyView {
    let conditions =
        detail.with(|detail| detail.as_ref().map(|detail| detail.conditions.clone()).unwrap_or_default());
    if conditions.is_empty() {
        return view! { <p class="muted">{t(words::NO_CONDITIONS)}</p> }.into_any();
    }
    let entry = conditions.iter().position(|condition| condition.since > 0);
    let rows = conditions
        .into_iter()
        .enumerate()
        .map(|(at, condition)| {
            let first = Signal::stored(Some(at) == entry);
            view! {
                <tr>
                    <td class="cell-name" data-line="1">{condition.kind}</td>
                    <td data-line="1">{condition.status}</td>
                    <td data-label=t(words::REASON)>{condition.reason}</td>
                    <td class="cell-wrap" data-label=t(words::MESSAGE)>{condition.message}</td>
                    <td class="cell-number" data-label=t(words::SINCE)>
                        {(condition.since > 0).then(|| view! { <TimeAgo at=condition.since * 1_000 style=TimeStyle::Age column=first /> })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableFrame label=t(words::CONDITIONS) stacked=true>
            <thead>
                <tr>
                    <HeaderCell label=t(words::TYPE) />
                    <HeaderCell label=t(common::STATUS) />
                    <HeaderCell label=t(words::REASON) />
                    <HeaderCell label=t(words::MESSAGE) />
                    <HeaderCell label=t(words::SINCE) numeric=true />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </TableFrame>
    }
    .into_any()
}

/// Events about it and its pods, newest first.
#[component]
pub(super) fn EventsPanel(detail: Detail) -> impl IntoView {
    let events =
        Memo::new(move |_| detail.with(|detail| detail.as_ref().map(|detail| detail.events.clone())));
    move || {
        events.get().map(|events| match events {
            Err(why) => refused(why),
            Ok(events) if events.is_empty() => {
                view! { <EmptyState icon=IconName::Activity title=t(words::NO_EVENTS) text=t(words::NO_EVENTS_HELP) /> }.into_any()
            }
            Ok(events) => view! {
                <TableFrame label=t(words::EVENTS) stacked=true>
                    <thead>
                        <tr>
                            <HeaderCell label=t(words::TYPE) />
                            <HeaderCell label=t(words::REASON) />
                            <HeaderCell label=t(words::OBJECT) />
                            <HeaderCell label=t(words::MESSAGE) />
                            <HeaderCell label=t(words::COUNT) numeric=true />
                            <HeaderCell label=t(words::LAST_SEEN) numeric=true />
                        </tr>
                    </thead>
                    <tbody>{events.into_iter().enumerate().map(event_row).collect_view()}</tbody>
                </TableFrame>
            }
            .into_any(),
        })
    }
}

fn event_row((at, event): (usize, EventRow)) -> impl IntoView {
    let (tone, word) =
        if event.warning { (Tone::Waiting, words::WARNING) } else { (Tone::Neutral, words::NORMAL) };
    view! {
        <tr>
            <td class="cell-status" data-line="1"><StatusBadge tone=tone label=t(word) /></td>
            <td data-line="1">{event.reason}</td>
            <td class="cell-mono" data-label=t(words::OBJECT)>{event.object}</td>
            <td class="cell-wrap" data-label=t(words::MESSAGE)>{event.message}</td>
            <td class="cell-number" data-label=t(words::COUNT)>{event.count}</td>
            <td class="cell-number" data-label=t(words::LAST_SEEN)><TimeAgo at=event.last * 1_000 style=TimeStyle::Age column=Signal::stored(at == 0) /></td>
        </tr>
    }
}

/// The object as YAML, read-only.
#[component]
pub(super) fn YamlPanel(detail: Detail) -> impl IntoView {
    let text = Memo::new(move |_| {
        detail.with(|detail| {
            detail.as_ref().map(|detail| binnacle_model::yaml::to_yaml(&detail.object)).unwrap_or_default()
        })
    });
    let file =
        detail.with_untracked(|detail| detail.as_ref().map(|detail| format!("{}.yaml", detail.row.name)));
    view! {
        <p class="muted">{t(words::YAML_HELP)}</p>
        <CodeBlock text=text label=t(words::YAML) file_name=file.unwrap_or_default() />
    }
}
