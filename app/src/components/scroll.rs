//! Scrolling: the window stands still, the content and the tables in it scroll.

use crate::interop::document;

/// Scrolls what a selector finds to its top.
pub fn scroll_to_top(selector: &str) {
    if let Some(found) = document().and_then(|document| document.query_selector(selector).ok().flatten()) {
        found.set_scroll_top(0);
    }
}
