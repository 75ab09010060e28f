//! How a value is compared: the kinds of indicators, out of what SPL writes.

use crate::model::{IndicatorKind, IndicatorValue};
use grotto_engine::predicate::{Cidr, Glob, Shape, fold};

/// Fields that say where events come from, and not what is looked for in them.
const SELECTORS: [&str; 12] = [
    "Channel",
    "_index_earliest",
    "_index_latest",
    "earliest",
    "eventtype",
    "index",
    "latest",
    "nodename",
    "source",
    "sourcetype",
    "splunk_server",
    "tag",
];

/// Whether a field only says where events come from.
pub(super) fn is_selector(field: &str) -> bool {
    SELECTORS.contains(&field) || field.starts_with("tag::")
}

/// A value as `field=value` of a search compares it. `case` says whether letter case counts.
pub(super) fn search_value(written: &str, case: bool) -> IndicatorValue {
    if Cidr::parse(written).is_some() {
        return value(IndicatorKind::Cidr, written, written, false);
    }
    pattern(written, written, case)
}

/// A value as `LIKE` compares it.
pub(super) fn like_value(written: &str, case: bool) -> IndicatorValue {
    if written.contains('_') && !written.chars().all(|c| c == '%' || c == '_') {
        // An underscore is one character; mostly it stands for itself and was not meant so.
        let as_wildcard: String = written
            .chars()
            .map(|c| {
                if c == '%' {
                    '*'
                } else if c == '_' {
                    '?'
                } else {
                    c
                }
            })
            .collect();
        return value(IndicatorKind::Wildcard, &as_wildcard, written, case);
    }
    pattern(&written.replace('%', "*"), written, case)
}

/// A pattern in which `*` stands for anything.
fn pattern(pattern: &str, written: &str, case: bool) -> IndicatorValue {
    let glob = Glob::new(pattern, true);
    let text = pattern.trim_matches('*');
    match glob.shape() {
        Shape::Any => value(IndicatorKind::Exists, "", written, case),
        Shape::Exact => value(IndicatorKind::Equal, pattern, written, case),
        Shape::Prefix => value(IndicatorKind::StartsWith, text, written, case),
        Shape::Suffix => value(IndicatorKind::EndsWith, text, written, case),
        Shape::Contains => value(IndicatorKind::Contains, text, written, case),
        Shape::Wild => value(IndicatorKind::Wildcard, pattern, written, case),
    }
}

/// A value of this kind. Where it has no letters, letter case can't count.
pub(super) fn value(kind: IndicatorKind, value: &str, written: &str, case: bool) -> IndicatorValue {
    let case = case && value.chars().any(char::is_alphabetic);
    IndicatorValue {
        kind,
        value: value.to_owned(),
        written: written.to_owned(),
        case,
        others: 0,
        rules: Vec::new(),
        key: None,
    }
}

/// The value as values are told apart by.
pub(super) fn folded(value: &IndicatorValue) -> String {
    if value.case { value.value.clone() } else { fold(&value.value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IndicatorKind::{Cidr, Contains, EndsWith, Equal, Exists, StartsWith, Wildcard};

    #[test]
    fn values_of_searches() {
        for (written, kind, text) in [
            ("4104", Equal, "4104"),
            ("*Invoke-Command*", Contains, "Invoke-Command"),
            ("**a**", Contains, "a"),
            (r"*\cmd.exe", EndsWith, r"\cmd.exe"),
            (r"C:\*", StartsWith, r"C:\"),
            ("a*b", Wildcard, "a*b"),
            ("*a*b*", Wildcard, "*a*b*"),
            ("*", Exists, ""),
            ("10.0.0.0/8", Cidr, "10.0.0.0/8"),
            ("", Equal, ""),
        ] {
            let value = search_value(written, false);
            assert_eq!((value.kind, value.value.as_str()), (kind, text), "{written}");
            assert_eq!(value.written, written);
        }
    }

    #[test]
    fn patterns_of_like() {
        for (written, kind, text) in [
            ("%a%", Contains, "a"),
            ("a%", StartsWith, "a"),
            ("a", Equal, "a"),
            ("a_%", Wildcard, "a?*"),
            ("%", Exists, ""),
        ] {
            let value = like_value(written, true);
            assert_eq!((value.kind, value.value.as_str()), (kind, text), "{written}");
        }
    }

    #[test]
    fn letter_case_counts_only_for_letters() {
        assert!(search_value("Abc", true).case);
        assert!(!search_value("4104", true).case);
        assert_eq!(folded(&search_value("ABC", false)), "abc");
        assert_eq!(folded(&search_value("ABC", true)), "ABC");
    }
}
