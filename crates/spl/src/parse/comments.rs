//! Comments: text between two triple backticks, outside strings, counts as one blank
//! (<https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.0/using-the-search-app/add-comments-to-searches>).

use std::borrow::Cow;

const FENCE: &str = "```";

/// The text with comments blanked out, byte for byte, so that every span stays true. An unclosed comment reaches to
/// the end.
pub(super) fn blanked(text: &str) -> Cow<'_, str> {
    if !text.contains(FENCE) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut i) = (false, 0);
    while let Some(c) = text[i..].chars().next() {
        if !quoted && text[i..].starts_with(FENCE) {
            let end = text[i + 3..].find(FENCE).map_or(text.len(), |n| i + 3 + n + 3);
            out.extend(std::iter::repeat_n(' ', end - i));
            i = end;
            continue;
        }
        out.push(c);
        i += c.len_utf8();
        if c == '"' {
            quoted = !quoted;
        } else if c == '\\'
            && quoted
            && let Some(next) = text[i..].chars().next()
        {
            out.push(next);
            i += next.len_utf8();
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_become_blanks_of_the_same_length() {
        for (text, expected) in [
            ("a ```b``` c", "a         c"),
            ("a ```é```", "a         "),
            (r#""```x```" y"#, r#""```x```" y"#),
            (r#""\"```x```" y"#, r#""\"```x```" y"#),
            ("a ```open", "a        "),
        ] {
            assert_eq!(blanked(text), expected);
        }
    }
}
