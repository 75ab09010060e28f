//! Rules that can never fire: what their search begins with holds of no event. What is said here is certain of events
//! whose fields have one value; of others the reason says so. Rules that can't fire for other reasons are not found.

use crate::model::{Condition, ConditionKind, IndicatorKind, RulePage};

/// Fields that mostly have several values.
const SEVERAL: [&str; 3] = ["tag", "eventtype", "nodename"];

/// Why a rule can never fire; `None` where it can, as far as is known.
pub(super) fn why(rule: &RulePage) -> Option<String> {
    let first = rule.stages.first().filter(|stage| matches!(&*stage.command, "search" | "tstats"))?;
    impossible(first.condition.as_ref()?)
}

/// Why a condition can't hold: of `OR` all parts can't, of `AND` one can't or two of them clash.
fn impossible(node: &Condition) -> Option<String> {
    match node.op {
        ConditionKind::And => node.parts.iter().find_map(impossible).or_else(|| clash(&node.parts)),
        ConditionKind::Or => {
            let whys: Option<Vec<String>> = node.parts.iter().map(impossible).collect();
            whys?.into_iter().next()
        }
        ConditionKind::Xor | ConditionKind::Is | ConditionKind::Not => None,
    }
}

/// What a predicate asks of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asks {
    /// A value that is this one.
    Has(String),
    /// A value that is another one.
    Other(String),
    /// No value that is this one.
    Lacks(String),
    /// Some value.
    Some,
    /// No value.
    None,
}

/// The field of a predicate, and what it asks of it; `None` where that is not so simple.
fn asks(part: &Condition) -> Option<(&str, Asks)> {
    let (field, value) = part.text.split_once('=')?;
    let (field, other) = field.strip_suffix('!').map_or((field, false), |field| (field, true));
    let plain = !field.is_empty()
        && field.chars().all(|c| c.is_alphanumeric() || "_.{}".contains(c))
        && !SEVERAL.contains(&field);
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    // Forms such as CASE(x) compare in another way.
    if !plain || part.selector || (quoted.is_none() && value.contains('(')) {
        return None;
    }
    let value = quoted.unwrap_or(value).to_lowercase();
    let negated = match part.op {
        ConditionKind::Is => false,
        ConditionKind::Not => true,
        _ => return None,
    };
    let exists = value == "*";
    match (part.kind?, other, negated) {
        (IndicatorKind::Exists | IndicatorKind::Wildcard, false, false) if exists => {
            Some((field, Asks::Some))
        }
        (IndicatorKind::Exists | IndicatorKind::Wildcard, false, true) if exists => Some((field, Asks::None)),
        (IndicatorKind::Equal, false, false) => Some((field, Asks::Has(value))),
        (IndicatorKind::Equal, false, true) => Some((field, Asks::Lacks(value))),
        (IndicatorKind::Equal, true, false) => Some((field, Asks::Other(value))),
        _ => None,
    }
}

/// Two predicates that don't hold at once.
fn clash(parts: &[Condition]) -> Option<String> {
    let asked: Vec<_> = parts.iter().filter_map(asks).collect();
    asked.iter().enumerate().find_map(|(i, (field, second))| {
        let before = asked[..i].iter().filter(|(other, _)| other == field);
        before
            .into_iter()
            .find_map(|(_, first)| disagree(field, first, second).or_else(|| disagree(field, second, first)))
    })
}

/// Why one field can't do two things at once.
fn disagree(field: &str, first: &Asks, second: &Asks) -> Option<String> {
    match (first, second) {
        (Asks::Has(a), Asks::Has(b)) if !may_be_same(a, b) => {
            Some(format!("{field} can't be {a} and {b} at once, unless it has several values."))
        }
        (Asks::Has(a), Asks::Other(b)) if a == b => {
            Some(format!("{field} can't be {a} and something else at once, unless it has several values."))
        }
        (Asks::Has(a), Asks::Lacks(b)) if a == b => Some(format!("{field} can't be {a} and not be it.")),
        (Asks::Has(_) | Asks::Other(_) | Asks::Some, Asks::None) => {
            Some(format!("{field} can't have a value and none."))
        }
        _ => None,
    }
}

/// Whether one value may be both: `1` and `01` are the same number, though not the same text.
fn may_be_same(a: &str, b: &str) -> bool {
    a == b || matches!((a.parse::<f64>(), b.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_holds_has_a_reason() {
        for (spl, why) in [
            ("a=1 a=2", "a can't be 1 and 2 at once, unless it has several values."),
            ("c=3 (a=X a=y)", "a can't be x and y at once, unless it has several values."),
            ("c=3 (d=1 OR (a=1 a=2))", ""),
            ("c=3 ((b=1 b=2) OR (a=1 a=2))", "b can't be 1 and 2 at once, unless it has several values."),
            ("a=1 a=01", ""),
            ("a=1 a=1.0", ""),
            ("a=x a=X", ""),
            ("a=CASE(X) a=x", ""),
            ("a=x a=x*", ""),
            ("a=x NOT a=X", "a can't be x and not be it."),
            ("a=x a!=x", "a can't be x and something else at once, unless it has several values."),
            ("a=x NOT a=y a!=z", ""),
            ("a=1 a!=01 NOT a=1.0", ""),
            ("a!=x NOT a=*", "a can't have a value and none."),
            ("NOT a=x NOT a=*", ""),
            ("tag=a tag=b", ""),
            ("source=a source=b", ""),
            ("NOT (a=1 OR NOT a=2) a=1", "a can't be 1 and not be it."),
            ("a=1", ""),
        ] {
            let tree = grotto_spl::parse(spl).unwrap();
            let condition = super::super::condition::of(&tree.stages[0]).unwrap();
            assert_eq!(impossible(&condition).unwrap_or_default(), why, "{spl}");
        }
    }
}
