//! Events as XmlWinEventLog text: the XML that Windows renders and that Splunk stores.
//!
//! Attributes are in single quotes, an empty field is `<Data Name='Path'></Data>`, an empty system element
//! `<Correlation/>`. Line breaks inside a value stay what they are, as in a script block, so "one event a line" is
//! said of the markup only.

use crate::event::{Event, Payload};
use crate::value::Value;
use std::fmt::Write as _;
use std::io::{self, Write};

/// The namespace of `Event`.
pub(crate) const EVENT_NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// How the characters of a log are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    #[default]
    Utf8,
    /// UTF-8 behind a byte order mark.
    Utf8Bom,
    /// UTF-16, little-endian, behind a byte order mark: what PowerShell's `Out-File` writes.
    Utf16Le,
}

/// Where the markup of an event breaks lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lines {
    /// Nowhere: an event is one line, unless a value holds line breaks.
    #[default]
    OneEvent,
    /// Between the elements, which are indented: the view "XML" of Event Viewer.
    OneElement,
}

/// One event as XML, without a line break at the end.
pub fn to_string(event: &Event) -> String {
    let mut text = String::new();
    render(event, Lines::OneEvent, &mut text);
    text
}

/// Writes events one after the other and never holds more than one.
pub struct XmlWriter<W: Write> {
    out: W,
    encoding: Encoding,
    lines: Lines,
    written: u64,
    text: String,
    bytes: Vec<u8>,
}

impl<W: Write> XmlWriter<W> {
    /// A log in `out`; writes the byte order mark, if the encoding has one.
    ///
    /// # Errors
    /// What `out` says.
    pub fn new(out: W, encoding: Encoding, lines: Lines) -> io::Result<Self> {
        let mut writer = Self { out, encoding, lines, written: 0, text: String::new(), bytes: Vec::new() };
        if encoding != Encoding::Utf8 {
            writer.text.push('\u{feff}');
            writer.flush_text()?;
        }
        Ok(writer)
    }

    /// Adds one event.
    ///
    /// # Errors
    /// What the output says.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        render(event, self.lines, &mut self.text);
        self.text.push('\n');
        self.flush_text()
    }

    /// Bytes given to the output so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Flushes the output and gives it back.
    ///
    /// # Errors
    /// What the output says.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn flush_text(&mut self) -> io::Result<()> {
        self.bytes.clear();
        let bytes = match self.encoding {
            Encoding::Utf8 | Encoding::Utf8Bom => self.text.as_bytes(),
            Encoding::Utf16Le => {
                self.bytes.extend(self.text.encode_utf16().flat_map(u16::to_le_bytes));
                &self.bytes
            }
        };
        self.out.write_all(bytes)?;
        self.written += bytes.len() as u64;
        self.text.clear();
        Ok(())
    }
}

/// Appends the XML of `event` to `out`.
pub fn render(event: &Event, lines: Lines, out: &mut String) {
    let mut xml = Markup { out, lines };
    let namespace = Value::Text(EVENT_NAMESPACE.into());
    xml.open(0, "Event", &[("xmlns", Some(&namespace))]);
    system(event, &mut xml);
    payload(&event.data, &mut xml);
    xml.close(0, "Event");
}

fn system(event: &Event, xml: &mut Markup<'_>) {
    let text = |text: &crate::value::Text| Value::Text(text.clone());
    xml.open(1, "System", &[]);
    let provider = &event.provider;
    xml.empty(
        "Provider",
        &[
            ("Name", Some(&text(&provider.name))),
            ("Guid", provider.guid.map(Value::Guid).as_ref()),
            ("EventSourceName", provider.source_name.as_ref().map(text).as_ref()),
        ],
    );
    let qualifiers = event.qualifiers.map(Value::U16);
    xml.leaf(2, "EventID", &[("Qualifiers", qualifiers.as_ref())], &Value::U16(event.id));
    xml.leaf(2, "Version", &[], &Value::U8(event.version));
    xml.leaf(2, "Level", &[], &Value::U8(event.level));
    xml.leaf(2, "Task", &[], &Value::U16(event.task));
    xml.leaf(2, "Opcode", &[], &Value::U8(event.opcode));
    xml.leaf(2, "Keywords", &[], &Value::Hex64(event.keywords));
    xml.empty("TimeCreated", &[("SystemTime", Some(&Value::Time(event.time)))]);
    xml.leaf(2, "EventRecordID", &[], &Value::U64(event.record_id));
    xml.empty("Correlation", &[("ActivityID", event.activity_id.map(Value::Guid).as_ref())]);
    let (process, thread) = (Value::U32(event.process_id), Value::U32(event.thread_id));
    xml.empty("Execution", &[("ProcessID", Some(&process)), ("ThreadID", Some(&thread))]);
    xml.leaf(2, "Channel", &[], &text(&event.channel));
    xml.leaf(2, "Computer", &[], &text(&event.computer));
    xml.empty("Security", &[("UserID", event.user.clone().map(Value::Sid).as_ref())]);
    xml.close(1, "System");
}

fn payload(data: &Payload, xml: &mut Markup<'_>) {
    match data {
        Payload::EventData { name, fields, binary } => {
            xml.open(1, "EventData", &[("Name", name.clone().map(Value::Text).as_ref())]);
            for (key, value) in fields {
                xml.leaf(2, "Data", &[("Name", key.clone().map(Value::Text).as_ref())], value);
            }
            if let Some(bytes) = binary {
                xml.leaf(2, "Binary", &[], &Value::Binary(bytes.clone()));
            }
            xml.close(1, "EventData");
        }
        Payload::UserData { element, namespace, fields } => {
            xml.open(1, "UserData", &[]);
            xml.open(2, element, &[("xmlns", Some(&Value::Text(namespace.clone())))]);
            for (key, value) in fields {
                xml.leaf(3, key, &[], value);
            }
            xml.close(2, element);
            xml.close(1, "UserData");
        }
    }
}

/// Attributes of an element; one without a value is left out.
type Attributes<'a> = [(&'a str, Option<&'a Value>)];

/// Writes tags with their indents.
struct Markup<'a> {
    out: &'a mut String,
    lines: Lines,
}

impl Markup<'_> {
    fn open(&mut self, depth: usize, name: &str, attributes: &Attributes<'_>) {
        self.tag(depth, name, attributes);
        self.out.push('>');
    }

    fn close(&mut self, depth: usize, name: &str) {
        self.indent(depth);
        self.end(name);
    }

    /// An element of `System` that never has content.
    fn empty(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.tag(2, name, attributes);
        self.out.push_str("/>");
    }

    fn leaf(&mut self, depth: usize, name: &str, attributes: &Attributes<'_>, value: &Value) {
        self.tag(depth, name, attributes);
        self.out.push('>');
        self.value(value, false);
        self.end(name);
    }

    fn tag(&mut self, depth: usize, name: &str, attributes: &Attributes<'_>) {
        self.indent(depth);
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            if let Some(value) = value {
                self.out.push(' ');
                self.out.push_str(key);
                self.out.push_str("='");
                self.value(value, true);
                self.out.push('\'');
            }
        }
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn indent(&mut self, depth: usize) {
        if self.lines == Lines::OneElement && !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
            (0..depth).for_each(|_| self.out.push_str("  "));
        }
    }

    fn value(&mut self, value: &Value, in_attribute: bool) {
        if let Value::Text(text) = value {
            escape(text, in_attribute, self.out);
        } else {
            // Writing to a `String` can't fail.
            let _ = write!(self.out, "{value}");
        }
    }
}

/// Appends `text` with XML's escapes; characters that XML does not allow become `_`, as Windows writes them.
fn escape(text: &str, in_attribute: bool, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\'' if in_attribute => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(character),
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => out.push('_'),
            _ => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Provider;
    use crate::time::FileTime;
    use crate::value::{Guid, Sid};

    fn event() -> Event {
        Event {
            provider: Provider {
                name: "Demo's".into(),
                guid: Some(Guid::default()),
                source_name: Some("Demo".into()),
            },
            id: 7036,
            qualifiers: Some(16384),
            time: FileTime::from_unix(1_772_438_400),
            record_id: 12,
            process_id: 600,
            thread_id: 604,
            channel: "System".into(),
            computer: "pc.example".into(),
            user: Some(Sid::LOCAL_SYSTEM),
            data: Payload::EventData {
                name: Some("Named".into()),
                fields: vec![(Some("A".into()), "<\"1\"> & '2'".into()), (None, "\u{1}x\r\ny".into())],
                binary: Some(vec![0xAB]),
            },
            ..Event::default()
        }
    }

    #[test]
    fn an_event_is_one_line_as_windows_renders_it() {
        let expected = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
            <Provider Name='Demo&apos;s' Guid='{00000000-0000-0000-0000-000000000000}' EventSourceName='Demo'/>\
            <EventID Qualifiers='16384'>7036</EventID><Version>0</Version><Level>4</Level><Task>0</Task>\
            <Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>\
            <TimeCreated SystemTime='2026-03-02T08:00:00.0000000Z'/><EventRecordID>12</EventRecordID>\
            <Correlation/><Execution ProcessID='600' ThreadID='604'/><Channel>System</Channel>\
            <Computer>pc.example</Computer><Security UserID='S-1-5-18'/></System>\
            <EventData Name='Named'><Data Name='A'>&lt;\"1\"&gt; &amp; '2'</Data><Data>_x\r\ny</Data>\
            <Binary>AB</Binary></EventData></Event>";
        assert_eq!(to_string(&event()), expected);
    }

    #[test]
    fn user_data_nests_an_element_with_its_own_namespace() {
        let data = Payload::UserData {
            element: "LogFileCleared".into(),
            namespace: "urn:log".into(),
            fields: vec![("SubjectUserName".into(), "eve".into())],
        };
        let text = to_string(&Event { data, ..event() });
        assert!(text.ends_with(
            "<UserData><LogFileCleared xmlns='urn:log'><SubjectUserName>eve</SubjectUserName>\
             </LogFileCleared></UserData></Event>"
        ));
    }

    #[test]
    fn elements_on_lines_of_their_own_are_indented() {
        let mut text = String::new();
        render(&event(), Lines::OneElement, &mut text);
        assert!(text.contains("\n  <System>\n    <Provider Name='Demo&apos;s'"), "{text}");
        assert!(text.contains("\n    <Data>_x\r\ny</Data>\n"), "{text}");
        assert!(text.ends_with("\n  </EventData>\n</Event>"), "{text}");
        let unbroken: String = text.split('\n').map(str::trim_start).collect();
        assert_eq!(unbroken, to_string(&event()).replace("\r\n", "\r"));
    }

    #[test]
    fn encodings_start_with_their_mark_and_count_their_bytes() {
        let text = format!("{}\n", to_string(&event()));
        let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases = [
            (Encoding::Utf8, text.clone().into_bytes()),
            (Encoding::Utf8Bom, [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
            (Encoding::Utf16Le, utf16),
        ];
        for (encoding, expected) in cases {
            let mut writer = XmlWriter::new(Vec::new(), encoding, Lines::OneEvent).unwrap();
            writer.write(&event()).unwrap();
            assert_eq!(writer.written(), expected.len() as u64);
            assert_eq!(writer.finish().unwrap(), expected, "{encoding:?}");
        }
    }
}
