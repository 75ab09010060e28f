//! Search expressions: which rows a `search`, or the `where` of `tstats`, keeps.
//!
//! [`Formula::compile`] turns a search expression into a boolean formula over [`Predicate`]s: one field, one operator,
//! one value. Predicates compare and hash by what they mean, so that the same one in many rules can be answered once
//! for a batch ([`Formula::mask_with`]). Answers are [`Mask`]s.
//!
//! Facts: <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/search>.

mod cidr;
mod compile;
mod formula;
mod glob;
mod index;
mod mask;
mod raw;

pub use cidr::Cidr;
pub use formula::Formula;
pub use glob::{Glob, Shape, fold};
pub use index::Index;
pub use mask::Mask;

use crate::eval::operators::Number;
use crate::value::cell_text;
use arrow_array::Array;
use arrow_buffer::BooleanBuffer;
use grotto_events::{Batch, Cell, Column, FieldName};
use grotto_spl::ast::Compare;
use raw::Phrase;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What a predicate looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A field; with wildcards in its name, any field whose name fits.
    Field(FieldName),
    /// The text of the event.
    Raw,
}

/// How a predicate looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// The field has a value.
    Exists,
    /// A value fits: equals, fits the wildcards, lies in the block of addresses.
    Equal,
    /// There is a value that does not fit.
    NotEqual,
    /// A value is less.
    Less,
    /// A value is not greater.
    LessEqual,
    /// A value is greater.
    Greater,
    /// A value is not less.
    GreaterEqual,
    /// The words stand in the text.
    Contains,
    /// The words are a whole term of the text.
    Term,
    /// The time is not before (nanoseconds since 1970).
    From,
    /// The time is before (nanoseconds since 1970).
    Before,
}

impl Op {
    /// The operator as people write it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Exists => "exists",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Contains => "contains",
            Self::Term => "contains term",
            Self::From => "from",
            Self::Before => "before",
        }
    }
}

/// One thing that a search looks for.
#[derive(Debug, Clone)]
pub struct Predicate {
    subject: Subject,
    op: Op,
    value: Arc<str>,
    case: bool,
    test: Test,
}

/// What is done to one value.
#[derive(Debug, Clone)]
enum Test {
    Exists,
    Glob(Glob),
    Cidr(Cidr, Glob),
    Compare(Compare, Option<Number>),
    Phrase(Phrase),
    Time(Compare, i64),
}

impl PartialEq for Predicate {
    fn eq(&self, other: &Self) -> bool {
        (&self.subject, self.op, &self.value, self.case)
            == (&other.subject, other.op, &other.value, other.case)
    }
}

impl Eq for Predicate {}

impl Hash for Predicate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.subject, self.op, &self.value, self.case).hash(state);
    }
}

impl std::fmt::Display for Predicate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.op {
            Op::Exists => write!(f, "{} exists", self.field()),
            _ => write!(f, "{} {} {:?}", self.field(), self.op.symbol(), self.value),
        }
    }
}

impl Predicate {
    /// `field=*`.
    pub fn exists(field: FieldName) -> Self {
        Self {
            subject: Subject::Field(field),
            op: Op::Exists,
            value: "*".into(),
            case: false,
            test: Test::Exists,
        }
    }

    /// `field=value` with wildcards, or a block of addresses.
    pub fn equal(field: FieldName, value: &str, case: bool) -> Self {
        Self::fits(field, Op::Equal, value, case)
    }

    /// `field!=value` with wildcards, or a block of addresses.
    pub fn not_equal(field: FieldName, value: &str, case: bool) -> Self {
        Self::fits(field, Op::NotEqual, value, case)
    }

    fn fits(field: FieldName, op: Op, value: &str, case: bool) -> Self {
        let glob = Glob::new(value, case);
        let test = match Cidr::parse(value) {
            Some(block) => Test::Cidr(block, glob),
            None => Test::Glob(glob),
        };
        Self { subject: Subject::Field(field), op, value: folded(value, case), case, test }
    }

    /// `field<value` and its like; `=` and `!=` as [`equal`](Self::equal) and [`not_equal`](Self::not_equal).
    pub fn compare(field: FieldName, compare: Compare, value: &str) -> Self {
        let op = match compare {
            Compare::Equal => return Self::equal(field, value, false),
            Compare::NotEqual => return Self::not_equal(field, value, false),
            Compare::Less => Op::Less,
            Compare::LessEqual => Op::LessEqual,
            Compare::Greater => Op::Greater,
            Compare::GreaterEqual => Op::GreaterEqual,
        };
        let test = Test::Compare(compare, Number::of_text(value));
        Self { subject: Subject::Field(field), op, value: value.into(), case: true, test }
    }

    /// Words that stand in the text of the event, or, if `term`, are a whole term of it.
    pub fn words(text: &str, case: bool, term: bool) -> Self {
        Self {
            subject: Subject::Raw,
            op: if term { Op::Term } else { Op::Contains },
            value: folded(text, case),
            case,
            test: Test::Phrase(Phrase::new(text, case, term)),
        }
    }

    /// `_time` from a point in time on ([`Op::From`]) or before it ([`Op::Before`]); nanoseconds since 1970.
    pub fn time(from: bool, ns: i64) -> Self {
        let (op, compare) =
            if from { (Op::From, Compare::GreaterEqual) } else { (Op::Before, Compare::Less) };
        Self {
            subject: Subject::Field("_time".into()),
            op,
            value: ns.to_string().into(),
            case: true,
            test: Test::Time(compare, ns),
        }
    }

    /// The same of another field. What looks at the text of the event stays as it is.
    #[must_use]
    pub(crate) fn of_field(&self, field: FieldName) -> Self {
        match self.subject {
            Subject::Raw => self.clone(),
            Subject::Field(_) => Self { subject: Subject::Field(field), ..self.clone() },
        }
    }

    /// The field that it reads; may have wildcards. `_raw` for the text of the event.
    pub fn field(&self) -> &str {
        match &self.subject {
            Subject::Field(name) => name,
            Subject::Raw => "_raw",
        }
    }

    /// What it looks at.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// How it looks at it.
    pub fn op(&self) -> Op {
        self.op
    }

    /// The value that it compares with, with its wildcards; in lower case where letter case does not count.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether letter case counts.
    pub fn case(&self) -> bool {
        self.case
    }

    /// The wildcard pattern of `=` and `!=`.
    pub fn glob(&self) -> Option<&Glob> {
        match &self.test {
            Test::Glob(glob) | Test::Cidr(_, glob) => Some(glob),
            Test::Exists | Test::Compare(..) | Test::Phrase(_) | Test::Time(..) => None,
        }
    }

    /// In which rows of a batch it holds.
    pub fn mask(&self, batch: &Batch) -> Mask {
        let field = self.field();
        if !field.contains('*') {
            return batch.column(field).map_or(Mask::None, |column| self.column_mask(column));
        }
        let names = Glob::new(field, true);
        let mut any = Mask::None;
        for (_, column) in batch.columns().filter(|(name, _)| names.matches(name)) {
            any = any.or(self.column_mask(column));
        }
        any
    }

    /// In which rows of a column it holds.
    pub fn column_mask(&self, column: &Column) -> Mask {
        if column.all_null() {
            return Mask::None;
        }
        if let Some(text) = column.as_constant() {
            return if self.holds(Cell::Text(text)) { Mask::All } else { Mask::None };
        }
        match (&self.test, column) {
            (Test::Exists, _) => match column.array().nulls() {
                Some(nulls) => Mask::from(nulls.inner().clone()),
                None => Mask::All,
            },
            (Test::Glob(glob), Column::Text(texts)) => {
                let negated = self.op == Op::NotEqual;
                rows(texts, |row| glob.matches(texts.value(row)) != negated)
            }
            (Test::Phrase(phrase), Column::Text(texts)) => rows(texts, |row| phrase.is_in(texts.value(row))),
            _ => Mask::from(BooleanBuffer::collect_bool(column.len(), |row| self.holds(column.cell(row)))),
        }
    }

    /// The block of addresses that `=` or `!=` names.
    pub(crate) fn block(&self) -> Option<&Cidr> {
        if let Test::Cidr(block, _) = &self.test { Some(block) } else { None }
    }

    /// Whether it holds for the value of one row.
    pub fn holds(&self, cell: Cell<'_>) -> bool {
        match cell {
            Cell::Null => false,
            Cell::List(values, from, to) => (from..to).any(|i| self.holds_one(Cell::Text(values.value(i)))),
            one => self.holds_one(one),
        }
    }

    fn holds_one(&self, cell: Cell<'_>) -> bool {
        match (&self.test, cell) {
            (Test::Exists, _) => true,
            (Test::Compare(op, Some(number)), Cell::Int(_) | Cell::Float(_) | Cell::Time(_)) => {
                Number::of(&cell.into()).is_some_and(|value| op.holds(value.compare(*number)))
            }
            (Test::Time(op, ns), cell) => {
                crate::time::of_value(&cell.into()).is_some_and(|time| op.holds(time.cmp(ns)))
            }
            (_, Cell::Text(text)) => self.holds_text(text),
            (_, other) => self.holds_text(&cell_text(other)),
        }
    }

    fn holds_text(&self, text: &str) -> bool {
        let fits = match &self.test {
            Test::Exists => true,
            Test::Glob(glob) => glob.matches(text),
            Test::Cidr(block, glob) => block.holds(text) || glob.matches(text),
            Test::Compare(op, number) => op.holds(self.ordering(*number, text)),
            Test::Phrase(phrase) => phrase.is_in(text),
            Test::Time(op, ns) => crate::time::of_text(text).is_some_and(|time| op.holds(time.cmp(ns))),
        };
        fits != (self.op == Op::NotEqual)
    }

    fn ordering(&self, number: Option<Number>, text: &str) -> Ordering {
        match number.and_then(|number| Some((Number::of_text(text)?, number))) {
            Some((value, number)) => value.compare(number),
            None => text.cmp(&self.value),
        }
    }
}

fn folded(value: &str, case: bool) -> Arc<str> {
    if case { value.into() } else { fold(value).into() }
}

/// The rows of an array that are not null and satisfy a test.
fn rows(array: &dyn Array, test: impl Fn(usize) -> bool) -> Mask {
    Mask::from(match array.nulls() {
        None => BooleanBuffer::collect_bool(array.len(), test),
        Some(nulls) => BooleanBuffer::collect_bool(array.len(), |row| nulls.is_valid(row) && test(row)),
    })
}

#[cfg(test)]
mod tests;
