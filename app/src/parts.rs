//! The parts of the console that the browser fetches when they are first needed.
//!
//! The first load holds the frame and the list of clusters. The rest lies in parts: each a WebAssembly
//! module of its own, which `cargo xtask build` cuts out of the whole at the functions marked below
//! (docs/decisions/0004). On the server all of it is there.
//!
//! A page is drawn at once when its part is there: on the server, while the first page is hydrated (its part is
//! fetched before), and on every visit but the first. A part that cannot be fetched is an error on the page with
//! a way to try again; what is loaded goes on.

use crate::ui::title::Title;
use binnacle_model::words::shell as words;
use futures::FutureExt as _;
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};

use crate::{
    components::remove_cluster::RemoveClusterDialog,
    i18n::{t, use_lang},
    pages::{
        cluster::ClusterPage,
        cluster_form::{EditClusterPage, IntegratePage},
        create_image::CreateByImagePage,
        create_yaml::CreateFromYamlPage,
        edit_yaml::EditYamlPage,
        workload::WorkloadPage,
        workloads::WorkloadsPage,
    },
    ui::{
        state::{ErrorState, Skeleton},
        toast::use_toasts,
    },
};

/// A page that lies in a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// One cluster.
    Cluster,
    /// A workload list.
    Workloads,
    /// One workload.
    Workload,
    /// The form that integrates a cluster.
    Integrate,
    /// The form that changes a registration.
    EditCluster,
    /// Create from YAML.
    CreateFromYaml,
    /// Create by image.
    CreateByImage,
    /// Edit YAML.
    EditYaml,
}

/// Pages that show.
#[wasm_split(view, wasm_split_path = ::leptos::wasm_split, preload(fetch_view), fallible)]
fn view_page(page: Page) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Page::Workloads => view! { <WorkloadsPage /> }.into_any(),
        Page::Workload => view! { <WorkloadPage /> }.into_any(),
        _ => view! { <ClusterPage /> }.into_any(),
    })
}

/// Pages that ask.
#[wasm_split(form, wasm_split_path = ::leptos::wasm_split, preload(fetch_form), fallible)]
fn form_page(page: Page) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Page::EditCluster => view! { <EditClusterPage /> }.into_any(),
        Page::CreateFromYaml => view! { <CreateFromYamlPage /> }.into_any(),
        Page::CreateByImage => view! { <CreateByImagePage /> }.into_any(),
        Page::EditYaml => view! { <EditYamlPage /> }.into_any(),
        _ => view! { <IntegratePage /> }.into_any(),
    })
}

/// What asks before a cluster is removed.
#[wasm_split(remove, wasm_split_path = ::leptos::wasm_split, preload(fetch_remove), fallible)]
fn remove_dialog(
    target: RwSignal<Option<String>>,
    on_removed: Callback<String>,
) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <RemoveClusterDialog target=target on_removed=on_removed /> }.into_any())
}

impl Page {
    /// The page that an address names, if it lies in a part. What it says must be what the routes say: another
    /// page's part is fetched for nothing, and hydration waits for the right one in vain.
    pub fn at(path: &str) -> Option<Page> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments[..] {
            ["clusters", "integrate"] => Some(Page::Integrate),
            ["clusters", _] => Some(Page::Cluster),
            ["clusters", _, "edit"] => Some(Page::EditCluster),
            ["clusters", _, "create-yaml"] => Some(Page::CreateFromYaml),
            ["clusters", _, _] => Some(Page::Workloads),
            ["clusters", _, _, "create"] => Some(Page::CreateByImage),
            ["clusters", _, _, _, _] => Some(Page::Workload),
            ["clusters", _, _, _, _, "edit-yaml"] => Some(Page::EditYaml),
            _ => None,
        }
    }

    fn is_form(self) -> bool {
        !matches!(self, Page::Cluster | Page::Workloads | Page::Workload)
    }

    /// Fetches the page's part, once; whether it is there now. A failed fetch is not remembered.
    pub async fn fetch(self) -> bool {
        let fetched = if self.is_form() { fetch_form().await } else { fetch_view().await };
        fetched.is_ok()
    }

    /// The page, if its part is there.
    fn draw(self) -> Option<AnyView> {
        let drawn =
            if self.is_form() { form_page(self).now_or_never() } else { view_page(self).now_or_never() };
        drawn?.ok()
    }
}

/// A page out of its part.
#[component]
pub fn Part(
    /// Which.
    page: Page,
) -> impl IntoView {
    if let Some(drawn) = page.draw() {
        return drawn;
    }
    let fetched = RwSignal::new(None::<bool>);
    let fetch = move || {
        fetched.set(None);
        leptos::task::spawn_local(async move {
            let there = page.fetch().await;
            // The person may have gone elsewhere meanwhile, and the signal with the page.
            fetched.try_set(Some(there));
        });
    };
    fetch();
    (move || match fetched.get() {
        None => view! { <Skeleton lines=8 /> }.into_any(),
        Some(true) => page.draw().into_any(),
        Some(false) => view! {
            // The page would have brought its own.
            <Title text="" />
            <h1 class="visually-hidden">{t(words::BINNACLE)}</h1>
            <ErrorState title=t(words::PART_NOT_LOADED) text=t(words::PART_NOT_LOADED_HELP) on_retry=move |()| fetch() />
        }
        .into_any(),
    })
    .into_any()
}

/// [`RemoveClusterDialog`] out of its part, which is fetched when it is first needed.
#[component]
pub fn RemoveCluster(
    /// The cluster's name; `None` while closed.
    target: RwSignal<Option<String>>,
    /// Runs once it is gone.
    #[prop(into)]
    on_removed: Callback<String>,
) -> impl IntoView {
    let (lang, toasts) = (use_lang(), use_toasts());
    let fetched = RwSignal::new(false);
    Effect::new(move |_| {
        if fetched.get() || target.with(Option::is_none) {
            return;
        }
        leptos::task::spawn_local(async move {
            if fetch_remove().await.is_ok() {
                // The person may have gone elsewhere meanwhile, and the signals with the page.
                fetched.try_set(true);
            } else {
                toasts.error(words::PART_NOT_LOADED.text(lang.get_untracked()));
                target.try_set(None);
            }
        });
    });
    (move || {
        fetched.get().then(|| remove_dialog(target, on_removed).now_or_never().and_then(Result::ok)).flatten()
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_page() {
        for (path, page) in [
            ("/", None),
            ("/clusters", None),
            ("/clusters/", None),
            ("/clusters/integrate", Some(Page::Integrate)),
            ("/clusters/prod", Some(Page::Cluster)),
            ("/clusters/prod/edit", Some(Page::EditCluster)),
            ("/clusters/prod/create-yaml", Some(Page::CreateFromYaml)),
            ("/clusters/prod/statefulsets", Some(Page::Workloads)),
            ("/clusters/prod/statefulsets/create", Some(Page::CreateByImage)),
            ("/clusters/prod/statefulsets/default/web", Some(Page::Workload)),
            ("/clusters/prod/statefulsets/default/web/edit-yaml", Some(Page::EditYaml)),
            ("/clusters/prod/statefulsets/default/web/more", None),
        ] {
            assert_eq!(Page::at(path), page, "{path}");
        }
    }
}
