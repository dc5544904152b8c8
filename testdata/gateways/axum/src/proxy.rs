//! Forwards every request to the upstream.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{StatusCode, response};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use crate::clock;
use crate::fault::{Faults, WHOLE};

/// What a connection, not a message, is about (RFC 9110, section 7.6.1); and the
/// two that the client works out itself.
const NOT_FORWARDED: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::HOST,
];

/// The state that all requests share.
#[derive(Clone)]
pub struct Proxy(Arc<Shared>);

struct Shared {
    client: reqwest::Client,
    upstream: String,
    faults: Faults,
    requests: AtomicU64,
}

/// Why there is no answer; the client gets 502.
pub struct Failure(BoxError);

impl<E: Into<BoxError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        eprintln!("axum-gateway: {}", self.0);
        StatusCode::BAD_GATEWAY.into_response()
    }
}

impl Proxy {
    /// Forwards to `upstream`, a base URL without a trailing slash. Redirects
    /// and the proxy settings of the environment are none of a gateway's business.
    pub fn new(upstream: String, faults: Faults) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let requests = AtomicU64::new(0);
        Ok(Self(Arc::new(Shared {
            client,
            upstream,
            faults,
            requests,
        })))
    }

    /// Whether the next request is one that fails: the one at which the running
    /// total of the share passes a whole number.
    fn next_fails(&self) -> bool {
        let before = self.0.requests.fetch_add(1, Ordering::Relaxed);
        let share = self.0.faults.error;
        (before + 1) * share / WHOLE > before * share / WHOLE
    }
}

/// Answers one request with what the upstream says, after the faults in force.
pub async fn forward(State(proxy): State<Proxy>, request: Request) -> Result<Response, Failure> {
    let Shared {
        client,
        upstream,
        faults,
        ..
    } = &*proxy.0;
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await?;
    if proxy.next_fails() {
        return Ok((StatusCode::INTERNAL_SERVER_ERROR, "injected fault\n").into_response());
    }
    if let Some(time) = faults.delay {
        clock::sleep(time).await?;
    }
    if let Some(time) = faults.burn {
        clock::burn(time);
    }
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let answer = client
        .request(head.method, format!("{upstream}{path}"))
        .headers(forwarded(head.headers))
        .body(body)
        .send()
        .await?;
    relay(answer, faults.delay_first_event).await
}

/// Buffers an answer, unless it is an event stream: that passes as it comes.
async fn relay(answer: reqwest::Response, delay: Option<Duration>) -> Result<Response, Failure> {
    let (mut head, ()) = Response::new(()).into_parts();
    head.status = answer.status();
    head.headers = forwarded(answer.headers().clone());
    let body = match delay {
        _ if !is_event_stream(&head) => Body::from(answer.bytes().await?),
        None => Body::from_stream(answer.bytes_stream()),
        Some(time) => Body::from_stream(answer.bytes_stream().enumerate().then(
            move |(index, bytes)| async move {
                if index == 0 {
                    clock::sleep(time).await?;
                }
                Ok::<Bytes, BoxError>(bytes?)
            },
        )),
    };
    Ok(Response::from_parts(head, body))
}

fn is_event_stream(head: &response::Parts) -> bool {
    let content_type = head.headers.get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"))
}

fn forwarded(mut headers: HeaderMap) -> HeaderMap {
    for name in &NOT_FORWARDED {
        headers.remove(name);
    }
    headers
}
