//! A node of a data model made ready: which events belong to it, and its fields as columns.
//!
//! A node's fields are read under their full names (`Processes.process_name`), which `tstats` and `datamodel` use, or
//! under their short ones, which `from datamodel` gives
//! (<https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/tstats>).

use crate::steps::Step;
use grotto_diag::phase::{self, Phase};
use grotto_engine::pipeline::FieldSet;
use grotto_engine::predicate::Formula;
use grotto_events::{Batch, Column};

/// A node of a data model.
#[derive(Debug)]
pub struct Node {
    name: String,
    /// Which events belong to it: the constraints of the node and of those that it inherits from.
    pub constraint: Formula,
    /// Full and short name of every field.
    fields: Vec<(String, String)>,
    /// Calculated fields in order; each sees those before it.
    calculations: Vec<Step>,
    /// What `nodename` says of its events: the names from the root to the node, joined by dots, for each level, the names
    /// alone, and the same behind the name of the model.
    names: Vec<String>,
}

impl Node {
    pub(crate) fn new(
        constraint: Formula,
        fields: Vec<(String, String)>,
        calculations: Vec<Step>,
        model: &str,
        lineage: &[String],
    ) -> Self {
        let paths: Vec<String> = (1..=lineage.len()).map(|depth| lineage[..depth].join(".")).collect();
        let of_model = paths.iter().map(|path| format!("{model}.{path}"));
        let names = paths.iter().cloned().chain(lineage.iter().skip(1).cloned()).chain(of_model).collect();
        let name = lineage.last().cloned().unwrap_or_default();
        Self { name, constraint, fields, calculations, names }
    }

    /// Its name, such as `Processes`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it has a field of this full name (`Processes.user`).
    pub fn has_field(&self, full: &str) -> bool {
        self.full_names().any(|name| name == full)
    }

    /// The full names of its fields.
    pub fn full_names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(full, _)| full.as_str())
    }

    /// Whether a column of this name is one of its fields, by its full or short name, or `nodename`.
    pub fn makes(&self, name: &str) -> bool {
        name == "nodename" || self.fields.iter().any(|(full, short)| full == name || short == name)
    }

    /// The fields of the event that the wanted fields of the node are made from, and those of its constraint.
    pub fn sources(&self, wanted: &FieldSet) -> FieldSet {
        let mut needed = self.inputs(wanted);
        needed.extend(self.constraint.fields());
        needed
    }

    /// The fields of the event that the wanted fields of the node are made from.
    pub fn inputs(&self, wanted: &FieldSet) -> FieldSet {
        let mut needed = self.short(wanted);
        for step in self.calculations.iter().rev() {
            if step.makes_any(&needed) {
                step.reads().for_each(|field| needed.insert(field));
            }
        }
        needed
    }

    /// The batch with the wanted fields of the node as further columns, under their full names and, where the short
    /// name is wanted, under that.
    pub fn derive(&self, base: &Batch, wanted: &FieldSet) -> Batch {
        let _phase = phase::enter(Phase::Derive);
        let needed = self.inputs(wanted);
        let mut event = base.clone();
        for step in self.calculations.iter().filter(|step| step.makes_any(&needed)) {
            step.run(&mut event);
        }
        let mut out = base.clone();
        for (full, short) in &self.fields {
            let Some(column) = event.column(short).filter(|c| !c.all_null()) else { continue };
            for name in [full, short] {
                if wanted.contains(name) {
                    out.set(name.as_str(), column.clone());
                }
            }
        }
        if wanted.contains("nodename") {
            out.set("nodename", Column::list(vec![self.names.clone(); base.rows()]));
        }
        out
    }

    /// Short names of the wanted fields.
    fn short(&self, wanted: &FieldSet) -> FieldSet {
        let of_node =
            self.fields.iter().filter(|(full, short)| wanted.contains(full) || wanted.contains(short));
        let mut short = FieldSet::of(of_node.map(|(_, short)| short));
        short.insert("_time");
        short
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_engine::Context;
    use grotto_engine::eval::Expression;
    use grotto_events::Cell;

    fn eval(field: &str, text: &str) -> Step {
        let tree = grotto_spl::parse_expression(text).unwrap();
        Step::Eval {
            field: field.to_owned(),
            expression: Expression::compile(&tree, &Context::default()).unwrap(),
        }
    }

    fn node() -> Node {
        let tree = grotto_spl::parse_search_expression("tag=process").unwrap();
        let names = ["user", "process", "process_name"];
        Node::new(
            Formula::compile(&tree, &Context::default()).unwrap(),
            names.iter().map(|n| (format!("Processes.{n}"), (*n).to_owned())).collect(),
            vec![
                eval("process", "if(isnull(process), \"unknown\", process)"),
                eval("process_name", "coalesce(process_name, process)"),
            ],
            "Endpoint",
            &["Processes".to_owned(), "Child".to_owned()],
        )
    }

    #[test]
    fn fields_have_full_names_and_defaults() {
        let mut event = Batch::new(2);
        event.set("process", Column::text([Some("a.exe"), None]));
        event.set("user", Column::null(2));
        let wanted = FieldSet::of(["Processes.process_name", "Processes.user", "nodename"]);
        let out = node().derive(&event, &wanted);
        assert_eq!(out.cell("Processes.process_name", 0), Cell::Text("a.exe"));
        assert_eq!(out.cell("Processes.process_name", 1), Cell::Text("unknown"));
        assert!(out.column("Processes.user").is_none(), "empty is missing");
        assert!(out.column("Processes.process").is_none(), "nobody asked for it");
        let Cell::List(names, from, _) = out.cell("nodename", 0) else { panic!() };
        assert_eq!((names.value(from), names.value(from + 1)), ("Processes", "Processes.Child"));
    }

    #[test]
    fn calculations_say_what_they_are_made_from() {
        let sources = node().sources(&FieldSet::of(["Processes.process_name"]));
        for field in ["process_name", "process", "tag", "_time"] {
            assert!(sources.contains(field), "{field}");
        }
        assert!(!sources.contains("user"));
    }
}
