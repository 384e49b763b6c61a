//! Numbers as the pages show them.

use super::spread::Spread;

/// Two digits, three where they begin with a 1: the rest is noise.
pub fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let digits = |value: f64| {
        let power = value.abs().log10().floor();
        let first = (value.abs() / 10_f64.powf(power)).floor();
        power as i32 - if first == 1.0 { 2 } else { 1 }
    };
    let last = digits(value);
    let rounded = (value / 10_f64.powi(last)).round() * 10_f64.powi(last);
    let decimals = (-last).max(0) as usize;
    format!("{rounded:.decimals$}")
}

/// A time or a size in the unit that suits it.
pub fn unit(value: f64, metric: &str) -> String {
    let units = match metric {
        "parks" => return significant(value),
        "cpu" | "wall" | "p50" | "p99" => ["ns", "µs", "ms"],
        _ => ["B", "kB", "MB"],
    };
    let step = match value.abs() {
        giant if giant >= 999_500.0 => 2,
        big if big >= 999.5 => 1,
        _ => 0,
    };
    format!(
        "{} {}",
        significant(value / 1000_f64.powi(step)),
        units[step as usize]
    )
}

/// With a comma before each three digits of a whole number.
pub fn thousands(number: &str) -> String {
    let mut text = String::new();
    for (at, digit) in number.chars().enumerate() {
        let left = number.len() - at;
        if at > 0 && left.is_multiple_of(3) && !number.contains('.') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The median, and in brackets the interval where it is one.
pub fn interval(spread: Spread) -> String {
    let [median, low, high] = [spread.median, spread.low, spread.high].map(significant);
    match low == high {
        true => median,
        false => format!("{median} ({low}–{high})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_are_kept_or_three() {
        let shown = [
            0.0038, 0.96, 1.0, 1.049, 1.96, 2.04, 9.96, 14.04, 94.4, 215.0, 9812.0,
        ];
        let expected = [
            "0.0038", "0.96", "1.00", "1.05", "1.96", "2.0", "10.0", "14.0", "94", "220", "9800",
        ];
        assert_eq!(shown.map(significant), expected);
        assert_eq!(significant(0.0), "0");
    }

    #[test]
    fn the_unit_suits_the_number() {
        assert_eq!(unit(999.4, "cpu"), "1000 ns");
        assert_eq!(unit(999.6, "cpu"), "1.00 µs");
        assert_eq!(unit(13_500.0, "wall"), "13.5 µs");
        assert_eq!(unit(2_644_847.0, "reserved"), "2.6 MB");
        assert_eq!(unit(0.063, "parks"), "0.063");
        assert_eq!(unit(3_400_000.0, "p99"), "3.4 ms");
    }

    #[test]
    fn three_digits_stand_together() {
        let shown = ["140", "9800", "1230000", "14.0"].map(thousands);
        assert_eq!(shown, ["140", "9,800", "1,230,000", "14.0"]);
    }

    #[test]
    fn an_interval_of_one_number_is_that_number() {
        let spread = |low, high| Spread {
            median: 6.0,
            low,
            high,
        };
        assert_eq!(interval(spread(5.9, 6.1)), "6.0 (5.9–6.1)");
        assert_eq!(interval(spread(6.01, 6.02)), "6.0");
    }
}
