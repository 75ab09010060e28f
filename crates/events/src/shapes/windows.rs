//! A Windows event that came as something else than XML, and the XML that it is written as.
//!
//! Whatever form an event comes in, it is turned into the XML that Windows renders, as far as the form holds what that
//! says, and goes through the one decoder. So all forms give the same field names and values, and `_raw` is that XML.

use crate::formats::json::value::Json;
use std::borrow::Cow;

/// Arrays in arrays of a value, below which nothing is written.
const MAX_NESTING: usize = 16;

/// A text of an event, if it has it.
pub(super) type Text<'v> = Option<Cow<'v, str>>;

/// What the form holds of an event.
#[derive(Debug, Default)]
pub(super) struct Windows<'v> {
    /// `Provider/@Name`.
    pub(super) provider: Text<'v>,
    /// `Provider/@Guid`.
    pub(super) guid: Text<'v>,
    /// `Provider/@EventSourceName`.
    pub(super) source_name: Text<'v>,
    /// `EventID`.
    pub(super) id: Text<'v>,
    /// `EventID/@Qualifiers`.
    pub(super) qualifiers: Text<'v>,
    /// `Version`.
    pub(super) version: Text<'v>,
    /// `Level`, a number.
    pub(super) level: Text<'v>,
    /// `Task`, a number.
    pub(super) task: Text<'v>,
    /// `Opcode`, a number.
    pub(super) opcode: Text<'v>,
    /// `Keywords`, `0x…`.
    pub(super) keywords: Text<'v>,
    /// `TimeCreated/@SystemTime`.
    pub(super) time: Text<'v>,
    /// `EventRecordID`.
    pub(super) record: Text<'v>,
    /// `Correlation/@ActivityID`.
    pub(super) activity: Text<'v>,
    /// `Correlation/@RelatedActivityID`.
    pub(super) related: Text<'v>,
    /// `Execution/@ProcessID`.
    pub(super) process: Text<'v>,
    /// `Execution/@ThreadID`.
    pub(super) thread: Text<'v>,
    /// `Channel`.
    pub(super) channel: Text<'v>,
    /// `Computer`.
    pub(super) computer: Text<'v>,
    /// `Security/@UserID`.
    pub(super) user: Text<'v>,
    /// Other attributes of elements of `System`: element, name, text.
    pub(super) attributes: Vec<(&'v str, &'v str, Cow<'v, str>)>,
    /// Other elements of `System`.
    pub(super) others: Vec<(&'v str, &'v Json<'v>)>,
    /// What happened.
    pub(super) payload: Payload<'v>,
    /// `RenderingInfo`: names and texts.
    pub(super) rendered: Vec<(&'static str, Cow<'v, str>)>,
}

/// What happened.
#[derive(Debug, Default)]
pub(super) enum Payload<'v> {
    /// Nothing is said.
    #[default]
    None,
    /// `EventData` of named values; those without name and those called `Data` are the unnamed ones of classic events.
    Data(Vec<(Cow<'v, str>, &'v Json<'v>)>),
    /// `UserData`: the element in it, which may be missing, and what is in that.
    User(&'v str, Vec<(Cow<'v, str>, &'v Json<'v>)>),
    /// The elements `EventData` or `UserData` themselves, as XML.
    Xml(Cow<'v, str>),
}

impl Windows<'_> {
    /// Appends the event as XML.
    pub(super) fn write(&self, out: &mut String) {
        out.push_str("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>");
        let provider =
            [("Name", &self.provider), ("Guid", &self.guid), ("EventSourceName", &self.source_name)];
        self.empty("Provider", &provider, out);
        if let Some(id) = &self.id {
            out.push_str("<EventID");
            attribute("Qualifiers", self.qualifiers.as_deref(), out);
            out.push('>');
            escape(id, out);
            out.push_str("</EventID>");
        }
        for (name, text) in [
            ("Version", &self.version),
            ("Level", &self.level),
            ("Task", &self.task),
            ("Opcode", &self.opcode),
            ("Keywords", &self.keywords),
        ] {
            leaf(name, text.as_deref(), out);
        }
        self.empty("TimeCreated", &[("SystemTime", &self.time)], out);
        leaf("EventRecordID", self.record.as_deref(), out);
        self.empty(
            "Correlation",
            &[("ActivityID", &self.activity), ("RelatedActivityID", &self.related)],
            out,
        );
        self.empty("Execution", &[("ProcessID", &self.process), ("ThreadID", &self.thread)], out);
        leaf("Channel", self.channel.as_deref(), out);
        leaf("Computer", self.computer.as_deref(), out);
        self.empty("Security", &[("UserID", &self.user)], out);
        for (name, value) in &self.others {
            element(name, value, 0, out);
        }
        out.push_str("</System>");
        self.payload.write(out);
        if !self.rendered.is_empty() {
            out.push_str("<RenderingInfo>");
            for (name, text) in &self.rendered {
                leaf(name, Some(text), out);
            }
            out.push_str("</RenderingInfo>");
        }
        out.push_str("</Event>");
    }

    /// An element that says everything in attributes; none when it would say nothing.
    fn empty(&self, name: &str, attributes: &[(&str, &Text<'_>)], out: &mut String) {
        let mut others = self.attributes.iter().filter(|(element, ..)| *element == name).peekable();
        if others.peek().is_none() && attributes.iter().all(|(_, value)| value.is_none()) {
            return;
        }
        put(&["<", name], out);
        for (name, value) in attributes {
            attribute(name, value.as_deref(), out);
        }
        for (_, name, value) in others {
            attribute(&tag(name), Some(value), out);
        }
        out.push_str("/>");
    }
}

impl Payload<'_> {
    fn write(&self, out: &mut String) {
        match self {
            Self::None => {}
            Self::Data(fields) => {
                out.push_str("<EventData>");
                for (name, value) in fields {
                    data(name, value, 0, out);
                }
                out.push_str("</EventData>");
            }
            Self::User(name, fields) => {
                out.push_str("<UserData>");
                let name = tag(name);
                if !name.is_empty() {
                    put(&["<", &name, ">"], out);
                }
                for (name, value) in fields {
                    element(name, value, 0, out);
                }
                if !name.is_empty() {
                    put(&["</", &name, ">"], out);
                }
                out.push_str("</UserData>");
            }
            Self::Xml(xml) => out.push_str(xml),
        }
    }
}

/// One value of `EventData`; of an array, each.
fn data(name: &str, value: &Json<'_>, depth: usize, out: &mut String) {
    match value {
        Json::Array(values) if depth < MAX_NESTING => {
            for value in values {
                data(name, value, depth + 1, out);
            }
        }
        // The unnamed ones, as `evtx_dump` writes them; their attributes say nothing.
        Json::Object(members) if depth < MAX_NESTING && members.iter().any(|(key, _)| key == "#text") => {
            for (_, value) in members.iter().filter(|(key, _)| key == "#text") {
                data(name, value, depth + 1, out);
            }
        }
        _ if name == "Binary" => {
            out.push_str("<Binary>");
            text_of(value, out);
            out.push_str("</Binary>");
        }
        _ => {
            out.push_str("<Data");
            attribute("Name", Some(name).filter(|name| !matches!(*name, "" | "Data")), out);
            out.push('>');
            text_of(value, out);
            out.push_str("</Data>");
        }
    }
}

/// A value as an element: members are attributes (`#attributes`), its text (`#text`), or elements in it.
fn element(name: &str, value: &Json<'_>, depth: usize, out: &mut String) {
    if let Json::Array(values) = value {
        for value in values.iter().filter(|_| depth < MAX_NESTING) {
            element(name, value, depth + 1, out);
        }
        return;
    }
    let name = tag(name);
    let Json::Object(members) = value else {
        put(&["<", &name, ">"], out);
        text_of(value, out);
        put(&["</", &name, ">"], out);
        return;
    };
    put(&["<", &name], out);
    let attributes = members.iter().filter(|(key, _)| key == "#attributes");
    for (key, value) in attributes.filter_map(|(_, value)| value.members()).flatten() {
        attribute(&tag(key), value.scalar(), out);
    }
    out.push('>');
    for (key, value) in members {
        match &**key {
            "#attributes" => {}
            "#text" => text_of(value, out),
            // What `--separate-json-attributes` makes of attributes; searches read none of `UserData`.
            key if key.ends_with("_attributes") => {}
            _ if depth >= MAX_NESTING => {}
            key => element(key, value, depth + 1, out),
        }
    }
    put(&["</", &name, ">"], out);
}

/// What a value is as text: compact JSON, where it is more than that.
fn text_of(value: &Json<'_>, out: &mut String) {
    match value {
        Json::Null => {}
        Json::Array(_) | Json::Object(_) => {
            let mut json = String::new();
            value.write(&mut json);
            escape(&json, out);
        }
        scalar => escape(scalar.scalar().unwrap_or_default(), out),
    }
}

fn attribute(name: &str, value: Option<&str>, out: &mut String) {
    if let Some(value) = value {
        put(&[" ", name, "='"], out);
        escape(value, out);
        out.push('\'');
    }
}

fn leaf(name: &str, text: Option<&str>, out: &mut String) {
    if let Some(text) = text {
        put(&["<", name, ">"], out);
        escape(text, out);
        put(&["</", name, ">"], out);
    }
}

/// A name that an element can have.
fn tag(name: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':') || b >= 0x80;
    let starts = |b: &u8| b.is_ascii_alphabetic() || *b == b'_' || *b >= 0x80;
    if name.bytes().all(plain) && name.as_bytes().first().is_none_or(starts) {
        return Cow::Borrowed(name);
    }
    let mut out: String =
        name.chars().map(|c| if c.is_ascii() && !plain(c as u8) { '_' } else { c }).collect();
    if !out.as_bytes().first().is_some_and(starts) {
        out.insert(0, '_');
    }
    Cow::Owned(out)
}

/// Appends texts: formatting them would cost more than all else here.
fn put(texts: &[&str], out: &mut String) {
    for text in texts {
        out.push_str(text);
    }
}

/// Which bytes are not written as they are.
const ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escaped[byte] = !matches!(byte as u8, b'\t' | b'\n' | b'\r');
        byte += 1;
    }
    escaped[b'&' as usize] = true;
    escaped[b'<' as usize] = true;
    escaped[b'>' as usize] = true;
    escaped[b'\'' as usize] = true;
    escaped
};

/// Appends text with XML's escapes. Control characters that XML does not have are `_`, as Windows renders them; rows
/// count on there being no NUL.
fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| ESCAPED[usize::from(b)]) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'\'' => "&apos;",
            _ => "_",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;
    use crate::formats::json::value::{get, whole};

    /// A field of an event with some `EventData`, or `UserData` below `E`.
    fn field(payload: Payload<'_>, name: &str) -> Option<Vec<String>> {
        let event = Windows { provider: Some("P".into()), payload, ..Windows::default() };
        let mut xml = String::new();
        event.write(&mut xml);
        let event = decode::event(&xml).unwrap();
        event.field(name)?;
        Some(event.values(name).iter().map(ToString::to_string).collect())
    }

    fn pairs<'v>(value: &'v Json<'v>) -> Vec<(Cow<'v, str>, &'v Json<'v>)> {
        value.members().unwrap().iter().map(|(name, value)| (Cow::Borrowed(&**name), value)).collect()
    }

    #[test]
    fn values_become_what_xml_says() {
        let json = whole(
            r##"{"t":"a <b> & 'c'\r\nd ","n":4,"h":"0x3e7","b":true,"e":"","z":null,"m":["x","y"],"Threat Name":"v",
            "Data":{"#text":["1",null,"3"]},"Binary":"00FF","o":{"a":[1]},"q'<":"odd","":"u"}"##,
        )
        .unwrap();
        for (name, expected) in [
            ("t", &["a <b> & 'c'\r\nd "][..]),
            ("n", &["4"]),
            ("h", &["0x3e7"]),
            ("b", &["true"]),
            ("e", &[]),
            ("z", &[]),
            ("m", &["x", "y"]),
            ("Threat_Name", &["v"]),
            ("Data", &["1", "3", "u"]),
            ("Binary", &["00FF"]),
            ("o", &["{\"a\":[1]}"]),
            ("q'<", &["odd"]),
        ] {
            let found = field(Payload::Data(pairs(&json)), name);
            assert_eq!(found.as_deref().unwrap_or_else(|| panic!("no {name}")), expected, "{name}");
        }
    }

    #[test]
    fn user_data_nests() {
        let json = whole(r##"{"A":1,"B":{"#attributes":{"x":"y"},"C":["c","d"]},"E":null,"f g":"h","1":2}"##)
            .unwrap();
        for (name, expected) in
            [("A", &["1"][..]), ("C", &["c", "d"]), ("E", &[]), ("f_g", &["h"]), ("1", &["2"])]
        {
            assert_eq!(field(Payload::User("El", pairs(&json)), name).unwrap(), expected, "{name}");
        }
        assert_eq!(field(Payload::User("", pairs(&json)), "A").unwrap(), ["1"]);
        let xml = Payload::Xml("<EventData><Data Name='a'>b</Data></EventData>".into());
        assert_eq!(field(xml, "a").unwrap(), ["b"]);
        assert!(get(json.members().unwrap(), "A").is_some());
    }

    #[test]
    fn a_nul_and_odd_names_do_no_harm() {
        let event = Windows {
            provider: Some("a\0'b".into()),
            channel: Some("<x>&\0".into()),
            rendered: vec![("Message", "m".into())],
            ..Windows::default()
        };
        let mut xml = String::new();
        event.write(&mut xml);
        let event = decode::event(&xml).unwrap();
        assert_eq!((&*event.provider, &*event.channel), ("a_'b", "<x>&_"));
        assert_eq!(event.values("Message"), ["m"]);
        assert_eq!([tag(""), tag("a b"), tag("9x"), tag("é<")], ["", "a_b", "_9x", "é_"]);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{{\"a\":{}1{}}}", "[{\"a\":".repeat(50), "}]".repeat(50));
        let json = whole(&deep).unwrap();
        assert!(field(Payload::User("E", pairs(&json)), "a").is_some());
    }
}
