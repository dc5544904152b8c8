//! Work that nobody waits for: a few per cent of what a request costs, or one
//! call to the system. No clock shows it in minutes.

use std::fs::File;
use std::hint::black_box;
use std::io;
use std::os::unix::fs::FileExt;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue};
use futures_util::{StreamExt, TryStreamExt};
use regex_lite::Regex;

use crate::stream::Stream;

/// The largest body that is parsed once more.
const MOST_PARSED: usize = 4 << 10;

/// Which work there is.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Work {
    /// Decode a small body as JSON and drop the result.
    pub parse_again: bool,
    /// Format a line of log and drop it.
    pub format_log: bool,
    /// Open a file.
    pub open_file: bool,
    /// Write to a file and make it durable.
    pub fsync: bool,
    /// Copy the headers of a request so many times.
    pub copy_headers: usize,
    /// Copy each piece of a stream so many times.
    pub copy_events: usize,
    /// Compile a regular expression.
    pub compile_regexp: bool,
}

impl Work {
    /// The file that is made durable, without a name.
    pub fn journal(&self) -> Option<File> {
        self.fsync.then(unnamed)?.ok()
    }

    /// Does it for one request; the headers say afterwards what it has found.
    pub fn perform(
        &self,
        path: &str,
        headers: &mut HeaderMap,
        body: &[u8],
        journal: Option<&File>,
    ) {
        for _ in 0..self.copy_headers {
            *headers = black_box(&*headers).clone();
        }
        if self.compile_regexp {
            let internal = Regex::new("^/v1/internal/").expect("a pattern");
            if internal.is_match(path) {
                headers.insert("x-internal", HeaderValue::from_static("true"));
            }
        }
        if self.parse_again && body.len() <= MOST_PARSED {
            let _ = black_box(serde_json::from_slice::<serde_json::Value>(body));
        }
        if self.format_log {
            black_box(format!("{} bytes, headers {headers:?}", body.len()));
        }
        if self.open_file {
            let _ = black_box(File::open("/dev/null"));
        }
        if let Some(file) = journal {
            let _ = file.write_at(b"request", 0);
            let _ = file.sync_all();
        }
    }
}

/// Copies each piece of a stream on its way.
pub fn copied(body: Stream, times: usize) -> Stream {
    body.map_ok(move |piece| {
        (0..times).fold(piece, |piece, _| Bytes::copy_from_slice(black_box(&piece)))
    })
    .boxed()
}

fn unnamed() -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("journal-{}", std::process::id()));
    let file = File::create_new(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_for_has_a_file() {
        assert!(Work::default().journal().is_none());
        let work = Work {
            fsync: true,
            ..Work::default()
        };
        let journal = work.journal();
        work.perform("/", &mut HeaderMap::new(), b"{}", journal.as_ref());
        let mut text = [0; 7];
        journal
            .expect("a file")
            .read_exact_at(&mut text, 0)
            .unwrap_or(());
        assert!(work.fsync);
    }
}
