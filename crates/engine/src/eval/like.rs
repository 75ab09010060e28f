//! Patterns of `LIKE`: `%` is any characters, `_` is one; letter case counts.
//!
//! Named assumption `like-has-no-escape`: a backslash is a backslash.

/// A pattern ready to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Like {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    One,
    Any,
}

impl Like {
    /// The pattern that a text writes.
    pub(crate) fn new(pattern: &str) -> Self {
        let mut pieces: Vec<Piece> = Vec::new();
        for c in pattern.chars() {
            match (c, pieces.last_mut()) {
                ('%', Some(Piece::Any)) => {}
                ('%', _) => pieces.push(Piece::Any),
                ('_', _) => pieces.push(Piece::One),
                (c, Some(Piece::Text(text))) => text.push(c),
                (c, _) => pieces.push(Piece::Text(c.to_string())),
            }
        }
        Self { pieces }
    }

    /// Whether the whole text fits.
    pub(crate) fn matches(&self, text: &str) -> bool {
        // The place to go on from when the pieces after the last `%` do not fit: that `%` then takes one character
        // more. Earlier ones need no other try, since the earliest fit leaves the most text.
        let (mut piece, mut rest) = (0, text);
        let mut retry: Option<(usize, &str)> = None;
        loop {
            let step = match self.pieces.get(piece) {
                Some(Piece::Any) if piece + 1 == self.pieces.len() => return true,
                Some(Piece::Any) => {
                    retry = Some((piece + 1, rest));
                    Some(rest)
                }
                Some(Piece::One) => without_first(rest),
                Some(Piece::Text(wanted)) => rest.strip_prefix(wanted.as_str()),
                None if rest.is_empty() => return true,
                None => None,
            };
            if let Some(after) = step {
                (piece, rest) = (piece + 1, after);
                continue;
            }
            let Some((again, from)) = retry else { return false };
            let Some(next) = self.next_start(again, from) else { return false };
            retry = Some((again, next));
            (piece, rest) = (again, next);
        }
    }

    /// The next place after the first character of `from` where the piece may begin.
    fn next_start<'t>(&self, piece: usize, from: &'t str) -> Option<&'t str> {
        let next = without_first(from)?;
        match self.pieces.get(piece) {
            Some(Piece::Text(wanted)) => next.find(wanted.as_str()).map(|at| &next[at..]),
            _ => Some(next),
        }
    }
}

fn without_first(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    chars.next().map(|_| chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns() {
        for (pattern, text, hit) in [
            ("%powershell%", r"C:\powershell.exe", true),
            ("%PowerShell%", "powershell", false),
            ("a_c", "abc", true),
            ("a_c", "aéc", true),
            ("a_c", "ac", false),
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("%%", "x", true),
            (r"%\temp\%", r"C:\temp\x", true),
            ("%aab", "aaaab", true),
            ("a%b%c", "a1b2b3c", true),
            ("a%b%c", "a1b2b3", false),
            ("%_b", "b", false),
        ] {
            assert_eq!(Like::new(pattern).matches(text), hit, "{pattern} on {text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_regular_expression(pattern in "[ab%_é]{0,8}", text in "[abé]{0,10}") {
            let regex = pattern.replace('%', ".*").replace('_', ".");
            let regex = regex::Regex::new(&format!("^(?s:{regex})$")).expect("a pattern");
            prop_assert_eq!(Like::new(&pattern).matches(&text), regex.is_match(&text));
        }
    }
}
