//! The console's entry point in the browser.

// Views are types nested as deep as the page.
#![recursion_limit = "1024"]

use binnacle_app::{
    App,
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

/// Makes the server-rendered page live, with the facts the server wrote into its head. The part that the page
/// lies in is fetched first: hydration finds the page whole. Until then the page is what the server drew.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    if let Some(page) = binnacle_app::interop::pathname().as_deref().and_then(Page::at) {
        let mut wait = FIRST_RETRY;
        while !page.fetch().await {
            binnacle_app::interop::sleep(wait).await;
            wait = (wait * 2).min(LAST_RETRY);
        }
    }
    leptos::mount::hydrate_body(|| {
        provide_context(Assets::from_page());
        let facts = binnacle_app::interop::meta_content(META);
        if let Some(facts) = facts.and_then(|facts| serde_json::from_str::<RequestInfo>(&facts).ok()) {
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
