//! The reader of JSON lines, which copies nothing, and the flattening that `spath` uses give the same fields.

use crate::{read_bytes, values};
use grotto_events::{ReadOptions, json};
use proptest::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

fn document() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zé\"\\\\ ]{1,20}".prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 40, 4, |inner| {
        let members = proptest::collection::vec(("[a-c]|x y|c[.]d|a[{][}]", inner.clone()), 0..4);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn both_give_the_same_fields(members in proptest::collection::vec(("[k-m]", document()), 1..5)) {
        let record = Value::Object(members.into_iter().collect::<Map<_, _>>());
        let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        json::flatten(&record, |name, value| expected.entry(name.to_owned()).or_default().push(value.into_owned()));
        let line = format!("{record}\n");
        let (batches, report) = read_bytes(line.as_bytes(), &ReadOptions::default());
        prop_assert_eq!((batches.len(), report.failed), (1, 0), "{}", line);
        for (name, texts) in &expected {
            prop_assert_eq!(&values(&batches[0], name, 0), texts, "{} of {}", name, line);
        }
        let read = batches[0].names().filter(|name| name.starts_with(['k', 'l', 'm'])).count();
        prop_assert_eq!(read, expected.len(), "{}", line);
    }
}
