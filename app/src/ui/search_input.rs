//! A search field that asks only when the typing rests.
//!
//! | Key | Does |
//! | --- | --- |
//! | `/` anywhere outside a text field | moves to it |
//! | Escape | empties it; when empty, leaves it |
//! | Enter | asks at once |

use std::time::Duration;

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use wasm_bindgen::JsCast;

use super::bind::bind_text;
use super::icon::{Icon, IconName, IconSize};
use crate::i18n::t;
use binnacle_model::words::ui as words;

/// How long the typing rests before the search is asked for.
const REST: Duration = Duration::from_millis(200);

/// A search field.
#[component]
pub fn SearchInput(
    /// The element's id, the same on server and client.
    #[prop(into)]
    id: String,
    /// Its accessible name, and its example text.
    #[prop(into)]
    label: TextProp,
    /// The search in force.
    #[prop(into)]
    value: Signal<String>,
    /// Runs with the text, 200 ms after the last key.
    #[prop(into)]
    on_search: Callback<String>,
    /// `/` moves here; for the one main search of a page.
    #[prop(optional)]
    slash: bool,
) -> impl IntoView {
    let typed = RwSignal::new(value.get_untracked());
    let sent = StoredValue::new(value.get_untracked());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let input = NodeRef::<html::Input>::new();

    let send = move || {
        if let Some(timeout) = waiting.try_update_value(Option::take).flatten() {
            timeout.clear();
        }
        let text = typed.get_untracked();
        if sent.with_value(|sent| *sent != text) {
            sent.set_value(text.clone());
            on_search.run(text);
        }
    };
    let edit = move |text: String| {
        typed.set(text);
        if let Some(timeout) = waiting.try_update_value(Option::take).flatten() {
            timeout.clear();
        }
        waiting.set_value(set_timeout_with_handle(send, REST).ok());
    };
    // The URL changed by other means than this field (a chip removed, the way back).
    Effect::new(move |_| {
        let outside = value.get();
        if sent.with_value(|sent| *sent != outside) {
            sent.set_value(outside.clone());
            typed.set(outside);
        }
    });
    bind_text(move || input.get(), typed.into(), Callback::new(edit));
    on_cleanup(move || {
        if let Some(timeout) = waiting.try_update_value(Option::take).flatten() {
            timeout.clear();
        }
    });
    if slash {
        Effect::new(move || {
            let listener = window_event_listener(leptos::ev::keydown, move |event| {
                if event.key() == "/"
                    && !event.ctrl_key()
                    && !event.meta_key()
                    && !takes_text(event.target())
                    && let Some(input) = input.get_untracked()
                {
                    event.prevent_default();
                    input.select();
                    // Fails for a field that has left the page.
                    let _ = input.focus();
                }
            });
            on_cleanup(move || listener.remove());
        });
    }
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            send();
        }
        "Escape" => {
            if typed.with_untracked(String::is_empty) {
                if let Some(input) = input.get_untracked() {
                    // As above.
                    let _ = input.blur();
                }
            } else {
                event.stop_propagation();
                edit(String::new());
                send();
            }
        }
        _ => {}
    };
    let clear = t(words::CLEAR_SEARCH);
    let name = label.clone();
    view! {
        <span class="search" role="search">
            <Icon name=IconName::Search />
            <input
                class="input"
                type="text"
                inputmode="search"
                enterkeyhint="search"
                id=id
                node_ref=input
                value=value.get_untracked()
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-label=move || name.get()
                aria-keyshortcuts=slash.then_some("/")
                placeholder=move || label.get()
                on:input=move |event| edit(event_target_value(&event))
                on:keydown=on_key
            />
            <Show
                when=move || !typed.with(String::is_empty)
                fallback=move || slash.then(|| view! { <kbd class="kbd" aria-hidden="true">"/"</kbd> })
            >
                <button
                    type="button"
                    class="search-clear"
                    aria-label=clear
                    data-tip=clear
                    on:click=move |_| {
                        edit(String::new());
                        send();
                        if let Some(input) = input.get_untracked() {
                            let _ = input.focus();
                        }
                    }
                >
                    <Icon name=IconName::X size=IconSize::Small />
                </button>
            </Show>
        </span>
    }
    .into_any()
}

/// Whether an event's target is a place to type in.
fn takes_text(target: Option<web_sys::EventTarget>) -> bool {
    target.and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|element| {
        element
            .closest("input, textarea, select, [contenteditable=true], dialog[open]")
            .is_ok_and(|found| found.is_some())
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn it_is_named_and_keeps_its_text() {
        let out = html(|| {
            view! { <SearchInput id="q" label="Search StatefulSets" value="web".to_owned() on_search=|_| () slash=true /> }
        });
        assert!(
            out.contains(r#"aria-label="Search StatefulSets""#) && out.contains(r#"value="web""#),
            "{out}"
        );
        assert!(out.contains(r#"aria-label="Clear search""#), "{out}");
    }
}
