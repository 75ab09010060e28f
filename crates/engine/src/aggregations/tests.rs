//! Examples, and that merging any parts gives what one state gives.

use super::*;
use crate::Value;
use crate::pipeline::testing::{batch, result};
use crate::time::SECOND;
use grotto_events::Column;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// Rows of an example: newest first, a second apart, the oldest of second 1.
fn rows(input: &str) -> String {
    let values: Vec<Json> = serde_json::from_str(input).unwrap();
    let count = values.len();
    let row = |(i, x): (usize, Json)| {
        if x.is_null() { json!({ "_time": count - i }) } else { json!({ "_time": count - i, "x": x }) }
    };
    Json::Array(values.into_iter().enumerate().map(row).collect()).to_string()
}

#[test]
fn examples_hold() {
    for aggregation in AGGREGATIONS {
        for example in aggregation.examples {
            let found = result(&format!("| stats {} as result", example.call), &rows(example.input));
            let texts: Vec<&String> = found[0].iter().flat_map(|(_, texts)| texts).collect();
            let expected: Json = serde_json::from_str(example.expected).unwrap();
            let wanted: Vec<String> = match expected {
                Json::Null => Vec::new(),
                Json::Array(items) => items.iter().map(|i| i.as_str().unwrap().to_owned()).collect(),
                Json::String(text) => vec![text],
                other => vec![other.to_string()],
            };
            assert_eq!(texts, wanted.iter().collect::<Vec<_>>(), "{} of {}", example.call, example.input);
        }
    }
}

#[test]
fn every_aggregation_is_documented() {
    for aggregation in AGGREGATIONS {
        let name = aggregation.name;
        assert!(aggregation.examples.len() >= 2, "{name}: examples");
        assert!(aggregation.summary.ends_with('.'), "{name}: summary");
        assert!(aggregation.syntax.starts_with(name), "{name}: syntax");
    }
    assert!(AGGREGATIONS.is_sorted_by_key(|a| a.name), "in order of names");
}

#[test]
fn names_with_numbers() {
    for (name, found) in [
        ("count", Some(("count", 0.0))),
        ("AVG", Some(("avg", 0.0))),
        ("perc95", Some(("perc", 95.0))),
        ("p99.9", Some(("perc", 99.9))),
        ("exactperc5", Some(("exactperc", 5.0))),
        ("upperperc1", Some(("upperperc", 1.0))),
        ("perc", None),
        ("perc101", None),
        ("count5", None),
        ("", None),
        ("5", None),
    ] {
        assert_eq!(find(name).map(|(a, n)| (a.name, n)), found, "{name}");
    }
}

/// A state that has seen these rows.
fn state(aggregation: &Aggregation, rows: &[(usize, Value)]) -> Box<dyn State> {
    let mut state = (aggregation.start)(50.0);
    for (row, value) in rows {
        let column = crate::pipeline::columns::column(std::slice::from_ref(value));
        // Rows come in pairs of the same time.
        let time = (*row as i64 / 2) * SECOND;
        let at = Moment { place: Place::of_event(Some(time), *row as i64), time: Some(time) };
        if !value.is_null() {
            state.accumulate(column.cell(0), at);
        }
    }
    state
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        (-5i64..5).prop_map(Value::Int),
        any::<i32>().prop_map(|i| Value::Int(i.into())),
        (-1e9f64..1e9).prop_map(Value::Float),
        prop_oneof![Just(0.1), Just(1e300), Just(-1e300), Just(1e-300)].prop_map(Value::Float),
        (0i64..5).prop_map(|s| Value::Time(s * SECOND / 3)),
        "[0-9]{1,2}|[ab]|1\\.0|1e1".prop_map(Value::Text),
        Just(Value::List(vec!["1".into(), "b".into()])),
    ]
}

proptest! {
    #[test]
    fn merging_any_parts_gives_what_one_state_gives(
        values in prop::collection::vec((values(), 0usize..3), 0..40),
    ) {
        let all: Vec<(usize, Value)> = values.iter().map(|(v, _)| v.clone()).enumerate().collect();
        for aggregation in AGGREGATIONS {
            let whole = state(aggregation, &all);
            let part = |part: usize| {
                let mut rows: Vec<_> = all.iter().filter(|(row, _)| values[*row].1 == part).cloned().collect();
                rows.reverse();
                state(aggregation, &rows)
            };
            let mut merged = part(2);
            merged.merge(part(0));
            merged.merge(part(1));
            // Numbers that are written differently may stand for a group of equals; their text must not differ.
            prop_assert_eq!(merged.value().text(), whole.value().text(), "{}", aggregation.name);
        }
    }
}

/// Values of which many lists are times only.
fn lists() -> impl Strategy<Value = Vec<(Value, usize, usize)>> {
    let any = prop::collection::vec((values(), 0usize..4, 0usize..2), 0..40);
    let time = prop_oneof![3 => (0i64..5).prop_map(|s| s * SECOND / 3), 1 => Just(i64::MAX)];
    let times = prop::collection::vec((time.prop_map(Value::Time), 0usize..4, 0usize..2), 0..20);
    let least = Just(vec![(Value::Time(5), 0, 0), (Value::Time(i64::MIN), 0, 1), (Value::Time(7), 1, 1)]);
    prop_oneof![4 => any, 4 => times, 1 => least]
}

proptest! {
    #[test]
    fn states_of_many_groups_are_those_of_each(rows in lists()) {
        let all: Vec<(usize, Value)> = rows.iter().map(|(v, ..)| v.clone()).enumerate().collect();
        let groups = [0u32, 1, 2, 3];
        for aggregation in AGGREGATIONS {
            let single = |group: usize| {
                let of_group: Vec<_> = all.iter().filter(|(row, _)| rows[*row].1 == group).cloned().collect();
                state(aggregation, &of_group).value()
            };
            let expected: Vec<Value> = groups.iter().map(|group| single(*group as usize)).collect();
            let part = |part: usize| {
                let mut states = (aggregation.start)(50.0).many();
                for (row, value) in all.iter().filter(|(row, value)| rows[*row].2 == part && !value.is_null()) {
                    let column = crate::pipeline::columns::column(std::slice::from_ref(value));
                    let time = (*row as i64 / 2) * SECOND;
                    let at = Moment { place: Place::of_event(Some(time), *row as i64), time: Some(time) };
                    states.accumulate(rows[*row].1, column.cell(0), at);
                }
                states
            };
            let empty = (aggregation.start)(50.0).value();
            let check = |states: &dyn States, how: &str| {
                let found = |group: &u32| states.value(*group as usize).unwrap_or_else(|| empty.clone());
                let found: Vec<Value> = groups.iter().map(found).collect();
                let texts = |values: &[Value]| values.iter().map(Value::text).collect::<Vec<_>>();
                prop_assert_eq!(texts(&found), texts(&expected), "{} {}", aggregation.name, how);
                if let Some(column) = states.column(&groups) {
                    let values = crate::pipeline::columns::column(&found);
                    prop_assert_eq!(column, values, "{} {}", aggregation.name, how);
                }
                Ok(())
            };
            let (mut merged, mut other) = (part(0), part(1));
            for group in groups {
                merged.merge(group as usize, other.as_mut(), group as usize);
            }
            check(merged.as_ref(), "merged")?;
            let mut loaded = (aggregation.start)(50.0).many();
            for states in [part(1), part(0)] {
                let mut saved = Vec::new();
                states.save(&groups, &mut saved);
                prop_assert!(loaded.load(&groups, &saved));
            }
            check(loaded.as_ref(), "loaded")?;
            let mut taken = loaded;
            for (group, expected) in groups.iter().zip(&expected) {
                let value = taken.take(*group as usize).map_or_else(|| empty.clone(), |state| state.value());
                prop_assert_eq!(value.text(), expected.text(), "{} taken", aggregation.name);
                prop_assert!(taken.value(*group as usize).is_none());
            }
        }
    }
}

#[test]
fn states_answer_before_and_after_rows() {
    for aggregation in AGGREGATIONS {
        let mut state = (aggregation.start)(50.0);
        let empty = state.value();
        let counts = matches!(aggregation.name, "count" | "dc" | "estdc");
        assert_eq!(empty, if counts { Value::Int(0) } else { Value::Null }, "{}", aggregation.name);
        state.merge((aggregation.start)(50.0));
        assert_eq!(state.value(), empty, "{}", aggregation.name);
    }
}

#[test]
fn columns_of_every_type_are_taken() {
    let batch = batch(r#"[{"t": "a", "i": 1, "f": 0.5, "l": ["a", "b"], "_time": 1}]"#);
    for (name, column) in batch.columns() {
        let mut count = (find("count").unwrap().0.start)(0.0);
        count.accumulate(column.cell(0), Moment { place: Place::of_row(0), time: None });
        let two = matches!(column, Column::List(_));
        assert_eq!(count.value(), Value::Int(if two { 2 } else { 1 }), "{name}");
    }
}
