//! Local storage: drafts and preferences that stay in this browser.

fn storage() -> Option<web_sys::Storage> {
    if !super::in_browser() {
        return None;
    }
    // Refused in some privacy modes: then nothing is kept, and nothing breaks.
    web_sys::window()?.local_storage().ok()?
}

/// The text kept under a key.
pub fn storage_get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Keeps a text under a key. Returns whether it was kept (the store may be full or refused).
pub fn storage_set(key: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, text).is_ok())
}

/// Forgets a key.
pub fn storage_remove(key: &str) {
    if let Some(storage) = storage() {
        // Removing cannot fail but by refusal of the whole store, which `storage` has seen.
        let _ = storage.remove_item(key);
    }
}
