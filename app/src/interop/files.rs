//! Files: read what the user chose or dropped, hand out what they made.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileProblem {
    /// Larger than allowed: its size in bytes.
    TooLarge(u64),
    /// The browser could not read it.
    Unreadable,
}

/// A text file as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// Its name, without a path.
    pub name: String,
    /// Its text; bytes that are not UTF-8 are replaced.
    pub text: String,
}

/// Reads a file as text.
///
/// # Errors
/// [`FileProblem`] when it is larger than `max_bytes` or cannot be read.
pub async fn read_file(file: web_sys::File, max_bytes: u64) -> Result<TextFile, FileProblem> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a file's size is a whole number from 0 to 2^53"
    )]
    let size = file.size() as u64;
    if size > max_bytes {
        return Err(FileProblem::TooLarge(size));
    }
    let text = wasm_bindgen_futures::JsFuture::from(file.text())
        .await
        .ok()
        .and_then(|text| text.as_string())
        .ok_or(FileProblem::Unreadable)?;
    Ok(TextFile { name: file.name(), text })
}

/// The files of an `<input type="file">`'s change event. The input is emptied, so that choosing
/// the same file again is a change again.
pub fn chosen_files(event: &web_sys::Event) -> Vec<web_sys::File> {
    let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
    else {
        return Vec::new();
    };
    let files = input.files().map(|files| list(&files)).unwrap_or_default();
    input.set_value("");
    files
}

/// The files of a drop. Empty when something else was dropped.
pub fn dropped_files(event: &web_sys::DragEvent) -> Vec<web_sys::File> {
    event.data_transfer().and_then(|transfer| transfer.files()).map(|files| list(&files)).unwrap_or_default()
}

fn list(files: &web_sys::FileList) -> Vec<web_sys::File> {
    (0..files.length()).filter_map(|at| files.get(at)).collect()
}

/// Lets the browser save a text under a name. Returns whether it was handed over.
pub fn download(name: &str, text: &str) -> bool {
    let saved = || -> Option<()> {
        let document = super::document()?;
        let parts = js_sys::Array::of1(&JsValue::from_str(text));
        let blob = web_sys::Blob::new_with_str_sequence(&parts).ok()?;
        let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
        let link: web_sys::HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
        link.set_href(&url);
        link.set_download(name);
        // Some browsers follow only links that are in the page.
        let body = document.query_selector("body").ok()??;
        body.append_child(&link).ok()?;
        link.click();
        link.remove();
        web_sys::Url::revoke_object_url(&url).ok()
    };
    saved().is_some()
}
