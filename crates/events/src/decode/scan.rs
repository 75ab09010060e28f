//! The tags of one event's XML text, by a scanner that looks at each byte once and copies nothing.
//!
//! It is no general XML parser: it knows elements, attributes, comments, CDATA sections, processing instructions and
//! declarations, checks that tags match, and bounds depth. Namespaces are not resolved: names are local names.

use super::DecodeError;
use memchr::{memchr, memchr3, memmem};

/// Elements nested deeper than this are refused. Windows nests five deep.
const MAX_DEPTH: usize = 128;

/// What an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    /// Text alone, possibly none, as it stands between the tags.
    Text(&'a str),
    /// Other elements; all that is between the tags.
    Nested(&'a str),
}

/// An element whose closing tag was just read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    /// Local name.
    pub(crate) name: &'a str,
    /// Attributes as they stand.
    pub(crate) attributes: &'a str,
    /// What it holds.
    pub(crate) content: Content<'a>,
    /// How many elements it is in, below the one that is being walked.
    pub(crate) depth: usize,
}

/// A tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag<'a> {
    Open { name: &'a str, attributes: &'a str, closed: bool },
    Close { name: &'a str },
}

/// An element that is not closed yet.
#[derive(Debug)]
struct Open<'a> {
    name: &'a str,
    attributes: &'a str,
    start: usize,
    nested: bool,
}

/// Reads the tags of a text in order.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    tag_start: usize,
    open: Vec<Open<'a>>,
    repaired: Option<DecodeError>,
}

impl<'a> Scanner<'a> {
    /// A scanner at the start of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, tag_start: 0, open: Vec::with_capacity(8), repaired: None }
    }

    /// The offset of the next byte to read.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// The first closing tag whose garbled name was overlooked.
    pub(crate) fn repaired(&self) -> Option<DecodeError> {
        self.repaired
    }

    /// The offset of the start of the tag that was read last.
    pub(crate) fn tag_start(&self) -> usize {
        self.tag_start
    }

    /// Opens the next child of the element that is open: its local name, its attributes and whether it is closed
    /// already. `None` when the open element is closed instead.
    pub(crate) fn child(&mut self) -> Result<Option<(&'a str, &'a str, bool)>, DecodeError> {
        match self.tag()? {
            Some((Tag::Open { name, attributes, closed }, _)) => {
                if !closed {
                    self.push(name, attributes)?;
                }
                Ok(Some((local(name), attributes, closed)))
            }
            Some((Tag::Close { name }, at)) => self.pop(name, at).map(|_| None),
            None => Err(DecodeError::new("the text ends inside an element", self.text.len())),
        }
    }

    /// Calls `each` for every element below the open one, children before parents, until the open one is closed; gives
    /// what stands between the tags of the open one.
    pub(crate) fn walk(&mut self, mut each: impl FnMut(Element<'a>)) -> Result<&'a str, DecodeError> {
        let base = self.open.len();
        loop {
            match self.tag()? {
                Some((Tag::Open { name, attributes, closed: true }, _)) => {
                    if let Some(parent) = self.open.last_mut() {
                        parent.nested = true;
                    }
                    each(Element {
                        name: local(name),
                        attributes,
                        content: Content::Text(""),
                        depth: self.open.len() - base,
                    });
                }
                Some((Tag::Open { name, attributes, .. }, _)) => self.push(name, attributes)?,
                Some((Tag::Close { name }, at)) => {
                    let open = self.pop(name, at)?;
                    let inner = &self.text[open.start..at];
                    if self.open.len() < base {
                        return Ok(inner);
                    }
                    each(Element {
                        name: local(open.name),
                        attributes: open.attributes,
                        content: if open.nested { Content::Nested(inner) } else { Content::Text(inner) },
                        depth: self.open.len() - base,
                    });
                }
                None => return Err(DecodeError::new("the text ends inside an element", self.text.len())),
            }
        }
    }

    fn push(&mut self, name: &'a str, attributes: &'a str) -> Result<(), DecodeError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(DecodeError::new("elements are nested more than 128 deep", self.at));
        }
        if let Some(parent) = self.open.last_mut() {
            parent.nested = true;
        }
        self.open.push(Open { name, attributes, start: self.at, nested: false });
        Ok(())
    }

    fn pop(&mut self, name: &str, at: usize) -> Result<Open<'a>, DecodeError> {
        let error = DecodeError::new("a closing tag does not match the open element", at);
        let open = self.open.pop().ok_or(error)?;
        if open.name != name {
            // A garbled name in one of an element's two tags costs that field alone; what closes an outer element is
            // no such case.
            if open.nested || self.open.iter().any(|outer| outer.name == name) {
                return Err(error);
            }
            self.repaired.get_or_insert(error);
        }
        Ok(open)
    }

    /// The next tag and where it starts. Text, comments and the like are passed over.
    fn tag(&mut self) -> Result<Option<(Tag<'a>, usize)>, DecodeError> {
        let bytes = self.text.as_bytes();
        while let Some(start) = find(bytes, self.at, b'<') {
            self.tag_start = start;
            match bytes.get(start + 1) {
                Some(b'/') => return self.close_tag(start).map(|tag| Some((tag, start))),
                Some(b'!' | b'?') => self.at = self.aside(start)?,
                Some(b) if b.is_ascii_alphabetic() || *b == b'_' || *b >= 0x80 => {
                    return self.open_tag(start).map(|tag| Some((tag, start)));
                }
                // A bare `<`, as careless exporters leave it: text.
                _ => self.at = start + 1,
            }
        }
        self.at = bytes.len();
        Ok(None)
    }

    /// Reads the closing tag at `start`.
    fn close_tag(&mut self, start: usize) -> Result<Tag<'a>, DecodeError> {
        let bytes = self.text.as_bytes();
        let name_at = start + 2;
        // It nearly always is the innermost element's.
        if let Some(open) = self.open.last() {
            let end = name_at + open.name.len();
            if bytes.get(end) == Some(&b'>') && bytes[name_at..end] == *open.name.as_bytes() {
                self.at = end + 1;
                return Ok(Tag::Close { name: open.name });
            }
        }
        let end = find(bytes, name_at, b'>').ok_or(DecodeError::new("a tag is not closed", start))?;
        self.at = end + 1;
        Ok(Tag::Close { name: self.text[name_at..end].trim_ascii_end() })
    }

    /// Reads the opening tag at `start`.
    fn open_tag(&mut self, start: usize) -> Result<Tag<'a>, DecodeError> {
        let bytes = self.text.as_bytes();
        let unclosed = DecodeError::new("a tag is not closed", start);
        let name_end = bytes[start + 1..]
            .iter()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
            .map_or(bytes.len(), |n| start + 1 + n);
        // A `>` may stand inside a quoted value.
        let mut at = name_end;
        let end = loop {
            let next = at + memchr3(b'>', b'"', b'\'', bytes.get(at..).ok_or(unclosed)?).ok_or(unclosed)?;
            match bytes[next] {
                b'>' => break next,
                quote => at = find(bytes, next + 1, quote).ok_or(unclosed)? + 1,
            }
        };
        self.at = end + 1;
        let attributes = &self.text[name_end..end];
        let name = &self.text[start + 1..name_end];
        Ok(match attributes.strip_suffix('/') {
            Some(attributes) => Tag::Open { name, attributes, closed: true },
            None => Tag::Open { name, attributes, closed: false },
        })
    }

    /// The end of the comment, CDATA section, declaration or processing instruction at `start`.
    fn aside(&self, start: usize) -> Result<usize, DecodeError> {
        let rest = &self.text.as_bytes()[start..];
        let (open, close): (usize, &[u8]) = if rest.starts_with(b"<!--") {
            (4, b"-->")
        } else if rest.starts_with(b"<![CDATA[") {
            (9, b"]]>")
        } else if rest.starts_with(b"<?") {
            (2, b"?>")
        } else {
            (2, b">")
        };
        memmem::find(&rest[open..], close)
            .map(|n| start + open + n + close.len())
            .ok_or(DecodeError::new("a comment, CDATA section or declaration is not closed", start))
    }
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    // Tags often follow each other at once.
    if bytes.get(from) == Some(&byte) {
        return Some(from);
    }
    memchr(byte, bytes.get(from..)?).map(|n| from + n)
}

/// A name without its namespace prefix.
pub(crate) fn local(name: &str) -> &str {
    // Names are short: a plain loop is faster than a search.
    name.bytes().position(|b| b == b':').map_or(name, |colon| &name[colon + 1..])
}

/// Name and value, as it stands, of every attribute but namespace declarations. What is not an attribute ends the list.
pub(crate) fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let equals = rest.bytes().position(|b| b == b'=')?;
            let name = rest[..equals].trim_ascii();
            let value = rest[equals + 1..].trim_ascii_start();
            let quote = *value.as_bytes().first().filter(|b| matches!(b, b'"' | b'\''))?;
            let end = find(value.as_bytes(), 1, quote)?;
            rest = &value[end + 1..];
            if name != "xmlns" && !name.starts_with("xmlns:") {
                return Some((local(name), &value[1..end]));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element below the root in the order of closing: `depth name attributes content`.
    fn elements(xml: &str) -> Result<Vec<String>, DecodeError> {
        let mut scanner = Scanner::new(xml);
        scanner.child()?;
        let mut out = Vec::new();
        scanner.walk(|e| {
            let (kind, text) = match e.content {
                Content::Text(t) => ("=", t),
                Content::Nested(t) => (">", t),
            };
            out.push(format!("{} {}{} {kind}{text}", e.depth, e.name, e.attributes));
        })?;
        Ok(out)
    }

    #[test]
    fn elements_in_the_order_of_closing() {
        let found = elements("<a><b x='1'>t</b><n:c><d/> <e>u</e></n:c><f g=\"h\" /></a>");
        assert_eq!(
            found.unwrap(),
            ["0 b x='1' =t", "1 d =", "1 e =u", "0 c ><d/> <e>u</e>", "0 f g=\"h\"  ="]
        );
    }

    #[test]
    fn what_looks_like_tags_but_is_none() {
        for (xml, expected) in [
            ("<a><b>1 < 2 <= 3</b></a>", "0 b =1 < 2 <= 3"),
            ("<a><b><![CDATA[</b><c>]]></b></a>", "0 b =<![CDATA[</b><c>]]>"),
            ("<a><b>x<!-- <c> --></b></a>", "0 b =x<!-- <c> -->"),
            ("<a><b x='>' y=\"/>'\">z</b></a>", "0 b x='>' y=\"/>'\" =z"),
            ("<?xml version='1.0'?><!DOCTYPE a><a><b\n>z</b ></a>", "0 b\n =z"),
        ] {
            assert_eq!(elements(xml).unwrap(), [expected], "{xml}");
        }
    }

    #[test]
    fn broken_tags_are_errors_with_a_place() {
        for (xml, at) in [
            ("<a><b><c/></d></a>", 10),
            ("<a><b>x</a>", 7),
            ("<a><b>x", 7),
            ("<a><b x='", 3),
            ("<a><b", 3),
            ("<a><![CDATA[x</a>", 3),
            ("</a>", 0),
        ] {
            assert_eq!(elements(xml).unwrap_err().offset, at, "{xml}");
        }
    }

    #[test]
    fn a_garbled_tag_costs_one_element() {
        assert_eq!(elements("<a><Le>0</Level><b>1</b></a>").unwrap(), ["0 Le =0", "0 b =1"]);
        let mut scanner = Scanner::new("<a><Le>0</Level></a>");
        scanner.child().unwrap();
        scanner.walk(|_| {}).unwrap();
        assert_eq!(scanner.repaired().map(|e| e.offset), Some(8));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
        assert!(elements(&deep(128)).is_ok());
        assert!(elements(&deep(129)).unwrap_err().what.contains("deep"));
        assert!(elements(&"<a>".repeat(1_000_000)).is_err());
    }

    #[test]
    fn attributes_of_either_quote() {
        let found: Vec<_> = attributes(" xmlns='n' a = '1' n:b=\"it's\"  xmlns:q=\"r\" c='' d=e").collect();
        assert_eq!(found, [("a", "1"), ("b", "it's"), ("c", "")]);
    }
}
