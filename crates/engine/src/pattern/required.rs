//! What a text must hold for a pattern to be found in it, so that texts without it need not be searched.

use crate::predicate::fold;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Texts that are kept for one pattern; with more of them looking for the pattern itself is as good.
const MOST: usize = 64;

/// How deep patterns are looked into.
const DEEPEST: usize = 100;

/// Texts of which at least one stands in every text that the pattern, in the words of the linear engine, is found in;
/// letter case does not count. `None` when nothing of use can be said.
pub(super) fn required(pattern: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    of(&hir, DEEPEST).filter(|texts| shortest(texts) > 1)
}

fn of(hir: &Hir, depth: usize) -> Option<Vec<String>> {
    let depth = depth.checked_sub(1)?;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => None,
        HirKind::Literal(_) | HirKind::Class(_) => exact(hir).map(|text| vec![text]),
        HirKind::Repetition(repetition) if repetition.min > 0 => of(&repetition.sub, depth),
        HirKind::Repetition(_) => None,
        HirKind::Capture(capture) => of(&capture.sub, depth),
        HirKind::Concat(parts) => concat(parts, depth),
        HirKind::Alternation(parts) => {
            let all: Vec<Vec<String>> = parts.iter().map(|part| of(part, depth)).collect::<Option<_>>()?;
            let all: Vec<String> = all.into_iter().flatten().collect();
            (all.len() <= MOST).then_some(all)
        }
    }
}

/// The best of what the parts need; parts that are texts make one text where they follow each other.
fn concat(parts: &[Hir], depth: usize) -> Option<Vec<String>> {
    let mut best: Option<Vec<String>> = None;
    let mut take = |texts: Vec<String>| {
        if shortest(&texts) > best.as_deref().map_or(0, shortest) {
            best = Some(texts);
        }
    };
    let mut run = String::new();
    for part in parts {
        if let Some(text) = exact(part) {
            run.push_str(&text);
            continue;
        }
        // What looks around takes no room.
        if matches!(part.kind(), HirKind::Look(_)) {
            continue;
        }
        take(vec![std::mem::take(&mut run)]);
        of(part, depth).into_iter().for_each(&mut take);
    }
    take(vec![run]);
    best
}

fn shortest(texts: &[String]) -> usize {
    texts.iter().map(String::len).min().unwrap_or(0)
}

/// The one text that a part is, but for letter case.
fn exact(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(fold),
        HirKind::Class(Class::Unicode(class)) => {
            let mut all = class.iter().flat_map(|range| (range.start()..=range.end()).take(3)).take(3);
            let first = fold(all.next()?.encode_utf8(&mut [0; 4]));
            all.all(|other| fold(other.encode_utf8(&mut [0; 4])) == first).then_some(first)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::pattern::Pattern;

    #[test]
    fn the_longest_text_that_must_be_there() {
        for (pattern, texts) in [
            (r"abc", Some(&["abc"][..])),
            (r"(?i)ABC", Some(&["abc"])),
            (r"^a+\.exe$", Some(&[".exe"])),
            (r"\x{202E}", Some(&["\u{202e}"])),
            // K has a third form, the sign of Kelvin.
            (r"(?i)mimikatz", Some(&["mimi"])),
            (r"foo|(bar|bazz)", Some(&["foo", "bar", "bazz"])),
            (r"foo|\d+", None),
            (r"(?:abcd)?x.*yz", Some(&["yz"])),
            (r"(ab){2,}c", Some(&["ab"])),
            (r"[ab]\bcde", Some(&["cde"])),
            (r"", None),
            (r"x", None),
            (r"(?<!a)bcd", None),
            (r"[^a]", None),
        ] {
            let required = Pattern::new(pattern).unwrap().required();
            let texts: Option<Vec<String>> =
                texts.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect());
            assert_eq!(required, texts, "{pattern}");
        }
    }
}
