//! XML as `spath` sees it: a small tree, paths into it, and its flattening into fields.
//!
//! Fields are named by the path of element names from the root, `a.b`; attributes are `a.b{@name}`. An element that
//! occurs again gives another value of the same field. Facts:
//! <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/spath>.

use crate::json::{Path, Step};
use grotto_events::json::{LONGEST_NAME, LONGEST_TEXT};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// Elements inside one another at most.
const DEEPEST: usize = 128;

/// An element.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

/// Calls `each` with the path and the text of every element and attribute of an XML document; of a text that is none
/// with nothing.
pub fn fields(text: &str, each: impl FnMut(&str, &str)) {
    if let Some(root) = parse(text) {
        root.flatten(each);
    }
}

/// Reads a document of one root element. `None` when it is none, is longer than [`LONGEST_TEXT`] or nests too deep.
pub(crate) fn parse(text: &str) -> Option<Element> {
    if text.len() > LONGEST_TEXT || !text.trim_start().starts_with('<') {
        return None;
    }
    let mut reader = Reader::from_str(text);
    // The document itself is the outermost, nameless element.
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if open.len() > DEEPEST {
                    return None;
                }
                open.push(element(&start));
            }
            Event::Empty(start) => open.last_mut()?.children.push(element(&start)),
            Event::End(_) => {
                let closed = open.pop()?;
                open.last_mut()?.children.push(closed);
            }
            Event::Text(part) => open.last_mut()?.text.push_str(&part.xml10_content()),
            Event::CData(part) => open.last_mut()?.text.push_str(&part.xml10_content()),
            Event::GeneralRef(part) => {
                let name = format!("&{};", part.xml10_content());
                open.last_mut()?.text.push_str(&unescaped(&name));
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    let document = open.pop().filter(|_| open.is_empty())?;
    let mut roots = document.children.into_iter();
    let root = roots.next()?;
    (roots.next().is_none() && document.text.trim().is_empty()).then_some(root)
}

fn element(start: &BytesStart<'_>) -> Element {
    let mut attributes = start.attributes();
    // Looking for duplicates takes the square of their number.
    attributes.with_checks(false);
    Element {
        name: start.name().as_ref().to_owned(),
        attributes: attributes
            .flatten()
            .map(|attribute| (attribute.key.as_ref().to_owned(), unescaped(&attribute.value).into_owned()))
            .collect(),
        ..Element::default()
    }
}

/// The text with the entities of XML and those of characters replaced by what they stand for; any other `&` stays.
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name =
            rest[1..].split(|c: char| !c.is_ascii_alphanumeric() && c != '#').next().unwrap_or_default();
        let meant = rest[1 + name.len()..].starts_with(';').then(|| entity(name)).flatten();
        let length = if meant.is_some() { name.len() + 2 } else { 1 };
        match meant {
            Some(c) => out.push(c),
            None => out.push('&'),
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character of an entity such as `lt`, `#65` or `#x41`.
fn entity(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return resolve_predefined_entity(name).and_then(|text| text.chars().next());
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    code.ok().and_then(char::from_u32)
}

impl Element {
    /// Its text without blanks around it, if it has any.
    fn value(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// Calls `each` with the path and the value of every attribute and every text, in the order of elements.
    pub(crate) fn flatten<'e>(&'e self, mut each: impl FnMut(&str, &'e str)) {
        self.walk(&mut String::new(), &mut each);
    }

    fn walk<'e>(&'e self, path: &mut String, each: &mut impl FnMut(&str, &'e str)) {
        let length = path.len();
        if length > LONGEST_NAME {
            return;
        }
        if length > 0 {
            path.push('.');
        }
        path.push_str(&self.name);
        for (name, value) in &self.attributes {
            each(&format!("{path}{{@{name}}}"), value);
        }
        if let Some(text) = self.value() {
            each(path, text);
        }
        self.children.iter().for_each(|child| child.walk(path, each));
        path.truncate(length);
    }

    /// The values that a path leads to: texts and attributes. An element with elements inside and no text of its own
    /// is the texts of these. The first element of a name has number 1.
    pub(crate) fn select(&self, path: &Path) -> Vec<String> {
        let mut at: Vec<&Self> = Vec::new();
        // The siblings of the same name, by parent, for the numbers of elements.
        let mut groups: Vec<Vec<&Self>> = Vec::new();
        for (i, step) in path.steps().iter().enumerate() {
            match step {
                Step::Name(name) => {
                    groups = if i == 0 {
                        vec![std::iter::once(self).filter(|root| root.name == *name).collect()]
                    } else {
                        at.iter()
                            .map(|parent| {
                                parent.children.iter().filter(|child| child.name == *name).collect()
                            })
                            .collect()
                    };
                    at = groups.concat();
                }
                Step::Index(number) => {
                    let before = number.checked_sub(1);
                    at = groups.iter().filter_map(|group| group.get(before?).copied()).collect();
                }
                Step::Each => {}
                Step::Attribute(name) => {
                    return at.iter().filter_map(|element| element.attribute(name)).collect();
                }
            }
        }
        at.into_iter().filter_map(Self::content).collect()
    }

    fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    fn content(&self) -> Option<String> {
        if let Some(text) = self.value() {
            return Some(text.to_owned());
        }
        let mut parts = Vec::new();
        self.flatten(|path, text| {
            if !path.ends_with('}') {
                parts.push(text);
            }
        });
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "<?xml version='1.0'?>\n<!-- c --><shop id='7'><item lang='en'>one &amp; two</item>\
        <item lang='de'><![CDATA[<zwei>]]></item><empty/><box><size>3</size><size>4</size></box></shop>";

    #[test]
    fn fields_are_named_by_paths() {
        let root = parse(DOCUMENT).expect("a document");
        let mut fields = Vec::new();
        root.flatten(|name, value| fields.push(format!("{name}={value}")));
        assert_eq!(
            fields,
            [
                "shop{@id}=7",
                "shop.item{@lang}=en",
                "shop.item=one & two",
                "shop.item{@lang}=de",
                "shop.item=<zwei>",
                "shop.box.size=3",
                "shop.box.size=4"
            ]
        );
    }

    #[test]
    fn paths_lead_to_values() {
        let root = parse(DOCUMENT).expect("a document");
        for (path, values) in [
            ("shop.item", vec!["one & two", "<zwei>"]),
            ("shop.item{1}", vec!["one & two"]),
            ("shop.item{2}{@lang}", vec!["de"]),
            ("shop.item{@lang}", vec!["en", "de"]),
            ("shop.box.size{}", vec!["3", "4"]),
            ("shop.box", vec!["3 4"]),
            ("shop.item{0}", vec![]),
            ("shop.empty", vec![]),
            ("item", vec![]),
        ] {
            assert_eq!(root.select(&Path::parse(path).expect(path)), values, "{path}");
        }
    }

    #[test]
    fn entities_are_replaced_where_they_are_some() {
        for (text, meant) in [
            ("a", "a"),
            ("&lt;&gt;&amp;&quot;&apos;", "<>&\"'"),
            ("&#65;&#x42;&#xD800;&#;", "AB&#xD800;&#;"),
            ("x && y &quot;z&quot; &nbsp; &é; &", "x && y \"z\" &nbsp; &é; &"),
            ("&amp;lt;", "&lt;"),
        ] {
            assert_eq!(unescaped(text), meant, "{text}");
        }
    }

    #[test]
    fn what_is_no_document() {
        for text in ["", "text", "<a>", "<a></b>", "<a/><b/>", "<a/>text", "</a>", "<a b=>"] {
            let root = parse(text);
            assert!(root.is_none() || text == "<a b=>", "{text}: {root:?}");
        }
        assert_eq!(parse(&("<a>".repeat(1000) + &"</a>".repeat(1000))), None);
        assert_eq!(parse("<a>&unknown;</a>").and_then(|root| root.content()), Some("&unknown;".to_owned()));
    }
}
