//! Words: forms that are asked for, and what a wrong one may have meant.

use grotto_diag::{Diagnostic, Fix, Span};
use std::collections::BTreeSet;

/// The file name, without ending, that the official content gives a detection of this name.
pub(super) fn stem_of(name: &str) -> String {
    name.to_lowercase().replace([' ', '-', '.', '/'], "_")
}

/// Whether a text is a UUID in its usual form.
pub(super) fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether a text is a day of the calendar, `YYYY-MM-DD`.
pub(super) fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    if ![(year, 4), (month, 2), (day, 2)]
        .iter()
        .all(|(p, n)| p.len() == *n && p.bytes().all(|b| b.is_ascii_digit()))
    {
        return false;
    }
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    let (year, month, day) = (number(year), number(month), number(day));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Asks whether a known word was meant. Where it differs only in upper and lower case the change is offered.
pub(super) fn suggest<'n>(said: &mut Diagnostic, wrong: &str, known: impl Iterator<Item = &'n str> + Clone) {
    let same = known.clone().find(|each| each.eq_ignore_ascii_case(wrong));
    let Some(near) = same.or_else(|| grotto_engine::commands::nearest(wrong, known)) else { return };
    said.help = Some(format!("did you mean {near}?"));
    if same.is_some() {
        said.fix = replaced(said, wrong, near);
    }
}

/// The change of the only occurrence of a word at the place of a diagnostic.
fn replaced(said: &Diagnostic, wrong: &str, right: &str) -> Option<Fix> {
    let (source, place) = (said.source.as_ref()?, said.labels.first()?.span);
    let written = place.of(&source.text);
    let mut found = written.match_indices(wrong);
    let (at, _) = found.next()?;
    found.next().is_none().then(|| Fix {
        message: format!("write {right}"),
        span: Span::new(place.start + at, place.start + at + wrong.len()),
        replacement: right.to_owned(),
    })
}

/// Asks whether a name was meant that stands somewhere else; the author has to decide.
pub(super) fn suggest_name<'n>(said: &mut Diagnostic, wrong: &str, known: impl Iterator<Item = &'n str>) {
    if let Some(near) = grotto_engine::commands::nearest(wrong, known) {
        said.help = Some(format!("did you mean {near}?"));
    }
}

/// Likewise for a field, or says which there are.
pub(super) fn suggest_field(said: &mut Diagnostic, wrong: &str, known: &BTreeSet<String>) {
    let same = known.iter().find(|each| each.eq_ignore_ascii_case(wrong)).map(String::as_str);
    let near = same.or_else(|| grotto_engine::commands::nearest(wrong, known.iter().map(String::as_str)));
    said.help = Some(match near {
        Some(near) => format!("did you mean {near}?"),
        None if known.len() > 30 => format!("there are {} fields", known.len()),
        None => format!("there are {}", known.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_diag::Source;
    use std::sync::Arc;

    #[test]
    fn forms() {
        assert_eq!(stem_of("Detect A/B.C - D"), "detect_a_b_c___d");
        for (text, is) in [
            ("3b8c1f0a-5a0f-4d0e-9f2e-2f7b5d1c6a10", true),
            ("3b8c1f0a5a0f4d0e9f2e2f7b5d1c6a10", false),
            ("3b8c1f0a-5a0f-4d0e-9f2e-2f7b5d1c6a1g", false),
        ] {
            assert_eq!(is_uuid(text), is, "{text}");
        }
        for (text, is) in [
            ("2024-02-29", true),
            ("2023-02-29", false),
            ("2024-13-01", false),
            ("2024-1-01", false),
            ("2024-04-31", false),
            ("2024-04-+1", false),
            ("01/02/2024", false),
        ] {
            assert_eq!(is_day(text), is, "{text}");
        }
    }

    #[test]
    fn another_letter_case_is_mended_and_a_near_word_only_named() {
        let source = Arc::new(Source::new("f", "a: 'endpoint'"));
        let said = || Diagnostic::warning("x/y", "").at(Span::new(3, 13), "").in_source(&source);
        let known = ["Endpoint", "Network"];
        let mut case = said();
        suggest(&mut case, "endpoint", known.into_iter());
        assert_eq!(
            case.fix.map(|fix| (fix.span, fix.replacement)),
            Some((Span::new(4, 12), "Endpoint".into()))
        );
        let mut near = said();
        suggest(&mut near, "Netwrok", known.into_iter());
        assert_eq!((near.help.as_deref(), near.fix), (Some("did you mean Network?"), None));
        let mut far = said();
        suggest(&mut far, "x", known.into_iter());
        assert_eq!(far.help, None);
    }
}
