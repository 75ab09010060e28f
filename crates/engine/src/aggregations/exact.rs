//! Sums that do not depend on the order of what is added: the exact sum of floats, rounded once at the end.

use serde::{Deserialize, Serialize};

/// The exact sum of any number of floats (Shewchuk, "Adaptive Precision Floating-Point Arithmetic", 1997): a list of
/// floats that do not overlap and whose sum is exact. Mostly there is one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct ExactSum {
    /// The only part, while there is no more to it.
    one: f64,
    more: Option<Box<Parts>>,
}

/// A sum of several parts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Parts {
    parts: Vec<f64>,
    /// Plain sum of what is infinite or too large to be exact.
    wild: f64,
}

impl ExactSum {
    pub(super) fn add(&mut self, x: f64) {
        if self.more.is_none() {
            let (high, low) = two_sum(x, self.one);
            if high.is_finite() && low == 0.0 {
                self.one = high;
                return;
            }
        }
        self.parts().add(x);
    }

    fn parts(&mut self) -> &mut Parts {
        let one = self.one;
        self.more.get_or_insert_with(|| Box::new(Parts { parts: vec![one], wild: 0.0 }))
    }

    /// Adds `x * x` exactly.
    pub(super) fn add_square(&mut self, x: f64) {
        let high = x * x;
        self.add(high);
        if high.is_finite() {
            self.add(x.mul_add(x, -high));
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        match &other.more {
            None => self.add(other.one),
            Some(more) => {
                more.parts.iter().for_each(|part| self.add(*part));
                if more.wild != 0.0 || more.wild.is_nan() {
                    self.parts().wild += more.wild;
                }
            }
        }
    }

    /// The sum as the nearest float and what is missing from it; `None` when it is not finite.
    pub(super) fn rounded(&self) -> Option<Double> {
        match &self.more {
            // Without its sign, which zero has as the only part.
            None => Some(Double { high: 0.0 + self.one, low: 0.0 }),
            Some(more) => more.rounded(),
        }
    }
}

impl Parts {
    fn add(&mut self, mut x: f64) {
        if !x.is_finite() {
            self.wild += x;
            return;
        }
        let mut kept = 0;
        for i in 0..self.parts.len() {
            let (high, low) = two_sum(x, self.parts[i]);
            if !high.is_finite() {
                self.wild += high;
                return;
            }
            if low != 0.0 {
                self.parts[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.parts.truncate(kept);
        self.parts.push(x);
    }

    fn rounded(&self) -> Option<Double> {
        if self.wild != 0.0 || self.wild.is_nan() {
            return None;
        }
        // The parts grow; summing from the largest down loses nothing but what is below the last bit.
        let (mut high, mut low) = (0.0, 0.0);
        for part in self.parts.iter().rev() {
            let (sum, rest) = two_sum(high, *part);
            let (sum, rest) = two_sum(sum, rest + low);
            (high, low) = (sum, rest);
        }
        high.is_finite().then_some(Double { high, low })
    }
}

/// A float of twice the precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Double {
    pub(super) high: f64,
    low: f64,
}

impl Double {
    fn new(high: f64, low: f64) -> Self {
        let (high, low) = two_sum(high, low);
        Self { high, low }
    }

    pub(super) fn times(self, other: Self) -> Self {
        let high = self.high * other.high;
        let low = self.high.mul_add(other.high, -high) + self.high * other.low + self.low * other.high;
        Self::new(high, low)
    }

    pub(super) fn over(self, divisor: f64) -> Self {
        let first = self.high / divisor;
        let rest = (-first).mul_add(divisor, self.high) + self.low;
        Self::new(first, rest / divisor)
    }

    pub(super) fn minus(self, other: Self) -> Self {
        let (high, low) = two_sum(self.high, -other.high);
        Self::new(high, low + self.low - other.low)
    }
}

/// A sum and its rounding error.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// Number, sum and sum of squares of numbers; what averages and variances are made of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Spread {
    count: u64,
    sum: ExactSum,
    squares: ExactSum,
}

impl Spread {
    pub(crate) fn add(&mut self, x: f64) {
        self.count += 1;
        self.sum.add(x);
        self.squares.add_square(x);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
    }

    /// The average; `None` for no numbers.
    pub(crate) fn mean(&self) -> Option<f64> {
        if self.count == 0 { None } else { Some(self.sum.rounded()?.over(self.count as f64).high) }
    }

    /// How many numbers there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Sum of the squared distances from the average.
    fn deviation(&self) -> Option<f64> {
        let sum = self.sum.rounded()?;
        let n = self.count as f64;
        Some(self.squares.rounded()?.minus(sum.times(sum).over(n)).high.max(0.0))
    }

    /// Variance of a sample; 0 for a single number, `None` for none.
    pub(crate) fn sample_variance(&self) -> Option<f64> {
        match self.count {
            0 => None,
            1 => Some(0.0),
            n => Some(self.deviation()? / (n - 1) as f64),
        }
    }

    /// Variance of a population; `None` for no numbers.
    pub(crate) fn population_variance(&self) -> Option<f64> {
        if self.count == 0 { None } else { Some(self.deviation()? / self.count as f64) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_exact_in_any_order() {
        for (numbers, sum) in [
            (vec![0.1; 10], 1.0),
            (vec![1e100, 1.0, -1e100], 1.0),
            (vec![1.0, 1e100, 1.0, -1e100], 2.0),
            (vec![], 0.0),
        ] {
            let mut forward = ExactSum::default();
            for x in &numbers {
                forward.add(*x);
            }
            let mut backward = ExactSum::default();
            for x in numbers.iter().rev() {
                backward.add(*x);
            }
            assert_eq!(forward.rounded().unwrap().high, sum, "{numbers:?}");
            assert_eq!(forward.rounded(), backward.rounded(), "{numbers:?}");
        }
    }

    #[test]
    fn too_large_sums_have_no_value() {
        for numbers in [vec![f64::INFINITY], vec![f64::MAX, f64::MAX], vec![f64::INFINITY, f64::NEG_INFINITY]]
        {
            let mut sum = ExactSum::default();
            for x in &numbers {
                sum.add(*x);
            }
            assert_eq!(sum.rounded(), None, "{numbers:?}");
        }
    }

    #[test]
    fn variance_survives_a_large_average() {
        let mut spread = Spread::default();
        for x in [1_700_000_000.25, 1_700_000_000.5, 1_700_000_000.75] {
            spread.add(x);
        }
        assert_eq!(spread.sample_variance(), Some(0.0625));
    }
}
