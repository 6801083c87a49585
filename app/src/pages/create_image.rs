//! Create by Image: the wizard of one kind in one cluster (PS 8).

use crate::ui::title::Title;
use binnacle_model::{
    object::WorkloadKind,
    words::{form as words, lists, shell},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    forms::wizard::WorkloadWizard,
    i18n::use_lang,
    pages::not_found::NotFoundPage,
    paths,
    ui::breadcrumbs::{Breadcrumbs, Crumb},
};

/// Where a workload goes when the address names no namespace (PS 8.2).
const DEFAULT_NAMESPACE: &str = "default";

/// The page.
#[component]
pub fn CreateByImagePage() -> impl IntoView {
    let params = use_params_map();
    let place = Memo::new(move |_| {
        params.with(|params| {
            let kind = WorkloadKind::from_plural(&params.get("kind").unwrap_or_default());
            (params.get("cluster").unwrap_or_default(), kind)
        })
    });
    view! {
        {move || match place.get() {
            (cluster, Some(kind)) => view! { <CreateKind kind=kind cluster=cluster /> }.into_any(),
            (_, None) => view! { <NotFoundPage /> }.into_any(),
        }}
    }
}

#[component]
fn CreateKind(kind: WorkloadKind, cluster: String) -> impl IntoView {
    let lang = use_lang();
    let search = use_query_map();
    let namespace = search
        .with_untracked(|search| search.get("namespace"))
        .filter(|namespace| !namespace.is_empty())
        .unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned());
    let title = move || words::CREATE_KIND.fill(lang.get(), &[kind.kind()]);
    let trail = {
        let cluster = cluster.clone();
        Signal::derive(move || {
            vec![
                Crumb::link(shell::CLUSTERS.text(lang.get()), paths::clusters()),
                Crumb::link(cluster.clone(), paths::cluster(&cluster)),
                Crumb::link(lists::STATEFULSETS.text(lang.get()), paths::workloads(&cluster, kind)),
                Crumb::here(lists::CREATE_BY_IMAGE.text(lang.get())),
            ]
        })
    };
    view! {
        <Title text=title />
        <Breadcrumbs label=crate::i18n::t(shell::BREADCRUMB) items=trail />
        <div class="page-head">
            <h1 class="page-title">{title}</h1>
        </div>
        <WorkloadWizard kind=kind cluster=cluster namespace=namespace />
    }
}
