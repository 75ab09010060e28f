//! Words that exporters write where Windows's XML has numbers.
//!
//! Facts: <https://learn.microsoft.com/en-us/dotnet/api/system.diagnostics.eventing.reader.standardeventlevel>, and
//! `StandardEventKeywords` and `StandardEventOpcode` beside it.

/// The keyword of an audit that succeeded.
const AUDIT_SUCCESS: u64 = 0x0020_0000_0000_0000;
/// The keyword of an audit that failed.
const AUDIT_FAILURE: u64 = 0x0010_0000_0000_0000;
/// The keyword of events that went through the classic event log.
const CLASSIC: u64 = 0x0080_0000_0000_0000;
/// Set for events of the channels that people read.
const CHANNEL: u64 = 0x8000_0000_0000_0000;

/// A level as a number; `None` when it is no known word. Audits are written at level 0, which is rendered as
/// "Information".
pub(super) fn level(text: &str, audit: bool) -> Option<&'static str> {
    let known = |names: &[&str]| names.iter().any(|name| text.eq_ignore_ascii_case(name));
    Some(match () {
        () if known(&["LogAlways", "Log Always"]) => "0",
        () if known(&["Critical"]) => "1",
        () if known(&["Error", "err"]) => "2",
        () if known(&["Warning", "warn"]) => "3",
        () if known(&["Verbose", "debug"]) => "5",
        () if known(&["Information", "Informational", "Info"]) || is_audit_word(text) => {
            if audit {
                "0"
            } else {
                "4"
            }
        }
        () => return None,
    })
}

/// Whether a level or keyword is a word for audits.
pub(super) fn is_audit_word(text: &str) -> bool {
    text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("audit"))
}

/// An operation code as a number; `None` when it is no known word.
pub(super) fn opcode(text: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 11] = [
        ("Info", "0"),
        ("Start", "1"),
        ("Stop", "2"),
        ("DCStart", "3"),
        ("DCStop", "4"),
        ("Extension", "5"),
        ("Reply", "6"),
        ("Resume", "7"),
        ("Suspend", "8"),
        ("Send", "9"),
        ("Receive", "240"),
    ];
    WORDS.iter().find(|(word, _)| text.eq_ignore_ascii_case(word)).map(|(_, number)| *number)
}

/// Keywords as Windows writes them, `0x8020000000000000`, from a number in any form.
pub(super) fn keywords(text: &str) -> Option<String> {
    let text = text.trim_ascii();
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u64::from_str_radix(hex, 16).ok().map(|_| text.to_owned());
    }
    let bits = text.parse::<u64>().ok().or_else(|| text.parse::<i64>().ok().map(|n| n as u64))?;
    Some(format!("{bits:#x}"))
}

/// The bits of keywords given as words; `None` when one is not known, and when there is none: what else an event has is
/// not said in words.
pub(super) fn keyword_bits<'t>(words: impl IntoIterator<Item = &'t str>) -> Option<String> {
    let mut bits = CHANNEL;
    for word in words.into_iter().flat_map(|text| text.split([',', ';'])).map(str::trim) {
        bits |= match word.to_ascii_lowercase().as_str() {
            "audit success" | "audit_success" => AUDIT_SUCCESS,
            "audit failure" | "audit_failure" => AUDIT_FAILURE,
            "classic" | "event log classic" => CLASSIC,
            "correlation hint" => 0x0040_0000_0000_0000,
            "sqm" => 0x0008_0000_0000_0000,
            "wdi diagnostic" => 0x0004_0000_0000_0000,
            "wdi context" => 0x0002_0000_0000_0000,
            "response time" => 0x0001_0000_0000_0000,
            "" | "none" => continue,
            _ => return None,
        };
    }
    // Classic events have that bit alone or the one of channels besides: nobody can tell.
    let unclear = bits == CHANNEL || bits == CHANNEL | CLASSIC;
    (!unclear).then(|| format!("{bits:#x}"))
}

/// Whether keywords are those of an audit.
pub(super) fn is_audit(keywords: &str) -> bool {
    let hex = keywords.strip_prefix("0x").unwrap_or_default();
    u64::from_str_radix(hex, 16).is_ok_and(|bits| bits & (AUDIT_SUCCESS | AUDIT_FAILURE) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbers_again() {
        for (word, audit, number) in [
            ("Information", false, Some("4")),
            ("information", true, Some("0")),
            ("INFO", false, Some("4")),
            ("Warning", false, Some("3")),
            ("error", false, Some("2")),
            ("Critical", false, Some("1")),
            ("Verbose", false, Some("5")),
            ("LogAlways", false, Some("0")),
            ("AUDIT_SUCCESS", true, Some("0")),
            ("Hinweis", false, None),
        ] {
            assert_eq!(level(word, audit), number, "{word}");
        }
        assert_eq!(
            (opcode("Info"), opcode("start"), opcode("receive"), opcode("x")),
            (Some("0"), Some("1"), Some("240"), None)
        );
    }

    #[test]
    fn keywords_in_every_form() {
        for (text, expected) in [
            ("0x8020000000000000", Some("0x8020000000000000")),
            ("-9214364837600034816", Some("0x8020000000000000")),
            ("9232379236109516800", Some("0x8020000000000000")),
            ("36028797018963968", Some("0x80000000000000")),
            ("0", Some("0x0")),
            ("Audit Success", None),
            ("0xzz", None),
        ] {
            assert_eq!(keywords(text).as_deref(), expected, "{text}");
        }
        for (words, expected) in [
            (&["Audit Success"][..], Some("0x8020000000000000")),
            (&["Audit Failure, Response Time"], Some("0x8011000000000000")),
            (&["Classic"], None),
            (&["Classic", "Audit Success"], Some("0x80a0000000000000")),
            (&["None"], None),
            (&[], None),
            (&["Überwachung erfolgreich"], None),
        ] {
            assert_eq!(keyword_bits(words.iter().copied()).as_deref(), expected, "{words:?}");
        }
        assert!(is_audit("0x8010000000000000") && !is_audit("0x8000000000000000") && !is_audit("x"));
    }
}
