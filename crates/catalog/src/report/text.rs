//! Texts of logs and rules as they are shown: nothing that steers the reader's eyes, and not more than helps.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character is written as its number instead: it can't be seen, or changes how others are read. What is left
/// is letters, signs, spaces, line ends and tabs.
fn is_tricky(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Marks and overrides of direction (https://www.unicode.org/reports/tr9/), joiners, other invisible signs.
        | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    ) || (c as u32 & 0xfffe) == 0xfffe
}

/// A text with characters that can't be seen written as `\u{202e}`.
pub(crate) fn tame(text: &str) -> Cow<'_, str> {
    if !text.contains(is_tricky) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_tricky(c) {
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// So many characters of a text at most, and how many were left out; tamed.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => tame(text).into_owned(),
        Some((at, _)) => {
            let (shown, rest) = text.split_at(at);
            format!("{}… (+{})", tame(shown), counted(rest.chars().count(), "character"))
        }
    }
}

/// The same on one line.
pub(crate) fn line(text: &str, most: usize) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

/// Bytes for people: `1.4 MB`.
pub(crate) fn bytes(n: u64) -> String {
    let mut value = n as f64;
    let mut unit = "bytes";
    for larger in ["kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    if unit == "bytes" { format!("{n} {unit}") } else { format!("{value:.1} {unit}") }
}

/// A time for people, of one in RFC 3339: `2024-05-01 08:00:00Z`; anything else as it stands.
pub(crate) fn time(text: Option<&str>) -> String {
    let Some(text) = text else { return String::new() };
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => {
            let whole = jiff::Timestamp::from_second(time.as_second()).unwrap_or(time);
            whole.to_string().replacen('T', " ", 1)
        }
        Err(_) => line(text, 40),
    }
}

/// `1 finding`, `2,000 findings`.
pub(crate) fn counted(n: usize, word: &str) -> String {
    format!("{} {word}{}", crate::site::thousands(n), if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_seen_is_written() {
        for (text, shown) in [
            ("plain ä \u{5d0}\n\t", "plain ä \u{5d0}\n\t"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("\0\u{1b}[31m", "\\u{0}\\u{1b}[31m"),
            ("\u{2066}\u{feff}\u{e0041}\u{ffff}", "\\u{2066}\\u{feff}\\u{e0041}\\u{ffff}"),
        ] {
            assert_eq!(tame(text), shown);
        }
    }

    #[test]
    fn long_texts_say_what_is_left_out() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äöü… (+1 character)");
        assert_eq!(line(" a\n\tb ", 9), "a b");
    }

    #[test]
    fn numbers_and_times_are_for_people() {
        assert_eq!((bytes(999), bytes(1_400_000)), ("999 bytes".to_owned(), "1.4 MB".to_owned()));
        assert_eq!(time(Some("2024-05-01T08:00:00.123Z")), "2024-05-01 08:00:00Z");
        assert_eq!((time(Some("soon")), time(None)), ("soon".to_owned(), String::new()));
        assert_eq!((counted(1, "hit"), counted(1000, "hit")), ("1 hit".to_owned(), "1,000 hits".to_owned()));
    }
}
