//! From the XML of one event to its fields.
//!
//! Fields have the names that Splunk's extraction of `XmlWinEventLog` gives them:
//!
//! - `System`: every element with text under its name, every attribute under its own (`Name` and `Guid` of the provider,
//!   `SystemTime`, `ProcessID`, `UserID` …); `EventCode` is `EventID` and `RecordNumber` is `EventRecordID` once more.
//! - `EventData`: `<Data Name='x'>` is `x`, unnamed `<Data>` is `Data`. `UserData` and anything else: elements without
//!   children, under their local names; their attributes are left to searches on `UserData_Xml`.
//! - `RenderingInfo`: `Message`, and what `System` does not say itself.
//! - The inside of each section as it stands: `System_Props_Xml`, `EventData_Xml`, `UserData_Xml`, `RenderingInfo_Xml`.
//!
//! A name that occurs again makes the field multivalue, also across sections (Sysmon 20 has a `Name` in `EventData`
//! besides the provider's), as Splunk's transforms add values. Blanks in names become `_`, and underscores at the start
//! go, as Splunk cleans keys. An empty element declares its field without a value; `-` is a value; blanks at the ends of
//! values stay. A text field of `System` is trimmed: there, blanks come from pretty-printing only.

pub(crate) mod classic;
pub(crate) mod markup;
mod scan;
pub(crate) mod time;

use crate::event::{Event, Field, Value};
pub(crate) use scan::local;
use scan::{Content, Element, Scanner};
use std::borrow::Cow;

/// Elements of `System` that say everything in attributes: without any they declare nothing.
pub(crate) const ATTRIBUTES_ONLY: [&str; 5] =
    ["Provider", "TimeCreated", "Correlation", "Execution", "Security"];

/// Names of `RenderingInfo` that `System` usually has as well, as numbers.
const RENDERED: [&str; 5] = ["Level", "Task", "Opcode", "Channel", "Keywords"];

/// Why a text is not an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeError {
    /// What is wrong, in a few words.
    pub what: &'static str,
    /// Where, in bytes from the start of the text.
    pub offset: usize,
}

impl DecodeError {
    const fn new(what: &'static str, offset: usize) -> Self {
        Self { what, offset }
    }
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (byte {} of the event)", self.what, self.offset)
    }
}

impl std::error::Error for DecodeError {}

/// Decodes the XML text of one `<Event>` element. Text before it (a declaration, blanks) and after it is not looked at.
///
/// A closing tag with a garbled name is overlooked where only one field can suffer; `repaired` then says so.
///
/// # Errors
/// The text is not an `Event` element with a `System` element, ends before its end, or has tags that do not match.
pub fn event(xml: &str) -> Result<Event<'_>, DecodeError> {
    let mut scanner = Scanner::new(xml);
    match scanner.child()? {
        Some(("Event", _, false)) => {}
        _ => return Err(DecodeError::new("this is not an Event element", 0)),
    }
    let start = scanner.tag_start();
    let mut decoder = Decoder {
        event: Event {
            sourcetype: Cow::Borrowed("XmlWinEventLog"),
            raw: xml,
            fields: Vec::with_capacity(48),
            ..Event::default()
        },
        system: false,
    };
    while let Some((name, _, closed)) = scanner.child()? {
        if !closed {
            decoder.section(name, &mut scanner)?;
        }
    }
    if !decoder.system {
        return Err(DecodeError::new("there is no System element", 0));
    }
    decoder.event.repaired = scanner.repaired();
    decoder.event.raw = xml.get(start..scanner.offset()).unwrap_or(xml);
    Ok(decoder.event)
}

struct Decoder<'a> {
    event: Event<'a>,
    system: bool,
}

impl<'a> Decoder<'a> {
    /// Reads the section that the scanner just opened.
    fn section(&mut self, name: &str, scanner: &mut Scanner<'a>) -> Result<(), DecodeError> {
        let (inner, block) = match name {
            "System" => {
                self.system = true;
                (scanner.walk(|e| self.system_element(&e))?, "System_Props_Xml")
            }
            "EventData" => (scanner.walk(|e| self.data_element(&e))?, "EventData_Xml"),
            "RenderingInfo" => {
                let said =
                    RENDERED.map(|name| self.event.field(name).is_some_and(|f| f.value != Value::Empty));
                (scanner.walk(|e| self.rendering_element(&e, said))?, "RenderingInfo_Xml")
            }
            "UserData" => (scanner.walk(|e| self.leaf(&e))?, "UserData_Xml"),
            _ => return scanner.walk(|e| self.leaf(&e)).map(|_| ()),
        };
        self.add(block, Value::plain(inner));
        Ok(())
    }

    fn add(&mut self, name: impl Into<Cow<'a, str>>, value: Value<'a>) {
        self.event.fields.push(Field { name: name.into(), value });
    }

    fn system_element(&mut self, element: &Element<'a>) {
        for (name, value) in scan::attributes(element.attributes) {
            let value = Value::of_xml(value.trim_ascii());
            match (element.name, name) {
                ("Provider", "Name") => self.event.provider = value.text(),
                ("TimeCreated", "SystemTime") => self.event.time = time::parse(&value.text()),
                _ => {}
            }
            self.add(clean(name.into()), value);
        }
        let Content::Text(text) = element.content else { return };
        if ATTRIBUTES_ONLY.contains(&element.name) {
            return;
        }
        let value = Value::of_xml(text.trim_ascii());
        match element.name {
            "EventID" => {
                self.event.id = value.text();
                self.add("EventCode", value.clone());
            }
            "EventRecordID" => self.add("RecordNumber", value.clone()),
            "Version" => self.event.version = value.text(),
            "Channel" => self.event.channel = value.text(),
            "Computer" => self.event.computer = value.text(),
            _ => {}
        }
        self.add(clean(element.name.into()), value);
    }

    fn data_element(&mut self, element: &Element<'a>) {
        if element.depth > 0 || !matches!(element.name, "Data" | "ComplexData") {
            return self.leaf(element);
        }
        let name = scan::attributes(element.attributes)
            .find(|(name, _)| name.eq_ignore_ascii_case("Name"))
            .map_or(Cow::Borrowed(""), |(_, value)| clean(markup::resolve(value)));
        let name = if name.is_empty() { Cow::Borrowed("Data") } else { name };
        self.add(name, value(element.content));
    }

    /// `said` tells which of `RENDERED` the event has already.
    fn rendering_element(&mut self, element: &Element<'a>, said: [bool; RENDERED.len()]) {
        let Content::Text(_) = element.content else { return };
        // The list of keywords is one `Keyword` element each below `Keywords`.
        let name = if element.name == "Keyword" { "Keywords" } else { element.name };
        let said = RENDERED.iter().zip(said).any(|(rendered, said)| said && *rendered == name);
        // The provider is there under its display name; the event has its real one.
        if !said && name != "Provider" {
            self.add(clean(name.into()), value(element.content));
        }
    }

    /// An element without children under its own name.
    fn leaf(&mut self, element: &Element<'a>) {
        let Content::Text(text) = element.content else { return };
        // An element that says everything in attributes does not declare an empty field.
        if text.is_empty() && scan::attributes(element.attributes).next().is_some() {
            return;
        }
        self.add(clean(element.name.into()), Value::of_xml(text));
    }
}

/// The value of an element; elements in it stay the XML that they are.
fn value(content: Content<'_>) -> Value<'_> {
    match content {
        Content::Text(text) => Value::of_xml(text),
        Content::Nested(inner) => Value::plain(inner),
    }
}

/// A name as a field has it: no blanks, no underscore at the start (those are Splunk's own fields).
pub(crate) fn clean(name: Cow<'_, str>) -> Cow<'_, str> {
    let plain = |b: u8| b > b' ' && b.is_ascii();
    if name.bytes().all(plain) && !name.starts_with('_') {
        return name;
    }
    Cow::Owned(name.replace(char::is_whitespace, "_").trim_start_matches('_').to_owned())
}

#[cfg(test)]
mod tests;
