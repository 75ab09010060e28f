//! `$field$` tokens in titles, messages and drilldown searches.

use crate::row::Fields;

/// Fills every `$field$` whose field the row has; others stay as they are, so that a reader sees what is missing.
pub(crate) fn fill(template: &str, row: &impl Fields) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('$') {
        out.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let token = inner.find('$').map(|close| &inner[..close]).filter(|t| !t.contains(char::is_whitespace));
        if let Some((token, value)) = token.and_then(|t| Some((t, row.text(t, ", ")?))) {
            out.push_str(&value);
            rest = &inner[token.len() + 1..];
        } else {
            out.push('$');
            rest = inner;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Row;
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
            assert_eq!(fill(template, &row()), expected, "{template}");
        }
    }
}
