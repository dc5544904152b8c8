//! The faults that can be switched on, under the names that the Go reference
//! gateway has for them too.

use std::fmt::Write;
use std::time::Duration;

use crate::unit;

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
mod tests {
    use super::*;

    fn switched_on(text: &str) -> Result<Faults, String> {
        let mut faults = Faults::default();
        faults.switch_on(text).map(|()| faults)
    }

    #[test]
    fn each_fault_sets_its_own() {
        let on = |text| switched_on(text).expect(text);
        let clean = Faults::default();
        let micros = |n| Some(Duration::from_micros(n));
        assert_eq!(
            on("delay"),
            Faults {
                delay: micros(200),
                ..clean
            }
        );
        assert_eq!(
            on("delay=2ms"),
            Faults {
                delay: micros(2000),
                ..clean
            }
        );
        assert_eq!(
            on("burn=1us"),
            Faults {
                burn: micros(1),
                ..clean
            }
        );
        assert_eq!(
            on("parse"),
            Faults {
                parse: true,
                ..clean
            }
        );
        let nano = Some(Duration::from_nanos(1));
        assert_eq!(
            on("per-byte"),
            Faults {
                per_byte: nano,
                ..clean
            }
        );
        assert_eq!(
            on("lock"),
            Faults {
                slots: Some(1),
                ..clean
            }
        );
        assert_eq!(
            on("pool=7"),
            Faults {
                slots: Some(7),
                ..clean
            }
        );
        assert_eq!(
            on("nagle"),
            Faults {
                nagle: true,
                ..clean
            }
        );
        assert_eq!(
            on("churn"),
            Faults {
                churn: Churn::Always,
                ..clean
            }
        );
        assert_eq!(
            on("churn-streams"),
            Faults {
                churn: Churn::Streams,
                ..clean
            }
        );
        assert_eq!(
            on("buffer"),
            Faults {
                buffer: Some(Buffer::Whole),
                ..clean
            }
        );
        let pieces = Some(Buffer::Pieces(16 << 10));
        assert_eq!(
            on("buffer=16KB"),
            Faults {
                buffer: pieces,
                ..clean
            }
        );
        assert_eq!(
            on("delay-first-event"),
            Faults {
                delay_first_event: micros(1000),
                ..clean
            }
        );
        assert_eq!(
            on("drop-chunk"),
            Faults {
                drop_chunk: 1_000_000,
                ..clean
            }
        );
        assert_eq!(
            on("error=2%"),
            Faults {
                error: 20_000,
                ..clean
            }
        );
        assert_eq!(
            on("leak"),
            Faults {
                leak: Some(10 << 10),
                ..clean
            }
        );
    }

    #[test]
    fn wrong_faults_are_refused() {
        let wrong = [
            "",
            "dela",
            "delay=",
            "delay=1",
            "error=1",
            "nagle=1",
            "nagle=",
            "buffer=",
            "buffer=16",
            "pool=0",
            "quadratic", // one that only the Go gateway has
        ];
        for text in wrong {
            assert!(switched_on(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn every_fault_is_described() {
        for kind in KINDS {
            assert!(describe().contains(kind.name), "{} is missing", kind.name);
            assert!(
                switched_on(kind.name).is_ok_and(|faults| faults != Faults::default()),
                "{} does nothing at its usual strength",
                kind.name
            );
        }
    }
}
