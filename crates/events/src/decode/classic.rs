//! From the text of one classic event to its fields: what Splunk's Windows input writes without `renderXml`.
//!
//! The first line is the date. Lines of `name=value` follow, the last of which is `Message`, with all the rest of the
//! text. In the message, a line of `name: value` is a field too; a name that occurs in several sections makes the field
//! multivalue, as `Account Name` of a logon does. Names have `_` for whatever is no letter or digit, and none at the
//! start: `Account_Name`. The source is `WinEventLog:` and the channel, the sourcetype `WinEventLog`:
//! <https://splunk.github.io/splunk-add-on-for-microsoft-windows/SPL2/FieldExtractions/index_wineventlog_field_extractions/>.

use super::time;
use crate::event::{Event, Field, Value};
use std::borrow::Cow;

/// How the first line after the date starts.
pub(crate) const FIRST: &str = "LogName=";

/// A date line is no longer than this.
const MAX_DATE: usize = 40;

/// Whether a line can be the date of an event: digits, and what stands between and behind those of a date.
pub(crate) fn is_date(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let plain = |b: &u8| b.is_ascii_digit() || b"/-.: TZ+APM".contains(b);
    (14..=MAX_DATE).contains(&line.len())
        && line.first().is_some_and(u8::is_ascii_digit)
        && line.contains(&b':')
        && line.iter().all(plain)
}

/// Whether the date of an event says its zone. What Splunk's input writes does not: it is the clock of the machine.
pub(crate) fn says_zone(text: &str) -> bool {
    let (date, _) = line(text);
    date.trim_ascii_end().ends_with(['Z', 'C'])
        || date.get(11..).is_some_and(|clock| clock.contains(['+', '-']))
}

/// Decodes the text of one event. Its time is `None` if its date can't be read, and as of UTC if that says no zone.
pub(crate) fn event(text: &str) -> Event<'_> {
    let text = text.trim_end();
    let (date, rest) = line(text);
    let mut event = Event {
        sourcetype: "WinEventLog".into(),
        raw: text,
        time: time::classic(date),
        fields: Vec::with_capacity(32),
        ..Event::default()
    };
    let mut rest = rest;
    while !rest.is_empty() {
        if let Some(message) = rest.strip_prefix("Message=") {
            add(&mut event, "Message", message);
            self::message(message, &mut event);
            break;
        }
        let (head, next) = line(rest);
        rest = next;
        let Some((name, value)) = head.split_once('=') else { continue };
        let place = match name {
            "LogName" => Some(&mut event.channel),
            "SourceName" => Some(&mut event.provider),
            "EventCode" => Some(&mut event.id),
            "ComputerName" => Some(&mut event.computer),
            _ => None,
        };
        if let Some(place) = place {
            *place = Cow::Borrowed(value);
        }
        add(&mut event, name, value);
    }
    event
}

/// Adds the fields of a message. Its first line is what happened, not a field.
fn message<'a>(message: &'a str, event: &mut Event<'a>) {
    let (_, mut rest) = line(message);
    while !rest.is_empty() {
        let (text, next) = line(rest);
        rest = next;
        if let Some((name, value)) = text.split_once(':')
            && value.starts_with([' ', '\t'])
        {
            add(event, name, value.trim_start_matches([' ', '\t']));
        }
    }
}

fn add<'a>(event: &mut Event<'a>, name: &'a str, value: &'a str) {
    let name = clean(name);
    if !name.is_empty() {
        event.fields.push(Field { name, value: Value::plain(value) });
    }
}

/// The first line, without its end, and what follows it.
fn line(text: &str) -> (&str, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    (line.strip_suffix('\r').unwrap_or(line), rest)
}

/// A name as Splunk cleans keys:
/// <https://docs.splunk.com/Documentation/Splunk/latest/Admin/Transformsconf>, `CLEAN_KEYS`.
fn clean(name: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = name.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    if name.chars().all(plain) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.chars().map(|c| if plain(c) { c } else { '_' }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGON: &str = "03/04/2026 01:02:03 PM\r\nLogName=Security\r\nEventCode=4624\r\nEventType=0\r\n\
        ComputerName=host.corp.example\r\nSourceName=Microsoft Windows security auditing.\r\nType=Information\r\n\
        RecordNumber=77\r\nKeywords=Audit Success\r\nTaskCategory=Logon\r\nOpCode=Info\r\n\
        Message=An account was successfully logged on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\
        \tAccount Name:\t\tHOST$\r\n\r\nLogon Type:\t\t\t3\r\n\r\nNew Logon:\r\n\tSecurity ID:\t\tS-1-5-21-1\r\n\
        \tAccount Name:\t\tann\r\n\tAccount Domain:\t\t\r\n\tNetwork Account Name:\t-\r\n\r\n\
        The subject fields say who: see http://example.com/a:b\r\n";

    #[test]
    fn a_logon() {
        let event = event(LOGON);
        assert_eq!(
            (&*event.channel, &*event.id, &*event.computer),
            ("Security", "4624", "host.corp.example")
        );
        assert_eq!(event.provider, "Microsoft Windows security auditing.");
        assert_eq!(event.time, time::parse("2026-03-04T13:02:03Z"));
        for (name, values) in [
            ("LogName", vec!["Security"]),
            ("RecordNumber", vec!["77"]),
            ("Keywords", vec!["Audit Success"]),
            ("Security_ID", vec!["S-1-5-18", "S-1-5-21-1"]),
            ("Account_Name", vec!["HOST$", "ann"]),
            ("Account_Domain", vec![]),
            ("Network_Account_Name", vec!["-"]),
            ("Logon_Type", vec!["3"]),
            ("Subject", vec![]),
            ("The_subject_fields_say_who", vec!["see http://example.com/a:b"]),
        ] {
            assert_eq!(event.values(name), values, "{name}");
        }
        assert!(event.field("Account_Domain").is_some(), "declared without value");
        assert!(event.field("Subject").is_none(), "a heading is no field");
        let message = event.values("Message").concat();
        assert!(message.starts_with("An account") && message.ends_with("a:b"), "{message}");
        assert_eq!(event.raw, LOGON.trim_end());
    }

    #[test]
    fn a_message_of_one_line_and_none_at_all() {
        let short = event("2026-01-02 03:04:05.5\nLogName=Application\nEventCode=1\nMessage=It: is done");
        assert_eq!(short.values("Message"), ["It: is done"]);
        assert!(short.field("It").is_none());
        let none = event("2026-01-02 03:04:05\nLogName=Application\nstray line\nEventCode=1");
        assert_eq!((none.values("EventCode"), none.field("Message")), (vec!["1".into()], None));
        assert_eq!(event("").fields, []);
    }

    #[test]
    fn names_are_cleaned() {
        for (name, expected) in [
            ("\tSecurity ID", "Security_ID"),
            ("Min. Password Age", "Min__Password_Age"),
            ("_raw", "raw"),
            ("9 lives", "lives"),
            ("é", ""),
            ("plain", "plain"),
        ] {
            assert_eq!(clean(name), expected, "{name}");
        }
    }

    #[test]
    fn zones() {
        for (line, expected) in [
            ("01/02/2026 03:04:05 PM", false),
            ("2026-01-02 03:04:05", false),
            ("2026-01-02T03:04:05Z", true),
            ("2026-01-02T03:04:05+01:00\r", true),
            ("2026-01-02T03:04:05.5-0500", true),
            ("01-02-2026 03:04:05 PM", false),
        ] {
            assert_eq!(says_zone(&format!("{line}\nLogName=A")), expected, "{line}");
        }
    }

    #[test]
    fn dates() {
        for line in [
            "01/02/2026 03:04:05 PM",
            "1/2/2026 3:04:05 AM\r",
            "2026-01-02T03:04:05.123+01:00",
            "28.11.2024 13:44:56",
        ] {
            assert!(is_date(line.as_bytes()), "{line}");
        }
        for line in
            ["", "LogName=Security", "01/02/2026", "Time: 01/02/2026 03:04:05 PM", "20260102030405.000000"]
        {
            assert!(!is_date(line.as_bytes()), "{line}");
        }
    }
}
