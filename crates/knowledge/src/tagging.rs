//! Eventtypes and tags of events.

use crate::app::TagRule;
use grotto_engine::pipeline::FieldSet;
use grotto_engine::predicate::{Formula, Glob, Mask, Predicate};
use grotto_engine::value::cell_text;
use grotto_events::{Batch, Cell, Column};
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// Names of the fields that this module makes.
pub(crate) const EVENTTYPE: &str = "eventtype";
pub(crate) const TAG: &str = "tag";
/// Before the name of a field: the tags that its values give
/// (<https://docs.splunk.com/Documentation/Splunk/9.1.1/Knowledge/Abouttagsandaliases>).
const TAG_OF: &str = "tag::";

/// Which events are of which eventtype, and what tags that gives.
#[derive(Debug, Default)]
pub(crate) struct Tagging {
    /// Eventtypes with the search that an event must match. Those that read `eventtype` themselves come last.
    eventtypes: Vec<(String, Formula)>,
    tags: Vec<(Glob, TagRule)>,
    /// The fields whose values give tags, each once.
    tagged: Vec<String>,
}

/// Names that events certainly have, and others that they may have.
type Names = (Vec<String>, Vec<String>);

/// What is certain of the eventtypes and tags of events.
#[derive(Debug, Default)]
pub(crate) struct Certain {
    eventtypes: Names,
    tags: Names,
}

impl Certain {
    /// Whether a predicate on `eventtype` or `tag` holds; `None` when that is not certain, or it is on another field.
    pub(crate) fn holds(&self, predicate: &Predicate) -> Option<bool> {
        let (sure, maybe) = match predicate.field() {
            EVENTTYPE => &self.eventtypes,
            TAG => &self.tags,
            _ => return None,
        };
        // A predicate holds of a multivalue field when it holds for one of its values.
        let any = |names: &[String]| names.iter().any(|name| predicate.holds(Cell::Text(name)));
        if any(sure) { Some(true) } else { (!any(maybe)).then_some(false) }
    }
}

impl Tagging {
    pub(crate) fn new(mut eventtypes: Vec<(String, Formula)>, tags: Vec<TagRule>) -> Self {
        eventtypes.sort_by_key(|(_, formula)| formula.fields().iter().any(|f| *f == EVENTTYPE));
        let mut tagged: Vec<String> = tags.iter().map(|rule| rule.field.clone()).collect();
        tagged.sort_unstable();
        tagged.dedup();
        let tags = tags.into_iter().map(|rule| (Glob::new(&rule.value, true), rule)).collect();
        Self { eventtypes, tags, tagged }
    }

    /// Whether one of the fields comes from here.
    pub(crate) fn makes_any(&self, wanted: &FieldSet) -> bool {
        wanted.contains(EVENTTYPE) || wanted.contains(TAG) || self.wanted_tags(wanted).next().is_some()
    }

    /// The fields whose tags are wanted by themselves.
    fn wanted_tags<'a>(&'a self, wanted: &'a FieldSet) -> impl Iterator<Item = &'a str> {
        self.tagged.iter().map(String::as_str).filter(|field| wanted.contains(&format!("{TAG_OF}{field}")))
    }

    /// The fields that it reads.
    pub(crate) fn reads(&self, wanted: &mut FieldSet) {
        for (_, formula) in &self.eventtypes {
            wanted.extend(formula.fields());
        }
        wanted.extend(self.tags.iter().map(|(_, rule)| rule.field.as_str()).filter(|f| *f != EVENTTYPE));
    }

    /// What is certain of the eventtypes and tags of events of which some predicates are known, and the columns of
    /// `known`, one row.
    pub(crate) fn settle(&self, known: &Batch, holds: &mut dyn FnMut(&Predicate) -> Option<bool>) -> Certain {
        let mut certain = Certain::default();
        for (name, formula) in &self.eventtypes {
            match formula.decided(&mut |p| if p.field() == EVENTTYPE { None } else { holds(p) }) {
                Some(true) => certain.eventtypes.0.push(name.clone()),
                Some(false) => {}
                None => certain.eventtypes.1.push(name.clone()),
            }
        }
        for (glob, rule) in &self.tags {
            let (sure, maybe) = if rule.field == EVENTTYPE {
                let any = |names: &[String]| names.iter().any(|name| glob.matches(name));
                (any(&certain.eventtypes.0), any(&certain.eventtypes.1))
            } else {
                match known.column(&rule.field) {
                    Some(column) => (has_value(column.cell(0), glob), false),
                    None => (false, true),
                }
            };
            if sure {
                certain.tags.0.extend(rule.tags.iter().cloned());
            } else if maybe {
                certain.tags.1.extend(rule.tags.iter().cloned());
            }
        }
        certain
    }

    /// Adds the columns `eventtype` and `tag`, and those of the tags of single fields that are wanted.
    pub(crate) fn run(&self, batch: &mut Batch, wanted: &FieldSet) {
        let mut eventtypes: Vec<Vec<&str>> = vec![Vec::new(); batch.rows()];
        for (name, formula) in &self.eventtypes {
            if formula.fields().iter().any(|f| *f == EVENTTYPE) {
                batch.set(EVENTTYPE, Column::list(eventtypes.clone()));
            }
            match formula.mask(batch) {
                Mask::None => {}
                Mask::All => eventtypes.iter_mut().for_each(|list| list.push(name)),
                Mask::Bits(bits) => {
                    let rows = eventtypes.iter_mut().enumerate().filter(|(row, _)| bits.value(*row));
                    rows.for_each(|(_, list)| list.push(name));
                }
            }
        }
        set_lists(batch, EVENTTYPE, &eventtypes);
        set_lists(batch, TAG, &self.tags_of(batch, None));
        for field in self.wanted_tags(wanted) {
            let tags = self.tags_of(batch, Some(field));
            set_lists(batch, &format!("{TAG_OF}{field}"), &tags);
        }
    }

    /// The tags of every row, by all fields or by one. Rows of the same values have the same tags.
    fn tags_of(&self, batch: &Batch, only: Option<&str>) -> Vec<Vec<&str>> {
        let mut tags: Vec<Vec<&str>> = vec![Vec::new(); batch.rows()];
        for field in self.tagged.iter().filter(|field| only.is_none_or(|only| *field == only)) {
            let Some(column) = batch.column(field) else { continue };
            let rules: Vec<&(Glob, TagRule)> =
                self.tags.iter().filter(|(_, rule)| rule.field == *field).collect();
            let mut known: FxHashMap<String, Vec<&str>> = FxHashMap::default();
            let mut values = String::new();
            for (row, list) in tags.iter_mut().enumerate() {
                let cell = column.cell(row);
                write_values(cell, &mut values);
                if let Some(of_row) = known.get(values.as_str()) {
                    list.extend(of_row);
                } else {
                    let fit = rules.iter().filter(|(glob, _)| has_value(cell, glob));
                    let of_row: Vec<&str> =
                        fit.flat_map(|(_, rule)| rule.tags.iter().map(String::as_str)).collect();
                    list.extend(&of_row);
                    known.insert(values.clone(), of_row);
                }
            }
        }
        for list in &mut tags {
            list.sort_unstable();
            list.dedup();
        }
        tags
    }
}

/// Writes what tells the values of a cell from those of others.
fn write_values(cell: Cell<'_>, out: &mut String) {
    out.clear();
    let mut value = |text: &str| {
        // Their lengths are written because values may hold anything.
        let _ = write!(out, "{}:{text}", text.len());
    };
    match cell {
        Cell::Null => {}
        Cell::Text(text) => value(text),
        Cell::List(values, from, to) => (from..to).for_each(|at| value(values.value(at))),
        other => value(&cell_text(other)),
    }
}

/// Sets a multivalue column unless it is empty everywhere. Values that are the same in every row are kept once.
fn set_lists(batch: &mut Batch, name: &str, lists: &[Vec<&str>]) {
    let Some(first) = lists.first() else { return };
    if lists.iter().all(Vec::is_empty) {
        batch.remove(name);
        return;
    }
    let column = match first.as_slice() {
        [one] if lists.iter().all(|l| l == first) => Column::constant(one, lists.len()),
        _ => Column::list(lists.iter().cloned()),
    };
    batch.set(name, column);
}

/// Whether a cell has a value that fits.
fn has_value(cell: Cell<'_>, glob: &Glob) -> bool {
    match cell {
        Cell::Null => false,
        Cell::List(values, from, to) => (from..to).any(|i| glob.matches(values.value(i))),
        other => glob.matches(&cell_text(other)),
    }
}
