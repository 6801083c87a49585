//! No NUL in HTML: parsers drop U+0000 from text (HTML, 13.2.6.4.7), so a text of nothing else has no node, and the
//! browser's side of the page would not find what the server drew. A cluster may send such texts.

use axum::{
    body::{Body, Bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use futures::TryStreamExt as _;
use http::header;

/// What parsers make of it elsewhere: U+FFFD.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// The layer.
pub async fn layer(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if !is_html(&response) {
        return response;
    }
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.map(|body| Body::from_stream(body.into_data_stream().map_ok(without)))
}

/// Whether an answer is a page.
pub(super) fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// In UTF-8 a zero byte is U+0000 and nothing else, so chunks need no joining.
fn without(chunk: Bytes) -> Bytes {
    if !chunk.contains(&0) {
        return chunk;
    }
    chunk.split(|byte| *byte == 0).collect::<Vec<_>>().join(REPLACEMENT).into()
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware::from_fn, response::Html, routing::get};
    use tower::ServiceExt as _;

    use super::*;
    use crate::tests::app::text;

    #[tokio::test]
    async fn only_html_is_touched() {
        let router = Router::new()
            .route("/page", get(|| async { Html("<p>\0</p><p>a\0b</p>") }))
            .route("/text", get(|| async { "\0" }))
            .layer(from_fn(layer));
        for (path, body) in [("/page", "<p>\u{FFFD}</p><p>a\u{FFFD}b</p>"), ("/text", "\0")] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            assert_eq!(text(router.clone().oneshot(request).await.unwrap()).await, body);
        }
    }
}
