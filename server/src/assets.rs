//! The console's static files, inside the binary: content-hashed names, precompressed siblings.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use crate::state::AppState;

/// What `cargo xtask build` made (see `build.rs`).
#[derive(RustEmbed)]
#[folder = "$BINNACLE_SITE"]
struct Site;

/// Where assets are served.
pub const PREFIX: &str = "/assets/";

/// The map from logical to hashed names, in the site's root.
const MANIFEST: &str = "manifest.json";

/// The manifest cannot be read: the binary was built wrong.
#[derive(Debug, thiserror::Error)]
#[error("the embedded asset manifest cannot be read: {0}. Build the console with: cargo xtask build")]
pub struct BrokenManifest(#[from] serde_json::Error);

struct AssetFile {
    mime: &'static str,
    is_hashed: bool,
    identity: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// All static files.
#[derive(Default)]
pub struct AssetStore {
    files: HashMap<String, AssetFile>,
    logical: BTreeMap<String, String>,
}

impl AssetStore {
    /// The files in this binary.
    ///
    /// # Errors
    /// When the manifest is broken.
    pub fn embedded() -> Result<Self, BrokenManifest> {
        Self::from_files(Site::iter().filter_map(|name| {
            let data = match Site::get(&name)?.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            Some((name.into_owned(), data))
        }))
    }

    /// Sorts files into names and encodings.
    ///
    /// # Errors
    /// When there is a manifest and it is broken.
    pub fn from_files(files: impl Iterator<Item = (String, Bytes)>) -> Result<Self, BrokenManifest> {
        let mut all: HashMap<String, Bytes> = files.collect();
        let logical: BTreeMap<String, String> = match all.remove(MANIFEST) {
            Some(bytes) => serde_json::from_slice(&bytes)?,
            None => BTreeMap::new(),
        };
        let logical: BTreeMap<String, String> = logical
            .into_iter()
            .map(|(name, path)| {
                let file = path.rsplit('/').next().unwrap_or_default();
                (name, format!("{PREFIX}{file}"))
            })
            .collect();
        let hashed: Vec<&str> = logical.values().filter_map(|path| path.strip_prefix(PREFIX)).collect();
        let files = all
            .iter()
            .filter(|(name, _)| !is_sibling(name, &all))
            .map(|(name, bytes)| {
                // The site may keep files under directories; addresses are one segment.
                let own = name.rsplit('/').next().unwrap_or_default().to_owned();
                let file = AssetFile {
                    mime: mime(&own),
                    is_hashed: hashed.contains(&own.as_str()),
                    identity: bytes.clone(),
                    brotli: all.get(&format!("{name}.br")).cloned(),
                    gzip: all.get(&format!("{name}.gz")).cloned(),
                };
                (own, file)
            })
            .collect();
        Ok(AssetStore { files, logical })
    }

    /// Logical names and their paths, for the pages.
    pub fn logical(&self) -> &BTreeMap<String, String> {
        &self.logical
    }

    /// The path of a logical name; unknown ones stay readable.
    pub fn url(&self, logical: &str) -> String {
        self.logical.get(logical).cloned().unwrap_or_else(|| format!("{PREFIX}{logical}"))
    }
}

/// Whether a file is the compressed form of another.
fn is_sibling(name: &str, all: &HashMap<String, Bytes>) -> bool {
    [".br", ".gz"].iter().any(|end| name.strip_suffix(end).is_some_and(|base| all.contains_key(base)))
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether an encoding is accepted: named with a weight over zero, or by `*`.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let mut any = None;
    let named = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|q| q.parse::<f32>().ok());
            let taken = weight.unwrap_or(1.0) > 0.0;
            if name == "*" {
                any = Some(taken);
            }
            name.eq_ignore_ascii_case(coding).then_some(taken)
        });
    named.or(any).unwrap_or(false)
}

/// `GET /assets/{name}`.
pub async fn asset(State(state): State<AppState>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = state.assets.files.get(&name) else {
        return (StatusCode::NOT_FOUND, "no such asset\n").into_response();
    };
    let (body, coding) = match (&file.brotli, &file.gzip) {
        (Some(body), _) if accepts(&headers, "br") => (body, Some("br")),
        (_, Some(body)) if accepts(&headers, "gzip") => (body, Some("gzip")),
        _ => (&file.identity, None),
    };
    // A hashed name's content never changes; any other is asked for again.
    let caching = if file.is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::new(Body::from(body.clone()));
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.mime));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read() {
        let cases = [
            ("br", true),
            ("gzip, deflate, br, zstd", true),
            ("gzip;q=1.0, br;q=0.5", true),
            ("br;q=0", false),
            ("*", true),
            ("*;q=0", false),
            ("br;q=0, *", false),
            ("gzip", false),
            ("", false),
        ];
        for (value, expected) in cases {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
            assert_eq!(accepts(&headers, "br"), expected, "{value}");
        }
    }

    #[test]
    fn a_broken_manifest_is_refused() {
        let files = [(MANIFEST.to_owned(), Bytes::from_static(b"[1]"))];
        assert!(AssetStore::from_files(files.into_iter()).is_err());
    }
}
