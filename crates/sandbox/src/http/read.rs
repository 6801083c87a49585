//! Getting one object, and listing by pages.

use std::ops::Bound;
use std::sync::Arc;

use axum::body::Bytes;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{Call, bytes_response, json_response, watch};
use crate::kind::Kind;
use crate::selector::{FieldSelector, LabelSelector};
use crate::status::ApiError;
use crate::store::{Key, State, key_of};
use crate::value::Object;

/// Which objects of a kind are meant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Namespace, empty for all.
    pub(crate) namespace: String,
    /// Labels asked for.
    pub(crate) labels: LabelSelector,
    /// Fields asked for.
    pub(crate) fields: FieldSelector,
}

impl Filter {
    /// Reads the selectors of a call.
    pub(crate) fn of(call: &Call<'_>, kind: &Kind, namespace: &str) -> Result<Self, ApiError> {
        Ok(Self {
            namespace: namespace.to_owned(),
            labels: LabelSelector::parse(call.query.text("labelSelector")).map_err(ApiError::bad_request)?,
            fields: FieldSelector::parse(call.query.text("fieldSelector"), kind)
                .map_err(ApiError::bad_request)?,
        })
    }

    /// Whether an object is meant.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        (self.namespace.is_empty() || object.namespace() == self.namespace)
            && self.labels.matches(object.at("/metadata/labels"))
            && self.fields.matches(object)
    }
}

/// `GET` of one object.
pub(super) fn get(call: &Call<'_>, kind: &Kind, namespace: &str, name: &str) -> Result<Response, ApiError> {
    let found = call.cluster.store.lock().get(kind, namespace, name);
    let found = found.ok_or_else(|| ApiError::not_found(kind, name))?;
    Ok(json_response(200, &found, &[]))
}

/// Where the next page of a list begins.
struct Continue {
    version: u64,
    after: Key,
}

impl Continue {
    fn text(&self) -> String {
        let token = json!({"v": "meta.k8s.io/v1", "rv": self.version, "start": [self.after.0, self.after.1]});
        URL_SAFE_NO_PAD.encode(token.to_string())
    }

    fn parse(text: &str) -> Option<Self> {
        let token: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        Some(Self {
            version: token["rv"].as_u64()?,
            after: (token.at("/start/0").as_str()?.to_owned(), token.at("/start/1").as_str()?.to_owned()),
        })
    }
}

/// `GET` of a collection: a list, a page of one, or a watch.
pub(super) fn list(call: &Call<'_>, kind: &'static Kind, namespace: &str) -> Result<Response, ApiError> {
    let filter = Filter::of(call, kind, namespace)?;
    if call.query.flag("watch") && call.query.get("watch") != Some("") {
        return watch::start(call, kind, filter);
    }
    let limit = match call.query.text("limit") {
        "" => 0,
        text => text.parse::<usize>().map_err(|_| {
            ApiError::bad_request(format!("strconv.ParseInt: parsing {text:?}: invalid syntax"))
        })?,
    };
    let state = call.cluster.store.lock();
    let page = page(&state, call, kind, &filter, limit)?;
    drop(state);
    let mut metadata = json!({"resourceVersion": page.version.to_string()});
    if let Some(next) = &page.next {
        metadata["continue"] = next.text().into();
        // The API server counts the rest only where no selector thins it.
        if filter.labels.is_empty() && filter.fields.is_empty() {
            metadata["remainingItemCount"] = page.remaining.into();
        }
    }
    let mut bytes = Vec::with_capacity(page.items.len() * 2048 + 256);
    let head = format!(
        "{{\"kind\":\"{}List\",\"apiVersion\":\"{}\",\"metadata\":{metadata},\"items\":[",
        kind.kind,
        kind.api_version()
    );
    bytes.extend_from_slice(head.as_bytes());
    for (place, item) in page.items.iter().enumerate() {
        if place > 0 {
            bytes.push(b',');
        }
        serde_json::to_writer(&mut bytes, &Untyped(item))
            .map_err(|error| ApiError::internal(&error.to_string()))?;
    }
    bytes.extend_from_slice(b"]}\n");
    Ok(bytes_response(200, Bytes::from(bytes)))
}

struct Page {
    items: Vec<Arc<Value>>,
    version: u64,
    next: Option<Continue>,
    remaining: usize,
}

fn page(
    state: &State,
    call: &Call<'_>,
    kind: &Kind,
    filter: &Filter,
    limit: usize,
) -> Result<Page, ApiError> {
    let token = match call.query.text("continue") {
        "" => None,
        text => Some(
            Continue::parse(text)
                .ok_or_else(|| ApiError::bad_request("invalid continue token: continue key is not valid"))?,
        ),
    };
    let asked = call.query.text("resourceVersion");
    if token.is_some() && !matches!(asked, "" | "0") {
        return Err(ApiError::bad_request("specifying resource version is not allowed when using continue"));
    }
    if !asked.is_empty() {
        let asked: u64 = asked.parse().map_err(|_| {
            ApiError::bad_request(format!("invalid resource version: resourceVersion: Invalid value: {asked:?}: strconv.ParseUint: parsing {asked:?}: invalid syntax"
            ))
        })?;
        if asked > state.version() {
            return Err(ApiError::version_too_large(asked, state.version()));
        }
    }
    let exact =
        (call.query.text("resourceVersionMatch") == "Exact").then(|| asked.parse::<u64>().ok()).flatten();
    let version = token.as_ref().map(|token| token.version).or(exact).unwrap_or_else(|| state.version());
    let after = token.map(|token| token.after);
    let namespace = (!filter.namespace.is_empty()).then_some(filter.namespace.as_str());
    if version == state.version() {
        let items = state
            .iter(kind, namespace)
            .filter(|object| after.as_ref().is_none_or(|after| key_of(object) > *after));
        return Ok(cut(items, filter, limit, version));
    }
    let old = state.at_version(kind, version).ok_or_else(|| {
        ApiError::expired(if exact.is_some() {
            format!("too old resource version: {version} ({})", state.version())
        } else {
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.".to_owned()
        })
    })?;
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    Ok(cut(old.range((start, Bound::Unbounded)).map(|(_, object)| object), filter, limit, version))
}

fn cut<'a>(items: impl Iterator<Item = &'a Arc<Value>>, filter: &Filter, limit: usize, version: u64) -> Page {
    let mut page = Page { items: Vec::new(), version, next: None, remaining: 0 };
    for object in items.filter(|object| filter.matches(object)) {
        if limit > 0 && page.items.len() == limit {
            page.remaining += 1;
        } else {
            page.items.push(Arc::clone(object));
        }
    }
    if page.remaining > 0 {
        page.next = page.items.last().map(|last| Continue { version, after: key_of(last) });
    }
    page
}

/// An object without `apiVersion` and `kind`, as it stands in a list.
struct Untyped<'a>(&'a Value);

impl Serialize for Untyped<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(fields) = self.0 else { return self.0.serialize(serializer) };
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in fields.iter().filter(|(key, _)| !matches!(key.as_str(), "apiVersion" | "kind")) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}
