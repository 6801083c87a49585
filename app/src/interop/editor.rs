//! The YAML editor (CodeMirror 6, `frontend/js/src/editor.js`): create, set, configure, destroy.

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

/// A finding in the text. Offsets are bytes of the UTF-8 text, as the YAML reader gives them;
/// the editor's own UTF-16 offsets are made from them here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditorDiagnostic {
    /// Where it begins, in bytes of the UTF-8 text.
    pub from: usize,
    /// Where it ends, in bytes, exclusive.
    pub to: usize,
    /// How bad it is.
    pub severity: EditorSeverity,
    /// One sentence.
    pub message: String,
    /// The words of its one-click repair, where there is one.
    pub repair: Option<String>,
}

/// A finding as the widget reads it.
#[derive(Serialize)]
struct WireDiagnostic<'a> {
    from: u32,
    to: u32,
    severity: EditorSeverity,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repair: Option<&'a str>,
}

/// How an editor looks and behaves; set at creation.
pub struct EditorOptions<'a> {
    /// The text.
    pub doc: &'a str,
    /// Shown but not editable.
    pub read_only: bool,
    /// Dark colours.
    pub dark: bool,
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
        let change = Closure::<dyn Fn(String)>::new(move |text| on_change(text));
        let cursor = Closure::<dyn Fn(u32, u32)>::new(move |line, column| on_cursor(line, column));
        let repair = Closure::<dyn Fn(u32)>::new(move |index: u32| on_repair(index as usize));
        let dropped = Closure::<dyn Fn(web_sys::File)>::new(move |file| on_drop(file));
        let given = js_sys::Object::new();
        for (name, value) in [
            ("doc", JsValue::from_str(options.doc)),
            ("readOnly", JsValue::from_bool(options.read_only)),
            ("dark", JsValue::from_bool(options.dark)),
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

    /// Shows findings of `text`, which is what the editor holds.
    pub fn set_diagnostics(&self, text: &str, diagnostics: &[EditorDiagnostic]) {
        let wire: Vec<WireDiagnostic<'_>> = diagnostics
            .iter()
            .map(|diagnostic| WireDiagnostic {
                from: utf16_offset(text, diagnostic.from),
                to: utf16_offset(text, diagnostic.to),
                severity: diagnostic.severity,
                message: &diagnostic.message,
                repair: diagnostic.repair.as_deref(),
            })
            .collect();
        let json = serde_json::to_string(&wire).unwrap_or_else(|_| "[]".to_owned());
        if let Ok(value) = js_sys::JSON::parse(&json) {
            self.module.set_diagnostics(&self.handle, &value);
        }
    }

    /// Brings a byte offset of `text` into view and puts the caret there.
    pub fn reveal(&self, text: &str, offset: usize) {
        self.module.reveal(&self.handle, utf16_offset(text, offset));
    }

    /// Changes colours and whether it can be edited.
    pub fn configure(&self, dark: bool, read_only: bool) {
        let options = js_sys::Object::new();
        for (name, on) in [("dark", dark), ("readOnly", read_only)] {
            // Setting a plain object's property cannot fail.
            let _ = js_sys::Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_bool(on));
        }
        self.module.configure(&self.handle, &options);
    }

    /// Moves the focus into the editor.
    pub fn focus(&self) {
        self.module.focus(&self.handle);
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.module.destroy(&self.handle);
    }
}

/// The UTF-16 offset of a byte offset; one inside a character counts as its beginning, one beyond
/// the text as its end.
fn utf16_offset(text: &str, bytes: usize) -> u32 {
    let units: usize = text
        .char_indices()
        .take_while(|(at, _)| *at < bytes)
        .map(|(at, ch)| if at + ch.len_utf8() <= bytes { ch.len_utf16() } else { 0 })
        .sum();
    u32::try_from(units).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_as_the_browser_counts() {
        let text = "aé中😀b";
        for (bytes, units) in [(0, 0), (1, 1), (3, 2), (6, 3), (10, 5), (11, 6), (99, 6), (2, 1), (8, 3)] {
            assert_eq!(utf16_offset(text, bytes), units, "byte {bytes}");
        }
    }
}
