//! The gateway of the field in small: axum in front, reqwest behind, JSON
//! answers buffered, event streams passed through. Its faults are switched on
//! by the same flags as those of the Go reference gateway.

mod clock;
mod fault;
mod proxy;
mod spread;
mod stream;
mod unit;
mod work;

use std::future::IntoFuture;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::fault::Faults;

/// Time for requests in flight to finish, so that the whole stop takes less
/// than a second.
const STOP_GRACE: Duration = Duration::from_millis(800);

/// What the command line asks for.
#[derive(Debug)]
struct Options {
    listen: String,
    upstream: String,
    faults: Faults,
}

fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{}", usage());
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("axum-gateway: {error}\n{}", usage());
            return ExitCode::from(2);
        }
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("axum-gateway: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind(&options.listen).await?;
    eprintln!("axum-gateway: listening on {}", listener.local_addr()?);
    let no_delay = !options.faults.nagle;
    // axum::serve leaves Nagle's algorithm on, which holds back the first event
    // of a stream for about 40 ms on a reused connection.
    let listener = listener.tap_io(move |stream| {
        if let Err(error) = stream.set_nodelay(no_delay) {
            eprintln!("axum-gateway: TCP_NODELAY: {error}");
        }
    });
    let app = proxy::router(options.upstream, options.faults)?;

    let (stop, mut stopped) = tokio::sync::watch::channel(());
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        let _ = stopped.changed().await;
    });
    let server = tokio::spawn(server.into_future());
    stop_signal().await?;
    drop(stop); // wakes the shutdown
    match tokio::time::timeout(STOP_GRACE, server).await {
        Ok(finished) => Ok(finished??),
        Err(_) => Ok(()), // what is still in flight is cut by leaving
    }
}

async fn stop_signal() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Reads the flags; `None` means that help was asked for.
fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut listen = String::from("127.0.0.1:8080");
    let mut upstream = None;
    let mut faults = Faults::default();
    while let Some(flag) = args.next() {
        let name = flag.trim_start_matches('-');
        if matches!(name, "h" | "help") {
            return Ok(None);
        }
        let mut value = || args.next().ok_or(format!("{flag}: the value is missing"));
        match name {
            "listen" => listen = value()?,
            "upstream" => upstream = Some(value()?),
            "fault" => faults.switch_on(&value()?)?,
            _ => return Err(format!("unknown flag {flag}")),
        }
    }
    let upstream = upstream.ok_or("-upstream is missing")?;
    Ok(Some(Options {
        listen,
        upstream,
        faults,
    }))
}

fn usage() -> String {
    format!(
        "usage: axum-gateway -listen ADDRESS -upstream URL [-fault name[=strength]]...\nfaults:\n{}",
        fault::describe()
    )
}
