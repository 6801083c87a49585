//! Tabs (APG, automatic activation).
//!
//! | Key | Does |
//! | --- | --- |
//! | Tab | moves to the chosen tab, then into its panel |
//! | Left, Right | chooses the tab before or after, around the ends |
//! | Home, End | chooses the first or last tab |
//!
//! The chosen tab is the caller's signal: pages keep it in the URL.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::interop;

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Its name in ids and in the URL.
    pub key: &'static str,
    /// Its words.
    pub label: String,
    /// A count behind the words.
    pub count: Option<u32>,
}

impl Tab {
    /// A tab with its words.
    pub fn new(key: &'static str, label: impl Into<String>) -> Self {
        Tab { key, label: label.into(), count: None }
    }

    /// With a count behind its words.
    pub fn count(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }
}

/// The row of tabs. Each panel is a [`TabPanel`] with the same `id`.
#[component]
pub fn TabList(
    /// The set's id, the same on server and client.
    #[prop(into)]
    id: String,
    /// The set's accessible name.
    #[prop(into)]
    label: TextProp,
    /// The tabs.
    #[prop(into)]
    tabs: Signal<Vec<Tab>>,
    /// The chosen tab's key.
    #[prop(into)]
    selected: Signal<String>,
    /// Runs with the key chosen.
    #[prop(into)]
    on_select: Callback<String>,
) -> impl IntoView {
    let set = id.clone();
    let on_key = move |event: KeyboardEvent| {
        let keys: Vec<&'static str> = tabs.with_untracked(|tabs| tabs.iter().map(|tab| tab.key).collect());
        let now = selected.with_untracked(|selected| keys.iter().position(|key| key == selected));
        if let Some(next) = move_to(keys.len(), now, &event.key()) {
            event.prevent_default();
            on_select.run(keys[next].to_owned());
            interop::focus(&tab_id(&set, keys[next]));
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=move || label.get() on:keydown=on_key>
            <For each=move || tabs.get() key=|tab| (tab.key, tab.label.clone(), tab.count) let(tab)>
                {
                    let key = tab.key;
                    let chosen = move || selected.with(|selected| selected == key);
                    view! {
                        <button
                            type="button"
                            class="tab"
                            role="tab"
                            id=tab_id(&id, key)
                            aria-controls=panel_id(&id, key)
                            aria-selected=move || if chosen() { "true" } else { "false" }
                            tabindex=move || if chosen() { "0" } else { "-1" }
                            on:click=move |_| on_select.run(key.to_owned())
                        >
                            {tab.label}
                            {tab.count.map(|count| view! { <span class="tab-count">{count}</span> })}
                        </button>
                    }
                }
            </For>
        </div>
    }
    .into_any()
}

/// The panel of one tab; drawn only while its tab is chosen.
#[component]
pub fn TabPanel(
    /// The set's id, as in [`TabList`].
    #[prop(into)]
    id: String,
    /// Its tab's key.
    tab: &'static str,
    /// The chosen tab's key.
    #[prop(into)]
    selected: Signal<String>,
    /// What it shows.
    children: ChildrenFn,
) -> impl IntoView {
    let chosen = Memo::new(move |_| selected.with(|selected| selected == tab));
    let children = StoredValue::new(children);
    view! {
        <div
            class="tab-panel"
            role="tabpanel"
            id=panel_id(&id, tab)
            aria-labelledby=tab_id(&id, tab)
            hidden=move || !chosen.get()
            tabindex="0"
        >
            <Show when=move || chosen.get()>{children.with_value(|children| children())}</Show>
        </div>
    }
    .into_any()
}

fn tab_id(set: &str, key: &str) -> String {
    format!("{set}-tab-{key}")
}

fn panel_id(set: &str, key: &str) -> String {
    format!("{set}-panel-{key}")
}

/// The index a key moves to.
fn move_to(count: usize, now: Option<usize>, key: &str) -> Option<usize> {
    if count == 0 {
        return None;
    }
    let now = now.unwrap_or(0);
    match key {
        "ArrowRight" => Some((now + 1) % count),
        "ArrowLeft" => Some((now + count - 1) % count),
        "Home" => Some(0),
        "End" => Some(count - 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_around_the_ends() {
        for (now, key, expected) in [
            (Some(0), "ArrowRight", Some(1)),
            (Some(2), "ArrowRight", Some(0)),
            (Some(0), "ArrowLeft", Some(2)),
            (Some(1), "Home", Some(0)),
            (Some(1), "End", Some(2)),
            (Some(1), "ArrowDown", None),
        ] {
            assert_eq!(move_to(3, now, key), expected, "{key}");
        }
        assert_eq!(move_to(0, None, "Home"), None);
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn tab_and_panel_name_each_other() {
        let out = crate::ui::testing::html(|| {
            let tabs = vec![Tab::new("pods", "Pods").count(3), Tab::new("yaml", "YAML")];
            view! {
                <TabList id="w" label="Views" tabs=tabs selected="pods".to_owned() on_select=|_| () />
                <TabPanel id="w" tab="pods" selected="pods".to_owned()>"the pods"</TabPanel>
                <TabPanel id="w" tab="yaml" selected="pods".to_owned()>"the yaml"</TabPanel>
            }
        });
        assert!(out.contains(r#"role="tablist""#) && out.contains(r#"aria-label="Views""#), "{out}");
        assert!(
            out.contains(r#"aria-controls="w-panel-pods""#) && out.contains(r#"id="w-panel-pods""#),
            "{out}"
        );
        assert_eq!(out.matches(r#"aria-selected="true""#).count(), 1, "{out}");
        assert!(out.contains("the pods") && !out.contains("the yaml"), "{out}");
    }
}
