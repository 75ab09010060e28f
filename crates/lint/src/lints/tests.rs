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

/// What a search fires that replaces the base rule's.
fn of_search(search: &str) -> Vec<&'static str> {
    testing::slugs(&format!("search: |-\n    {search} | `a_rule_filter`"))
}

#[test]
fn nothing_is_said_where_it_would_be_wrong() {
    for search in [
        // `strftime` to a number can be compared.
        "`some_source` | stats count by dest _time | eval h=strftime(_time, \"%H\") | where h<8",
        // Rows of a search in brackets are others.
        "`some_source` | stats min(_time) as t by dest | convert ctime(t) | join type=left max=0 dest [| inputlookup \
         some_table | where t>5]",
        "`some_source` | stats count by dest user | where user=\"*\"",
        // What was grouped may have several values.
        "`some_source` | stats values(a) as a by dest | search a=x a=y",
        "`some_source` tag=a tag=b | stats count by dest",
        // Splunk's reading is everybody's.
        "`some_source` a=1 AND b=2 OR b=3 | stats count by dest",
        "`some_source` a=1 AND (b=2 OR c=3) | stats count by dest",
        // Nobody knows what these make.
        "`some_source` | stats count by dest | spath | where whatever=1",
        "`some_source` | stats count by dest | where isnull(gone) OR coalesce(gone, 1)=1",
        "`some_source` | stats count by dest | eval x=1, y=x+1 | where y>1",
        "`some_source` (a!=x OR b!=y) | stats count by dest",
    ] {
        assert_eq!(of_search(search), [""; 0], "{search}");
    }
}

#[test]
fn more_that_is_found() {
    for (search, slug) in [
        ("`some_source` | stats count by dest | search user=x", "search/dropped-field"),
        ("`some_source` | stats count by dest | stats max(user) by dest", "search/dropped-field"),
        ("`some_source` | table dest | eval x=len(user)", "search/dropped-field"),
        ("`some_source` | where a=\"x\" AND a=\"y\" | stats count by dest", "search/contradiction"),
        ("`some_source` (NOT a=x OR NOT a=y) | stats count by dest", "search/tautology"),
        ("`some_source` | stats count by dest | where dest IN (\"a*\", \"b\")", "search/where-wildcard"),
        (
            "`some_source` | stats count by dest | eval x=strftime(count, \"%F\") | where x>5",
            "search/ctime-compare",
        ),
        ("`some_source` | stats cuont by dest", "search/unknown-function"),
        ("| inputlookup some_tabel | stats count by dest", "search/unknown-lookup"),
        ("`some_source(1)` | stats count by dest", "search/unknown-macro"),
    ] {
        assert_eq!(of_search(search), [slug], "{search}");
    }
}

#[test]
fn the_page_in_docs_is_this_one() {
    let docs = include_str!("../../../../docs/lints.md");
    assert!(docs == pages(), "write it anew: grotto lint --markdown > docs/lints.md");
}
