//! The two templates of an event: `System`, and the payload inside it.

use super::binxml::{BINXML_TYPE, END, FRAGMENT, Slot, put_value, type_of};
use super::chunk::Body;
use crate::event::{Event, Payload};
use crate::value::{Text, Value};
use crate::xml::EVENT_NAMESPACE;

/// The type of the value, for those that `System` has.
mod kind {
    pub(super) const TEXT: u8 = 0x01;
    pub(super) const U8: u8 = 0x04;
    pub(super) const U16: u8 = 0x06;
    pub(super) const U32: u8 = 0x08;
    pub(super) const U64: u8 = 0x0A;
    pub(super) const GUID: u8 = 0x0F;
    pub(super) const TIME: u8 = 0x11;
    pub(super) const SID: u8 = 0x13;
    pub(super) const HEX64: u8 = 0x15;
}

/// Appends the binary XML of `event`; `false` when a value is too long for its 16-bit size.
pub(super) fn put_event(event: &Event, body: &mut Body) -> bool {
    body.bytes.extend_from_slice(&FRAGMENT);
    body.template(system_shape(event), |body| define_system(event, body));
    let values = [
        Some(Value::U8(event.level)),
        Some(Value::U8(event.opcode)),
        Some(Value::U16(event.task)),
        Some(Value::U16(event.id)),
        event.qualifiers.map(Value::U16),
        Some(Value::Hex64(event.keywords)),
        Some(Value::Time(event.time)),
        event.activity_id.map(Value::Guid),
        Some(Value::U32(event.process_id)),
        Some(Value::U32(event.thread_id)),
        Some(Value::U64(event.record_id)),
        Some(Value::U8(event.version)),
        event.user.clone().map(Value::Sid),
        Some(Value::Text(event.computer.clone())),
    ];
    body.put_u32(values.len() as u32 + 1);
    // Descriptors come before the values, and the payload's size is known last.
    let descriptors = body.bytes.len();
    body.bytes.resize(descriptors + 4 * (values.len() + 1), 0);
    let mut fits = true;
    for (index, value) in values.iter().enumerate() {
        fits &= put_described(body, descriptors + 4 * index, value.as_ref());
    }
    let payload = body.bytes.len();
    fits &= put_payload(&event.data, body);
    fits &= describe(body, descriptors + 4 * values.len(), payload, BINXML_TYPE);
    body.bytes.push(END);
    fits
}

/// Appends a value and fills in its descriptor; a missing value has type and size 0.
fn put_described(body: &mut Body, descriptor: usize, value: Option<&Value>) -> bool {
    let Some(value) = value else { return true };
    let start = body.bytes.len();
    put_value(value, &mut body.bytes);
    describe(body, descriptor, start, type_of(value))
}

/// Fills in the descriptor of the value that starts at `start` and ends here.
fn describe(body: &mut Body, descriptor: usize, start: usize, kind: u8) -> bool {
    let Ok(size) = u16::try_from(body.bytes.len() - start) else { return false };
    let [low, high] = size.to_le_bytes();
    if let Some(field) = body.bytes.get_mut(descriptor..descriptor + 4) {
        field.copy_from_slice(&[low, high, kind, 0]);
    }
    true
}

/// A hash that stays the same over releases of Rust, because the samples in the repository hang on it: FNV-1a,
/// <http://www.isthe.com/chongo/tech/comp/fnv/>.
#[derive(Clone, Copy)]
struct Shape(u64);

impl Shape {
    fn new(kind: u8) -> Self {
        Self(0xCBF2_9CE4_8422_2325).byte(kind)
    }

    #[must_use]
    fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    }

    /// A text and its end; no text differs from empty text.
    #[must_use]
    fn text(self, text: Option<&str>) -> Self {
        text.map_or(self.byte(0xFF), |text| text.bytes().fold(self, Self::byte).byte(0))
    }
}

/// What distinguishes one `System` template from another: all that is literal in it.
fn system_shape(event: &Event) -> u64 {
    let provider = &event.provider;
    let shape = Shape::new(b'S').text(Some(&provider.name)).text(provider.source_name.as_deref());
    provider.guid.unwrap_or_default().0.into_iter().fold(shape, Shape::byte).text(Some(&event.channel)).0
}

fn define_system(event: &Event, body: &mut Body) {
    let value = |index, kind| Slot::Value { index, kind };
    let optional = |index, kind| Slot::Optional { index, kind };
    body.element("Event", &[("xmlns", Slot::Literal(EVENT_NAMESPACE))], |body| {
        body.element("System", &[], |body| {
            let guid = event.provider.guid.map(|guid| guid.to_string());
            let mut provider = vec![("Name", Slot::Literal(&event.provider.name))];
            provider.extend(guid.as_deref().map(|guid| ("Guid", Slot::Literal(guid))));
            provider.extend(
                event.provider.source_name.as_deref().map(|name| ("EventSourceName", Slot::Literal(name))),
            );
            body.empty_element("Provider", &provider);
            body.leaf("EventID", &[("Qualifiers", optional(4, kind::U16))], value(3, kind::U16));
            body.leaf("Version", &[], value(11, kind::U8));
            body.leaf("Level", &[], value(0, kind::U8));
            body.leaf("Task", &[], value(2, kind::U16));
            body.leaf("Opcode", &[], value(1, kind::U8));
            body.leaf("Keywords", &[], value(5, kind::HEX64));
            body.empty_element("TimeCreated", &[("SystemTime", value(6, kind::TIME))]);
            body.leaf("EventRecordID", &[], value(10, kind::U64));
            body.empty_element("Correlation", &[("ActivityID", optional(7, kind::GUID))]);
            let process = [("ProcessID", value(8, kind::U32)), ("ThreadID", value(9, kind::U32))];
            body.empty_element("Execution", &process);
            body.leaf("Channel", &[], Slot::Literal(&event.channel));
            body.leaf("Computer", &[], value(13, kind::TEXT));
            body.empty_element("Security", &[("UserID", optional(12, kind::SID))]);
        });
        body.slot(optional(14, BINXML_TYPE));
    });
}

/// Appends the payload as binary XML of its own.
fn put_payload(payload: &Payload, body: &mut Body) -> bool {
    body.bytes.extend_from_slice(&FRAGMENT);
    body.template(payload_shape(payload), |body| define_payload(payload, body));
    let (values, binary): (Vec<&Value>, _) = match payload {
        Payload::EventData { fields, binary, .. } => {
            (fields.iter().map(|(_, value)| value).collect(), binary.clone().map(Value::Binary))
        }
        Payload::UserData { fields, .. } => (fields.iter().map(|(_, value)| value).collect(), None),
    };
    let count = values.len() + usize::from(binary.is_some());
    body.put_u32(count as u32);
    let descriptors = body.bytes.len();
    body.bytes.resize(descriptors + 4 * count, 0);
    let mut fits = true;
    for (index, value) in values.into_iter().chain(&binary).enumerate() {
        fits &= put_described(body, descriptors + 4 * index, Some(value));
    }
    body.bytes.push(END);
    fits
}

/// What distinguishes one payload template from another: names and types, not values.
fn payload_shape(payload: &Payload) -> u64 {
    match payload {
        Payload::EventData { name, fields, binary } => {
            let shape = Shape::new(b'E').text(name.as_deref()).byte(binary.is_some().into());
            fields
                .iter()
                .fold(shape, |shape, (name, value)| shape.text(name.as_deref()).byte(type_of(value)))
                .0
        }
        Payload::UserData { element, namespace, fields } => {
            let shape = Shape::new(b'U').text(Some(element)).text(Some(namespace));
            fields.iter().fold(shape, |shape, (name, value)| shape.text(Some(name)).byte(type_of(value))).0
        }
    }
}

fn define_payload(payload: &Payload, body: &mut Body) {
    let slot = |index: usize, kind| Slot::Value { index: index as u16, kind };
    match payload {
        Payload::EventData { name, fields, binary } => {
            let attributes = attribute(name.as_ref());
            body.element("EventData", &attributes, |body| {
                for (index, (name, value)) in fields.iter().enumerate() {
                    body.leaf("Data", &attribute(name.as_ref()), slot(index, type_of(value)));
                }
                if binary.is_some() {
                    body.leaf("Binary", &[], slot(fields.len(), 0x0E));
                }
            });
        }
        Payload::UserData { element, namespace, fields } => {
            body.element("UserData", &[], |body| {
                body.element(element, &[("xmlns", Slot::Literal(namespace))], |body| {
                    for (index, (name, value)) in fields.iter().enumerate() {
                        body.leaf(name, &[], slot(index, type_of(value)));
                    }
                });
            });
        }
    }
}

fn attribute(name: Option<&Text>) -> Vec<(&'static str, Slot<'_>)> {
    name.map(|name| ("Name", Slot::Literal(name))).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_a_payload_is_its_names_and_types() {
        let shape = |fields: [(&'static str, Value); 2]| payload_shape(&Payload::named(fields));
        let first = shape([("A", "x".into()), ("B", 1_u32.into())]);
        assert_eq!(first, shape([("A", "y".into()), ("B", 2_u32.into())]));
        assert_ne!(first, shape([("A", "x".into()), ("C", 1_u32.into())]));
        assert_ne!(first, shape([("A", "x".into()), ("B", Value::Hex32(1))]));
    }

    #[test]
    fn a_second_event_of_a_kind_reuses_both_templates() {
        let event = Event { data: Payload::named([("Field", "value".into())]), ..Event::default() };
        let mut body = Body::new();
        let mut sizes = [0; 2];
        for size in &mut sizes {
            let before = body.bytes.len();
            assert!(put_event(&event, &mut body));
            *size = body.bytes.len() - before;
        }
        assert!(sizes[0] > 1000 && sizes[1] < 300, "{sizes:?}");
    }
}
