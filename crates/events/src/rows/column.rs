//! A text column under construction.
//!
//! A column is a list of Arrow string views. Values longer than twelve bytes stand in a buffer of the column, so that who
//! reads a column reads memory in order, or are pieces of the whole texts of events, which all columns of a batch share. A
//! value that equals the one before it in its column gets the same view, so that a field that is the same in all rows costs
//! one value, and `Column::as_constant` recognises it.

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

/// The number of a column's own buffer.
const OWN: u32 = 0;
/// The number of the buffer that all columns share.
const SHARED: u32 = 1;

/// The texts of a batch.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Whole texts of events.
    shared: Vec<u8>,
    /// Where the text of the current row's event starts in `shared`, if it is in there.
    raw: Option<usize>,
    /// Number of bytes in the buffers of all columns.
    own: usize,
    /// Bytes that the batch before shared.
    expected: usize,
}

impl Texts {
    /// None yet, of which columns will probably share so many bytes.
    pub(super) fn expecting(shared: usize) -> Self {
        Self { expected: shared, ..Self::default() }
    }

    /// Number of bytes so far that columns share.
    pub(super) fn shared(&self) -> usize {
        self.shared.len()
    }

    /// Number of bytes so far, those in the buffers of columns too.
    pub(super) fn len(&self) -> usize {
        self.shared.len() + self.own
    }

    /// Starts a row whose event's whole text is kept: values that are part of it need no room of their own. Gives the view
    /// of that text.
    pub(super) fn start_row(&mut self, raw: &str) -> u128 {
        self.raw = Some(self.shared.len());
        self.write_row(|out| out.extend_from_slice(raw.as_bytes()))
    }

    /// Starts a row whose event's whole text is not kept.
    pub(super) fn start_row_without_text(&mut self) {
        self.raw = None;
    }

    /// Adds the whole text of an event, which is what `write` adds, as UTF-8; gives its view.
    pub(super) fn write_row(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> u128 {
        if self.shared.is_empty() {
            self.shared.reserve(self.expected);
        }
        let start = self.shared.len();
        write(&mut self.shared);
        make_view(self.shared.get(start..).unwrap_or_default(), SHARED, start as u32)
    }

    /// The shared buffer.
    pub(super) fn finish(&mut self) -> Buffer {
        let expected = self.shared.len();
        let Self { mut shared, .. } = std::mem::replace(self, Self { expected, ..Self::default() });
        trim(&mut shared, 0);
        Buffer::from_vec(shared)
    }
}

/// Gives back room that was made for far more than came, but for so many values.
fn trim<T>(values: &mut Vec<T>, most: usize) {
    if values.capacity() / 2 > values.len().max(most) {
        values.shrink_to(most);
    }
}

/// Where `part` stands in `whole`, if it is a piece of it (of the same memory, not just equal).
fn offset_in(part: &str, whole: &str) -> Option<usize> {
    let offset = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (offset.checked_add(part.len())? <= whole.len()).then_some(offset)
}

/// The text of a view in the buffer in which it stands: its length is in the lowest four bytes, its offset in the highest
/// four (Arrow's layout of string views).
fn text_in(buffer: &[u8], view: u128) -> Option<&[u8]> {
    let (length, offset) = (view as u32 as usize, (view >> 96) as usize);
    buffer.get(offset..offset.checked_add(length)?)
}

/// One column of text, possibly of several values in a row.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    /// The first value of each row.
    first: Vec<u128>,
    /// Further values: row and view, in the order of rows.
    more: Vec<(u32, u128)>,
    last: u128,
    /// Its own texts.
    texts: Vec<u8>,
    /// Rows and bytes of the batch before: what the next one will probably take.
    expected: (usize, usize),
}

impl Default for ColumnBuilder {
    fn default() -> Self {
        Self { first: Vec::new(), more: Vec::new(), last: NULL, texts: Vec::new(), expected: (0, 0) }
    }
}

impl ColumnBuilder {
    /// One that will probably have so many rows, and so many bytes of texts of its own.
    pub(super) fn expecting(rows: usize, bytes: usize) -> Self {
        Self { expected: (rows, bytes), ..Self::default() }
    }

    /// Bytes of its own texts.
    pub(super) fn bytes(&self) -> usize {
        self.texts.len()
    }

    /// Whether a row had or declared this field.
    pub(super) fn is_declared(&self) -> bool {
        !self.first.is_empty()
    }

    /// Says that the field is there in a row, as yet without value.
    pub(super) fn declare(&mut self, row: usize) {
        if self.first.len() <= row {
            self.fill(row + 1);
        }
    }

    /// Adds a value in a row; an empty text only declares the field.
    pub(super) fn add(&mut self, row: usize, value: &str, raw: &str, texts: &mut Texts) {
        let bytes = value.as_bytes();
        if bytes.len() > INLINE {
            if self.is_last(bytes, texts) {
                return self.add_view(row, self.last);
            }
            if let (Some(start), Some(offset)) = (texts.raw, offset_in(value, raw)) {
                return self.add_view(row, make_view(bytes, SHARED, (start + offset) as u32));
            }
        }
        self.write(row, texts, |out| out.extend_from_slice(bytes));
    }

    /// Adds the value that `write` adds to a text, as UTF-8; an empty one only declares the field.
    pub(super) fn write(&mut self, row: usize, texts: &mut Texts, write: impl FnOnce(&mut Vec<u8>)) {
        if self.first.is_empty() {
            self.texts.reserve(self.expected.1);
        }
        let start = self.texts.len();
        write(&mut self.texts);
        let value = self.texts.get(start..).unwrap_or_default();
        if value.is_empty() {
            return self.declare(row);
        }
        let again = value.len() > INLINE && self.is_last(value, texts);
        let view = if again { self.last } else { make_view(value, OWN, start as u32) };
        if again || value.len() <= INLINE {
            self.texts.truncate(start);
        } else {
            texts.own += value.len();
        }
        self.add_view(row, view);
    }

    /// Whether a value that does not stand in its view is the one before.
    fn is_last(&self, value: &[u8], texts: &Texts) -> bool {
        if self.last as u32 as usize != value.len() {
            return false;
        }
        let buffer = if (self.last >> 64) as u32 == OWN { &self.texts } else { &texts.shared };
        text_in(buffer, self.last) == Some(value)
    }

    /// Adds a value that is in the texts already.
    pub(super) fn add_view(&mut self, row: usize, view: u128) {
        self.last = view;
        if self.first.len() <= row {
            self.fill(row);
            self.first.push(view);
        } else if self.first[row] == NULL {
            self.first[row] = view;
        } else {
            self.more.push((row as u32, view));
        }
    }

    /// Makes sure that there are so many rows.
    fn fill(&mut self, rows: usize) {
        if self.first.is_empty() {
            self.first.reserve(self.expected.0.max(rows + 1));
        }
        if self.first.len() < rows {
            self.first.resize(rows, NULL);
        }
    }

    /// The column of `rows` rows, of which `shared` are the texts that it shares; the builder is empty after it.
    pub(super) fn finish(&mut self, rows: usize, shared: &Buffer) -> Column {
        let expected = (rows, self.texts.len());
        let Self { mut first, more, mut texts, .. } =
            std::mem::replace(self, Self { expected, ..Self::default() });
        trim(&mut first, rows);
        trim(&mut texts, 0);
        let buffers = [Buffer::from_vec(texts), shared.clone()];
        let column =
            if more.is_empty() { text(first, rows, &buffers) } else { list(&first, &more, rows, &buffers) };
        // Views are of these buffers only, so that Arrow has nothing to refuse.
        column.unwrap_or_else(|| Column::null(rows))
    }
}

fn text(mut views: Vec<u128>, rows: usize, buffers: &[Buffer; 2]) -> Option<Column> {
    views.resize(rows, NULL);
    if let [first, .., last] = views[..]
        && first != NULL
        && first == last
        && views.iter().all(|view| *view == first)
    {
        return array(vec![first], None, buffers).map(|one| Column::Text(one).repeated(rows));
    }
    let nulls = views.contains(&NULL).then(|| views.iter().map(|v| *v != NULL).collect::<NullBuffer>());
    for view in &mut views {
        if *view == NULL {
            *view = 0;
        }
    }
    array(views, nulls, buffers).map(Column::Text)
}

fn list(first: &[u128], more: &[(u32, u128)], rows: usize, buffers: &[Buffer; 2]) -> Option<Column> {
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
    let values = array(views, None, buffers)?;
    let field = Arc::new(Field::new_list_field(DataType::Utf8View, true));
    ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), Arc::new(values), Some(nulls))
        .ok()
        .map(Column::List)
}

fn array(views: Vec<u128>, nulls: Option<NullBuffer>, buffers: &[Buffer; 2]) -> Option<StringViewArray> {
    // Those at the end that no view needs are not held on to.
    let used = |v: &u128| if *v as u32 as usize > INLINE { (v >> 64) as u32 as usize + 1 } else { 0 };
    let used = views.iter().map(used).max().unwrap_or_default();
    StringViewArray::try_new(ScalarBuffer::from(views), buffers.get(..used)?, nulls).ok()
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
    fn what_is_written_is_what_is_added() {
        let long = ["a value of more than twelve bytes", "another value of that kind"];
        let (mut texts, mut shared) = (Texts::default(), Texts::default());
        let (mut written, mut added) = (ColumnBuilder::default(), ColumnBuilder::default());
        // The second batch is made with what the first says of it.
        for _ in 0..2 {
            for (row, value) in
                ["short", long[0], long[0], "", long[1], "just twelve.", long[1]].iter().enumerate()
            {
                written.write(row, &mut texts, |out| out.extend(value.as_bytes()));
                added.add(row, value, "", &mut shared);
            }
            assert_eq!(texts.len(), long[0].len() + 2 * long[1].len());
            assert_eq!(texts.len(), shared.len());
            let column = written.finish(7, &texts.finish());
            assert_eq!(column, added.finish(7, &shared.finish()));
            assert_eq!(values(&column)[3..6], [&[][..], &[long[1]], &["just twelve."]]);
        }
    }

    #[test]
    fn a_column_holds_on_to_what_it_needs_only() {
        let (mut texts, mut builder) = (Texts::default(), ColumnBuilder::default());
        let raw = "<Data>a value in the raw text</Data>";
        texts.start_row(raw);
        builder.add(0, "a value of its own", raw, &mut texts);
        let shared = texts.finish();
        let held = |column: Column| match column {
            Column::Text(array) => array.data_buffers().iter().map(Buffer::len).sum(),
            _ => usize::MAX,
        };
        assert_eq!(held(builder.finish(1, &shared)), 18);
        builder.add(0, "short", "", &mut texts);
        assert_eq!(held(builder.finish(1, &shared)), 0);
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
        texts.start_row("first row");
        let raw = "<Data>a value in the raw text</Data>".to_owned();
        texts.start_row(&raw);
        builder.add(1, &raw[6..29], &raw, &mut texts);
        builder.add(1, &"a value in the raw text".to_uppercase(), &raw, &mut texts);
        assert_eq!(texts.len(), 9 + raw.len() + 23, "only the second value is new");
        let column = builder.finish(2, &texts.finish());
        assert_eq!(values(&column)[1], ["a value in the raw text", "A VALUE IN THE RAW TEXT"]);
    }
}
