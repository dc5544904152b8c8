//! The faults that can be switched on, and their strengths.

use std::fmt::Write;
use std::time::Duration;

/// The faults in force; the default is the clean gateway.
#[derive(Debug, Default, Clone, Copy)]
pub struct Faults {
    /// Sleep before a request is forwarded.
    pub delay: Option<Duration>,
    /// CPU time used before a request is forwarded.
    pub burn: Option<Duration>,
    /// Wait between the head of a stream and the first byte of its body.
    pub delay_first_event: Option<Duration>,
    /// Share of the requests answered with 500, in parts per million.
    pub error: u64,
    /// Leave Nagle's algorithm on.
    pub nagle: bool,
}

/// One row of the table of faults.
struct Kind {
    name: &'static str,
    does: &'static str,
    /// Strength when none is given.
    usual: &'static str,
    set: fn(&mut Faults, &str) -> Result<(), String>,
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "delay",
        does: "sleep before a request is forwarded",
        usual: "200us",
        set: |faults, strength| {
            faults.delay = Some(duration(strength)?);
            Ok(())
        },
    },
    Kind {
        name: "burn",
        does: "use that much CPU time before a request is forwarded",
        usual: "200us",
        set: |faults, strength| {
            faults.burn = Some(duration(strength)?);
            Ok(())
        },
    },
    Kind {
        name: "delay-first-event",
        does: "send the head of a stream at once, hold back the first byte of its body",
        usual: "1ms",
        set: |faults, strength| {
            faults.delay_first_event = Some(duration(strength)?);
            Ok(())
        },
    },
    Kind {
        name: "error",
        does: "answer that share of the requests with status 500, evenly spread",
        usual: "1%",
        set: |faults, strength| {
            faults.error = share(strength)?;
            Ok(())
        },
    },
    Kind {
        name: "nagle",
        does: "leave Nagle's algorithm on for accepted connections",
        usual: "",
        set: |faults, strength| {
            faults.nagle = none(strength)?;
            Ok(())
        },
    },
];

impl Faults {
    /// Reads `name[=strength]`.
    pub fn switch_on(&mut self, text: &str) -> Result<(), String> {
        let (name, strength) = match text.split_once('=') {
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
    for kind in &KINDS {
        let equals = if kind.usual.is_empty() { "" } else { "=" };
        let example = format!("{}{equals}{}", kind.name, kind.usual);
        writeln!(text, "  {example:24}{}", kind.does).expect("a String takes every write");
    }
    text
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("bad strength {text:?}: want a positive duration such as 200us or 1ms");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        _ => return Err(wrong()),
    };
    let number: f64 = digits.parse().map_err(|_| wrong())?;
    match Duration::try_from_secs_f64(number * unit) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(wrong()),
    }
}

/// All requests, in the parts that a share counts.
pub const WHOLE: u64 = 1_000_000;

fn share(text: &str) -> Result<u64, String> {
    let wrong = || format!("bad strength {text:?}: want a percentage from 0.0001% to 100%");
    let number = text.strip_suffix('%').ok_or_else(wrong)?;
    let percent: f64 = number.parse().map_err(|_| wrong())?;
    let parts = (percent / 100.0 * WHOLE as f64).round();
    if (1.0..=WHOLE as f64).contains(&parts) {
        Ok(parts as u64)
    } else {
        Err(wrong())
    }
}

/// The strength of a fault that is either on or off.
fn none(text: &str) -> Result<bool, String> {
    if text.is_empty() {
        Ok(true)
    } else {
        Err("this fault takes no strength".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn switched_on(text: &str) -> Result<Faults, String> {
        let mut faults = Faults::default();
        faults.switch_on(text).map(|()| faults)
    }

    #[test]
    fn strengths_are_read() {
        let delay = |text| switched_on(text).expect(text).delay.expect("delay is on");
        assert_eq!(delay("delay"), Duration::from_micros(200));
        assert_eq!(delay("delay=1.5ms"), Duration::from_micros(1500));
        assert_eq!(delay("delay=2s"), Duration::from_secs(2));
        assert_eq!(switched_on("error").expect("error").error, 10_000);
        assert_eq!(
            switched_on("error=12.5%").expect("error=12.5%").error,
            125_000
        );
        assert!(switched_on("nagle").expect("nagle").nagle);
    }

    #[test]
    fn wrong_faults_are_refused() {
        let wrong = [
            "",
            "dela",
            "delay=",
            "delay=1",
            "delay=-1ms",
            "delay=0ms",
            "delay=xms",
            "delay=1h",
            "delay=nans",
            "error=1",
            "error=0%",
            "error=101%",
            "error=x%",
            "error=nan%",
            "nagle=1",
        ];
        for text in wrong {
            assert!(switched_on(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn every_fault_is_described() {
        for kind in &KINDS {
            assert!(describe().contains(kind.name), "{} is missing", kind.name);
            assert!(
                switched_on(kind.name).is_ok(),
                "{} refuses its usual strength",
                kind.name
            );
        }
    }
}
