//! The console's static files, inside the binary: content-hashed names, precompressed.
//!
//! What shrinks is there as brotli and as gzip only; the rare client that takes neither gets it unpacked.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    io::{self, Read as _},
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
    identity: Option<Bytes>,
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
        let mut files = HashMap::new();
        for (name, bytes) in all {
            let (plain, coding) = match name.rsplit_once('.') {
                Some((plain, coding @ ("br" | "gz"))) => (plain, coding),
                _ => (name.as_str(), ""),
            };
            // The site may keep files under directories; addresses are one segment.
            let own = plain.rsplit('/').next().unwrap_or_default();
            let file = files.entry(own.to_owned()).or_insert_with(|| AssetFile {
                mime: mime(own),
                is_hashed: hashed.contains(&own),
                identity: None,
                brotli: None,
                gzip: None,
            });
            let form = match coding {
                "br" => &mut file.brotli,
                "gz" => &mut file.gzip,
                _ => &mut file.identity,
            };
            *form = Some(bytes);
        }
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

impl AssetFile {
    /// The file as it is, unpacked if it must be.
    fn identity(&self) -> io::Result<Bytes> {
        if let Some(bytes) = &self.identity {
            return Ok(bytes.clone());
        }
        let packed = self.gzip.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(packed.as_ref()).read_to_end(&mut bytes)?;
        Ok(Bytes::from(bytes))
    }
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
        (Some(body), _) if accepts(&headers, "br") => (body.clone(), Some("br")),
        (_, Some(body)) if accepts(&headers, "gzip") => (body.clone(), Some("gzip")),
        _ => match file.identity() {
            Ok(body) => (body, None),
            Err(error) => {
                tracing::error!(%error, name, "an embedded asset cannot be unpacked");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        },
    };
    // A hashed name's content never changes; any other is asked for again.
    let caching = if file.is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::new(Body::from(body));
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
    fn what_is_there_packed_only_is_unpacked() {
        let pack = |text: &str| {
            let mut packed = Vec::new();
            flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast())
                .read_to_end(&mut packed)
                .unwrap();
            Bytes::from(packed)
        };
        let files = [
            ("a-1.js.gz".to_owned(), pack("let a;")),
            ("a-1.js.br".to_owned(), Bytes::from_static(b"br")),
            ("b.png".to_owned(), Bytes::from_static(b"png")),
            (MANIFEST.to_owned(), Bytes::from_static(br#"{"a.js": "a-1.js"}"#)),
        ];
        let store = AssetStore::from_files(files.into_iter()).unwrap();
        assert_eq!(store.files.len(), 2);
        let script = &store.files["a-1.js"];
        assert!(script.is_hashed && script.brotli.is_some());
        assert_eq!(script.mime, "text/javascript; charset=utf-8");
        assert_eq!(script.identity().unwrap(), "let a;");
        assert_eq!(store.files["b.png"].identity().unwrap(), "png");
    }

    #[test]
    fn a_broken_manifest_is_refused() {
        let files = [(MANIFEST.to_owned(), Bytes::from_static(b"[1]"))];
        assert!(AssetStore::from_files(files.into_iter()).is_err());
    }
}
