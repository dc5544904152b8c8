//! The strengths of faults, as they are written on the command line.

use std::time::Duration;

/// Reads a positive duration.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("bad strength {text:?}: want a positive duration such as 200us or 1ms");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ns" => 1e-9,
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

/// Reads a percentage into parts per million.
pub fn share(text: &str) -> Result<u64, String> {
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

/// Reads a size into bytes; 1 KB is 1024 of them.
pub fn size(text: &str) -> Result<usize, String> {
    let wrong = || format!("bad strength {text:?}: want a size such as 100B, 10KB or 1MB");
    let (digits, unit) = [("MB", 1 << 20), ("KB", 1 << 10), ("B", 1)]
        .into_iter()
        .find_map(|(suffix, unit)| Some((text.strip_suffix(suffix)?, unit)))
        .ok_or_else(wrong)?;
    match digits
        .parse::<usize>()
        .ok()
        .and_then(|n| n.checked_mul(unit))
    {
        Some(bytes) if (1..=i32::MAX as usize).contains(&bytes) => Ok(bytes),
        _ => Err(wrong()),
    }
}

/// Reads a positive whole number.
pub fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if (1..=i32::MAX as usize).contains(&n) => Ok(n),
        _ => Err(format!(
            "bad strength {text:?}: want a whole number from 1 on"
        )),
    }
}

/// The strength of a fault that is either on or off.
pub fn none(text: &str) -> Result<bool, String> {
    if text.is_empty() {
        Ok(true)
    } else {
        Err("this fault takes no strength".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strengths_are_read() {
        assert_eq!(duration("1ns"), Ok(Duration::from_nanos(1)));
        assert_eq!(duration("200us"), Ok(Duration::from_micros(200)));
        assert_eq!(duration("1.5ms"), Ok(Duration::from_micros(1500)));
        assert_eq!(duration("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(share("1%"), Ok(10_000));
        assert_eq!(share("12.5%"), Ok(125_000));
        assert_eq!(size("100B"), Ok(100));
        assert_eq!(size("16KB"), Ok(16 << 10));
        assert_eq!(size("1MB"), Ok(1 << 20));
        assert_eq!(count("4"), Ok(4));
        assert_eq!(none(""), Ok(true));
    }

    #[test]
    fn wrong_strengths_are_refused() {
        for text in ["", "1", "-1ms", "0ms", "xms", "1h", "nans"] {
            assert!(duration(text).is_err(), "duration {text:?}");
        }
        for text in ["", "1", "0%", "101%", "x%", "nan%"] {
            assert!(share(text).is_err(), "share {text:?}");
        }
        for text in [
            "",
            "16",
            "0B",
            "-1KB",
            "1.5KB",
            "4096MB",
            "99999999999999999999MB",
        ] {
            assert!(size(text).is_err(), "size {text:?}");
        }
        for text in ["", "0", "-1", "1.5", "99999999999"] {
            assert!(count(text).is_err(), "count {text:?}");
        }
        assert!(none("1").is_err());
    }
}
