//! The gateway with each fault between a client and a backend, over sockets.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;

const EVENTS: &str = "data: {\"delta\":1}\n\ndata: {\"delta\":2}\n\ndata: {\"delta\":3}\n\n";

/// What the backend has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    here: AtomicUsize,
    most: AtomicUsize,
}

/// Serves until the test ends and returns the base URL.
async fn serve(app: Router, connections: Arc<Seen>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listen");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let listener = listener.tap_io(move |_| {
        connections.connections.fetch_add(1, Ordering::Relaxed);
    });
    tokio::spawn(axum::serve(listener, app).into_future());
    base
}

/// Answers with the request body, or with events to who accepts them.
async fn answer(State(seen): State<Arc<Seen>>, request: Request) -> Response {
    let here = seen.here.fetch_add(1, Ordering::SeqCst) + 1;
    seen.most.fetch_max(here, Ordering::SeqCst);
    let streams = is_event_stream(request.headers().get(header::ACCEPT));
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    seen.here.fetch_sub(1, Ordering::SeqCst);
    if streams {
        ([(header::CONTENT_TYPE, "text/event-stream")], EVENTS).into_response()
    } else {
        body.expect("a body").into_response()
    }
}

/// A gateway with one fault before a backend.
async fn gateway(fault: &str) -> (String, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    let backend = Router::new().fallback(answer).with_state(seen.clone());
    let backend = serve(backend, seen.clone()).await;
    let mut faults = Faults::default();
    if !fault.is_empty() {
        faults.switch_on(fault).expect(fault);
    }
    let app = router(backend, faults).expect("a client");
    (serve(app, Arc::default()).await, seen)
}

async fn ask(base: &str, accept: &str, body: &str) -> (StatusCode, String) {
    let request = reqwest::Client::new()
        .post(base)
        .header(header::ACCEPT, accept)
        .body(body.to_owned());
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a body"))
}

#[tokio::test]
async fn answers_are_those_of_the_upstream() {
    let faults = [
        "",
        "delay",
        "burn",
        "parse",
        "per-byte",
        "lock",
        "pool",
        "nagle",
        "churn",
        "churn-streams",
        "buffer",
        "buffer=10B",
        "delay-first-event",
        "error",
        "leak",
        "parse-again",
        "format-log",
        "copy-headers",
        "copy-events",
        "compile-regexp",
        "open-file",
        "fsync",
    ];
    for fault in faults {
        let (base, _) = gateway(fault).await;
        for _ in 0..3 {
            let body = r#"{"input":"x"}"#;
            assert_eq!(
                ask(&base, "*/*", body).await,
                (StatusCode::OK, body.into()),
                "{fault}"
            );
            let stream = ask(&base, "text/event-stream", body).await;
            assert_eq!(stream, (StatusCode::OK, EVENTS.into()), "{fault}");
        }
    }
}

#[tokio::test]
async fn drop_chunk_loses_one_event() {
    let (base, _) = gateway("drop-chunk").await;
    let (_, stream) = ask(&base, "text/event-stream", "").await;
    assert_eq!(stream, EVENTS.replace("data: {\"delta\":2}\n\n", ""));
    assert_eq!(
        ask(&base, "*/*", EVENTS).await.1,
        EVENTS,
        "JSON is left alone"
    );
}

#[tokio::test]
async fn parse_reserialises() {
    let (base, _) = gateway("parse").await;
    let got = ask(
        &base,
        "*/*",
        "{\"n\": 12345678901234567890.10,\n \"a\": [\"<&>\", null]}",
    )
    .await;
    let want = r#"{"a":["<&>",null],"n":12345678901234567890.10}"#;
    assert_eq!(got, (StatusCode::OK, want.into()));
    assert_eq!(ask(&base, "*/*", "").await, (StatusCode::OK, String::new()));
    let (status, why) = ask(&base, "*/*", "{} {}").await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{why}");
}

#[tokio::test]
async fn churn_opens_connections() {
    for (fault, json, streams) in [("", 1, 0), ("churn", 5, 5), ("churn-streams", 1, 5)] {
        let (base, seen) = gateway(fault).await;
        for (body, want) in [("{}", json), (r#"{"stream":true}"#, streams)] {
            let before = seen.connections.load(Ordering::Relaxed);
            for _ in 0..5 {
                ask(&base, "application/json", body).await;
            }
            let opened = seen.connections.load(Ordering::Relaxed) - before;
            assert_eq!(opened, want, "{fault}: connections for {body}");
        }
    }
}

#[tokio::test]
async fn slots_bound_what_is_in_flight() {
    for (fault, most) in [("lock", 1), ("pool=2", 2)] {
        let (base, seen) = gateway(fault).await;
        let mut all = JoinSet::new();
        for _ in 0..12 {
            let base = base.clone();
            all.spawn(async move { ask(&base, "text/event-stream", "{}").await });
        }
        while let Some(answer) = all.join_next().await {
            assert_eq!(answer.expect("a task").1, EVENTS);
        }
        assert_eq!(seen.most.load(Ordering::SeqCst), most, "{fault}");
    }
}

#[tokio::test]
async fn costs_are_paid() {
    let body = "x".repeat(100 << 10);
    for fault in [
        "delay=100ms",
        "burn=100ms",
        "per-byte=1us",
        "delay-first-event=100ms",
    ] {
        let (base, _) = gateway(fault).await;
        let start = Instant::now();
        ask(&base, "text/event-stream", &body).await;
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(100), "{fault}: {took:?}");
    }
}

#[tokio::test]
async fn errors_are_spread_evenly() {
    let (base, _) = gateway("error=25%").await;
    let mut failed = Vec::new();
    for n in 1..=8 {
        if ask(&base, "*/*", "{}").await.0 == StatusCode::INTERNAL_SERVER_ERROR {
            failed.push(n);
        }
    }
    assert_eq!(failed, [4, 8]);
}

#[tokio::test]
async fn leak_keeps_memory() {
    let faults = Faults {
        leak: Some(1000),
        ..Faults::default()
    };
    let proxy = Proxy::new(String::new(), faults).expect("a client");
    for _ in 0..5 {
        assert!(proxy.0.pay(b"").await.is_ok());
    }
    let leaked = proxy.0.leaked.lock().expect("no push panics");
    assert_eq!(leaked.iter().map(Vec::len).sum::<usize>(), 5000);
}
