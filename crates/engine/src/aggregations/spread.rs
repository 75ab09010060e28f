//! What the four measures of spread share: they see the same numbers and differ in what they make of them.

use super::exact::Spread;
use super::{Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

/// Gathers the numbers of a field; `measure` is the result, null where there are too few.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct OfSpread {
    spread: Spread,
    /// What was saved is only ever merged into a state that has its own.
    #[serde(skip, default = "variance")]
    measure: fn(&Spread) -> Option<f64>,
}

fn variance() -> fn(&Spread) -> Option<f64> {
    Spread::sample_variance
}

impl OfSpread {
    pub(super) fn new(measure: fn(&Spread) -> Option<f64>) -> Self {
        Self { spread: Spread::default(), measure }
    }
}

impl Merge for OfSpread {
    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| {
            if let Some(x) = columns::number(cell) {
                self.spread.add(x);
            }
        });
    }

    fn merge(&mut self, other: Self) {
        self.spread.merge(&other.spread);
    }

    fn value(&self) -> Value {
        (self.measure)(&self.spread).map_or(Value::Null, Value::Float)
    }
}
