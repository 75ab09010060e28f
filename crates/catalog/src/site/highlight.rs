//! Searches and YAML as HTML, their words told apart by class.
//!
//! It reads signs, not meaning: text that is no SPL is shown all the same, and nothing in a text can leave its element.

use super::pages::escaped;

/// Words that are neither commands nor fields, in capital letters.
const KEYWORDS: [&str; 12] =
    ["AND", "OR", "NOT", "XOR", "BY", "AS", "IN", "LIKE", "OUTPUT", "OUTPUTNEW", "OVER", "WHERE"];

/// A search as HTML. Tokens of the same look that follow each other are one element: there are many, and pages are long.
pub(crate) fn spl(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    // Whether a command comes next.
    let mut command = text.trim_start().starts_with('|');
    let mut open = "";
    while let Some(first) = rest.chars().next() {
        let length = token(rest, first);
        let (token, after) = rest.split_at(length);
        let class = class_of(token, after, &mut command);
        if class != open {
            out.push_str(if open.is_empty() { "" } else { "</i>" });
            if !class.is_empty() {
                out.extend(["<i class=", class, ">"]);
            }
            open = class;
        }
        out.push_str(&content(token));
        rest = after;
    }
    out.push_str(if open.is_empty() { "" } else { "</i>" });
    out
}

/// A word with a look.
fn word(class: &str, text: &str) -> String {
    format!("<i class={class}>{}</i>", content(text))
}

/// Text as the content of an element, where a quote is a sign like others.
fn content(text: &str) -> String {
    escaped(text).replace("&quot;", "\"")
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

/// What a token looks like, as `catalog.css` names it; empty for what is like any text.
fn class_of(token: &str, after: &str, command: &mut bool) -> &'static str {
    let Some(first) = token.chars().next() else { return "" };
    if first.is_whitespace() {
        return "";
    }
    let was_command = std::mem::take(command);
    match first {
        '|' => {
            *command = true;
            "p"
        }
        // A search inside a search begins with a command or with a pipe.
        '[' => {
            *command = true;
            "o"
        }
        '"' => "s",
        '`' if token.starts_with("```") => "r",
        '`' => "m",
        '=' | '<' | '>' | '!' | '+' | '/' | '%' => "o",
        '(' | ')' | ']' | ',' => "o",
        _ if was_command => "c",
        _ if KEYWORDS.contains(&token.to_ascii_uppercase().as_str()) => "k",
        _ if after.starts_with('(') => "f",
        _ if token.bytes().all(|b| b.is_ascii_digit() || b == b'.') => "n",
        _ if token.contains('*') => "w",
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
        out.push_str(&content(before));
        match key {
            _ if rest.starts_with('#') => out.push_str(&word("r", rest)),
            Some(at)
                if rest[..at]
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')) =>
            {
                out.extend([word("c", &rest[..at]), content(&rest[at..])]);
            }
            _ => out.push_str(&content(rest)),
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
            "<i class=m>`powershell`</i> EventCode<i class=o>=</i><i class=n>4104</i>",
            "<i class=k>NOT</i>",
            "<i class=s>\"x\\\"y\"</i>",
            "<i class=p>|</i> <i class=c>stats</i> <i class=f>count</i><i class=o>(</i>b<i class=o>)</i>",
            "<i class=k>BY</i> c",
            "<i class=c>search</i>",
            "<i class=w>*e*</i>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn keys_of_yaml() {
        assert_eq!(
            yaml("a: <b>\n- c:\n# d\n"),
            "<i class=c>a</i>: &lt;b&gt;\n- <i class=c>c</i>:\n<i class=r># d\n</i>"
        );
    }

    /// The text of HTML that has no elements but those of words.
    fn read(html: &str) -> String {
        let words = regex::Regex::new("</?i[^>]*>").unwrap();
        let text = words.replace_all(html, "");
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_leaves(text in "[a-c |=\"`\\\\<>&(\\[\n*é-]{0,60}") {
            for html in [spl(&text), yaml(&text)] {
                prop_assert_eq!(read(&html), text.clone());
                prop_assert!(!html.replace("<i class=", "").replace("</i>", "").contains('<'));
            }
        }
    }
}
