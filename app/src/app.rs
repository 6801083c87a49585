//! The document around every page, and the routes.

use binnacle_model::Lang;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Redirect, Route, Router},
    path,
};

use crate::{
    i18n::{CHINESE_FILE, provide_lang},
    interop,
    live::provide_live,
    pages::{clusters::ClustersPage, not_found::NotFoundPage},
    parts::{Page, Part},
    request::{META, use_request},
    shell::Shell,
    ui::{
        assets::{ASSETS_META, use_assets},
        time::provide_clock,
        toast::provide_toasts,
    },
};

/// The HTML document (server only; the browser hydrates its body).
pub fn shell() -> impl IntoView {
    let request = use_request();
    let assets = use_assets();
    let facts = serde_json::to_string(&request).unwrap_or_default();
    let manifest = assets.to_json();
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    view! {
        <!DOCTYPE html>
        <html lang=request.lang.tag() data-theme=request.theme.clone()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name=META content=facts />
                <meta name=ASSETS_META content=manifest />
                <meta name="binnacle-nonce" nonce=nonce />
                <link rel="icon" type="image/svg+xml" href=assets.url("favicon.svg") />
                <link rel="stylesheet" href=assets.url("style.css") />
                <link rel="modulepreload" href=assets.url("frontend.js") />
                {(request.lang == Lang::Zh).then(|| {
                    view! { <link rel="preload" r#as="fetch" href=assets.url(CHINESE_FILE) crossorigin="anonymous" /> }
                })}
                <script type="module" src=assets.url("boot.js")></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The window's title for a page's own.
///
/// The server writes it into the document, and `leptos_meta` writes it as it is: a name out of the address must
/// not end the element. The browser sets it as text.
fn title(page: String) -> String {
    let title = if page.is_empty() { "Binnacle".to_owned() } else { format!("{page} · Binnacle") };
    if interop::in_browser() { title } else { title.replace('&', "&amp;").replace('<', "&lt;") }
}

/// The console: contexts, frame and routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_lang(use_request().lang);
    provide_toasts();
    provide_live();
    provide_clock();
    interop::watch_history();

    view! {
        <Title formatter=title />
        <Router>
            <Shell>
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("") view=|| view! { <Redirect path="/clusters" /> } ssr=SsrMode::Async />
                    <Route path=path!("clusters") view=ClustersPage ssr=SsrMode::Async />
                    <Route path=path!("clusters/integrate") view=|| view! { <Part page=Page::Integrate /> } ssr=SsrMode::Async />
                    <Route path=path!("clusters/:cluster") view=|| view! { <Part page=Page::Cluster /> } ssr=SsrMode::Async />
                    <Route path=path!("clusters/:cluster/edit") view=|| view! { <Part page=Page::EditCluster /> } ssr=SsrMode::Async />
                    <Route path=path!("clusters/:cluster/create-yaml") view=|| view! { <Part page=Page::CreateFromYaml /> } ssr=SsrMode::Async />
                    <Route path=path!("clusters/:cluster/:kind") view=|| view! { <Part page=Page::Workloads /> } ssr=SsrMode::Async />
                    <Route path=path!("clusters/:cluster/:kind/create") view=|| view! { <Part page=Page::CreateByImage /> } ssr=SsrMode::Async />
                    <Route
                        path=path!("clusters/:cluster/:kind/:namespace/:name")
                        view=|| view! { <Part page=Page::Workload /> }
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("clusters/:cluster/:kind/:namespace/:name/edit-yaml")
                        view=|| view! { <Part page=Page::EditYaml /> }
                        ssr=SsrMode::Async
                    />
                    <Route path=path!("/*any") view=NotFoundPage ssr=SsrMode::Async />
                </FlatRoutes>
            </Shell>
        </Router>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_the_title() {
        assert_eq!(title(String::new()), "Binnacle");
        assert_eq!(title("</title><meta x> & co".into()), "&lt;/title>&lt;meta x> &amp; co · Binnacle");
    }
}
