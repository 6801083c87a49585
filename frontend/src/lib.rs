//! The console's entry point in the browser.

// Views are types nested as deep as the page.
#![recursion_limit = "1024"]

use binnacle_app::{
    App,
    request::{META, RequestInfo},
    ui::Assets,
};
use leptos::prelude::provide_context;
use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the server-rendered page live, with the facts the server wrote into its head.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
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
