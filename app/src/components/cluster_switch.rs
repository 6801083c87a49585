//! The cluster switch of the bar.

use binnacle_model::{cluster::ClusterRow, words::shell as words};
use leptos::prelude::*;

use crate::{
    api::clusters::list_clusters,
    components::status::cluster_word,
    i18n::{t, use_lang},
    paths,
    ui::{
        icon::{Icon, IconName, IconSize},
        menu::{Menu, MenuItem, MenuSeparator},
    },
};

/// Names the cluster in view and leads to the others; the list is read when the menu opens.
#[component]
pub fn ClusterSwitch(
    /// The cluster in view.
    current: Memo<Option<String>>,
) -> impl IntoView {
    let choose = t(words::CHOOSE_CLUSTER);
    let trigger = move || {
        view! {
            <Icon name=IconName::Server />
            <span class="bar-cluster">{move || current.get().unwrap_or_else(|| choose().to_owned())}</span>
            <Icon name=IconName::ChevronsUpDown size=IconSize::Small />
        }
    };
    view! {
        <Menu id="cluster-switch" label=t(words::SWITCH_CLUSTER) trigger=trigger>
            <Choices current=current />
        </Menu>
    }
}

#[component]
fn Choices(current: Memo<Option<String>>) -> impl IntoView {
    let lang = use_lang();
    let rows = RwSignal::new(None::<Vec<ClusterRow>>);
    leptos::task::spawn_local(async move {
        let found = list_clusters().await.unwrap_or_default();
        // The menu may have closed meanwhile, and the signal with it.
        rows.try_set(Some(found));
    });
    let item = move |row: ClusterRow| {
        let name = row.name.clone();
        let checked = Signal::derive(move || current.get().as_deref() == Some(&name));
        let note = if row.alias.is_empty() || row.alias == row.name {
            cluster_word(row.state).text(lang.get_untracked()).to_owned()
        } else {
            format!("{} · {}", row.alias, cluster_word(row.state).text(lang.get_untracked()))
        };
        view! { <MenuItem label=row.name.clone() note=note href=paths::cluster(&row.name) checked=checked /> }
    };
    view! {
        {move || rows.get().map(|rows| rows.into_iter().map(item).collect_view())}
        <MenuSeparator />
        <MenuItem label=t(words::ALL_CLUSTERS) href=paths::clusters() icon=IconName::LayoutGrid />
    }
}
