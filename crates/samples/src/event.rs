//! A Windows event as data, before it is written in one of the two forms of [`crate::xml`] and [`crate::evtx`].

use crate::time::FileTime;
use crate::value::{Guid, Sid, Text, Value};

/// Who wrote an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Its registered name.
    pub name: Text,
    /// Its GUID; providers of the classic event log may have none.
    pub guid: Option<Guid>,
    /// The name under which it writes to the classic event log, when it does so.
    pub source_name: Option<Text>,
}

/// An event with all that Windows says about it.
///
/// # Examples
///
/// ```
/// use grotto_samples::{Event, Payload, Provider, xml};
///
/// let event = Event {
///     provider: Provider { name: "Demo".into(), guid: None, source_name: None },
///     id: 7,
///     channel: "Application".into(),
///     computer: "HOST".into(),
///     data: Payload::named([("Path", "".into()), ("Count", 3_u32.into())]),
///     ..Event::default()
/// };
/// let text = xml::to_string(&event);
/// assert!(text.contains("<Data Name='Path'></Data><Data Name='Count'>3</Data>"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Who wrote it.
    pub provider: Provider,
    /// The event id.
    pub id: u16,
    /// The upper half of a classic event id, an attribute of `EventID`.
    pub qualifiers: Option<u16>,
    /// Which version of the event this is: later versions have more fields.
    pub version: u8,
    /// 0 for audits, 1 critical, 2 error, 3 warning, 4 information, 5 verbose.
    pub level: u8,
    /// The provider's own category.
    pub task: u16,
    /// The provider's own operation code.
    pub opcode: u8,
    /// A bit mask; audits carry success or failure here.
    pub keywords: u64,
    /// When it was written.
    pub time: FileTime,
    /// Its number in the log of its machine.
    pub record_id: u64,
    /// The activity that it belongs to.
    pub activity_id: Option<Guid>,
    /// The process that wrote it.
    pub process_id: u32,
    /// The thread that wrote it.
    pub thread_id: u32,
    /// The log.
    pub channel: Text,
    /// The machine.
    pub computer: Text,
    /// The account for which it was written: `Security/@UserID`.
    pub user: Option<Sid>,
    /// What happened.
    pub data: Payload,
}

impl Default for Event {
    /// An empty event without provider, so that a caller can name the parts that matter.
    fn default() -> Self {
        Self {
            provider: Provider { name: Text::Borrowed(""), guid: None, source_name: None },
            id: 0,
            qualifiers: None,
            version: 0,
            level: 4,
            task: 0,
            opcode: 0,
            keywords: 0x8000_0000_0000_0000,
            time: FileTime::from_unix(0),
            record_id: 1,
            activity_id: None,
            process_id: 0,
            thread_id: 0,
            channel: Text::Borrowed(""),
            computer: Text::Borrowed(""),
            user: None,
            data: Payload::default(),
        }
    }
}

/// The part of an event that differs from one event id to the next.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// `EventData`: `Data` elements, with names or without.
    EventData {
        /// The template's own name, an attribute that few providers write.
        name: Option<Text>,
        /// The fields in order; a field without a name is one of several values.
        fields: Vec<(Option<Text>, Value)>,
        /// The `Binary` element that classic events may end with.
        binary: Option<Vec<u8>>,
    },
    /// `UserData`: one element with a namespace of its own, around elements named like the fields.
    UserData {
        /// The name of the element.
        element: Text,
        /// Its namespace.
        namespace: Text,
        /// The fields in order.
        fields: Vec<(Text, Value)>,
    },
}

impl Default for Payload {
    fn default() -> Self {
        Self::EventData { name: None, fields: Vec::new(), binary: None }
    }
}

impl Payload {
    /// `EventData` whose fields all have names.
    pub fn named(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (Some(Text::Borrowed(name)), value)).collect();
        Self::EventData { name: None, fields, binary: None }
    }

    /// The value of the first field called `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::EventData { fields, .. } => {
                fields.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, value)| value)
            }
            Self::UserData { fields, .. } => {
                fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_name_in_both_kinds_of_payload() {
        let event_data = Payload::named([("A", 1_u32.into()), ("B", "two".into()), ("A", 3_u32.into())]);
        assert_eq!(event_data.get("A"), Some(&Value::U32(1)));
        assert_eq!(event_data.get("C"), None);
        let user_data = Payload::UserData {
            element: "E".into(),
            namespace: "urn:e".into(),
            fields: vec![("X".into(), "y".into())],
        };
        assert_eq!(user_data.get("X"), Some(&"y".into()));
        assert_eq!(user_data.get("E"), None);
        assert_eq!(Payload::default().get(""), None);
    }
}
