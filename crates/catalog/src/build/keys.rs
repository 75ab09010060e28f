//! Names of pages that are stable and that no two pages share.

use crate::model::{Indicator, IndicatorValue};
use crate::site::links::segment;
use rustc_hash::FxHashSet;
use sha2::{Digest, Sha256};

/// Names that are taken.
#[derive(Debug, Default)]
pub(super) struct Keys(FxHashSet<String>);

impl Keys {
    /// The name itself, or with the first free number behind it.
    pub(super) fn unique(&mut self, wanted: String) -> String {
        if self.0.insert(wanted.clone()) {
            return wanted;
        }
        let numbered =
            (2..u32::MAX).map(|n| format!("{wanted}-{n}")).find(|name| self.0.insert(name.clone()));
        numbered.unwrap_or(wanted)
    }

    /// As a part of a path.
    pub(super) fn of(&mut self, name: &str) -> String {
        self.unique(segment(name))
    }
}

/// The folder of a rule's pages: its id when that is safe as it is, else its id made safe.
pub(super) fn folder(id: &str, keys: &mut Keys) -> String {
    let lower = id.to_ascii_lowercase();
    let safe = (8..=64).contains(&lower.len()) && segment(&lower) == lower;
    if safe { keys.unique(lower) } else { keys.of(&format!("{id}-{}", short_hash(&[id]))) }
}

/// The name of an indicator's page. It says what it can, and has a hash where that leaves something out.
pub(super) fn indicator(indicator: &Indicator, value: &IndicatorValue, folded: &str) -> String {
    let kind = match value.kind.name() {
        "<" => "lt",
        "<=" => "le",
        ">" => "gt",
        ">=" => "ge",
        name => name,
    };
    let not = if indicator.negated { "not-" } else { "" };
    let short: String = folded.chars().take(48).collect();
    let name = segment(&format!("{}-{not}{kind}-{short}", indicator.field));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let whole = !folded.is_empty() && short.len() == folded.len() && folded.chars().all(plain);
    if whole && !value.case {
        return name;
    }
    let case = if value.case { "case" } else { "" };
    format!("{name}-{}", short_hash(&[&indicator.field, not, kind, case, folded]))
}

/// Eight hexadecimal digits that texts have in common with no other, most likely.
fn short_hash(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    let first = hash.finalize().iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{first:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::compare::{folded, search_value};
    use crate::model::IndicatorKind;

    #[test]
    fn names_are_given_once() {
        let mut keys = Keys::default();
        assert_eq!([keys.of("A b"), keys.of("a-b"), keys.of("a/b")], ["a-b", "a-b-2", "a-b-3"]);
    }

    #[test]
    fn folders_of_rules() {
        let mut keys = Keys::default();
        let id = "7D4C618E-4716-11ec-951c-3e22fbd008af";
        assert_eq!(folder(id, &mut keys), id.to_lowercase());
        for hostile in ["../../etc/passwd", "", "a", "x/y", "CON"] {
            let name = folder(hostile, &mut keys);
            assert!(crate::site::links::is_safe_path(&name), "{name}");
            assert_ne!(name.to_lowercase(), hostile.to_lowercase());
        }
    }

    #[test]
    fn names_of_indicators_tell_them_apart() {
        let key = |field: &str, written: &str, case: bool, negated: bool| {
            let value = search_value(written, case);
            let of = Indicator {
                field: field.to_owned(),
                kind: IndicatorKind::Equal,
                negated,
                values: Vec::new(),
                computed: false,
                stage: 1,
            };
            indicator(&of, &value, &folded(&value))
        };
        assert_eq!(key("EventCode", "4104", true, false), "eventcode-eq-4104");
        assert_eq!(key("EventCode", "4104", false, true), "eventcode-not-eq-4104");
        let (a, b, c) =
            (key("f", "*-x*", false, false), key("f", "*.x*", false, false), key("f", "x", true, false));
        assert!(a != b && c != key("f", "x", false, false), "{a} {b} {c}");
    }
}
