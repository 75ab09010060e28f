//! Searches and YAML as HTML, their words told apart by class.
//!
//! It reads signs, not meaning: text that is no SPL is shown all the same, and nothing in a text can leave its element.

use super::pages::escaped;

/// Words that are neither commands nor fields, in capital letters.
const KEYWORDS: [&str; 12] =
    ["AND", "OR", "NOT", "XOR", "BY", "AS", "IN", "LIKE", "OUTPUT", "OUTPUTNEW", "OVER", "WHERE"];

/// A search as HTML.
pub(crate) fn spl(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    // Whether a command comes next.
    let mut command = text.trim_start().starts_with('|');
    while let Some(first) = rest.chars().next() {
        let length = token(rest, first);
        let (token, after) = rest.split_at(length);
        let class = class_of(token, after, &mut command);
        let shown = escaped(token);
        if class.is_empty() {
            out.push_str(&shown);
        } else {
            out.extend(["<span class=\"t-", class, "\">", &shown, "</span>"]);
        }
        rest = after;
    }
    out
}

/// The length of the token that begins a text, in bytes.
fn token(text: &str, first: char) -> usize {
    let run = |good: fn(char) -> bool| text.find(|c| !good(c)).unwrap_or(text.len());
    match first {
        '"' => quoted(text, '"'),
        '`' if text.starts_with("```") => text[3..].find("```").map_or(text.len(), |at| at + 6),
        '`' => text[1..].find('`').map_or(1, |at| at + 2),
        c if c.is_whitespace() => run(char::is_whitespace),
        c if is_word(c) => run(is_word),
        c => c.len_utf8(),
    }
}

/// The length of a quoted text. One that does not end is taken to the end of its line.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '*' | '$' | ':' | '{' | '}' | '@' | '-' | '\\')
}

/// What a token is; empty for what is like any text.
fn class_of(token: &str, after: &str, command: &mut bool) -> &'static str {
    let Some(first) = token.chars().next() else { return "" };
    if first.is_whitespace() {
        return "";
    }
    let was_command = std::mem::take(command);
    match first {
        '|' => {
            *command = true;
            "pipe"
        }
        // A search inside a search begins with a command or with a pipe.
        '[' => {
            *command = true;
            "pun"
        }
        '"' => "str",
        '`' if token.starts_with("```") => "com",
        '`' => "mac",
        '=' | '<' | '>' | '!' | '+' | '/' | '%' => "op",
        '(' | ')' | ']' | ',' => "pun",
        _ if was_command => "cmd",
        _ if KEYWORDS.contains(&token.to_ascii_uppercase().as_str()) => "key",
        _ if after.starts_with('(') => "fn",
        _ if token.bytes().all(|b| b.is_ascii_digit() || b == b'.') => "num",
        _ if token.contains('*') => "wild",
        _ => "",
    }
}

/// YAML as HTML: keys and comments told apart.
pub(crate) fn yaml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        let (before, rest) = line.split_at(indent);
        let key = rest.find(": ").or_else(|| rest.trim_end().strip_suffix(':').map(str::len));
        out.push_str(&escaped(before));
        match key {
            _ if rest.starts_with('#') => out.extend(["<span class=\"t-com\">", &escaped(rest), "</span>"]),
            Some(at)
                if rest[..at]
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')) =>
            {
                out.extend([
                    "<span class=\"t-cmd\">",
                    &escaped(&rest[..at]),
                    "</span>",
                    &escaped(&rest[at..]),
                ]);
            }
            _ => out.push_str(&escaped(rest)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_told_apart() {
        let html = spl("`powershell` EventCode=4104 NOT a=\"x\\\"y\" | stats count(b) BY c [ search d=*e* ]");
        for part in [
            "<span class=\"t-mac\">`powershell`</span> EventCode<span class=\"t-op\">=</span><span class=\"t-num\">4104</span>",
            "<span class=\"t-key\">NOT</span>",
            "<span class=\"t-str\">&quot;x\\&quot;y&quot;</span>",
            "<span class=\"t-pipe\">|</span> <span class=\"t-cmd\">stats</span> <span class=\"t-fn\">count</span>",
            "<span class=\"t-key\">BY</span> c",
            "<span class=\"t-cmd\">search</span>",
            "<span class=\"t-wild\">*e*</span>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn keys_of_yaml() {
        assert_eq!(
            yaml("a: <b>\n- c:\n# d\n"),
            "<span class=\"t-cmd\">a</span>: &lt;b&gt;\n- <span class=\"t-cmd\">c</span>:\n<span class=\"t-com\"># d\n</span>"
        );
    }

    /// The text of HTML that has no elements but spans.
    fn read(html: &str) -> String {
        let spans = regex::Regex::new("</?span[^>]*>").unwrap();
        let text = spans.replace_all(html, "");
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_leaves(text in "[a-c |=\"`\\\\<>&(\\[\n*é-]{0,60}") {
            for html in [spl(&text), yaml(&text)] {
                prop_assert_eq!(read(&html), text.clone());
                prop_assert!(!html.replace("<span class=\"t-", "").replace("</span>", "").contains('<'));
            }
        }
    }
}
