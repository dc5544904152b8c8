//! The faults that can be switched on, under the names that the Go reference
//! gateway has for them too.

use std::fmt::Write;
use std::time::Duration;

use crate::unit;
use crate::work::Work;

/// The faults in force; the default is the clean gateway.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Faults {
    /// Sleep before a request is forwarded.
    pub delay: Option<Duration>,
    /// CPU time used before a request is forwarded.
    pub burn: Option<Duration>,
    /// CPU time used for each byte of the request body.
    pub per_byte: Option<Duration>,
    /// Decode the request body as JSON and encode it again.
    pub parse: bool,
    /// Requests served at a time.
    pub slots: Option<usize>,
    /// Leave Nagle's algorithm on.
    pub nagle: bool,
    /// Requests with an upstream connection of their own.
    pub churn: Churn,
    /// Streams sent in pieces.
    pub buffer: Option<Buffer>,
    /// Wait between the head of a stream and the first byte of its body.
    pub delay_first_event: Option<Duration>,
    /// Share of the streams that lose their second delta event, in parts per
    /// million.
    pub drop_chunk: u64,
    /// Share of the requests answered with 500, in parts per million.
    pub error: u64,
    /// Bytes kept for each request.
    pub leak: Option<usize>,
    /// Work that nobody waits for.
    pub work: Work,
}

/// Which requests have an upstream connection of their own.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub enum Churn {
    /// None: connections are kept.
    #[default]
    Never,
    /// Those that ask for an event stream.
    Streams,
    /// Every one.
    Always,
}

/// How much of a stream is collected before it is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Buffer {
    /// All of it, before the head.
    Whole,
    /// So many bytes at a time.
    Pieces(usize),
}

/// One row of the table of faults.
struct Kind {
    name: &'static str,
    does: &'static str,
    /// Strength when none is given.
    usual: &'static str,
    set: fn(&mut Faults, &str) -> Result<(), String>,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "delay",
        does: "sleep before a request is forwarded",
        usual: "200us",
        set: |faults, text| unit::duration(text).map(|time| faults.delay = Some(time)),
    },
    Kind {
        name: "burn",
        does: "use that much CPU time before a request is forwarded",
        usual: "200us",
        set: |faults, text| unit::duration(text).map(|time| faults.burn = Some(time)),
    },
    Kind {
        name: "parse",
        does: "decode the request body as JSON and encode it again",
        usual: "",
        set: |faults, text| unit::none(text).map(|on| faults.parse = on),
    },
    Kind {
        name: "per-byte",
        does: "use that much CPU time for each byte of the request body",
        usual: "1ns",
        set: |faults, text| unit::duration(text).map(|time| faults.per_byte = Some(time)),
    },
    Kind {
        name: "lock",
        does: "hold one lock from the arrival of a request until its answer has come",
        usual: "",
        set: |faults, text| unit::none(text).map(|_| faults.slots = Some(1)),
    },
    Kind {
        name: "pool",
        does: "serve that many requests at a time, the others wait",
        usual: "4",
        set: |faults, text| unit::count(text).map(|slots| faults.slots = Some(slots)),
    },
    Kind {
        name: "nagle",
        does: "leave Nagle's algorithm on for accepted connections",
        usual: "",
        set: |faults, text| unit::none(text).map(|on| faults.nagle = on),
    },
    Kind {
        name: "churn",
        does: "open an upstream connection for each request",
        usual: "",
        set: |faults, text| unit::none(text).map(|_| faults.churn = Churn::Always),
    },
    Kind {
        name: "churn-streams",
        does: "open an upstream connection for each request that asks for an event stream",
        usual: "",
        set: |faults, text| unit::none(text).map(|_| faults.churn = Churn::Streams),
    },
    Kind {
        name: "buffer",
        does: "collect a stream whole before its head is sent; with a size such as 16KB, send that much at a time",
        usual: "",
        set: |faults, text| {
            faults.buffer = Some(match text {
                "" => Buffer::Whole,
                _ => Buffer::Pieces(unit::size(text)?),
            });
            Ok(())
        },
    },
    Kind {
        name: "delay-first-event",
        does: "send the head of a stream at once, hold back the first byte of its body",
        usual: "1ms",
        set: |faults, text| unit::duration(text).map(|time| faults.delay_first_event = Some(time)),
    },
    Kind {
        name: "drop-chunk",
        does: "lose the second delta event of that share of the streams, evenly spread",
        usual: "100%",
        set: |faults, text| unit::share(text).map(|parts| faults.drop_chunk = parts),
    },
    Kind {
        name: "error",
        does: "answer that share of the requests with status 500, evenly spread",
        usual: "1%",
        set: |faults, text| unit::share(text).map(|parts| faults.error = parts),
    },
    Kind {
        name: "leak",
        does: "keep that much memory for each request, for ever",
        usual: "10KB",
        set: |faults, text| unit::size(text).map(|bytes| faults.leak = Some(bytes)),
    },
    Kind {
        name: "parse-again",
        does: "decode a request body of at most 4 KB as JSON and drop the result",
        usual: "",
        set: |faults, text| unit::none(text).map(|on| faults.work.parse_again = on),
    },
    Kind {
        name: "format-log",
        does: "format a line of log for each request and drop it",
        usual: "",
        set: |faults, text| unit::none(text).map(|on| faults.work.format_log = on),
    },
    Kind {
        name: "copy-headers",
        does: "copy the headers of a request so many times",
        usual: "4",
        set: |faults, text| unit::count(text).map(|times| faults.work.copy_headers = times),
    },
    Kind {
        name: "copy-events",
        does: "copy each piece of a stream so many times",
        usual: "2",
        set: |faults, text| unit::count(text).map(|times| faults.work.copy_events = times),
    },
    Kind {
        name: "compile-regexp",
        does: "compile a regular expression for each request",
        usual: "",
        set: |faults, text| unit::none(text).map(|on| faults.work.compile_regexp = on),
    },
    Kind {
        name: "open-file",
        does: "open a file for each request",
        usual: "",
        set: |faults, text| unit::none(text).map(|on| faults.work.open_file = on),
    },
    Kind {
        name: "fsync",
        does: "write to a file and make it durable for each request",
        usual: "",
        set: |faults, text| unit::none(text).map(|on| faults.work.fsync = on),
    },
];

impl Faults {
    /// Reads `name[=strength]`.
    pub fn switch_on(&mut self, text: &str) -> Result<(), String> {
        let (name, strength) = match text.split_once('=') {
            Some((name, "")) => return Err(format!("fault {name}: no strength after the =")),
            Some((name, strength)) => (name, Some(strength)),
            None => (text, None),
        };
        let kind = KINDS
            .iter()
            .find(|kind| kind.name == name)
            .ok_or(format!("unknown fault {name:?}"))?;
        (kind.set)(self, strength.unwrap_or(kind.usual))
            .map_err(|error| format!("fault {name}: {error}"))
    }
}

/// Lists the table, one line per fault with its usual strength.
pub fn describe() -> String {
    let mut text = String::new();
    for kind in KINDS {
        let equals = if kind.usual.is_empty() { "" } else { "=" };
        let example = format!("{}{equals}{}", kind.name, kind.usual);
        writeln!(text, "  {example:24}{}", kind.does).expect("a String takes every write");
    }
    text
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
