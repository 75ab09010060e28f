//! Paths such as `a.b{0}.c{}.d{@attribute}`, of `spath` and of the JSON functions.
//!
//! Facts: <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/spath>.

use serde_json::{Map, Value as Json};

/// Steps of a path. A document that is written along a path can't become deeper than this and what it was before.
const MOST_STEPS: usize = 100;

/// A path into JSON or XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// `name`: the member or the elements of this name.
    Name(String),
    /// `{}`: every element of an array.
    Each,
    /// `{3}`: the element of this number.
    Index(usize),
    /// `{@name}`: an attribute of an XML element.
    Attribute(String),
}

/// What a path leads to.
#[derive(Debug, PartialEq)]
pub(crate) struct Selection<'v> {
    /// The parts of the document in order.
    pub(crate) parts: Vec<&'v Json>,
    /// Whether the path passed through all elements of an array, so that there may be any number of parts.
    pub(crate) many: bool,
}

impl Path {
    /// Reads a path; `None` for an empty one and one of too many steps. What stands in braces and is no index is part
    /// of the name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            let (name, braces) = split_braces(part);
            if !name.is_empty() {
                steps.push(Step::Name(name.to_owned()));
            }
            steps.extend(braces);
            if steps.len() > MOST_STEPS {
                return None;
            }
        }
        (!steps.is_empty()).then_some(Self(steps))
    }

    /// The steps; at least one.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The parts of a document that it leads to.
    pub(crate) fn select<'v>(&self, document: &'v Json) -> Selection<'v> {
        let mut selection = Selection { parts: vec![document], many: false };
        for step in &self.0 {
            let parts = std::mem::take(&mut selection.parts).into_iter();
            selection.parts = match step {
                Step::Name(name) => parts.filter_map(|part| part.as_object()?.get(name)).collect(),
                Step::Index(index) => parts.filter_map(|part| part.as_array()?.get(*index)).collect(),
                Step::Attribute(_) => Vec::new(),
                Step::Each => parts
                    .flat_map(|part| match part {
                        Json::Array(elements) => {
                            selection.many = true;
                            elements.iter().collect()
                        }
                        other => vec![other],
                    })
                    .collect(),
            };
        }
        selection
    }

    /// Calls `edit` with each part of a document that it leads to.
    pub(crate) fn edit(&self, document: &mut Json, edit: &mut dyn FnMut(&mut Json)) {
        edit_at(&self.0, document, edit);
    }

    /// Writes a value where it leads to: members that are missing on the way are made; where the document has
    /// something else than the path wants it stays as it is.
    pub(crate) fn set(&self, document: &mut Json, value: &Json) {
        set_at(&self.0, document, value);
    }

    /// Takes out the member that it leads to. Elements of arrays stay.
    pub(crate) fn delete(&self, document: &mut Json) {
        let mut at = document;
        for (i, step) in self.0.iter().enumerate() {
            let (Step::Name(name), Json::Object(members)) = (step, at) else { return };
            if i + 1 == self.0.len() {
                members.shift_remove(name);
                return;
            }
            match members.get_mut(name) {
                Some(member) => at = member,
                None => return,
            }
        }
    }
}

/// `name{0}{}` in its name and what is in braces.
fn split_braces(part: &str) -> (&str, Vec<Step>) {
    let (mut name, mut steps) = (part, Vec::new());
    while let Some((before, inner)) =
        name.strip_suffix('}').and_then(|open| open.rfind('{').map(|at| (&open[..at], &open[at + 1..])))
    {
        let step = match inner.strip_prefix('@') {
            Some(attribute) => Step::Attribute(attribute.to_owned()),
            None if inner.is_empty() => Step::Each,
            None if inner.bytes().all(|b| b.is_ascii_digit()) => match inner.parse() {
                Ok(index) => Step::Index(index),
                Err(_) => break,
            },
            None => break,
        };
        steps.push(step);
        name = before;
        if steps.len() > MOST_STEPS {
            break;
        }
    }
    steps.reverse();
    (name, steps)
}

fn edit_at(steps: &[Step], at: &mut Json, edit: &mut dyn FnMut(&mut Json)) {
    let Some((step, rest)) = steps.split_first() else { return edit(at) };
    match (step, at) {
        (Step::Name(name), Json::Object(members)) => {
            if let Some(member) = members.get_mut(name) {
                edit_at(rest, member, edit);
            }
        }
        (Step::Index(index), Json::Array(elements)) => {
            if let Some(element) = elements.get_mut(*index) {
                edit_at(rest, element, edit);
            }
        }
        (Step::Each, Json::Array(elements)) => {
            for element in elements {
                edit_at(rest, element, edit);
            }
        }
        (Step::Each, other) => edit_at(rest, other, edit),
        _ => {}
    }
}

fn set_at(steps: &[Step], at: &mut Json, value: &Json) {
    let Some((step, rest)) = steps.split_first() else {
        *at = value.clone();
        return;
    };
    match (step, at) {
        (Step::Name(name), Json::Object(members)) => {
            if let Some(member) = members.get_mut(name) {
                set_at(rest, member, value);
            } else if rest.iter().all(|step| matches!(step, Step::Name(_))) {
                members.insert(name.clone(), chain(rest, value));
            }
        }
        (Step::Index(index), Json::Array(elements)) => {
            if let Some(element) = elements.get_mut(*index) {
                set_at(rest, element, value);
            }
        }
        (Step::Each, Json::Array(elements)) => {
            for element in elements {
                set_at(rest, element, value);
            }
        }
        _ => {}
    }
}

/// Objects inside one another with the value in the innermost.
fn chain(steps: &[Step], value: &Json) -> Json {
    steps.iter().rev().fold(value.clone(), |inner, step| match step {
        Step::Name(name) => Json::Object(Map::from_iter([(name.clone(), inner)])),
        _ => inner,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn path(text: &str) -> Path {
        Path::parse(text).expect(text)
    }

    #[test]
    fn paths_are_read() {
        let name = |name: &str| Step::Name(name.to_owned());
        for (text, steps) in [
            ("a", vec![name("a")]),
            ("a.b{}.c", vec![name("a"), name("b"), Step::Each, name("c")]),
            ("{}", vec![Step::Each]),
            ("{2}.a{0}{}", vec![Step::Index(2), name("a"), Step::Index(0), Step::Each]),
            ("x.y{@id}", vec![name("x"), name("y"), Step::Attribute("id".to_owned())]),
            ("a{b}", vec![name("a{b}")]),
            ("a{", vec![name("a{")]),
            ("a}", vec![name("a}")]),
            ("a{99999999999999999999999}", vec![name("a{99999999999999999999999}")]),
            ("a..b", vec![name("a"), name("b")]),
        ] {
            assert_eq!(path(text).steps(), steps, "{text}");
        }
        assert_eq!(Path::parse(""), None);
        assert_eq!(Path::parse(&"a.".repeat(1000)), None);
        assert_eq!(Path::parse(&"{}".repeat(1000)), None);
    }

    #[test]
    fn parts_are_selected() {
        let document = json!({"a": {"b": [1, {"c": 2}, {"c": [3, 4]}]}, "s": "x"});
        for (text, parts, many) in [
            ("s", vec![json!("x")], false),
            ("a.b{0}", vec![json!(1)], false),
            ("a.b{}.c", vec![json!(2), json!([3, 4])], true),
            ("a.b{}.c{}", vec![json!(2), json!(3), json!(4)], true),
            ("a.b.c", vec![], false),
            ("s{}", vec![json!("x")], false),
            ("s{@id}", vec![], false),
            ("{}", vec![document.clone()], false),
            ("a.b{7}", vec![], false),
        ] {
            let selection = path(text).select(&document);
            assert_eq!((selection.parts, selection.many), (parts.iter().collect(), many), "{text}");
        }
    }

    #[test]
    fn documents_are_changed() {
        for (text, expected) in [
            ("a.b", json!({"a": {"b": 9}, "l": [{"x": 1}, {"y": 2}]})),
            ("n.m.o", json!({"a": {"b": 1}, "l": [{"x": 1}, {"y": 2}], "n": {"m": {"o": 9}}})),
            ("l{}.x", json!({"a": {"b": 1}, "l": [{"x": 9}, {"y": 2, "x": 9}]})),
            ("l{1}", json!({"a": {"b": 1}, "l": [{"x": 1}, 9]})),
            ("a.b.c", json!({"a": {"b": 1}, "l": [{"x": 1}, {"y": 2}]})),
            ("n{}.x", json!({"a": {"b": 1}, "l": [{"x": 1}, {"y": 2}]})),
            ("l{5}", json!({"a": {"b": 1}, "l": [{"x": 1}, {"y": 2}]})),
        ] {
            let mut document = json!({"a": {"b": 1}, "l": [{"x": 1}, {"y": 2}]});
            path(text).set(&mut document, &json!(9));
            assert_eq!(document, expected, "{text}");
        }
        let mut document = json!({"a": {"b": 1, "c": 2}, "d.e": 3, "l": [1]});
        for text in ["a.b", "d.e", "l{0}", "z", "a.b.c"] {
            path(text).delete(&mut document);
        }
        assert_eq!(document, json!({"a": {"c": 2}, "d.e": 3, "l": [1]}));
    }
}
