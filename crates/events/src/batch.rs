//! Events and result rows in columns.
//!
//! A [`Batch`] is a set of named columns of equal length. It carries its own columns: a field that has no column is
//! missing in every row, which is SPL's schema-on-read. A column whose every row is null says that the events
//! *declare* the field and leave it empty (`<Data Name='Path'></Data>`).

use arrow_array::builder::{ListBuilder, StringViewBuilder};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, StringViewArray,
    TimestampNanosecondArray, UInt32Array,
};
use arrow_buffer::{Buffer, OffsetBuffer};
use arrow_schema::{DataType, Field};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use std::sync::Arc;

/// Name of a field; cheap to clone.
pub type FieldName = Arc<str>;

/// One value of a column, borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A point in time: nanoseconds since 1970-01-01 UTC.
    Time(i64),
    /// Several values in order (a multivalue field): two or more, none null.
    List(&'a StringViewArray, usize, usize),
}

/// The values of one field for all rows of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Text; what an event log gives.
    Text(StringViewArray),
    /// Whole numbers; what counting gives.
    Int(Int64Array),
    /// Numbers; what calculating gives.
    Float(Float64Array),
    /// Points in time: nanoseconds since 1970-01-01 UTC.
    Time(TimestampNanosecondArray),
    /// Multivalue text.
    List(ListArray),
}

/// Texts up to this length stand in the column itself
/// (<https://arrow.apache.org/docs/format/Columnar.html#variable-size-binary-view-layout>).
const INLINE: usize = 12;

impl Column {
    /// Text from values that may be missing.
    pub fn text<S: AsRef<str>>(values: impl IntoIterator<Item = Option<S>>) -> Self {
        let values = values.into_iter();
        // Without a size the builder takes room for a thousand, which many small tables of results can't afford.
        let mut builder = StringViewBuilder::with_capacity(values.size_hint().0);
        for value in values {
            match value {
                Some(value) => builder.append_value(value),
                None => builder.append_null(),
            }
        }
        Self::Text(builder.finish())
    }

    /// The same text in every row; stored once.
    pub fn constant(value: &str, rows: usize) -> Self {
        Self::Text(StringViewArray::from(vec![value])).repeated(rows)
    }

    /// The value of the first row in so many rows. Arrow looks at a text once so, and not for each row.
    pub(crate) fn repeated(&self, rows: usize) -> Self {
        self.of_rows(&vec![0; rows].into())
    }

    /// A column of `rows` nulls.
    pub fn null(rows: usize) -> Self {
        Self::Text(StringViewArray::new_null(rows))
    }

    /// Multivalue text; a row with no values is null.
    pub fn list<S: AsRef<str>>(rows: impl IntoIterator<Item = Vec<S>>) -> Self {
        let rows = rows.into_iter();
        let size = rows.size_hint().0;
        let mut builder = ListBuilder::with_capacity(StringViewBuilder::with_capacity(size), size);
        for row in rows {
            let some = !row.is_empty();
            for value in row {
                builder.values().append_value(value);
            }
            builder.append(some);
        }
        Self::List(builder.finish())
    }

    /// The Arrow array.
    pub fn array(&self) -> &dyn Array {
        match self {
            Self::Text(a) => a,
            Self::Int(a) => a,
            Self::Float(a) => a,
            Self::Time(a) => a,
            Self::List(a) => a,
        }
    }

    /// The column of an Arrow array of one of the five types; `None` for any other.
    pub fn from_array(array: &ArrayRef) -> Option<Self> {
        let any = array.as_any();
        if let Some(a) = any.downcast_ref::<StringViewArray>() {
            return Some(Self::Text(a.clone()));
        }
        if let Some(a) = any.downcast_ref::<Int64Array>() {
            return Some(Self::Int(a.clone()));
        }
        if let Some(a) = any.downcast_ref::<Float64Array>() {
            return Some(Self::Float(a.clone()));
        }
        if let Some(a) = any.downcast_ref::<TimestampNanosecondArray>() {
            return Some(Self::Time(a.clone()));
        }
        any.downcast_ref::<ListArray>().map(|a| Self::List(a.clone()))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.array().len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether no row has a value.
    pub fn all_null(&self) -> bool {
        self.array().null_count() == self.len()
    }

    /// The value in a row; [`Cell::Null`] past the end.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Text(a) if has(a, row) => Cell::Text(a.value(row)),
            Self::Int(a) if has(a, row) => Cell::Int(a.value(row)),
            Self::Float(a) if has(a, row) => Cell::Float(a.value(row)),
            Self::Time(a) if has(a, row) => Cell::Time(a.value(row)),
            Self::List(a) if has(a, row) => {
                let offsets = a.value_offsets();
                match a.values().as_any().downcast_ref::<StringViewArray>() {
                    // One value is that value, whatever other rows of the column have.
                    Some(values) => match (offsets[row] as usize, offsets[row + 1] as usize) {
                        (from, to) if from == to => Cell::Null,
                        (from, to) if from + 1 == to => Cell::Text(values.value(from)),
                        (from, to) => Cell::List(values, from, to),
                    },
                    None => Cell::Null,
                }
            }
            Self::Text(_) | Self::Int(_) | Self::Float(_) | Self::Time(_) | Self::List(_) => Cell::Null,
        }
    }

    /// Whether every row holds the same text. Only recognises columns made by [`Column::constant`] and the like,
    /// where all views are the same bits; `None` when rows differ, are null or there are none.
    pub fn as_constant(&self) -> Option<&str> {
        let Self::Text(a) = self else { return None };
        let first = a.views().first()?;
        (a.null_count() == 0 && a.views().iter().all(|v| v == first)).then(|| a.value(0))
    }

    /// The same values with texts of their own. Columns that were read share one buffer with the whole text of all
    /// events of their batch, and a column that was filtered down to a few rows still holds on to it: compact what is
    /// kept for long. Rows that share texts go on sharing them where that takes less.
    pub fn compact(&self) -> Self {
        if let Some(value) = self.as_constant() {
            return Self::constant(value, self.len());
        }
        match self {
            Self::Text(a) => {
                let own: usize = a.lengths().map(|length| length as usize).filter(|l| *l > INLINE).sum();
                let held: usize = a.data_buffers().iter().map(Buffer::len).sum();
                if held <= own { self.clone() } else { Self::Text(a.gc()) }
            }
            Self::List(a) => compact_list(a).map_or_else(|| self.clone(), Self::List),
            Self::Int(_) | Self::Float(_) | Self::Time(_) => self.clone(),
        }
    }

    /// The values of the rows of these numbers, in this order; numbers out of range are left out.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        self.of_rows(&rows.iter().copied().filter(|row| (*row as usize) < self.len()).collect())
    }

    /// The values of the rows of these numbers, in this order; null where there is no number or no such row.
    #[must_use]
    pub fn take_some(&self, rows: impl IntoIterator<Item = Option<u32>>) -> Self {
        let there = |row: &u32| (*row as usize) < self.len();
        self.of_rows(&rows.into_iter().map(|row| row.filter(there)).collect())
    }

    /// `count` rows from `start`, cut to what there is.
    #[must_use]
    pub fn slice(&self, start: usize, count: usize) -> Self {
        let start = start.min(self.len());
        let count = count.min(self.len() - start);
        self.map_array(|array| Ok(array.slice(start, count)))
    }

    fn of_rows(&self, rows: &UInt32Array) -> Self {
        self.map_array(|array| arrow_select::take::take(array, rows, None))
    }

    fn map_array(&self, f: impl Fn(&dyn Array) -> Result<ArrayRef, arrow_schema::ArrowError>) -> Self {
        f(self.array()).ok().as_ref().and_then(Self::from_array).unwrap_or_else(|| Self::null(0))
    }
}

/// Whether an array has a value in a row.
fn has(array: &impl Array, row: usize) -> bool {
    row < array.len() && array.is_valid(row)
}

/// Columns of equal length, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    rows: usize,
    columns: IndexMap<FieldName, Column, FxBuildHasher>,
}

impl Batch {
    /// A batch of `rows` rows without columns.
    pub fn new(rows: usize) -> Self {
        Self { rows, columns: IndexMap::default() }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The column of a field; `None` when no row can have it.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(name)
    }

    /// All columns in order.
    pub fn columns(&self) -> impl Iterator<Item = (&FieldName, &Column)> {
        self.columns.iter()
    }

    /// The names of all columns in order.
    pub fn names(&self) -> impl Iterator<Item = &FieldName> {
        self.columns.keys()
    }

    /// The value of a field in a row.
    pub fn cell(&self, name: &str, row: usize) -> Cell<'_> {
        self.column(name).map_or(Cell::Null, |c| c.cell(row))
    }

    /// Adds a column or replaces the one of this name in its place. A column of another length is not taken: the
    /// answer is then `false`.
    pub fn set(&mut self, name: impl Into<FieldName>, column: Column) -> bool {
        let fits = column.len() == self.rows;
        if fits {
            self.columns.insert(name.into(), column);
        }
        fits
    }

    /// Takes a column out; the order of the others stays.
    pub fn remove(&mut self, name: &str) -> Option<Column> {
        self.columns.shift_remove(name)
    }

    /// Keeps the columns that `keep` wants, in order.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.columns.retain(|name, _| keep(name));
    }

    /// The columns that `keep` wants, in order.
    #[must_use]
    pub fn select(&self, mut keep: impl FnMut(&str) -> bool) -> Self {
        let kept = self.columns.iter().filter(|(name, _)| keep(name));
        Self { rows: self.rows, columns: kept.map(|(n, c)| (Arc::clone(n), c.clone())).collect() }
    }

    /// A batch with the columns under new names; when two get the same name the later one wins, in the earlier's place.
    pub fn renamed(self, mut name: impl FnMut(&FieldName) -> FieldName) -> Self {
        let columns = self.columns.into_iter().map(|(old, column)| (name(&old), column)).collect();
        Self { rows: self.rows, columns }
    }

    /// The rows whose mask is true. The mask has one bit a row.
    pub fn filter(&self, mask: &BooleanArray) -> Self {
        let mut out = Self::new(mask.true_count());
        for (name, column) in &self.columns {
            out.set(Arc::clone(name), column.map_array(|a| arrow_select::filter::filter(a, mask)));
        }
        out
    }

    /// The rows of these numbers, in this order; numbers out of range are left out.
    pub fn take(&self, rows: &[u32]) -> Self {
        let rows: UInt32Array = rows.iter().copied().filter(|r| (*r as usize) < self.rows).collect();
        let mut out = Self::new(rows.len());
        for (name, column) in &self.columns {
            out.set(Arc::clone(name), column.of_rows(&rows));
        }
        out
    }

    /// The same rows with texts of their own; see [`Column::compact`].
    pub fn compact(&self) -> Self {
        let columns =
            self.columns.iter().map(|(name, column)| (Arc::clone(name), column.compact())).collect();
        Self { rows: self.rows, columns }
    }

    /// `count` rows from `start`, cut to what there is.
    pub fn slice(&self, start: usize, count: usize) -> Self {
        let start = start.min(self.rows);
        let count = count.min(self.rows - start);
        let mut out = Self::new(count);
        for (name, column) in &self.columns {
            out.set(Arc::clone(name), column.slice(start, count));
        }
        out
    }

    /// All rows of all batches in order, over the union of their columns. Columns whose types differ become text,
    /// or multivalue text if one is, or numbers if that loses nothing; `to_text` writes one value as text.
    pub fn concat(batches: &[Self], to_text: impl Fn(Cell<'_>) -> String) -> Self {
        let mut out = Self::new(batches.iter().map(Self::rows).sum());
        let mut names: IndexMap<&FieldName, (), FxBuildHasher> = IndexMap::default();
        for batch in batches {
            names.extend(batch.columns.keys().map(|n| (n, ())));
        }
        for (name, ()) in names {
            let parts: Vec<(usize, Option<&Column>)> =
                batches.iter().map(|b| (b.rows, b.column(name))).collect();
            out.set(Arc::clone(name), concat_column(&parts, &to_text));
        }
        out
    }
}

/// The same lists with values of their own; `None` when they are not lists of text.
fn compact_list(list: &ListArray) -> Option<ListArray> {
    let offsets = list.offsets();
    let (first, last) = (offsets.first() as usize, offsets.last() as usize);
    let values = list.values().as_any().downcast_ref::<StringViewArray>()?.slice(first, last - first).gc();
    let field = Arc::new(Field::new_list_field(DataType::Utf8View, true));
    let offsets = OffsetBuffer::from_lengths(offsets.lengths());
    ListArray::try_new(field, offsets, Arc::new(values), list.nulls().cloned()).ok()
}

/// Whether a column is of numbers that floats hold without loss.
fn is_float(column: &Column) -> bool {
    match column {
        Column::Float(_) => true,
        Column::Int(array) => array.iter().flatten().all(|i| i.unsigned_abs() <= 1 << 53),
        Column::Text(_) | Column::Time(_) | Column::List(_) => false,
    }
}

/// One column out of pieces; a piece without column is null in its rows.
fn concat_column(parts: &[(usize, Option<&Column>)], to_text: &impl Fn(Cell<'_>) -> String) -> Column {
    let present: Vec<&Column> = parts.iter().filter_map(|(_, c)| *c).filter(|c| !c.all_null()).collect();
    let Some(first) = present.first() else { return Column::null(parts.iter().map(|(n, _)| n).sum()) };
    let kind = std::mem::discriminant(*first);
    if present.iter().all(|c| std::mem::discriminant(*c) == kind) {
        let arrays: Vec<ArrayRef> = parts
            .iter()
            .map(|(rows, column)| match column {
                Some(c) if !c.all_null() => c.array().slice(0, c.len()),
                _ => arrow_array::new_null_array(first.array().data_type(), *rows),
            })
            .collect();
        let refs: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
        if let Some(column) = arrow_select::concat::concat(&refs).ok().as_ref().and_then(Column::from_array) {
            return column;
        }
    }
    let cells = parts
        .iter()
        .flat_map(|(rows, column)| (0..*rows).map(move |row| column.map_or(Cell::Null, |c| c.cell(row))));
    if present.iter().all(|c| is_float(c)) {
        return Column::Float(
            cells
                .map(|cell| match cell {
                    Cell::Int(i) => Some(i as f64),
                    Cell::Float(f) => Some(f),
                    _ => None,
                })
                .collect(),
        );
    }
    if present.iter().any(|c| matches!(c, Column::List(_))) {
        return Column::list(cells.map(|cell| match cell {
            Cell::Null => Vec::new(),
            Cell::List(values, from, to) => (from..to).map(|i| values.value(i).to_owned()).collect(),
            other => vec![to_text(other)],
        }));
    }
    Column::text(cells.map(|cell| (cell != Cell::Null).then(|| to_text(cell))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Batch {
        let mut batch = Batch::new(3);
        assert!(
            batch.set("a", Column::text([Some("x"), None, Some("a long value that does not fit a view")]))
        );
        assert!(batch.set("n", Column::Int(vec![1, 2, 3].into())));
        assert!(batch.set("m", Column::list([vec!["p", "q"], vec![], vec!["r"]])));
        batch
    }

    #[test]
    fn cells_of_every_kind() {
        let batch = sample();
        assert_eq!(batch.cell("a", 0), Cell::Text("x"));
        assert_eq!(batch.cell("a", 1), Cell::Null);
        assert_eq!(batch.cell("n", 2), Cell::Int(3));
        assert_eq!(batch.cell("m", 1), Cell::Null);
        let Cell::List(values, from, to) = batch.cell("m", 0) else { panic!("a list") };
        assert_eq!((values.value(from), to - from), ("p", 2));
        assert_eq!(batch.cell("m", 2), Cell::Text("r"));
        assert_eq!(batch.cell("zz", 0), Cell::Null);
        assert_eq!(batch.cell("a", 9), Cell::Null);
    }

    #[test]
    fn rows_are_chosen_in_every_column() {
        let batch = sample();
        let kept = batch.filter(&BooleanArray::from(vec![false, true, true]));
        assert_eq!((kept.rows(), kept.cell("n", 1)), (2, Cell::Int(3)));
        let taken = batch.take(&[2, 0, 99]);
        assert_eq!(
            (taken.rows(), taken.cell("n", 0), taken.cell("a", 1)),
            (2, Cell::Int(3), Cell::Text("x"))
        );
        assert_eq!(batch.slice(1, 9).rows(), 2);
        assert_eq!(batch.slice(1, 1).cell("n", 0), Cell::Int(2));
    }

    #[test]
    fn some_columns_are_selected() {
        let some = sample().select(|name| name != "n");
        assert_eq!((some.rows(), some.names().map(|n| &**n).collect::<Vec<_>>()), (3, vec!["a", "m"]));
    }

    #[test]
    fn concat_unites_columns_and_types() {
        let mut other = Batch::new(1);
        other.set("n", Column::text([Some("four")]));
        other.set("z", Column::null(1));
        let all = Batch::concat(&[sample(), other], |c| format!("{c:?}"));
        assert_eq!(all.rows(), 4);
        assert_eq!(all.cell("n", 0), Cell::Text("Int(1)"));
        assert_eq!(all.cell("a", 3), Cell::Null);
        assert!(all.column("z").is_some_and(Column::all_null), "a declared field stays declared");
    }

    #[test]
    fn whole_numbers_and_fractions_stay_numbers_unless_digits_would_be_lost() {
        let batch = |column: Column| {
            let mut batch = Batch::new(column.len());
            batch.set("n", column);
            batch
        };
        let half = batch(Column::Float(vec![0.5].into()));
        let concat = |int: i64| {
            Batch::concat(&[batch(Column::Int(vec![Some(int), None].into())), half.clone()], |c| {
                format!("{c:?}")
            })
        };
        assert_eq!(concat(3).column("n"), Some(&Column::Float(vec![Some(3.0), None, Some(0.5)].into())));
        assert_eq!(concat(i64::MAX).cell("n", 2), Cell::Text("Float(0.5)"));
    }

    #[test]
    fn a_constant_is_known_as_one() {
        for text in ["short", "longer than twelve bytes"] {
            let column = Column::constant(text, 3);
            assert_eq!(column.as_constant(), Some(text));
            assert_eq!(column.cell(2), Cell::Text(text));
        }
        assert_eq!(Column::text([Some("a"), Some("b")]).as_constant(), None);
        assert_eq!(Column::constant("x", 0).as_constant(), None);
    }

    #[test]
    fn compact_rows_let_go_of_the_others() {
        let long = |n: usize| format!("a value of more than twelve bytes, {n}");
        let mut batch = Batch::new(1000);
        batch.set("t", Column::text((0..1000).map(|n| Some(long(n)))));
        batch.set("l", Column::list((0..1000).map(|n| vec![long(n), long(n + 1)])));
        batch.set("c", Column::constant(&long(0), 1000));
        batch.set("n", Column::Int((0..1000).collect::<Vec<i64>>().into()));
        let few = batch.take(&[7, 500]);
        let compact = few.compact();
        assert_eq!(compact, few);
        let size = |b: &Batch, name: &str| b.column(name).map(|c| c.array().get_buffer_memory_size());
        for name in ["t", "l"] {
            let (before, after) = (size(&few, name), size(&compact, name));
            assert!(after < Some(2000) && after <= before, "{name}: {before:?} to {after:?}");
        }
        assert!(size(&few, "t") > Some(30_000), "{:?}", size(&few, "t"));
        assert_eq!(few.slice(1, 1).compact(), few.slice(1, 1), "of a slice as well");
        assert_eq!(compact.column("c").and_then(Column::as_constant), Some(&*long(0)));
    }

    #[test]
    fn a_column_of_another_length_is_not_taken() {
        let mut batch = Batch::new(2);
        assert!(!batch.set("a", Column::constant("x", 3)));
        assert!(batch.column("a").is_none());
    }
}
