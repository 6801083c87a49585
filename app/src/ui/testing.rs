//! Renders a part to HTML as the server would, for tests of role and name.

use leptos::prelude::*;

/// The HTML of a view, without hydration markers.
pub(crate) fn html<V: IntoView + 'static>(view: impl FnOnce() -> V + 'static) -> String {
    let owner = Owner::new();
    let out = owner.with(|| view().into_view().to_html());
    out.replace("<!>", "")
}
