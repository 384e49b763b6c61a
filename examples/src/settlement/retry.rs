//! Bounded retries, each after a longer wait.

use std::time::Duration;

/// How often to try, and how long to wait in between.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// Attempts in all. The last one's failure is the end.
    pub attempts: u32,
    /// The wait after the first attempt. It doubles.
    pub backoff: Duration,
    /// The longest wait.
    pub longest: Duration,
}

/// How a relay and a subscriber go on.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How many records go together, at most.
    pub batch: usize,
    pub retry: Retry,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            batch: 1024,
            retry: Retry::default(),
        }
    }
}

impl Default for Retry {
    /// Five attempts within about a third of a second.
    fn default() -> Retry {
        Retry {
            attempts: 5,
            backoff: Duration::from_millis(20),
            longest: Duration::from_secs(1),
        }
    }
}

impl Retry {
    /// The wait after so many attempts; nothing if that was the last one.
    #[must_use]
    pub fn after(&self, attempts: u32) -> Option<Duration> {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        let wait = self.backoff.saturating_mul(doubled).min(self.longest);
        (attempts < self.attempts).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_end() {
        let retry = Retry {
            attempts: 5,
            longest: Duration::from_millis(50),
            ..Retry::default()
        };
        let waits: Vec<_> = (1..=5).map(|n| retry.after(n)).collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(waits, [ms(20), ms(40), ms(50), ms(50), None]);
    }
}
