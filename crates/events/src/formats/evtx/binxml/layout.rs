//! What fields the definition of a template makes, in the order in which the decoder of XML finds them.
//!
//! The definition is read into a small tree, which is then walked as [`crate::decode`] walks the XML that it stands for.
//! Definitions of other shapes than those that are certain have no layout.

use super::bytes::{Cursor, name_at, plain_name};
use super::value::{Value, kind};
use crate::decode;

/// Elements in elements of one definition.
const MAX_DEPTH: usize = 16;
/// Fields of one definition.
const MAX_FIELDS: usize = 4096;
/// Places of one definition that take the same value: what a record can grow by.
const MAX_USES: u8 = 8;

/// Where the element that a definition makes stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Context {
    /// It is the record.
    Record,
    /// It is a child of `Event`.
    Event,
    /// It is a child of `EventData`.
    EventData,
    /// It is in another section.
    Other,
}

/// What a field says of the event itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Provider,
    Channel,
    Id,
    Version,
    Computer,
    Time,
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    Literal(String),
    Slot(u16),
}

/// When a field is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    /// Always; without text it is only declared.
    Always,
    /// If it has a value.
    Attribute,
    /// If it has text, or the element no attribute: those that are always there, and those of these places.
    Leaf { attributes: bool, slots: Vec<u16> },
}

/// A field that a definition makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldOp {
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) trim: bool,
    pub(super) role: Option<Role>,
    pub(super) rule: Rule,
}

/// A step of a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Op {
    /// Passes over so many steps if the value of the place is null.
    Depends {
        slot: u16,
        skip: usize,
    },
    /// Another template's instance stands here, if the value of the next [place](Layout::nested) is one.
    Nested,
    Field(FieldOp),
}

impl Op {
    /// The place whose value tells the type of the event, if this step is of such a field.
    pub(super) fn telling(&self) -> Option<u16> {
        match self {
            Self::Field(FieldOp {
                source: Source::Slot(slot),
                role: Some(Role::Provider | Role::Channel | Role::Id | Role::Version),
                ..
            }) => Some(*slot),
            _ => None,
        }
    }
}

/// How a definition uses a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Use {
    /// How often.
    pub(super) times: u8,
    /// As a place of elements.
    pub(super) nested: bool,
    /// As the content of a `Data` element that is repeated for each string of an array.
    pub(super) array: bool,
}

/// What fields a definition makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) ops: Vec<Op>,
    /// The places where another template's instance can stand, in the order of the steps, and where in an event that is.
    pub(super) nested: Vec<(u16, Context)>,
    /// By place.
    pub(super) uses: Vec<Use>,
    /// The element that the definition makes.
    pub(super) root: Element,
}

/// A stretch of a definition that is not the same in every chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Where in the definition.
    pub(super) at: usize,
    /// The name as UTF-16, and whether it stands right after the reference.
    pub(super) name: Vec<u8>,
    pub(super) inline: bool,
}

/// An element of a definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    /// The place whose value it depends on.
    pub(super) dependency: Option<u16>,
    pub(super) attributes: Vec<(String, Source)>,
    pub(super) children: Vec<Node>,
    /// Whether it ends with its start tag.
    pub(super) closed: bool,
}

/// What stands in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Element(Element),
    Text(String),
    Slot(u16),
}

/// Reads the definition in `data[start..end]`, and the references to names in it; `None` if it is of a shape that is not
/// understood.
pub(super) fn read(
    data: &[u8],
    start: usize,
    end: usize,
    context: Context,
) -> Option<(Layout, Vec<Reference>)> {
    let mut reader = Reader {
        cursor: Cursor::new(data.get(..end)?, start),
        chunk: data,
        start,
        references: Vec::new(),
        fields: 0,
    };
    let root = reader.root()?;
    let mut out = Writer::default();
    match context {
        Context::Record => out.event(&root)?,
        Context::Event => out.section(&root)?,
        Context::EventData => out.data(&root)?,
        Context::Other => out.leaf(&root)?,
    }
    let fine = |used: &Use| used.times <= MAX_USES && (used.times == 1 || !used.nested);
    let fine = out.layout.uses.iter().filter(|used| used.times > 0).all(fine);
    fine.then_some((Layout { root, ..out.layout }, reader.references))
}

struct Reader<'c> {
    cursor: Cursor<'c>,
    /// Where names stand.
    chunk: &'c [u8],
    start: usize,
    references: Vec<Reference>,
    fields: usize,
}

impl Reader<'_> {
    /// The one element of the definition.
    fn root(&mut self) -> Option<Element> {
        let header = self.cursor.take(4)?;
        if header[0] != 0x0f {
            return None;
        }
        let mut open: Vec<Element> = Vec::new();
        loop {
            let done = match self.cursor.u8()? {
                token @ (0x01 | 0x41) => {
                    let element = self.start_tag(token & 0x40 != 0)?;
                    if element.closed {
                        Some(element)
                    } else {
                        open.push(element);
                        None
                    }
                }
                0x04 => Some(open.pop()?),
                0x05 | 0x45 => {
                    let text = self.text()?;
                    open.last_mut()?.children.push(Node::Text(text));
                    None
                }
                0x0d | 0x0e => {
                    let slot = self.slot()?;
                    open.last_mut()?.children.push(Node::Slot(slot));
                    None
                }
                _ => return None,
            };
            self.fields += 1;
            if open.len() > MAX_DEPTH || self.fields > MAX_FIELDS {
                return None;
            }
            if let Some(element) = done {
                match open.last_mut() {
                    Some(parent) => parent.children.push(Node::Element(element)),
                    // Only the end may follow.
                    None => return (self.cursor.u8() == Some(0)).then_some(element),
                }
            }
        }
    }

    /// An element as far as its start tag goes, whose token was read.
    fn start_tag(&mut self, has_attributes: bool) -> Option<Element> {
        let dependency = Some(self.cursor.u16()?).filter(|slot| *slot != 0xffff);
        let _size = self.cursor.u32()?;
        let name = self.name()?;
        if has_attributes {
            let _size = self.cursor.u32()?;
        }
        let mut element = Element { name, dependency, ..Element::default() };
        let mut attribute: Option<(String, Option<Source>)> = None;
        loop {
            let token = self.cursor.u8()?;
            match token {
                0x02 | 0x03 | 0x06 | 0x46 => {
                    if let Some((name, Some(source))) = attribute.take()
                        && source != Source::Literal(String::new())
                    {
                        element.attributes.push((name, source));
                    }
                    match token {
                        0x02 => return Some(element),
                        0x03 => {
                            element.closed = true;
                            return Some(element);
                        }
                        _ => attribute = Some((self.name()?, None)),
                    }
                }
                0x05 | 0x45 | 0x0d | 0x0e => {
                    let source = if token & 0x0f == 5 {
                        Source::Literal(self.text()?)
                    } else {
                        Source::Slot(self.slot()?)
                    };
                    // A value of several pieces is rare enough to go the other way.
                    match &mut attribute {
                        Some((_, value @ None)) => *value = Some(source),
                        _ => return None,
                    }
                }
                _ => return None,
            }
            self.fields += 1;
            if self.fields > MAX_FIELDS {
                return None;
            }
        }
    }

    fn name(&mut self) -> Option<String> {
        let at = self.cursor.at;
        let offset = self.cursor.u32()? as usize;
        let inline = offset == self.cursor.at;
        let (_, name) = name_at(self.chunk, offset)?;
        if inline {
            self.cursor.take(name.len() + 10)?;
        }
        self.references.push(Reference { at: at - self.start, name: name.to_vec(), inline });
        plain_name(name)
    }

    fn text(&mut self) -> Option<String> {
        if self.cursor.u8()? != kind::STRING {
            return None;
        }
        let length = usize::from(self.cursor.u16()?);
        let bytes = self.cursor.take(2 * length)?;
        if bytes.chunks_exact(2).any(|unit| unit == [0, 0]) {
            return None;
        }
        let mut text = Vec::new();
        Value { kind: kind::STRING, bytes }.write(&mut text);
        String::from_utf8(text).ok()
    }

    fn slot(&mut self) -> Option<u16> {
        let slot = self.cursor.u16()?;
        let known = |kind| matches!(kind, 0..=0x15 | 0x20 | 0x21 | 0x23 | 0x81..=0x95);
        (slot < 4096 && known(self.cursor.u8()?)).then_some(slot)
    }
}

#[derive(Default)]
struct Writer {
    layout: Layout,
}

impl Writer {
    fn event(&mut self, root: &Element) -> Option<()> {
        if local(&root.name) != "Event" || root.closed {
            return None;
        }
        let mut systems = 0;
        self.attribute_slots(root);
        for node in &root.children {
            match node {
                Node::Element(element) => {
                    if local(&element.name) == "System" {
                        systems += 1;
                        if element.dependency.is_some() || element.closed {
                            return None;
                        }
                    }
                    self.depending(element, Self::section)?;
                }
                Node::Slot(slot) => self.nested(*slot, Context::Event),
                Node::Text(_) => {}
            }
        }
        (systems == 1).then_some(())
    }

    /// A child of `Event`.
    fn section(&mut self, element: &Element) -> Option<()> {
        let (child, context): (fn(&mut Self, &Element) -> Option<()>, _) = match local(&element.name) {
            "System" => (Self::system, Context::Other),
            "EventData" => (Self::data, Context::EventData),
            // What it adds depends on the fields before it.
            "RenderingInfo" => return None,
            _ => (Self::leaf, Context::Other),
        };
        let system = local(&element.name) == "System";
        self.attribute_slots(element);
        for node in &element.children {
            match node {
                Node::Element(inner) => self.depending(inner, child)?,
                Node::Slot(_) if system => return None,
                Node::Slot(slot) => self.nested(*slot, context),
                Node::Text(_) => {}
            }
        }
        Some(())
    }

    /// A child of `System`.
    fn system(&mut self, element: &Element) -> Option<()> {
        let name = local(&element.name);
        for (attribute, source) in attributes(element) {
            let role = match (name, attribute) {
                ("Provider", "Name") => Some(Role::Provider),
                ("TimeCreated", "SystemTime") => Some(Role::Time),
                _ => None,
            };
            self.field(attribute, source.clone(), true, role, Rule::Attribute);
        }
        let source = content(element)?;
        if decode::ATTRIBUTES_ONLY.contains(&name) {
            self.used(&source);
            return Some(());
        }
        let role = match name {
            "EventID" => Some(Role::Id),
            "Version" => Some(Role::Version),
            "Channel" => Some(Role::Channel),
            "Computer" => Some(Role::Computer),
            _ => None,
        };
        self.used(&source);
        match name {
            "EventID" => self.add("EventCode", source.clone(), true, None, Rule::Always),
            "EventRecordID" => self.add("RecordNumber", source.clone(), true, None, Rule::Always),
            _ => {}
        }
        self.add(name, source, true, role, Rule::Always);
        Some(())
    }

    /// A child of `EventData`.
    fn data(&mut self, element: &Element) -> Option<()> {
        if !matches!(local(&element.name), "Data" | "ComplexData") {
            return self.leaf(element);
        }
        let named = attributes(element).find(|(name, _)| name.eq_ignore_ascii_case("Name"));
        let name = match named {
            None => String::new(),
            Some((_, Source::Literal(name))) => decode::clean(name.as_str().into()).into_owned(),
            Some((_, Source::Slot(_))) => return None,
        };
        let name = if name.is_empty() { "Data" } else { &name };
        self.attribute_slots(element);
        self.content(name, element, Rule::Always)
    }

    /// An element whose text counts under its own name, or the elements in it.
    fn leaf(&mut self, element: &Element) -> Option<()> {
        let certain = |node: &Node| matches!(node, Node::Element(e) if e.dependency.is_none());
        if element.children.iter().any(|node| matches!(node, Node::Element(_))) {
            // With all elements left out it would be a leaf.
            if !element.children.iter().any(certain) {
                return None;
            }
            self.attribute_slots(element);
            for node in &element.children {
                match node {
                    Node::Element(inner) => self.depending(inner, Self::leaf)?,
                    Node::Slot(slot) => self.nested(*slot, Context::Other),
                    Node::Text(_) => {}
                }
            }
            return Some(());
        }
        let mut rule = (false, Vec::new());
        for (_, source) in attributes(element) {
            match source {
                Source::Literal(_) => rule.0 = true,
                Source::Slot(slot) => rule.1.push(*slot),
            }
        }
        self.attribute_slots(element);
        let rule = Rule::Leaf { attributes: rule.0, slots: rule.1 };
        self.content(local(&element.name), element, rule)
    }

    /// The field of an element's text.
    fn content(&mut self, name: &str, element: &Element, rule: Rule) -> Option<()> {
        let source = content(element)?;
        self.used(&source);
        // <Data>%1</Data> is repeated for each string of an array.
        if let Source::Slot(slot) = &source
            && element.name == "Data"
            && element.attributes.is_empty()
        {
            self.slot(*slot).array = true;
        }
        self.add(name, source, false, None, rule);
        Some(())
    }

    /// An element and what it depends on.
    fn depending(&mut self, element: &Element, write: fn(&mut Self, &Element) -> Option<()>) -> Option<()> {
        let Some(slot) = element.dependency else { return write(self, element) };
        let at = self.layout.ops.len();
        self.layout.ops.push(Op::Depends { slot, skip: 0 });
        write(self, element)?;
        let after = self.layout.ops.len();
        if let Some(Op::Depends { skip, .. }) = self.layout.ops.get_mut(at) {
            *skip = after - at - 1;
        }
        Some(())
    }

    fn field(&mut self, name: &str, source: Source, trim: bool, role: Option<Role>, rule: Rule) {
        self.used(&source);
        self.add(name, source, trim, role, rule);
    }

    fn add(&mut self, name: &str, source: Source, trim: bool, role: Option<Role>, rule: Rule) {
        let name = decode::clean(name.into()).into_owned();
        let source = match source {
            Source::Literal(text) if trim => Source::Literal(text.trim_ascii().to_owned()),
            source => source,
        };
        self.layout.ops.push(Op::Field(FieldOp { name, source, trim, role, rule }));
    }

    fn nested(&mut self, slot: u16, context: Context) {
        let used = self.slot(slot);
        used.nested = true;
        used.times = used.times.saturating_add(1);
        self.layout.nested.push((slot, context));
        self.layout.ops.push(Op::Nested);
    }

    /// Attributes take values too, whether they are looked at or not.
    fn attribute_slots(&mut self, element: &Element) {
        for (_, source) in &element.attributes {
            self.used(source);
        }
    }

    fn used(&mut self, source: &Source) {
        if let Source::Slot(slot) = source {
            let used = self.slot(*slot);
            used.times = used.times.saturating_add(1);
        }
    }

    fn slot(&mut self, slot: u16) -> &mut Use {
        let at = usize::from(slot);
        if self.layout.uses.len() <= at {
            self.layout.uses.resize(at + 1, Use::default());
        }
        &mut self.layout.uses[at]
    }
}

/// What stands between the tags of an element without elements in it; `None` for a mixture.
fn content(element: &Element) -> Option<Source> {
    match element.children.as_slice() {
        [] => Some(Source::Literal(String::new())),
        [Node::Slot(slot)] => Some(Source::Slot(*slot)),
        [Node::Text(text)] => Some(Source::Literal(text.clone())),
        _ => None,
    }
}

/// The attributes of an element as the decoder sees them.
fn attributes(element: &Element) -> impl Iterator<Item = (&str, &Source)> {
    let told = |name: &str| name == "xmlns" || name.starts_with("xmlns:");
    element.attributes.iter().filter(move |(name, _)| !told(name)).map(|(name, source)| (local(name), source))
}

fn local(name: &str) -> &str {
    decode::local(name)
}
