//! A text column under construction.
//!
//! Values longer than twelve bytes stand in one buffer that all columns of a batch share; a column is a list of Arrow
//! string views into it. A value that equals the one before it in its column gets the same view, so that a field that
//! is the same in all rows costs one value, and `Column::as_constant` recognises it.

use crate::Column;
use arrow_array::builder::make_view;
use arrow_array::{ListArray, StringViewArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};
use std::sync::Arc;

/// Marks a row without value; no view has this length.
const NULL: u128 = u128::MAX;

/// Views up to this length hold their text themselves.
const INLINE: usize = 12;

/// The texts of all columns of a batch.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    /// Where the text of the current row's event starts in `bytes`, and that text, if it is in there.
    raw: Option<usize>,
}

impl Texts {
    /// Number of bytes so far.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Starts a row whose event's whole text is kept: values that are part of it need no room of their own.
    pub(super) fn start_row(&mut self, raw: Option<&str>) {
        self.raw = raw.map(|raw| {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(raw.as_bytes());
            start
        });
    }

    /// The view of the whole text of the row's event.
    pub(super) fn raw_view(&self, raw: &str) -> u128 {
        make_view(raw.as_bytes(), 0, self.raw.unwrap_or_default() as u32)
    }

    /// A view of a value. `last` is the view of the value before it in the same column; `raw` is the text of the event.
    fn view(&mut self, value: &str, raw: &str, last: u128) -> u128 {
        let bytes = value.as_bytes();
        if bytes.len() <= INLINE {
            return make_view(bytes, 0, 0);
        }
        if last as u32 as usize == bytes.len() && self.text(last) == Some(bytes) {
            return last;
        }
        let offset = if let (Some(start), Some(offset)) = (self.raw, offset_in(value, raw)) {
            start + offset
        } else {
            self.bytes.extend_from_slice(bytes);
            self.bytes.len() - bytes.len()
        };
        make_view(bytes, 0, offset as u32)
    }

    /// The bytes of a view that does not hold them itself: its length is in the lowest four bytes, its offset in the
    /// highest four (Arrow's layout of string views).
    fn text(&self, view: u128) -> Option<&[u8]> {
        let (length, offset) = (view as u32 as usize, (view >> 96) as usize);
        self.bytes.get(offset..offset.checked_add(length)?)
    }

    /// The buffer that the views point into.
    pub(super) fn finish(&mut self) -> Buffer {
        self.raw = None;
        Buffer::from_vec(std::mem::take(&mut self.bytes))
    }
}

/// Where `part` stands in `whole`, if it is a piece of it (of the same memory, not just equal).
fn offset_in(part: &str, whole: &str) -> Option<usize> {
    let offset = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (offset.checked_add(part.len())? <= whole.len()).then_some(offset)
}

/// One column of text, possibly of several values in a row.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    /// The first value of each row.
    first: Vec<u128>,
    /// Further values: row and view, in the order of rows.
    more: Vec<(u32, u128)>,
    last: u128,
}

impl Default for ColumnBuilder {
    fn default() -> Self {
        Self { first: Vec::new(), more: Vec::new(), last: NULL }
    }
}

impl ColumnBuilder {
    /// Whether a row had or declared this field.
    pub(super) fn is_declared(&self) -> bool {
        !self.first.is_empty()
    }

    /// Says that the field is there in a row, as yet without value.
    pub(super) fn declare(&mut self, row: usize) {
        if self.first.len() <= row {
            self.first.resize(row + 1, NULL);
        }
    }

    /// Adds a value in a row; an empty text only declares the field.
    pub(super) fn add(&mut self, row: usize, value: &str, raw: &str, texts: &mut Texts) {
        if value.is_empty() {
            return self.declare(row);
        }
        let view = texts.view(value, raw, self.last);
        self.add_view(row, view);
    }

    /// Adds a value that is in the texts already.
    pub(super) fn add_view(&mut self, row: usize, view: u128) {
        self.last = view;
        if self.first.len() <= row {
            self.first.resize(row, NULL);
            self.first.push(view);
        } else if self.first[row] == NULL {
            self.first[row] = view;
        } else {
            self.more.push((row as u32, view));
        }
    }

    /// The column of `rows` rows; the builder is empty after it.
    pub(super) fn finish(&mut self, rows: usize, texts: &Buffer) -> Column {
        let Self { first, more, .. } = std::mem::take(self);
        let column =
            if more.is_empty() { text(first, rows, texts) } else { list(&first, &more, rows, texts) };
        // Views come from `Texts` only, so that Arrow has nothing to refuse.
        column.unwrap_or_else(|| Column::null(rows))
    }
}

fn text(mut views: Vec<u128>, rows: usize, texts: &Buffer) -> Option<Column> {
    views.resize(rows, NULL);
    let nulls = views.contains(&NULL).then(|| views.iter().map(|v| *v != NULL).collect::<NullBuffer>());
    for view in &mut views {
        if *view == NULL {
            *view = 0;
        }
    }
    array(views, nulls, texts).map(Column::Text)
}

fn list(first: &[u128], more: &[(u32, u128)], rows: usize, texts: &Buffer) -> Option<Column> {
    let mut views = Vec::with_capacity(first.len() + more.len());
    let mut lengths = Vec::with_capacity(rows);
    let mut more = more.iter().peekable();
    for row in 0..rows {
        let start = views.len();
        views.extend(first.get(row).filter(|v| **v != NULL));
        while let Some((_, view)) = more.next_if(|(r, _)| *r as usize == row) {
            views.push(*view);
        }
        lengths.push(views.len() - start);
    }
    let nulls: NullBuffer = lengths.iter().map(|n| *n > 0).collect();
    let values = array(views, None, texts)?;
    let field = Arc::new(Field::new_list_field(DataType::Utf8View, true));
    ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), Arc::new(values), Some(nulls))
        .ok()
        .map(Column::List)
}

fn array(views: Vec<u128>, nulls: Option<NullBuffer>, texts: &Buffer) -> Option<StringViewArray> {
    let outside = views.iter().any(|v| *v as u32 as usize > INLINE);
    let buffers = if outside { vec![texts.clone()] } else { Vec::new() };
    StringViewArray::try_new(ScalarBuffer::from(views), buffers, nulls).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cell;

    fn values(column: &Column) -> Vec<Vec<String>> {
        (0..column.len())
            .map(|row| match column.cell(row) {
                Cell::Text(text) => vec![text.to_owned()],
                Cell::List(list, from, to) => (from..to).map(|i| list.value(i).to_owned()).collect(),
                _ => Vec::new(),
            })
            .collect()
    }

    #[test]
    fn rows_without_value_are_null() {
        let (mut texts, mut builder) = (Texts::default(), ColumnBuilder::default());
        assert!(!builder.is_declared());
        builder.add(1, "short", "", &mut texts);
        builder.add(3, "longer than twelve bytes", "", &mut texts);
        builder.declare(4);
        let column = builder.finish(6, &texts.finish());
        assert!(matches!(column, Column::Text(_)));
        assert_eq!(values(&column), [&[][..], &["short"], &[], &["longer than twelve bytes"], &[], &[]]);
        assert!(!builder.is_declared(), "the builder is empty again");
    }

    #[test]
    fn a_declared_field_without_value_is_a_column_of_nulls() {
        let mut builder = ColumnBuilder::default();
        builder.add(0, "", "", &mut Texts::default());
        assert!(builder.is_declared());
        assert!(builder.finish(3, &Buffer::from_vec(Vec::<u8>::new())).all_null());
    }

    #[test]
    fn several_values_in_a_row_make_a_list() {
        let (mut texts, mut builder) = (Texts::default(), ColumnBuilder::default());
        for (row, value) in
            [(0, "a"), (2, ""), (2, "a value of more than twelve bytes"), (2, "b"), (2, "c"), (3, "d")]
        {
            builder.add(row, value, "", &mut texts);
        }
        let column = builder.finish(5, &texts.finish());
        let expected: [&[&str]; 5] =
            [&["a"], &[], &["a value of more than twelve bytes", "b", "c"], &["d"], &[]];
        assert_eq!(values(&column), expected);
        assert!(column.array().is_null(1) && column.array().is_null(4), "no values is null");
    }

    #[test]
    fn equal_neighbours_share_a_view() {
        let (mut texts, mut builder) = (Texts::default(), ColumnBuilder::default());
        for row in 0..3 {
            builder.add(row, "the same long value each time", "", &mut texts);
        }
        assert_eq!(texts.len(), 29);
        let column = builder.finish(3, &texts.finish());
        assert_eq!(column.as_constant(), Some("the same long value each time"));
    }

    #[test]
    fn a_piece_of_the_raw_text_is_not_copied() {
        let (mut texts, mut builder) = (Texts::default(), ColumnBuilder::default());
        texts.start_row(Some("first row"));
        let raw = "<Data>a value in the raw text</Data>".to_owned();
        texts.start_row(Some(&raw));
        builder.add(1, &raw[6..29], &raw, &mut texts);
        builder.add(1, &"a value in the raw text".to_uppercase(), &raw, &mut texts);
        assert_eq!(texts.len(), 9 + raw.len() + 23, "only the second value is new");
        let column = builder.finish(2, &texts.finish());
        assert_eq!(values(&column)[1], ["a value in the raw text", "A VALUE IN THE RAW TEXT"]);
    }
}
