//! The console's entry point in the browser.

// Views are types nested as deep as the page.
#![recursion_limit = "1024"]

use binnacle_app::{
    App,
    i18n::fetch_language,
    parts::Page,
    request::{META, RequestInfo},
    ui::Assets,
};
use leptos::prelude::provide_context;
use std::time::Duration;
use wasm_bindgen::prelude::wasm_bindgen;

/// How long to wait before a part is asked for again, at first and at most (as the live socket does).
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(15);

/// Until it is there: without it the page would not be what the server drew.
async fn retry(fetch: impl AsyncFn() -> bool) {
    let mut wait = FIRST_RETRY;
    while !fetch().await {
        binnacle_app::interop::sleep(wait).await;
        wait = (wait * 2).min(LAST_RETRY);
    }
}

/// Makes the server-rendered page live, with the facts the server wrote into its head. The part that the page
/// lies in and the words of its language are fetched first: hydration finds the page whole. Until then the page
/// is what the server drew.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    if let Some(page) = binnacle_app::interop::pathname().as_deref().and_then(Page::at) {
        retry(async || page.fetch().await).await;
    }
    let assets = Assets::from_page();
    let facts = binnacle_app::interop::meta_content(META)
        .and_then(|facts| serde_json::from_str::<RequestInfo>(&facts).ok());
    if let Some(facts) = &facts {
        retry(async || fetch_language(&assets, facts.lang).await).await;
    }
    leptos::mount::hydrate_body(move || {
        provide_context(assets);
        if let Some(facts) = facts {
            provide_context(facts);
        }
        leptos::prelude::view! { <App /> }
    });
    // From here on controls answer; tests wait for it.
    if let Some(root) = binnacle_app::interop::document().and_then(|document| document.document_element()) {
        // A browser that refuses an attribute of ours still has a live page.
        let _ = root.set_attribute("data-live", "true");
    }
}
