//! Where static files live: logical names and their content-hashed paths.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The `name` of the `<meta>` element that carries the map to the browser as JSON.
pub const ASSETS_META: &str = "binnacle-assets";

/// The map from logical asset names (`editor.js`) to hashed paths (`/assets/editor-AB12.js`).
///
/// The server provides it as context and writes its JSON into
/// `<meta name="binnacle-assets" content="...">`; the browser reads the same with
/// [`Assets::from_page`], so both render the same addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Assets(pub Arc<BTreeMap<String, String>>);

impl Assets {
    /// The address of an asset. A name that the map does not know stays readable, so that a
    /// missing file shows in the network log under its own name.
    pub fn url(&self, logical: &str) -> String {
        self.0.get(logical).cloned().unwrap_or_else(|| format!("/assets/{logical}"))
    }

    /// The map for the page's `<meta>`.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&*self.0).unwrap_or_else(|_| "{}".to_owned())
    }

    /// Reads the map as [`Assets::to_json`] wrote it.
    ///
    /// # Errors
    /// When the text is not a JSON object of strings.
    pub fn from_json(json: &str) -> Result<Assets, serde_json::Error> {
        Ok(Assets(Arc::new(serde_json::from_str(json)?)))
    }

    /// In the browser: the map that the server wrote into this page. Empty on the server.
    pub fn from_page() -> Assets {
        crate::interop::meta_content(ASSETS_META)
            .and_then(|json| Assets::from_json(&json).ok())
            .unwrap_or_default()
    }
}

thread_local! {
    /// The page's map, read once per page: an icon in each of 50 rows asks for it.
    static PAGE: OnceCell<Assets> = const { OnceCell::new() };
}

/// The map in context; in the browser without one, the map of the page; in tests an empty one.
pub fn use_assets() -> Assets {
    use_context::<Assets>().unwrap_or_else(|| {
        if crate::interop::in_browser() {
            PAGE.with(|page| page.get_or_init(Assets::from_page).clone())
        } else {
            Assets::default()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_survives_the_page() {
        let assets =
            Assets(Arc::new(BTreeMap::from([("icons.svg".to_owned(), "/assets/icons-1a2b.svg".to_owned())])));
        let back = Assets::from_json(&assets.to_json()).unwrap();
        assert_eq!(back.url("icons.svg"), "/assets/icons-1a2b.svg");
        assert_eq!(back.url("editor.js"), "/assets/editor.js");
        assert!(Assets::from_json("[]").is_err());
    }
}
