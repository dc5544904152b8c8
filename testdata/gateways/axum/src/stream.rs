//! What the faults make of an event stream.

use std::time::Duration;

use axum::BoxError;
use axum::body::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};

use crate::clock;

/// A body on its way from the upstream to the client.
pub type Stream = BoxStream<'static, Result<Bytes, BoxError>>;

/// Holds back the first bytes; the rest passes as it comes.
pub fn late(body: Stream, wait: Duration) -> Stream {
    body.enumerate()
        .then(move |(index, bytes)| async move {
            if index == 0 {
                clock::sleep(wait).await?;
            }
            bytes
        })
        .boxed()
}

/// Hands on `size` bytes at a time, and less only at the end.
pub fn in_pieces(body: Stream, size: usize) -> Stream {
    stream::unfold(Some((body, Vec::new())), move |state| async move {
        let (mut body, mut piece) = state?;
        while piece.len() < size {
            match body.next().await {
                Some(Ok(bytes)) => piece.extend_from_slice(&bytes),
                Some(Err(error)) => return Some((Err(error), None)),
                None if piece.is_empty() => return None,
                None => return Some((Ok(Bytes::from(piece)), None)),
            }
        }
        let rest = piece.split_off(size);
        Some((Ok(Bytes::from(piece)), Some((body, rest))))
    })
    .boxed()
}

/// Loses the second event with content, as a filter does that takes it for a
/// repetition of the first.
pub fn without_second_delta(body: Stream) -> Stream {
    let mut filter = Filter::default();
    body.map_ok(Some)
        .chain(stream::once(async { Ok(None) }))
        .map_ok(move |bytes| match bytes {
            Some(bytes) => filter.take(&bytes),
            None => Bytes::from(std::mem::take(&mut filter.pending)),
        })
        .try_filter(|bytes| std::future::ready(!bytes.is_empty()))
        .boxed()
}

#[derive(Default)]
struct Filter {
    /// The beginning of an event that is not whole yet.
    pending: Vec<u8>,
    deltas: usize,
}

impl Filter {
    /// Takes bytes as they come and returns the events to hand on.
    fn take(&mut self, bytes: &[u8]) -> Bytes {
        self.pending.extend_from_slice(bytes);
        let mut kept = Vec::new();
        while let Some(end) = event_end(&self.pending) {
            let event: Vec<u8> = self.pending.drain(..end).collect();
            self.deltas += usize::from(is_delta(&event));
            if !(is_delta(&event) && self.deltas == 2) {
                kept.extend(event);
            }
        }
        Bytes::from(kept)
    }
}

/// The length of the first event with its blank line; lines end in LF or CRLF.
fn event_end(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    for (index, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        if matches!(&bytes[start..index], b"" | b"\r") {
            return Some(index + 1);
        }
        start = index + 1;
    }
    None
}

/// Whether an event carries content: Responses and Messages name it in the type,
/// Chat Completions in a key.
fn is_delta(event: &[u8]) -> bool {
    let mark = br#"delta""#;
    event.windows(mark.len()).any(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out when `text` goes in, cut after every `cut` bytes.
    async fn through(text: &str, cut: usize, change: impl Fn(Stream) -> Stream) -> Vec<String> {
        let chunks: Vec<Result<Bytes, BoxError>> = text
            .as_bytes()
            .chunks(cut)
            .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
            .collect();
        change(stream::iter(chunks).boxed())
            .map(|bytes| String::from_utf8(bytes.expect("no error went in").into()).expect("UTF-8"))
            .collect()
            .await
    }

    #[tokio::test]
    async fn pieces_have_their_size() {
        let text = "0123456789";
        for cut in [1, 3, 4, 10] {
            let pieces = through(text, cut, |body| in_pieces(body, 4)).await;
            assert_eq!(pieces, ["0123", "4567", "89"], "cut after {cut}");
        }
        assert_eq!(
            through(text, 3, |body| in_pieces(body, 5)).await,
            ["01234", "56789"]
        );
        assert!(through("", 1, |body| in_pieces(body, 5)).await.is_empty());
    }

    #[tokio::test]
    async fn an_error_ends_the_pieces() {
        let cut: Vec<Result<Bytes, BoxError>> = vec![Ok(Bytes::from("01")), Err("cut".into())];
        let out: Vec<_> = in_pieces(stream::iter(cut).boxed(), 4).collect().await;
        assert!(matches!(out.as_slice(), [Err(_)]));
    }

    #[tokio::test]
    async fn the_second_delta_is_lost() {
        let head = "event: response.created\ndata: {\"text\":\"a \\\"delta\\\" in prose\"}\n\n";
        let delta = |text| format!("data: {{\"delta\":\"{text}\"}}\n\n");
        let crlf = |text: String| text.replace('\n', "\r\n");
        let sent = format!(
            "{head}{}{}{}data: [DONE]\n\n",
            delta("1"),
            delta("2"),
            delta("3")
        );
        let want = format!("{head}{}{}data: [DONE]\n\n", delta("1"), delta("3"));
        for cut in [1, 7, 1000] {
            assert_eq!(
                through(&sent, cut, without_second_delta).await.concat(),
                want
            );
            assert_eq!(
                through(&crlf(sent.clone()), cut, without_second_delta)
                    .await
                    .concat(),
                crlf(want.clone())
            );
        }
        let unfinished = format!("{}data: {{\"del", delta("1"));
        assert_eq!(
            through(&unfinished, 5, without_second_delta).await.concat(),
            unfinished
        );
    }

    #[tokio::test]
    async fn only_the_first_bytes_are_late() {
        let wait = Duration::from_millis(100);
        let start = std::time::Instant::now();
        let out = through("0123456789", 1, |body| late(body, wait)).await;
        assert_eq!(out.concat(), "0123456789");
        let took = start.elapsed();
        assert!(
            took >= wait && took < 10 * wait,
            "took {took:?} for one wait of {wait:?}"
        );
    }
}
