//! `list`: all values in order.

use super::{Aggregation, Example, Keeps, Merge, Moment};
use crate::Value;
use crate::pipeline::Place;
use crate::pipeline::columns;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub(super) static LIST: Aggregation = Aggregation {
    name: "list",
    aliases: &[],
    syntax: "list(field)",
    summary: "The field's values as a multivalue field, in the order of the rows, repeated ones too; the first 100.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/multivalue-stats-and-chart-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            call: "list(x)",
            input: r#"["b", "a", "b", null, ["c", "a"]]"#,
            expected: r#"["b","a","b","c","a"]"#,
        },
        Example { call: "list(x)", input: r#"["a"]"#, expected: r#""a""# },
    ],
    start: |_| Box::new(List::default()),
};

/// Splunk's limit (`list_maxsize` of limits.conf).
const MOST: usize = 100;

/// The values of the first rows; at least as many as the limit if there are so many.
#[derive(Clone, Default, Serialize, Deserialize)]
struct List(BTreeMap<Place, Vec<String>>);

impl List {
    fn insert(&mut self, place: Place, values: Vec<String>) {
        // Every row has at least one value, so more rows than values are never needed.
        if self.0.len() < MOST || self.0.last_key_value().is_some_and(|(last, _)| place < *last) {
            self.0.entry(place).or_default().extend(values.into_iter().take(MOST));
        }
        if self.0.len() > MOST {
            self.0.pop_last();
        }
    }
}

impl Merge for List {
    const KEEPS: Keeps = Keeps::Many;

    fn accumulate(&mut self, cell: Cell<'_>, at: Moment) {
        self.insert(at.place, columns::texts(cell));
    }

    fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(place, values)| self.insert(place, values));
    }

    fn value(&self) -> Value {
        Value::list(self.0.values().flatten().take(MOST).cloned().collect())
    }

    fn size(&self) -> usize {
        self.0.values().flatten().map(|text| text.len() + 32).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_hundred_in_any_order_of_arrival() {
        let mut list = List::default();
        for row in (0..250).rev() {
            let at = Moment { place: Place::of_row(row), time: None };
            Merge::accumulate(&mut list, Cell::Int(row as i64), at);
        }
        let Value::List(values) = Merge::value(&list) else { panic!("a list") };
        assert_eq!((values.len(), values[0].as_str(), values[99].as_str()), (100, "0", "99"));
    }
}
