//! When two findings are the same.
//!
//! A finding is named by its rule, what it is about, and what its row says, without what differs each time that the same
//! thing is seen: times, counts and sums, the raw event and its record number. So a scan of the same logs, or of later
//! logs in which the same happens, gives the same id. Of a Correlation, whose rows are sums over whatever risk there is,
//! the title stands for the row.

use grotto_content::{Detection, RuleType};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What stands between the values of a multivalue field.
pub(crate) const BETWEEN: &str = "\u{1f}";

/// Names of fields that are no part of what was found, in lower case.
const PASSING: [&str; 15] = [
    "count",
    "endtime",
    "end_time",
    "eventrecordid",
    "firsttime",
    "first_time",
    "lasttime",
    "last_time",
    "linecount",
    "recordnumber",
    "starttime",
    "start_time",
    "systemtime",
    "timestamp",
    "utctime",
];

/// How names of such fields begin: fields about the search, parts of the time, aggregations without a name.
const PASSING_START: [&str; 9] = ["_", "info_", "date_", "min(", "max(", "count(", "dc(", "sum(", "avg("];

/// 32 hexadecimal digits. `kind` tells findings and intermediate findings apart; the entity is its field, its kind and its
/// value; the fields are those of the row that [tell](tells), in the order of their names, each with its value.
pub(crate) fn id<'f>(
    rule: &Detection,
    kind: &str,
    entity: [&str; 3],
    title: &str,
    fields: impl Iterator<Item = (&'f str, Cow<'f, str>)>,
) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    };
    for part in [&rule.id, kind].into_iter().chain(entity) {
        add(part);
    }
    if rule.rule_type == RuleType::Correlation {
        add(title);
    } else {
        for (name, value) in fields {
            add(name);
            add(&value);
        }
    }
    hash.finalize().iter().take(16).fold(String::with_capacity(32), |mut out, byte| {
        for digit in [byte >> 4, byte & 15] {
            out.extend(char::from_digit(u32::from(digit), 16));
        }
        out
    })
}

/// Whether a field is part of what was found, and not one that differs each time that the same thing is seen.
pub(crate) fn tells(field: &str) -> bool {
    let name = field.to_ascii_lowercase();
    !PASSING.contains(&name.as_str())
        && !name.ends_with("_count")
        && !PASSING_START.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::plain;
    use serde_json::json;

    #[test]
    fn what_passes_does_not_name_a_finding() {
        let (content, _) = crate::builtin::content();
        let rule = &content.detections[0];
        let id = |value: &str, row: serde_json::Value| {
            let fields: std::collections::BTreeMap<String, serde_json::Value> =
                row.as_object().unwrap().clone().into_iter().filter(|(name, _)| tells(name)).collect();
            let fields = fields.iter().map(|(name, value)| (name.as_str(), plain(value, BETWEEN)));
            super::id(rule, "finding", ["dest", "system", value], "t", fields)
        };
        let first = id("h", json!({"dest": "h", "process": "p", "count": 1, "firstTime": "a", "_time": 3}));
        assert_eq!(first.len(), 32);
        assert!(first.chars().all(|c| c.is_ascii_hexdigit()));
        let cases = [
            (json!({"_time": 9, "process": "p", "dest": "h", "count": 7, "lastTime": "b"}), true),
            (json!({"dest": "h", "process": "p", "source_count": 4, "info_min_time": 0, "max(x)": 1}), true),
            (json!({"dest": "h", "process": "q"}), false),
            (json!({"dest": "h", "proces": "sp"}), false),
            (json!({"dest": "h", "process": "p", "user": "u"}), false),
        ];
        for (row, same) in cases {
            assert_eq!(id("h", row.clone()) == first, same, "{row}");
        }
        assert_ne!(id("g", json!({"dest": "h", "process": "p"})), first);
    }
}
