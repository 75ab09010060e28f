//! The steps of a derivation: one kind each for extraction, transform, alias, calculated field and lookup.

use grotto_engine::Value;
use grotto_engine::commands::clean_key;
use grotto_engine::eval::Expression;
use grotto_engine::lookup::Join;
use grotto_engine::pattern::Pattern;
use grotto_engine::pipeline::FieldSet;
use grotto_engine::value::cell_text;
use grotto_events::{Batch, Cell, Column, FieldName};

mod pairs;

pub(crate) use pairs::{Pairs, Split};

/// Pairs of a field's name and a value.
type Found = Vec<(String, String)>;

/// Fields that get a column, or lose theirs.
pub(crate) type Changes = Vec<(FieldName, Option<Column>)>;

/// Fields that one extraction may add to a batch, times its rows, so that names that come from events stay bounded.
const MOST_CELLS: usize = 1 << 25;

/// Values that one extraction may add to a row, so that a pattern that matches everywhere stays bounded.
const MOST_MATCHES: usize = 1000;

/// Steps that belong together.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// The steps in order.
    pub(crate) steps: Vec<Step>,
    /// Whether they don't see one another's results.
    pub(crate) parallel: bool,
}

/// One thing that is done to the events.
#[derive(Debug)]
pub(crate) enum Step {
    /// Groups of a regular expression become fields.
    Extract(Extract),
    /// Pairs of names and values become fields.
    Pairs(Pairs),
    /// A field gets another name.
    Alias { source: String, target: String, keep_existing: bool },
    /// A field is calculated.
    Eval { field: String, expression: Expression },
    /// Fields come from a table.
    Lookup(Join),
}

/// A regular expression over a field.
#[derive(Debug)]
pub(crate) struct Extract {
    pub(crate) pattern: Pattern,
    /// The field that it is matched against.
    pub(crate) field: String,
    /// Pairs of a field's name and its value.
    pub(crate) pairs: Vec<(Piece, Piece)>,
    /// Fields that it may make; `None` when their names come from the event.
    pub(crate) makes: Option<Vec<String>>,
    /// Whether every match counts and not just the first.
    pub(crate) repeat: bool,
    /// Whether a field gets all values that were found and not just the first.
    pub(crate) multivalue: bool,
    /// Whether an empty value makes a field.
    pub(crate) keep_empty: bool,
    /// Whether characters of names other than letters, digits and `_` become `_`.
    pub(crate) clean: bool,
}

/// A text with places for groups of a match.
#[derive(Debug, Clone)]
pub(crate) struct Piece(pub(crate) Vec<Result<String, usize>>);

impl Step {
    /// Whether one of the fields may be made by it.
    pub(crate) fn makes_any(&self, fields: &FieldSet) -> bool {
        match self {
            Self::Extract(Extract { makes: None, .. }) => true,
            Self::Extract(Extract { makes: Some(names), .. }) => names.iter().any(|n| fields.contains(n)),
            Self::Pairs(pairs) => pairs.makes().is_none_or(|names| names.iter().any(|n| fields.contains(n))),
            Self::Alias { target, .. } => fields.contains(target),
            Self::Eval { field, .. } => fields.contains(field),
            Self::Lookup(lookup) => lookup.makes().any(|field| fields.contains(field)),
        }
    }

    /// The fields that it may make; `None` when their names come from the event.
    pub(crate) fn makes(&self) -> Option<Vec<String>> {
        match self {
            Self::Extract(extract) => extract.makes.clone(),
            Self::Pairs(pairs) => pairs.makes().map(<[String]>::to_vec),
            Self::Alias { target: field, .. } | Self::Eval { field, .. } => Some(vec![field.clone()]),
            Self::Lookup(lookup) => Some(lookup.makes().map(str::to_owned).collect()),
        }
    }

    /// The fields that it reads.
    pub(crate) fn reads(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Extract(extract) => Box::new(std::iter::once(extract.field.as_str())),
            Self::Pairs(pairs) => Box::new(std::iter::once(pairs.field.as_str())),
            Self::Alias { source, .. } => Box::new(std::iter::once(source.as_str())),
            Self::Eval { expression, .. } => Box::new(expression.fields().map(AsRef::as_ref)),
            Self::Lookup(lookup) => Box::new(lookup.reads()),
        }
    }

    /// The fields that it may give another value.
    fn replaces(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Alias { target, keep_existing: false, .. } => Box::new(std::iter::once(target.as_str())),
            Self::Eval { field, .. } => Box::new(std::iter::once(field.as_str())),
            Self::Lookup(lookup) if lookup.overwrites() => Box::new(lookup.makes()),
            // Extractions keep what is there.
            Self::Extract(_) | Self::Pairs(_) | Self::Alias { .. } | Self::Lookup(_) => {
                Box::new(std::iter::empty())
            }
        }
    }

    /// What it makes of a batch.
    pub(crate) fn changes(&self, from: &Batch) -> Changes {
        match self {
            Self::Extract(extract) => extract.changes(from),
            Self::Pairs(pairs) => pairs.changes(from),
            Self::Alias { source, target, keep_existing } => {
                alias(from, source, target, *keep_existing).into_iter().collect()
            }
            Self::Eval { field, expression } => vec![(field.as_str().into(), expression.column(from))],
            Self::Lookup(lookup) => {
                let columns = lookup.columns(from).into_iter();
                columns.map(|(field, column)| (field.into(), Some(column))).collect()
            }
        }
    }

    /// Adds what it makes to a batch.
    pub(crate) fn run(&self, batch: &mut Batch) {
        let changes = self.changes(batch);
        apply(changes, batch);
    }

    /// Adds to `settled` the fields that it makes of fields which `known` has, and takes out the others that it may give
    /// another value. Both have one row, with the fields that are the same in every event.
    pub(crate) fn settle(&self, known: &Batch, settled: &mut Batch) {
        let certain = match self {
            Self::Eval { expression, .. } => !expression.is_volatile(),
            _ => self.replaces().next().is_some(),
        };
        if certain && self.reads().all(|field| known.column(field).is_some_and(|column| !column.all_null())) {
            return apply(self.changes(known), settled);
        }
        self.replaces().for_each(|field| drop(settled.remove(field)));
    }
}

/// Changes the columns of a batch.
pub(crate) fn apply(changes: Changes, batch: &mut Batch) {
    for (field, column) in changes {
        match column {
            Some(column) => {
                batch.set(field, column);
            }
            None => {
                batch.remove(&field);
            }
        }
    }
}

fn alias(
    from: &Batch,
    source: &str,
    target: &str,
    keep_existing: bool,
) -> Option<(FieldName, Option<Column>)> {
    let existing = from.column(target).filter(|c| keep_existing && !c.all_null());
    let column = match (from.column(source), existing) {
        (_, Some(existing)) if existing.array().null_count() == 0 => return None,
        (Some(column), Some(existing)) => {
            let merged: Vec<Value> = (0..from.rows())
                .map(|row| match existing.cell(row) {
                    Cell::Null => Value::from(column.cell(row)),
                    cell => Value::from(cell),
                })
                .collect();
            Some(values_column(merged))
        }
        (Some(column), None) => Some(column.clone()),
        // `AS` removes its target where the source is missing; `ASNEW` does not.
        (None, None) if !keep_existing => None,
        (None, _) => return None,
    };
    Some((target.into(), column))
}

/// A column of values; multivalue if one is.
fn values_column(values: Vec<Value>) -> Column {
    if values.iter().any(|v| matches!(v, Value::List(_))) {
        return Column::list(values.into_iter().map(|v| match v {
            Value::Null => Vec::new(),
            Value::List(list) => list,
            other => vec![other.text()],
        }));
    }
    Column::text(values.into_iter().map(|v| (!v.is_null()).then(|| v.text())))
}

/// Adds the fields that are found in the texts of a field. What the event itself has goes first.
fn collect(from: &Batch, field: &str, multivalue: bool, find: impl Fn(&str) -> Found) -> Changes {
    let Some(column) = from.column(field) else { return Vec::new() };
    let rows = from.rows();
    let mut made: indexmap::IndexMap<String, Vec<Vec<String>>> = indexmap::IndexMap::new();
    for row in 0..rows {
        let cell = column.cell(row);
        if cell == Cell::Null {
            continue;
        }
        for (name, value) in find(&cell_text(cell)) {
            if made.len().saturating_mul(rows) > MOST_CELLS && !made.contains_key(&name) {
                continue;
            }
            let lists = made.entry(name).or_insert_with(|| vec![Vec::new(); rows]);
            if let Some(list) = lists.get_mut(row)
                && (multivalue || list.is_empty())
            {
                list.push(value);
            }
        }
    }
    let whole = |(name, lists): (String, Vec<Vec<String>>)| {
        let lists: Vec<Vec<String>> = lists
            .into_iter()
            .enumerate()
            .map(|(row, list)| match from.cell(&name, row) {
                Cell::Null => list,
                Cell::List(values, start, end) => (start..end).map(|i| values.value(i).to_owned()).collect(),
                cell => vec![cell_text(cell)],
            })
            .collect();
        let column = values_column(lists.into_iter().map(Value::list).collect());
        (FieldName::from(name), Some(column))
    };
    made.into_iter().map(whole).collect()
}

impl Extract {
    fn changes(&self, from: &Batch) -> Changes {
        collect(from, &self.field, self.multivalue, |text| self.pairs_of(text))
    }

    /// The fields that a text gives.
    fn pairs_of(&self, text: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        let mut from = 0;
        while let Some(groups) = self.pattern.find_at(text, from) {
            for (name, value) in &self.pairs {
                let (name, value) = (name.fill(&groups, text), value.fill(&groups, text));
                if let (Some(name), Some(value)) = (name, value)
                    && !name.is_empty()
                    && (self.keep_empty || !value.is_empty())
                {
                    let name = if self.clean { clean_key(&name) } else { name };
                    out.push((name, value));
                }
            }
            let Some(range) = groups.range(0) else { break };
            from = range.end + usize::from(range.is_empty());
            while from < text.len() && !text.is_char_boundary(from) {
                from += 1;
            }
            if !self.repeat || from > text.len() || out.len() > MOST_MATCHES {
                break;
            }
        }
        out
    }
}

impl Piece {
    /// The text with the groups filled in; `None` when a group took no part in the match.
    fn fill(&self, groups: &grotto_engine::pattern::Groups, text: &str) -> Option<String> {
        self.0
            .iter()
            .map(|part| match part {
                Ok(plain) => Some(plain.as_str()),
                Err(group) => groups.text(*group, text),
            })
            .collect()
    }
}
