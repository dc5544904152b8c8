//! An even choice of a share.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::unit::WHOLE;

/// Chooses a share of what passes: each at which the running total of the share
/// reaches a whole number, for 1% the 100th, the 200th and so on.
pub struct Spread {
    parts: u64,
    passed: AtomicU64,
}

impl Spread {
    /// Chooses so many parts of a million.
    pub fn new(parts: u64) -> Self {
        let passed = AtomicU64::new(0);
        Self { parts, passed }
    }

    /// Whether the next one is chosen.
    pub fn next(&self) -> bool {
        let before = self.passed.fetch_add(1, Ordering::Relaxed);
        (before + 1) * self.parts / WHOLE > before * self.parts / WHOLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_even() {
        for (parts, want) in [
            (0, vec![]),
            (WHOLE / 4, vec![4, 8]),
            (WHOLE * 2 / 5, vec![3, 5, 8, 10]),
            (WHOLE, (1..=10).collect()),
        ] {
            let spread = Spread::new(parts);
            let chosen: Vec<u64> = (1..=10).filter(|_| spread.next()).collect();
            assert_eq!(chosen, want, "{parts} parts");
        }
    }
}
