//! Changes of a text at exact places.

use grotto_diag::Fix;

/// The text with the changes made; of changes that overlap the first counts. Also says how many were made.
pub(crate) fn apply(text: &str, fixes: &[&Fix]) -> (String, usize) {
    let mut sorted: Vec<&Fix> = fixes.to_vec();
    sorted.sort_by_key(|fix| (fix.span.start, fix.span.end));
    let (mut out, mut from, mut made) = (String::with_capacity(text.len()), 0, 0);
    for fix in sorted {
        let (Some(before), true) = (text.get(from..fix.span.start), text.is_char_boundary(fix.span.end))
        else {
            continue;
        };
        if fix.span.end > text.len() {
            continue;
        }
        out.push_str(before);
        out.push_str(&fix.replacement);
        from = fix.span.end;
        made += 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    (out, made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_diag::Span;

    #[test]
    fn only_the_places_change() {
        let fix = |start, end, new: &str| Fix {
            message: String::new(),
            span: Span::new(start, end),
            replacement: new.to_owned(),
        };
        let (a, b, c, far) = (fix(4, 5, "X"), fix(0, 1, ""), fix(4, 6, "Y"), fix(90, 91, "Z"));
        assert_eq!(apply("abcdéf", &[&b]), ("bcdéf".to_owned(), 1));
        assert_eq!(apply("abcdef", &[&a, &b, &c, &far]), ("bcdXf".to_owned(), 2));
        assert_eq!(apply("abcdéf", &[&a]).1, 0, "inside a character");
    }
}
