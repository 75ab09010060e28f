//! Splunk's data models: trees of datasets over events, each with constraints, fields and calculations.
//!
//! A dataset inherits everything from its parent. The root of a tree stands on all events (`BaseEvent`), on a search
//! (`BaseSearch`) or on transactions (`BaseTransaction`). The form is that of the files in
//! `default/data/models/*.json` and of the data model editor
//! (<https://help.splunk.com/en/splunk-enterprise/manage-knowledge-objects/knowledge-management-manual/10.0/build-a-data-model/about-data-models>).
//!
//! [`DataModel::parse`] works the inheritance out: a [`Node`] has all constraints from the root down, all fields and
//! all calculations in the order in which they are done. Searches and expressions stay text with a place.

mod inherit;
mod json;

use crate::conf::Placed;
use grotto_diag::{Diagnostic, Source};
use indexmap::IndexMap;
use std::sync::Arc;

/// A data model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataModel {
    /// Its name, such as `Endpoint`.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// Datasets by name, in the order of the file.
    pub nodes: IndexMap<String, Node>,
}

/// A dataset of a data model, with all that it inherits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name, such as `Processes`.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// Names from the root of its tree to itself.
    pub lineage: Vec<String>,
    /// What its tree stands on.
    pub base: Base,
    /// Searches that an event must match, from the root down.
    pub constraints: Vec<Placed>,
    /// Fields that are taken as they are, from the root down.
    pub fields: Vec<Field>,
    /// Calculations in the order in which they are done, from the root down.
    pub calculations: Vec<Calculation>,
}

/// What a tree of datasets stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// All events, narrowed by the constraints.
    Event,
    /// The results of a search, which may have several commands.
    Search(Placed),
    /// Groups of events of other datasets.
    Transaction {
        /// The datasets.
        of: Vec<String>,
        /// Fields whose values hold a group together.
        by: Vec<String>,
        /// `maxPause`, as written.
        max_pause: Option<String>,
        /// `maxSpan`, as written.
        max_span: Option<String>,
    },
}

/// A field of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in the event, such as `process_name`.
    pub name: String,
    /// Lineage of the dataset that brings it, such as `All_Changes.Account_Management`; empty for the fields that
    /// every event has (`_time`, `host`, `source`, `sourcetype`).
    pub owner: String,
    /// What its values are.
    pub kind: FieldKind,
    /// Only events that have it belong to the dataset.
    pub required: bool,
    /// It may have several values.
    pub multivalue: bool,
    /// It is not shown to people.
    pub hidden: bool,
}

impl Field {
    /// The name under which searches of the data model know it, such as `Processes.process_name`.
    pub fn qualified(&self) -> String {
        if self.owner.is_empty() { self.name.clone() } else { format!("{}.{}", self.owner, self.name) }
    }
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    String,
    /// Numbers.
    Number,
    /// 0 and 1.
    Boolean,
    /// IPv4 addresses.
    Ipv4,
    /// Times.
    Timestamp,
    /// The dataset itself as something to count.
    ObjectCount,
    /// Whether an event belongs to a child of the dataset.
    ChildCount,
}

/// A calculation and the fields that it makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calculation {
    /// How it is done.
    pub how: How,
    /// What it makes; more than one only for regular expressions and lookups.
    pub outputs: Vec<Field>,
}

/// How a [`Calculation`] is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// An eval expression.
    Eval(Placed),
    /// A regular expression with named groups.
    Rex {
        /// The field that it is matched against.
        input: String,
        /// The expression.
        regex: Placed,
    },
    /// A lookup.
    Lookup {
        /// Its name.
        table: Placed,
        /// Columns and the fields that they must equal.
        matches: Vec<(String, String)>,
        /// Columns and the names of the outputs that they fill.
        outputs: Vec<(String, String)>,
    },
    /// Place names of an address.
    GeoIp {
        /// The field with the address.
        input: String,
    },
}

impl DataModel {
    /// Reads a data model. `None` when it is no JSON of a data model at all; a dataset that can't be used is named
    /// in a diagnostic and left out.
    ///
    /// `name` is the name of its file, which is the name of the model.
    pub fn parse(name: &str, source: &Arc<Source>) -> (Option<Self>, Vec<Diagnostic>) {
        json::parse(name, source)
    }

    /// A dataset by its name, or by the names of its lineage joined by dots.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.get(name).or_else(|| {
            let last = name.rsplit_once('.')?.1;
            self.nodes.get(last).filter(|node| node.lineage.join(".") == name)
        })
    }

    /// The datasets that stand on no other.
    pub fn roots(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values().filter(|node| node.lineage.len() == 1)
    }
}

impl Node {
    /// Every field: those of events, those taken as they are and those calculated.
    pub fn all_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().chain(self.calculations.iter().flat_map(|c| &c.outputs))
    }

    /// A field by its name in the event.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.all_fields().find(|field| field.name == name)
    }
}
