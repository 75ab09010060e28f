//! `$field$` tokens in titles, messages and drilldown searches.

use crate::row::{Row, text};

/// Fills every `$field$` whose field the row has; others stay as they are, so that a reader sees what is missing.
/// `escape` is applied to each value that is filled in.
pub fn fill(template: &str, row: &Row, escape: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('$') {
        out.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let token = inner.find('$').map(|close| &inner[..close]).filter(|t| !t.contains(char::is_whitespace));
        if let Some((token, value)) = token.and_then(|t| Some((t, row.get(t)?))) {
            out.push_str(&escape(&text(value, ", ")));
            rest = &inner[token.len() + 1..];
        } else {
            out.push('$');
            rest = inner;
        }
    }
    out.push_str(rest);
    out
}

/// A value for use inside a quoted string of a search: quotes and backslashes escaped, so that what an event
/// contains can't change the search.
pub fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row() -> Row {
        json!({"dest": "h", "u": ["a", "b"], "evil": "x\" | delete \\"}).as_object().cloned().unwrap()
    }

    #[test]
    fn tokens_are_filled() {
        for (template, expected) in [
            ("on $dest$ by $u$", "on h by a, b"),
            ("$dest$$dest$", "hh"),
            ("costs 5$ on $dest$", "costs 5$ on h"),
            ("$missing$ $dest$", "$missing$ h"),
            ("$", "$"),
            ("", ""),
        ] {
            assert_eq!(fill(template, &row(), str::to_owned), expected, "{template}");
        }
    }

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        let filled = fill("search a=\"$evil$\"", &row(), escaped);
        assert_eq!(filled, "search a=\"x\\\" | delete \\\\\"");
        assert_eq!(grotto_spl::parse(&filled).unwrap().stages.len(), 1);
    }
}
