//! The examples of every lint run: the bad one fires exactly that lint, the good one none.

use super::*;
use crate::testing;

#[test]
fn the_bad_example_fires_exactly_its_lint_and_the_good_one_none() {
    let mut wrong = Vec::new();
    for lint in LINTS {
        let bad = testing::slugs(lint.bad);
        if bad.is_empty() || bad.iter().any(|slug| *slug != lint.slug) {
            wrong.push(format!("bad example of {}: {bad:?}", lint.slug));
        }
        let good = testing::slugs(lint.good);
        if !good.is_empty() {
            wrong.push(format!("good example of {}: {good:?}", lint.slug));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn slugs_are_sorted_unique_and_have_pages() {
    let mut seen = std::collections::BTreeSet::new();
    for lint in LINTS {
        assert!(seen.insert(lint.slug), "{} twice", lint.slug);
        let (area, name) = lint.slug.split_once('/').unwrap();
        for part in [area, name] {
            assert!(part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", lint.slug);
        }
        assert!(!lint.summary.ends_with('.'), "{}", lint.slug);
        assert!(lint.what.ends_with('.') && lint.why.ends_with('.'), "{}", lint.slug);
        assert!(lint.page().contains("## Use instead"), "{}", lint.slug);
    }
    assert_eq!(find("meta/file-name").map(|lint| lint.slug), Some("meta/file-name"));
    assert_eq!(nearest("file-name"), Some("meta/file-name"));
    assert_eq!(nearest("search/contradicton"), Some("search/contradiction"));
}
