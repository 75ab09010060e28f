//! The addresses of pages, below the site's top. Put a frame's `root` before them.

use crate::model::RulePage;

/// The page of a rule.
pub fn rule(page: &RulePage) -> String {
    format!("rules/{}/", page.folder)
}

/// The page of a section of the catalogue, by its name.
pub fn section(name: &str) -> String {
    format!("sections/{}/", segment(name))
}

/// The page of a corpus, by its key.
pub fn corpus(key: &str) -> String {
    format!("corpora/{key}/")
}

/// The page of a technique, by its id.
pub fn technique(id: &str) -> String {
    format!("techniques/{id}/")
}

/// The page of a tactic, by its key.
pub fn tactic(key: &str) -> String {
    format!("tactics/{key}/")
}

/// The page of an event, by its key.
pub fn event(key: &str) -> String {
    format!("events/{key}/")
}

/// The page of an indicator, by its key.
pub fn indicator(key: &str) -> String {
    format!("indicators/{key}/")
}

/// The page of a field, by its key.
pub fn field(key: &str) -> String {
    format!("fields/{key}/")
}

/// The page of a story, by its key.
pub fn story(key: &str) -> String {
    format!("stories/{key}/")
}

/// The page of a macro, by its key.
pub fn macro_page(key: &str) -> String {
    format!("macros/{key}/")
}

/// The page of a lookup, by its key.
pub fn lookup(key: &str) -> String {
    format!("lookups/{key}/")
}

/// The page of a data source, by its key.
pub fn data_source(key: &str) -> String {
    format!("data-sources/{key}/")
}

/// The page of a command, by its name.
pub fn command(name: &str) -> String {
    format!("language/commands/{}/", segment(name))
}

/// A name as a part of a path: lower case letters, digits, `-`, `_`; other signs become `-`.
pub fn segment(name: &str) -> String {
    let mut out: String = name
        .chars()
        .take(100)
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' })
        .collect();
    while out.ends_with('-') {
        out.pop();
    }
    let out = out.trim_start_matches('-');
    if out.is_empty() { "x".to_owned() } else { out.to_owned() }
}

/// Whether a path stays inside its folder on every system: parts of letters, digits, `-`, `_` and `.`, none of them
/// empty, hidden or overlong.
pub fn is_safe_path(path: &str) -> bool {
    let part = |part: &str| {
        (1..=200).contains(&part.len())
            && !part.starts_with('.')
            && !part.ends_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    path.len() <= 400 && path.split('/').all(part)
}

/// The way back to the top from a page: `../../` for `rules/x/index.html`.
pub fn root_of(path: &str) -> String {
    let depth = path.matches('/').count();
    if depth == 0 { "./".to_owned() } else { "../".repeat(depth) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_paths() {
        for (name, expected) in
            [("mstats", "mstats"), ("../../etc", "etc"), ("A b", "a-b"), ("///", "x"), ("perc<N>", "perc-n")]
        {
            assert_eq!(segment(name), expected);
            assert!(is_safe_path(&segment(name)));
        }
    }

    #[test]
    fn only_paths_that_stay_inside_are_safe() {
        for safe in ["index.html", "rules/7d4c/index.html", "techniques/T1021.006/index.html"] {
            assert!(is_safe_path(safe), "{safe}");
        }
        let long = "x".repeat(201);
        for unsafe_path in [
            "",
            "/etc/passwd",
            "a//b",
            "../a",
            "a/../b",
            "a/.git/b",
            "a\\b",
            "C:x",
            "a/b.",
            "ü",
            "a b",
            "a\0",
            &long,
        ] {
            assert!(!is_safe_path(unsafe_path), "{unsafe_path:?}");
        }
    }

    #[test]
    fn the_way_back() {
        for (path, root) in [("index.html", "./"), ("a/index.html", "../"), ("a/b/index.html", "../../")] {
            assert_eq!(root_of(path), root);
        }
    }
}
