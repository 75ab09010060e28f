//! What a dataset has from its parents.

use super::{Base, Calculation, Field, FieldKind, Node};
use crate::conf::Placed;
use grotto_diag::Diagnostic;
use indexmap::IndexMap;
use std::collections::HashMap;

/// Deepest tree of datasets. Real ones have four levels.
const MAX_DEPTH: usize = 32;

/// A dataset as it is written, without what it inherits.
pub(super) struct Own {
    pub(super) name: Placed,
    pub(super) display_name: String,
    pub(super) parent: String,
    /// What it stands on, if it is a root.
    pub(super) base: Option<Base>,
    pub(super) constraints: Vec<Placed>,
    pub(super) fields: Vec<Field>,
    pub(super) calculations: Vec<Calculation>,
}

/// Works the inheritance out. Datasets without a way to a root are named and left out.
pub(super) fn resolve(own: &[Own], problems: &mut Vec<Diagnostic>) -> IndexMap<String, Node> {
    let mut by_name: HashMap<&str, &Own> = HashMap::new();
    for object in own {
        if by_name.insert(&object.name.text, object).is_some() {
            problems.push(object.name.warning(
                "model/duplicate",
                format!("{} is there twice; the last one counts", object.name.text),
            ));
        }
    }
    let mut nodes = IndexMap::new();
    for object in own {
        if !std::ptr::eq(*by_name.get(object.name.text.as_str()).unwrap_or(&object), object) {
            continue;
        }
        match chain(object, &by_name) {
            Ok(chain) => {
                nodes.insert(object.name.text.clone(), node(&chain));
            }
            Err(why) => {
                problems.push(object.name.error("model/no-root", format!("{}: {why}", object.name.text)));
            }
        }
    }
    nodes
}

/// From the root to the object.
fn chain<'a>(object: &'a Own, by_name: &HashMap<&str, &'a Own>) -> Result<Vec<&'a Own>, String> {
    let mut chain = vec![object];
    let mut at = object;
    while at.base.is_none() {
        at = by_name
            .get(at.parent.as_str())
            .ok_or_else(|| format!("no dataset has the name {}", at.parent))?;
        if chain.len() >= MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} parents, or a circle of parents"));
        }
        chain.push(at);
    }
    chain.reverse();
    Ok(chain)
}

fn node(chain: &[&Own]) -> Node {
    let mut fields = event_fields();
    for field in chain.iter().flat_map(|o| &o.fields) {
        match fields.iter_mut().find(|f| f.name == field.name && f.owner == field.owner) {
            Some(known) => *known = field.clone(),
            None => fields.push(field.clone()),
        }
    }
    let own = chain.last();
    Node {
        name: own.map(|o| o.name.text.clone()).unwrap_or_default(),
        display_name: own.map(|o| o.display_name.clone()).unwrap_or_default(),
        lineage: chain.iter().map(|o| o.name.text.clone()).collect(),
        base: chain.first().and_then(|root| root.base.clone()).unwrap_or(Base::Event),
        constraints: chain.iter().flat_map(|o| o.constraints.iter().cloned()).collect(),
        fields,
        calculations: chain.iter().flat_map(|o| o.calculations.iter().cloned()).collect(),
    }
}

/// The fields that every event has and every dataset therefore too.
fn event_fields() -> Vec<Field> {
    let field = |name: &str, kind| Field {
        name: name.to_owned(),
        owner: String::new(),
        kind,
        required: false,
        multivalue: false,
        hidden: false,
    };
    let mut fields = vec![field("_time", FieldKind::Timestamp)];
    fields.extend(["host", "source", "sourcetype"].map(|name| field(name, FieldKind::String)));
    fields
}

#[cfg(test)]
mod tests {
    use crate::model::{Base, DataModel, FieldKind, How, Node};
    use grotto_diag::{Diagnostic, Place, Source};
    use proptest::prelude::*;
    use std::sync::Arc;

    const MODEL: &str = r#"{
  "modelName": "M", "displayName": "The M",
  "objects": [
    {"objectName": "Child", "parentName": "Root", "displayName": "A child",
     "constraints": [{"search": "a=1", "owner": "Root.Child"}],
     "fields": [{"fieldName": "c", "owner": "Root.Child", "type": "number", "multivalue": true}],
     "calculations": [
       {"calculationType": "Rex", "inputField": "u", "expression": "^(?<v>.)",
        "outputFields": [{"fieldName": "v", "owner": "Root.Child", "type": "string"}]}]},
    {"objectName": "Root", "parentName": "BaseEvent", "lineage": "Root",
     "constraints": [{"search": "tag=\"x\"", "owner": "Root"}],
     "fields": [
       {"fieldName": "_time", "owner": "BaseEvent", "type": "timestamp"},
       {"fieldName": "r", "owner": "Root", "type": "string", "hidden": true, "required": true},
       {"fieldName": "Root", "owner": "Root", "type": "objectCount"}],
     "calculations": [
       {"calculationType": "Eval", "expression": "if(isnull(u),\"unknown\",u)",
        "outputFields": [{"fieldName": "u", "owner": "Root", "type": "string"}]},
       {"calculationType": "Lookup", "lookupName": "t",
        "lookupInputs": [{"inputField": "u", "lookupField": "k"}],
        "outputFields": [{"fieldName": "l", "owner": "Root", "lookupOutputFieldName": "o"}]}]},
    {"objectName": "S", "parentName": "BaseSearch", "baseSearch": "tag=y | eval z=1"}
  ]
}"#;

    fn read(text: &str) -> (DataModel, Vec<Diagnostic>) {
        let (model, problems) = DataModel::parse("M", &Arc::new(Source::new("M.json", text)));
        (model.unwrap(), problems)
    }

    fn names(node: &Node) -> Vec<String> {
        node.all_fields().map(super::super::Field::qualified).collect()
    }

    #[test]
    fn a_child_has_all_of_its_parent() {
        let (model, problems) = read(MODEL);
        assert_eq!(problems, []);
        assert_eq!(model.display_name, "The M");
        let child = model.node("Child").unwrap();
        assert_eq!(child.lineage, ["Root", "Child"]);
        assert_eq!(child.display_name, "A child");
        assert_eq!(model.node("Root.Child"), Some(child));
        assert_eq!(model.node("Other.Child"), None);
        let constraints: Vec<&str> = child.constraints.iter().map(|c| c.text.as_str()).collect();
        assert_eq!(constraints, ["tag=\"x\"", "a=1"]);
        assert_eq!(
            names(child),
            [
                "_time",
                "host",
                "source",
                "sourcetype",
                "Root.r",
                "Root.Root",
                "Root.Child.c",
                "Root.u",
                "Root.l",
                "Root.Child.v"
            ]
        );
        let r = child.field("r").unwrap();
        assert_eq!((r.hidden, r.required, r.multivalue, r.kind), (true, true, false, FieldKind::String));
        let c = child.field("c").unwrap();
        assert_eq!((c.multivalue, c.kind), (true, FieldKind::Number));
        assert_eq!(model.roots().map(|n| n.name.as_str()).collect::<Vec<_>>(), ["Root", "S"]);
    }

    #[test]
    fn calculations_keep_their_order() {
        let (model, _) = read(MODEL);
        let child = model.node("Child").unwrap();
        match child.calculations.iter().map(|c| &c.how).collect::<Vec<_>>().as_slice() {
            [How::Eval(eval), How::Lookup { table, matches, outputs }, How::Rex { input, regex }] => {
                assert_eq!(eval.text, r#"if(isnull(u),"unknown",u)"#);
                assert_eq!(eval.place(), Place { line: 17, column: 50 });
                assert_eq!(table.text, "t");
                assert_eq!(matches, &[("k".to_owned(), "u".to_owned())]);
                assert_eq!(outputs, &[("o".to_owned(), "l".to_owned())]);
                assert_eq!((input.as_str(), regex.text.as_str()), ("u", "^(?<v>.)"));
            }
            other => panic!("{other:?}"),
        }
        match &model.node("S").unwrap().base {
            Base::Search(search) => assert_eq!(search.text, "tag=y | eval z=1"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_the_rest_stays() {
        let (model, problems) = read(
            r#"{"objects": [
  {"objectName": "A", "parentName": "B"}, {"objectName": "B", "parentName": "A"},
  {"objectName": "C", "parentName": "Nowhere"},
  {"objectName": "D"}, {"objectName": "D", "constraints": [{"search": "second"}]},
  {"objectName": 7},
  {"objectName": "E", "fields": [{"fieldName": "f", "type": "colour"}],
   "calculations": [{"calculationType": "Magic"}, {"calculationType": "Eval"}]}
]}"#,
        );
        assert_eq!(model.nodes.keys().collect::<Vec<_>>(), ["D", "E"]);
        assert_eq!(model.node("D").unwrap().constraints[0].text, "second");
        assert_eq!(model.node("E").unwrap().calculations, []);
        let mut said: Vec<(usize, &str)> =
            problems.iter().map(|p| (p.place().unwrap().line, p.slug)).collect();
        said.sort_unstable();
        assert_eq!(
            said,
            [
                (2, "model/no-root"),
                (2, "model/no-root"),
                (3, "model/no-root"),
                (4, "model/duplicate"),
                (5, "model/bad-json"),
                (6, "model/bad-calculation"),
                (6, "model/bad-calculation"),
                (6, "model/bad-type"),
            ]
        );
    }

    #[test]
    fn what_is_no_model_is_refused() {
        for text in ["", "[]", "{}", "{\"objects\": 1}", "{\"objects\": [\n"] {
            let (model, problems) = DataModel::parse("M", &Arc::new(Source::new("M.json", text)));
            assert_eq!(model, None, "{text}");
            assert_eq!(problems[0].slug, "model/bad-json", "{text}");
            assert!(problems[0].place().is_some());
        }
    }

    proptest! {
        #[test]
        fn damaged_text_is_refused_or_read(at in 0..MODEL.len(), by in "[ -~é]{0,3}") {
            let mut text = MODEL.to_owned();
            text.replace_range(at..=at, &by);
            let (_, problems) = DataModel::parse("M", &Arc::new(Source::new("M.json", text)));
            for problem in problems {
                prop_assert!(problem.place().is_some());
            }
        }
    }
}
