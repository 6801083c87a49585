//! The YAML editor (CodeMirror 6, `frontend/js/src/editor.js`): create, set, configure, destroy.

#[cfg(feature = "hydrate")]
use leptos::prelude::*;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EditorSeverity {
    /// It will not be accepted.
    Error,
    /// It deserves a look.
    Warning,
    /// It is said, no more.
    Info,
}

/// A finding in the text, as the widget reads it. Offsets are UTF-16 code units, which is how browsers
/// and the paste doctor count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditorDiagnostic {
    /// Where it begins.
    pub from: u32,
    /// Where it ends, exclusive.
    pub to: u32,
    /// How bad it is.
    pub severity: EditorSeverity,
    /// One sentence.
    pub message: String,
    /// The words of its one-click repair, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<String>,
}

/// A field that cannot be changed, as the widget reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditorLock {
    /// An offset in its first line, in UTF-16 code units.
    pub from: u32,
    /// Why it cannot be changed.
    pub title: String,
}

/// How an editor looks and behaves; set at creation.
pub struct EditorOptions<'a> {
    /// The text.
    pub doc: &'a str,
    /// Shown but not editable.
    pub read_only: bool,
    /// Dark colours.
    pub dark: bool,
    /// The language of the editor's own words, as in `<html lang>`.
    pub lang: &'a str,
    /// The accessible name.
    pub label: &'a str,
    /// The id of the element that describes it.
    pub described_by: &'a str,
}

/// What an editor tells.
pub struct EditorEvents {
    /// The whole text after a change by the user.
    pub on_change: Box<dyn Fn(String)>,
    /// Line and column of the caret, from 1.
    pub on_cursor: Box<dyn Fn(u32, u32)>,
    /// The repair of the nth finding was asked for.
    pub on_repair: Box<dyn Fn(usize)>,
    /// A file was dropped on the editor.
    pub on_drop: Box<dyn Fn(web_sys::File)>,
}

#[wasm_bindgen]
extern "C" {
    /// The widget's module as it registers itself.
    #[wasm_bindgen(typescript_type = "object")]
    type EditorModule;
    #[wasm_bindgen(method, catch)]
    fn create(this: &EditorModule, host: &web_sys::Element, options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    fn set(this: &EditorModule, handle: &JsValue, text: &str);
    #[wasm_bindgen(method, js_name = setDiagnostics)]
    fn set_diagnostics(this: &EditorModule, handle: &JsValue, diagnostics: &JsValue);
    #[wasm_bindgen(method, js_name = setLocked)]
    fn set_locked(this: &EditorModule, handle: &JsValue, locked: &JsValue);
    #[wasm_bindgen(method)]
    fn reveal(this: &EditorModule, handle: &JsValue, offset: u32);
    #[wasm_bindgen(method)]
    fn configure(this: &EditorModule, handle: &JsValue, options: &JsValue);
    #[wasm_bindgen(method)]
    fn focus(this: &EditorModule, handle: &JsValue);
    #[wasm_bindgen(method)]
    fn destroy(this: &EditorModule, handle: &JsValue);
}

/// A living editor. It is destroyed when dropped.
pub struct Editor {
    module: EditorModule,
    handle: JsValue,
    /// Kept alive as long as the widget may call them.
    _change: Closure<dyn Fn(String)>,
    _cursor: Closure<dyn Fn(u32, u32)>,
    _repair: Closure<dyn Fn(u32)>,
    _drop: Closure<dyn Fn(web_sys::File)>,
}

impl Editor {
    /// Loads the widget and puts an editor into an empty element.
    ///
    /// # Errors
    /// [`super::ModuleProblem`] when the widget cannot be loaded or started.
    pub async fn create(
        url: &str,
        host: &web_sys::Element,
        options: EditorOptions<'_>,
        events: EditorEvents,
    ) -> Result<Editor, super::ModuleProblem> {
        let module: EditorModule = super::load_widget(url, "editor").await?.unchecked_into();
        let EditorEvents { on_change, on_cursor, on_repair, on_drop } = events;
        let change = Closure::<dyn Fn(String)>::new(on_change);
        let cursor = Closure::<dyn Fn(u32, u32)>::new(on_cursor);
        let repair = Closure::<dyn Fn(u32)>::new(move |index: u32| on_repair(index as usize));
        let dropped = Closure::<dyn Fn(web_sys::File)>::new(on_drop);
        let given = js_sys::Object::new();
        for (name, value) in [
            ("doc", JsValue::from_str(options.doc)),
            ("readOnly", JsValue::from_bool(options.read_only)),
            ("dark", JsValue::from_bool(options.dark)),
            ("lang", JsValue::from_str(options.lang)),
            ("label", JsValue::from_str(options.label)),
            ("describedBy", JsValue::from_str(options.described_by)),
            ("nonce", super::page_nonce().map_or(JsValue::UNDEFINED, |nonce| JsValue::from_str(&nonce))),
            ("onChange", change.as_ref().clone()),
            ("onCursor", cursor.as_ref().clone()),
            ("onRepair", repair.as_ref().clone()),
            ("onDrop", dropped.as_ref().clone()),
        ] {
            js_sys::Reflect::set(&given, &JsValue::from_str(name), &value)
                .map_err(|_| super::ModuleProblem::NotLoaded)?;
        }
        let handle = module.create(host, &given).map_err(|_| super::ModuleProblem::NotLoaded)?;
        Ok(Editor { module, handle, _change: change, _cursor: cursor, _repair: repair, _drop: dropped })
    }

    /// Replaces the text, keeping the caret near its place; `on_change` does not run.
    pub fn set(&self, text: &str) {
        self.module.set(&self.handle, text);
    }

    /// Shows findings of the text that the editor holds.
    pub fn set_diagnostics(&self, diagnostics: &[EditorDiagnostic]) {
        self.module.set_diagnostics(&self.handle, &plain(diagnostics));
    }

    /// Marks fields that cannot be changed; the marks move with the text.
    pub fn set_locked(&self, locked: &[EditorLock]) {
        self.module.set_locked(&self.handle, &plain(locked));
    }

    /// Brings an offset, in UTF-16 code units, into view and puts the caret there.
    pub fn reveal(&self, offset: u32) {
        self.module.reveal(&self.handle, offset);
    }

    /// Changes colours, whether it can be edited, the language of its own words and its name.
    pub fn configure(&self, dark: bool, read_only: bool, lang: &str, label: &str) {
        let options = js_sys::Object::new();
        for (name, value) in [
            ("dark", JsValue::from_bool(dark)),
            ("readOnly", JsValue::from_bool(read_only)),
            ("lang", JsValue::from_str(lang)),
            ("label", JsValue::from_str(label)),
        ] {
            // Setting a plain object's property cannot fail.
            let _ = js_sys::Reflect::set(&options, &JsValue::from_str(name), &value);
        }
        self.module.configure(&self.handle, &options);
    }

    /// Moves the focus into the editor.
    pub fn focus(&self) {
        self.module.focus(&self.handle);
    }
}

/// A list as JavaScript's own; empty if it cannot be written.
fn plain(list: &[impl Serialize]) -> JsValue {
    let json = serde_json::to_string(list).unwrap_or_default();
    js_sys::JSON::parse(&json).unwrap_or_else(|_| js_sys::Array::new().into())
}

/// Where a page keeps its editor. A browser's object never leaves its thread, while what the server
/// renders may be dropped on any thread: there, nothing is kept.
#[derive(Clone, Copy)]
pub struct EditorSlot {
    #[cfg(feature = "hydrate")]
    editor: StoredValue<Option<Editor>, LocalStorage>,
}

impl EditorSlot {
    /// An empty one.
    #[expect(clippy::new_without_default, reason = "it belongs to the component that makes it")]
    pub fn new() -> Self {
        EditorSlot {
            #[cfg(feature = "hydrate")]
            editor: StoredValue::new_local(None),
        }
    }

    /// Keeps an editor until the component goes.
    pub fn keep(self, editor: Editor) {
        #[cfg(feature = "hydrate")]
        self.editor.set_value(Some(editor));
        #[cfg(not(feature = "hydrate"))]
        drop(editor);
    }

    /// Runs with the editor, when there is one.
    pub fn with(self, run: impl FnOnce(&Editor)) {
        #[cfg(feature = "hydrate")]
        self.editor.with_value(|editor| {
            if let Some(editor) = editor {
                run(editor);
            }
        });
        #[cfg(not(feature = "hydrate"))]
        drop(run);
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.module.destroy(&self.handle);
    }
}
