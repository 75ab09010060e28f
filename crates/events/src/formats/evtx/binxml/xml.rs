//! The XML of records, as the other way writes it: `_raw` of those that go straight to columns.

use super::layout::{Element, Layout, Node, Source};
use super::layouts::Layouts;
use super::scan::{NONE, Values};
use super::value::{Value, kind};

/// A piece of the XML of all records of a kind.
#[derive(Debug)]
pub(super) enum Piece {
    /// The same in all of them.
    Text(String),
    /// Passes over so many pieces if the value is null.
    Depends { instance: u16, slot: u16, skip: usize },
    /// An attribute from its blank to the quote before its value; left out without value.
    Attribute { instance: u16, slot: u16, start: String },
    /// The text of a value.
    Value { instance: u16, slot: u16 },
    /// An element `Data`, repeated for each string of an array.
    Data { instance: u16, slot: u16 },
}

/// The pieces of a record whose layouts are these, in the order of its instances; `None` if it is not certain how its XML
/// is written.
pub(super) fn pieces(shape: &[u32], layouts: &Layouts) -> Option<Vec<Piece>> {
    let mut builder = Builder { layouts, left: shape, instances: 0, out: Vec::new() };
    let (layout, left) = shape.split_first()?;
    builder.left = left;
    builder.instance(*layout)?;
    Some(builder.out)
}

struct Builder<'s> {
    layouts: &'s Layouts,
    /// The layouts of the instances to come.
    left: &'s [u32],
    instances: u16,
    out: Vec<Piece>,
}

impl<'s> Builder<'s> {
    fn instance(&mut self, layout: u32) -> Option<()> {
        let layout = self.layouts.get(layout as usize)?;
        let instance = self.instances;
        self.instances = instance.checked_add(1)?;
        self.element(&layout.root, instance, layout)
    }

    fn element(&mut self, element: &Element, instance: u16, layout: &'s Layout) -> Option<()> {
        let Some(slot) = element.dependency else { return self.whole(element, instance, layout) };
        let at = self.out.len();
        self.out.push(Piece::Depends { instance, slot, skip: 0 });
        self.whole(element, instance, layout)?;
        let after = self.out.len();
        if let Some(Piece::Depends { skip, .. }) = self.out.get_mut(at) {
            *skip = after - at - 1;
        }
        // What follows is not to be added to the last piece of it.
        self.out.push(Piece::Text(String::new()));
        Some(())
    }

    fn whole(&mut self, element: &Element, instance: u16, layout: &'s Layout) -> Option<()> {
        let name = &element.name;
        if let ("Data", [], [Node::Slot(slot)]) = (&**name, &*element.attributes, &*element.children) {
            self.out.push(Piece::Data { instance, slot: *slot });
            return Some(());
        }
        self.text(&format!("<{name}"));
        for (name, source) in &element.attributes {
            let start = format!(" {name}=\"");
            match source {
                Source::Literal(text) => self.text(&format!("{start}{}\"", escaped(text, true))),
                Source::Slot(slot) => self.out.push(Piece::Attribute { instance, slot: *slot, start }),
            }
        }
        if element.closed {
            self.text("/>");
            return Some(());
        }
        self.text(">");
        for node in &element.children {
            match node {
                Node::Element(inner) => self.element(inner, instance, layout)?,
                Node::Text(text) if element.children.len() == 1 => self.text(&escaped(text, false)),
                // A mixture.
                Node::Text(_) => return None,
                Node::Slot(slot) if layout.uses.get(usize::from(*slot))?.nested => {
                    let (inner, left) = self.left.split_first()?;
                    self.left = left;
                    if *inner == NONE {
                        self.out.push(Piece::Value { instance, slot: *slot });
                    } else {
                        self.instance(*inner)?;
                    }
                }
                Node::Slot(slot) => self.out.push(Piece::Value { instance, slot: *slot }),
            }
        }
        self.text(&format!("</{name}>"));
        Some(())
    }

    fn text(&mut self, text: &str) {
        match self.out.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.out.push(Piece::Text(text.to_owned())),
        }
    }
}

/// Adds the XML of the record at hand.
pub(super) fn write(pieces: &[Piece], values: &Values, data: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        at += 1;
        match piece {
            Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
            Piece::Depends { instance, slot, skip } => {
                if values.get(data, *instance, *slot).is_some_and(Value::is_null) {
                    at += skip;
                }
            }
            Piece::Attribute { instance, slot, start } => {
                if let Some(value) = values.get(data, *instance, *slot).filter(|value| !value.is_empty()) {
                    out.extend_from_slice(start.as_bytes());
                    write_value(value, true, out);
                    out.push(b'"');
                }
            }
            Piece::Value { instance, slot } => {
                if let Some(value) = values.get(data, *instance, *slot) {
                    write_value(value, false, out);
                }
            }
            Piece::Data { instance, slot } => {
                let value = values.get(data, *instance, *slot).unwrap_or_default();
                let mut element = |value: Value<'_>| {
                    out.extend_from_slice(b"<Data>");
                    write_value(value, false, out);
                    out.extend_from_slice(b"</Data>");
                };
                if value.kind == kind::STRINGS {
                    value.strings().for_each(element);
                } else {
                    element(value);
                }
            }
        }
    }
}

/// Adds the text of a value as it stands in XML.
fn write_value(value: Value<'_>, attribute: bool, out: &mut Vec<u8>) {
    let start = out.len();
    value.write(out);
    let text = out.get(start..).unwrap_or_default();
    if text.iter().any(|byte| markup(*byte, attribute).is_some()) {
        let text = text.to_vec();
        out.truncate(start);
        escape(&text, attribute, out);
    }
}

fn escaped(text: &str, attribute: bool) -> String {
    let mut out = Vec::new();
    escape(text.as_bytes(), attribute, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

fn escape(text: &[u8], attribute: bool, out: &mut Vec<u8>) {
    for byte in text {
        match markup(*byte, attribute) {
            Some(entity) => out.extend_from_slice(entity),
            None => out.push(*byte),
        }
    }
}

/// What stands for a character that would be markup.
fn markup(byte: u8, attribute: bool) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'"' if attribute => Some(b"&quot;"),
        b'\'' if attribute => Some(b"&apos;"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_values() {
        let given = "before é <a & \"b\"> it's";
        let bytes: Vec<u8> = given.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (attribute, expected) in [
            (false, "before é &lt;a &amp; \"b\"&gt; it's"),
            (true, "before é &lt;a &amp; &quot;b&quot;&gt; it&apos;s"),
        ] {
            let mut out = b"<".to_vec();
            write_value(Value { kind: kind::STRING, bytes: &bytes }, attribute, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), format!("<{expected}"));
            assert_eq!(escaped(given, attribute), expected);
        }
    }
}
