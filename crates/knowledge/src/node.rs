//! A node of a data model made ready: which events belong to it, and its fields as columns.
//!
//! A node's fields are read under their full names (`Processes.process_name`), which `tstats` and `datamodel` use, or
//! under their short ones, which `from datamodel` gives
//! (<https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/tstats>).

use grotto_engine::eval::Expression;
use grotto_engine::pipeline::FieldSet;
use grotto_engine::predicate::Formula;
use grotto_events::Batch;

/// A node of a data model.
#[derive(Debug)]
pub struct Node {
    /// Which events belong to it: the constraints of the node and of those that it inherits from.
    pub constraint: Formula,
    /// Full and short name of every field.
    fields: Vec<(String, String)>,
    /// Calculated fields in order; each sees those before it.
    calculations: Vec<(String, Expression)>,
}

impl Node {
    pub(crate) fn new(
        constraint: Formula,
        fields: Vec<(String, String)>,
        calculations: Vec<(String, Expression)>,
    ) -> Self {
        Self { constraint, fields, calculations }
    }

    /// The fields of the event that the wanted fields of the node are made from.
    pub fn sources(&self, wanted: &FieldSet) -> FieldSet {
        let mut needed = self.short(wanted);
        for (field, expression) in self.calculations.iter().rev() {
            if needed.contains(field) {
                needed.extend(expression.fields());
            }
        }
        needed.extend(self.constraint.fields());
        needed
    }

    /// The batch with the wanted fields of the node as further columns, under their full names and, where the short
    /// name is wanted, under that.
    pub fn derive(&self, base: &Batch, wanted: &FieldSet) -> Batch {
        let needed = self.sources(wanted);
        let mut event = base.clone();
        for (field, expression) in self.calculations.iter().filter(|(field, _)| needed.contains(field)) {
            match expression.column(&event) {
                Some(column) => {
                    event.set(field.as_str(), column);
                }
                None => {
                    event.remove(field);
                }
            }
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
        out
    }

    /// Short names of the wanted fields.
    fn short(&self, wanted: &FieldSet) -> FieldSet {
        let of_node = self.fields.iter().filter(|(full, short)| wanted.contains(full) || wanted.contains(short));
        let mut short = FieldSet::of(of_node.map(|(_, short)| short));
        short.insert("_time");
        short
    }
}
