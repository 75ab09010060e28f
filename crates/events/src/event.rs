//! One event as a decoder hands it to the rows of a batch: borrowed from the text that it was read from.

use crate::decode::DecodeError;
use std::borrow::Cow;

/// One decoded event. Everything borrows from the event's own text; nothing is copied until it becomes a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event<'a> {
    /// Splunk's name for the form that the event was read in, such as `XmlWinEventLog`. Together with the channel it
    /// makes the event's `source`.
    pub sourcetype: Cow<'a, str>,
    /// The event's `source`, if it is another one; empty otherwise.
    pub source: Cow<'a, str>,
    /// The event's `index`, if it says one, as exports from Splunk do; empty otherwise.
    pub index: Cow<'a, str>,
    /// Name of the provider; empty when the event names none.
    pub provider: Cow<'a, str>,
    /// Name of the channel; empty when the event names none, as some classic and forwarded events do.
    pub channel: Cow<'a, str>,
    /// The event id as text; empty when there is none.
    pub id: Cow<'a, str>,
    /// The version of the event's definition as text; classic events have none.
    pub version: Cow<'a, str>,
    /// The computer that logged the event, which becomes its `host`; empty when unknown.
    pub computer: Cow<'a, str>,
    /// When the event was logged, nanoseconds since 1970-01-01 UTC; `None` when it does not say so legibly.
    pub time: Option<i64>,
    /// What was wrong with the text without costing the event.
    pub repaired: Option<DecodeError>,
    /// The event's text as it stood.
    pub raw: &'a str,
    /// All fields in the order of the text. A name can occur more than once: the field is then multivalue.
    pub fields: Vec<Field<'a>>,
}

impl<'a> Event<'a> {
    /// The first field of this name.
    pub fn field(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// All values of a field in order, decoded, without the empty ones.
    pub fn values(&self, name: &str) -> Vec<Cow<'a, str>> {
        self.fields
            .iter()
            .filter(|f| f.name == name)
            .map(|f| f.value.text())
            .filter(|text| !text.is_empty())
            .collect()
    }
}

/// A field of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name as Splunk's extraction gives it.
    pub name: Cow<'a, str>,
    /// Its value.
    pub value: Value<'a>,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// The event declares the field and leaves it empty.
    Empty,
    /// Text as it is.
    Text(Cow<'a, str>),
    /// XML text in which entities, CDATA sections and comments are still to be resolved.
    Markup(&'a str),
}

impl<'a> Value<'a> {
    /// The value of a piece of XML text.
    pub(crate) fn of_xml(text: &'a str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else if memchr::memchr2(b'&', b'<', text.as_bytes()).is_some() {
            Self::Markup(text)
        } else {
            Self::Text(Cow::Borrowed(text))
        }
    }

    /// The value of text that needs no decoding.
    pub(crate) fn plain(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(Cow::Borrowed(text)) }
    }

    /// The decoded text; empty for a declared field without value.
    pub fn text(&self) -> Cow<'a, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => text.clone(),
            Self::Markup(text) => crate::decode::markup::resolve(text),
        }
    }
}
