//! Forwards every request to the upstream.

use std::fs::File;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{StatusCode, response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{BoxError, Router};
use futures_util::{StreamExt, TryStreamExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock;
use crate::fault::{Buffer, Churn, Faults};
use crate::spread::Spread;
use crate::stream::{self, Stream};
use crate::work;

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
    /// Keeps its connections.
    client: reqwest::Client,
    /// Keeps none.
    fresh: reqwest::Client,
    upstream: String,
    faults: Faults,
    slots: Option<Arc<Semaphore>>,
    failing: Spread,
    damaged: Spread,
    /// What the work of each request is made durable in.
    journal: Option<File>,
    /// Memory that is never given back.
    leaked: Mutex<Vec<Vec<u8>>>,
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

/// Answers `/health` itself and forwards the rest to `upstream`, a base URL
/// without a trailing slash.
pub fn router(upstream: String, faults: Faults) -> reqwest::Result<Router> {
    Ok(Router::new()
        .route("/health", get(|| async {}))
        .fallback(forward)
        .with_state(Proxy::new(upstream, faults)?))
}

impl Proxy {
    /// Redirects and the proxy settings of the environment are none of a
    /// gateway's business.
    fn new(upstream: String, faults: Faults) -> reqwest::Result<Self> {
        let client = || {
            reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
        };
        Ok(Self(Arc::new(Shared {
            client: client().build()?,
            fresh: client().pool_max_idle_per_host(0).build()?,
            upstream,
            faults,
            slots: faults.slots.map(Semaphore::new).map(Arc::new),
            failing: Spread::new(faults.error),
            damaged: Spread::new(faults.drop_chunk),
            journal: faults.work.journal(),
            leaked: Mutex::default(),
        })))
    }
}

impl Shared {
    /// The client for a request with this body.
    fn client(&self, body: &[u8]) -> &reqwest::Client {
        match self.faults.churn {
            Churn::Always => &self.fresh,
            Churn::Streams if asks_for_stream(body) => &self.fresh,
            _ => &self.client,
        }
    }

    /// Waits for a slot, if there are any.
    async fn slot(&self) -> Result<Option<OwnedSemaphorePermit>, Failure> {
        match &self.slots {
            Some(slots) => Ok(Some(slots.clone().acquire_owned().await?)),
            None => Ok(None),
        }
    }

    /// What a request costs before it is forwarded.
    async fn pay(&self, body: &[u8]) -> Result<(), Failure> {
        let faults = &self.faults;
        if let Some(time) = faults.delay {
            clock::sleep(time).await?;
        }
        if let Some(time) = faults.burn {
            clock::burn(time);
        }
        if let Some(time) = faults.per_byte {
            clock::burn(time.saturating_mul(body.len().try_into().unwrap_or(u32::MAX)));
        }
        if let Some(bytes) = faults.leak {
            let block = vec![1; bytes]; // not 0: pages that are never written cost nothing
            self.leaked.lock().expect("no push panics").push(block);
        }
        Ok(())
    }

    /// When an event stream comes, in what pieces and in whose memory.
    fn time(&self, mut body: Stream) -> Stream {
        if self.faults.work.copy_events > 0 {
            body = work::copied(body, self.faults.work.copy_events);
        }
        if let Some(time) = self.faults.delay_first_event {
            body = stream::late(body, time);
        }
        if let Some(Buffer::Pieces(size)) = self.faults.buffer {
            body = stream::in_pieces(body, size);
        }
        body
    }
}

/// Answers one request with what the upstream says, after the faults in force.
async fn forward(State(proxy): State<Proxy>, request: Request) -> Result<Response, Failure> {
    let shared = &*proxy.0;
    let slot = shared.slot().await?;
    let (mut head, body) = request.into_parts();
    let mut body = axum::body::to_bytes(body, usize::MAX).await?;
    if shared.failing.next() {
        return Ok((StatusCode::INTERNAL_SERVER_ERROR, "injected fault\n").into_response());
    }
    shared.pay(&body).await?;
    let journal = shared.journal.as_ref();
    shared
        .faults
        .work
        .perform(head.uri.path(), &mut head.headers, &body, journal);
    let client = shared.client(&body);
    let mut headers = forwarded(head.headers);
    if shared.faults.parse && !body.is_empty() {
        body = match reserialise(&body) {
            Ok(body) => body,
            Err(error) => {
                let why = format!("request body: {error}\n");
                return Ok((StatusCode::BAD_REQUEST, why).into_response());
            }
        };
        headers.remove(header::CONTENT_LENGTH); // it is another now
    }
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let answer = client
        .request(head.method, format!("{}{path}", shared.upstream))
        .headers(headers)
        .body(body)
        .send()
        .await?;
    relay(shared, answer, slot).await
}

fn reserialise(body: &[u8]) -> serde_json::Result<Bytes> {
    let value: serde_json::Value = serde_json::from_slice(body)?;
    serde_json::to_vec(&value).map(Bytes::from)
}

/// Buffers an answer, unless it is an event stream: that passes as it comes, and
/// keeps its slot until it ends.
async fn relay(
    shared: &Shared,
    answer: reqwest::Response,
    slot: Option<OwnedSemaphorePermit>,
) -> Result<Response, Failure> {
    let (mut head, ()) = Response::new(()).into_parts();
    head.status = answer.status();
    head.headers = forwarded(answer.headers().clone());
    if !streams(&head) {
        return Ok(Response::from_parts(
            head,
            Body::from(answer.bytes().await?),
        ));
    }
    let mut body = answer.bytes_stream().map_err(BoxError::from).boxed();
    if shared.damaged.next() {
        head.headers.remove(header::CONTENT_LENGTH); // it is another now
        body = stream::without_second_delta(body);
    }
    let body = shared.time(body);
    if shared.faults.buffer == Some(Buffer::Whole) {
        let whole: Vec<Bytes> = body.try_collect().await?;
        return Ok(Response::from_parts(head, Body::from(whole.concat())));
    }
    let body = body.inspect(move |_| {
        let _held = &slot;
    });
    Ok(Response::from_parts(head, Body::from_stream(body)))
}

fn streams(head: &response::Parts) -> bool {
    is_event_stream(head.headers.get(header::CONTENT_TYPE))
}

/// SDKs accept JSON for streams, too, and say in the body that they want one. The flag
/// stands in front of the prompt.
fn asks_for_stream(body: &[u8]) -> bool {
    let flag = br#""stream":true"#;
    let start = &body[..body.len().min(1024)];
    start.windows(flag.len()).any(|part| part == flag)
}

fn is_event_stream(media: Option<&HeaderValue>) -> bool {
    media.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"))
}

fn forwarded(mut headers: HeaderMap) -> HeaderMap {
    for name in &NOT_FORWARDED {
        headers.remove(name);
    }
    headers
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
