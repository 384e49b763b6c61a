//! How far the rounds lie apart.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, DiscreteCDF};
use statrs::statistics::{Data, Median};

/// The median of the rounds, and an interval that holds the true one with at least 95 % confidence.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Debug)]
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Spread {
    /// Of at least one round. The interval asks nothing of how the rounds are distributed: each
    /// lies above the true median like a coin toss, so it ends at the rounds that the binomial
    /// distribution says. Up to eight, those are the lowest and the highest; it takes six for 95 %.
    pub fn of(rounds: &[f64]) -> Self {
        let mut sorted = rounds.to_vec();
        sorted.sort_by(f64::total_cmp);
        let coins = Binomial::new(0.5, rounds.len() as u64).expect("a half is a probability");
        let lowest = coins.inverse_cdf(0.025).saturating_sub(1) as usize;
        Self {
            median: Data::new(rounds.to_vec()).median(),
            low: sorted[lowest],
            high: sorted[sorted.len() - 1 - lowest],
        }
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rounds_span_all_of_them() {
        let spread = Spread::of(&[5.0, 1.0, 4.0, 2.0, 9.0]);
        let expected = Spread {
            median: 4.0,
            low: 1.0,
            high: 9.0,
        };
        assert_eq!(spread, expected);
        let one = Spread {
            median: 7.0,
            low: 7.0,
            high: 7.0,
        };
        assert_eq!(Spread::of(&[7.0]), one);
    }

    /// The published bounds for 21: the sixth from either end holds 97.3 %, the seventh less than 95.
    #[test]
    fn more_rounds_leave_the_outliers_out() {
        let rounds: Vec<f64> = (1..=21).map(f64::from).collect();
        let expected = Spread {
            median: 11.0,
            low: 6.0,
            high: 16.0,
        };
        assert_eq!(Spread::of(&rounds), expected);
    }

    #[test]
    fn intervals_that_touch_overlap() {
        let spread = |low, high| Spread {
            median: low,
            low,
            high,
        };
        assert!(spread(1.0, 2.0).overlaps(spread(2.0, 3.0)));
        assert!(!spread(1.0, 2.0).overlaps(spread(2.1, 3.0)));
    }
}
