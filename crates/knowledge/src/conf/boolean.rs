//! Truth values of configuration files.

/// Reads a truth value: `1`, `true`, `t`, `yes`, `y`, `enabled` or `on`, and their opposites, in any case.
/// `None` for anything else.
///
/// The spec files say "boolean" and use `true`, `1` and, for tags, `enabled`; the others are what Splunk's own
/// configuration parser takes as well.
pub fn boolean(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|w| text.trim().eq_ignore_ascii_case(w));
    if is(&["1", "true", "t", "yes", "y", "enabled", "on"]) {
        Some(true)
    } else if is(&["0", "false", "f", "no", "n", "disabled", "off"]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::boolean;

    #[test]
    fn words_in_any_case() {
        for (text, want) in [
            ("1", Some(true)),
            (" True ", Some(true)),
            ("enabled", Some(true)),
            ("0", Some(false)),
            ("DISABLED", Some(false)),
            ("", None),
            ("2", None),
            ("truth", None),
        ] {
            assert_eq!(boolean(text), want, "{text:?}");
        }
    }
}
