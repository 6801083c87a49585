//! The YAML editor: a plain text area that becomes CodeMirror once that is loaded.
//!
//! | Key | Does |
//! | --- | --- |
//! | Tab | indents |
//! | Escape, then Tab | leaves the editor |
//! | Ctrl+F | searches |
//! | Ctrl+Z, Ctrl+Shift+Z | undo, redo |
//! | F8 | the next finding |
//!
//! Where the editor cannot be loaded the text area stays, and everything still works.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;

use super::assets::use_assets;
use super::text_area::TextArea;
use crate::i18n::{t, use_lang};
use crate::interop::editor::{Editor, EditorDiagnostic, EditorEvents, EditorLock, EditorOptions, EditorSlot};
use crate::interop::{self, dropped_files, is_dark};
use binnacle_model::words::ui as words;

/// A text editor for YAML.
#[component]
pub fn CodeEditor(
    /// The element's id, the same on server and client.
    #[prop(into)]
    id: String,
    /// Its accessible name.
    #[prop(into)]
    label: TextProp,
    /// The text; it flows both ways.
    value: RwSignal<String>,
    /// Findings to mark in the text.
    #[prop(optional, into)]
    diagnostics: Signal<Vec<EditorDiagnostic>>,
    /// Fields to mark as not to be changed. The marks move with the text; a new list replaces them.
    #[prop(optional, into)]
    locked: Signal<Vec<EditorLock>>,
    /// Runs with the index of the finding whose repair was asked for.
    #[prop(optional, into)]
    on_repair: Option<Callback<usize>>,
    /// Shown but not editable.
    #[prop(optional, into)]
    read_only: Signal<bool>,
    /// Line and column of the caret, from 1.
    #[prop(optional, into)]
    on_cursor: Option<Callback<(u32, u32)>>,
    /// A file was dropped on the editor.
    #[prop(optional, into)]
    on_file: Option<Callback<web_sys::File>>,
    /// Set to an offset, in UTF-16 code units, to bring it into view; it is taken back to `None`.
    #[prop(optional, into)]
    reveal: Option<RwSignal<Option<u32>>>,
    /// Lines shown by the plain text area.
    #[prop(default = 20)]
    rows: u32,
) -> impl IntoView {
    let host = NodeRef::<html::Div>::new();
    let area = NodeRef::<html::Textarea>::new();
    let ready = RwSignal::new(false);
    let failed = RwSignal::new(false);
    // The text that the editor holds, to tell an echo from a change by others.
    let held = StoredValue::new(String::new());
    // Lives in this thread only; dropped, and so destroyed, with the component.
    let editor = EditorSlot::new();
    let url = use_assets().url("editor.js");

    let (frame_id, hint_id) = (format!("{id}-editor"), format!("{id}-hint"));
    let lang = use_lang();
    let (name, later_name) = (label.clone(), label.clone());
    let described_by = hint_id.clone();
    Effect::new(move |started: Option<bool>| {
        let Some(element) = host.get() else { return started.unwrap_or(false) };
        if started == Some(true) {
            return true;
        }
        let url = url.clone();
        let label = untrack(|| name.get().into_owned());
        let described_by = described_by.clone();
        spawn_local(async move {
            let Some(doc) = value.try_get_untracked() else { return };
            let options = EditorOptions {
                doc: &doc,
                read_only: read_only.get_untracked(),
                dark: is_dark(),
                lang: lang.get_untracked().tag(),
                label: &label,
                described_by: &described_by,
            };
            let events = EditorEvents {
                on_change: Box::new(move |text| {
                    held.set_value(text.clone());
                    value.set(text);
                }),
                on_cursor: Box::new(move |line, column| {
                    if let Some(on_cursor) = on_cursor {
                        on_cursor.run((line, column));
                    }
                }),
                on_repair: Box::new(move |index| {
                    if let Some(on_repair) = on_repair {
                        on_repair.run(index);
                    }
                }),
                on_drop: Box::new(move |file| {
                    if let Some(on_file) = on_file {
                        on_file.run(file);
                    }
                }),
            };
            let made = Editor::create(&url, &element, options, events).await;
            // The page may have gone on while the editor was loading.
            if host.try_get_untracked().flatten().is_none() {
                return;
            }
            match made {
                Ok(made) => {
                    let area = area.get_untracked();
                    let had_focus = area.is_some_and(|area| area.matches(":focus").unwrap_or(false));
                    held.set_value(doc);
                    editor.keep(made);
                    ready.set(true);
                    if had_focus {
                        editor.with(Editor::focus);
                    }
                }
                Err(_) => failed.set(true),
            }
        });
        true
    });
    Effect::new(move || {
        let text = value.get();
        if ready.get() && held.with_value(|held| *held != text) {
            held.set_value(text.clone());
            editor.with(|editor| editor.set(&text));
        }
    });
    Effect::new(move || {
        let found = diagnostics.get();
        if ready.get() {
            editor.with(|editor| editor.set_diagnostics(&found));
        }
    });
    Effect::new(move || {
        let locked = locked.get();
        if ready.get() {
            editor.with(|editor| editor.set_locked(&locked));
        }
    });
    Effect::new(move || {
        let (read_only, lang, label) = (read_only.get(), lang.get().tag(), later_name.get());
        if ready.get() {
            editor.with(|editor| editor.configure(is_dark(), read_only, lang, &label));
        }
    });
    if let Some(reveal) = reveal {
        Effect::new(move || {
            let Some(offset) = reveal.get() else { return };
            if ready.get() {
                editor.with(|editor| editor.reveal(offset));
            } else if let Some(area) = area.get() {
                let at = value.with_untracked(|text| place_of(text, offset));
                interop::reveal_in_area(&area, offset, at.0);
                if let Some(on_cursor) = on_cursor {
                    on_cursor.run(at);
                }
            } else {
                return;
            }
            reveal.set(None);
        });
    }

    let drop_file = move |event: leptos::ev::DragEvent| {
        if let (Some(on_file), Some(file)) = (on_file, dropped_files(&event).into_iter().next()) {
            event.prevent_default();
            on_file.run(file);
        }
    };
    // CodeMirror tells where its caret is; for the plain field it is asked after all that moves it.
    let tell_place = move || {
        if ready.get_untracked() {
            return;
        }
        if let (Some(on_cursor), Some(at)) =
            (on_cursor, area.get_untracked().and_then(|area| interop::caret(&area)))
        {
            on_cursor.run(value.with_untracked(|text| place_of(text, at)));
        }
    };
    let plain = t(words::EDITOR_PLAIN);
    let hint = t(words::EDITOR_LEAVE_HINT);
    view! {
        <div class="editor" id=frame_id data-ready=move || ready.get().then_some("true")>
            <div
                class="editor-plain"
                hidden=move || ready.get()
                on:drop=drop_file
                on:input=move |_| tell_place()
                on:keyup=move |_| tell_place()
                on:click=move |_| tell_place()
                on:focusin=move |_| tell_place()
            >
                <TextArea
                    id=id
                    label=label
                    value=value
                    on_input=move |text| value.set(text)
                    rows=rows
                    mono=true
                    read_only=read_only
                    node_ref=area
                />
            </div>
            <div class="editor-host" node_ref=host></div>
            <p class="editor-hint" id=hint_id>
                {move || if failed.get() { plain() } else { hint() }}
            </p>
        </div>
    }
    .into_any()
}

/// Line and column, from 1, of an offset in UTF-16 code units, as CodeMirror counts them.
fn place_of(text: &str, offset: u32) -> (u32, u32) {
    let (mut line, mut column) = (1, 1);
    for unit in text.encode_utf16().take(offset as usize) {
        if unit == u16::from(b'\n') {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    (line, column)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn places_in_the_plain_field_are_counted_as_in_the_editor() {
        for (text, offset, expected) in [
            ("", 0, (1, 1)),
            ("a: 1\nb: 2", 4, (1, 5)),
            ("a: 1\nb: 2", 5, (2, 1)),
            ("𝔸b", 2, (1, 3)),
            ("a\n\n", 99, (3, 1)),
        ] {
            assert_eq!(place_of(text, offset), expected, "{text:?} {offset}");
        }
    }

    #[test]
    fn without_javascript_it_is_a_named_text_area() {
        let out =
            html(|| view! { <CodeEditor id="yaml" label="YAML" value=RwSignal::new("a: 1".to_owned()) /> });
        assert!(out.contains("<textarea") && out.contains(r#"aria-label="YAML""#), "{out}");
        assert!(!out.contains("a: 1"), "text never stands inside the tags: {out}");
    }
}
