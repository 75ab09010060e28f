//! Eval expressions: what `eval`, `where`, `stats count(eval(…))` and calculated fields compute.
//!
//! [`Expression::compile`] resolves names, checks arguments, compiles regular expressions and folds constants once;
//! an [`Expression`] then gives a value for each row of any [`Batch`]. The functions live in [`crate::functions`].
//!
//! Facts: <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/eval>,
//! <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/where>.

mod column;
mod compile;
mod datum;
mod distinct;
mod implied;
mod like;
mod node;
pub(crate) mod operators;
mod search;

pub(crate) use datum::Datum;
pub(crate) use implied::{holding, implied};
pub(crate) use like::Like;
use node::Asked;
pub(crate) use node::{Node, Row};

use crate::{Context, Value};
use arrow_array::{Array, BooleanArray};
use arrow_buffer::BooleanBuffer;
use distinct::Distinct;
use grotto_diag::{Diagnostic, Span};
use grotto_events::{Batch, Column, FieldName};
use grotto_spl::ast::{Expr, Logic};
use std::sync::Arc;

/// A compiled eval expression, good for any batch. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Expression {
    node: Arc<Node>,
    fields: Arc<[FieldName]>,
    volatile: bool,
    context: Arc<Context>,
    span: Span,
}

impl Expression {
    /// Compiles an expression.
    ///
    /// # Errors
    /// `eval/unknown-function`, `eval/unsupported-function`, `eval/arguments`, `engine/bad-regex`,
    /// `eval/bad-search`, `eval/several-fields`, `engine/macro-left`, `engine/subsearch-left`: each with the place.
    pub fn compile(expr: &Expr, context: &Context) -> Result<Self, Box<Diagnostic>> {
        let mut compiler = compile::Compiler::new(context);
        let node = compiler.node(expr)?;
        let (fields, volatile) = compiler.finish();
        Ok(Self {
            node: Arc::new(node),
            fields,
            volatile,
            context: Arc::new(context.clone()),
            span: expr.at.0,
        })
    }

    /// Compiles an expression whose value is given to a field.
    ///
    /// # Errors
    /// As [`compile`](Self::compile), and `eval/boolean-result` when the value is evidently true or false, which a
    /// field can't hold.
    pub fn compile_assignment(expr: &Expr, context: &Context) -> Result<Self, Box<Diagnostic>> {
        let expression = Self::compile(expr, context)?;
        if expression.is_boolean() {
            return Err(Box::new(
                Diagnostic::error("eval/boolean-result", "a field can't be given a boolean")
                    .at(expression.span, "this is true or false")
                    .help("wrap it: if(…, \"true\", \"false\")"),
            ));
        }
        Ok(expression)
    }

    /// The fields that it reads, each once.
    pub fn fields(&self) -> impl Iterator<Item = &FieldName> {
        self.fields.iter()
    }

    /// Whether its value may differ between rows though its fields do not.
    pub fn is_volatile(&self) -> bool {
        self.volatile
    }

    /// Whether its value is evidently true or false (or null).
    pub fn is_boolean(&self) -> bool {
        self.node.is_boolean()
    }

    /// Its value, if that is the same everywhere.
    pub fn constant(&self) -> Option<&Value> {
        if let Node::Constant(value) = &*self.node { Some(value) } else { None }
    }

    /// Looks up the columns of a batch once, for reading many rows.
    pub fn bind<'a>(&'a self, batch: &'a Batch) -> Bound<'a> {
        Bound { expression: self, columns: self.fields.iter().map(|name| batch.column(name)).collect() }
    }

    /// The value in one row; null past the end.
    pub fn value(&self, batch: &Batch, row: usize) -> Value {
        self.bind(batch).value(row)
    }

    /// The values of all rows. Whole numbers make an integer column, numbers a float column, times a time column,
    /// any multivalue value a multivalue column, everything else text; `None` when all are null.
    pub fn column(&self, batch: &Batch) -> Option<Column> {
        let rows = batch.rows();
        let bound = self.bind(batch);
        if let Node::Field(slot) = &*self.node {
            return bound.columns.get(*slot).copied().flatten().filter(|column| !column.all_null()).cloned();
        }
        let part = bound.part(rows)?;
        if let Some(text @ Column::Text(_)) = part.field() {
            return Some(text).filter(|column| !column.all_null()).cloned();
        }
        if part.is_same(rows) {
            return column::repeated(&part.read(0).into_value(), rows);
        }
        if let Some(distinct) = part.distinct(rows) {
            let values: Vec<Datum<'_>> = distinct.rows.iter().map(|row| part.read(*row)).collect();
            return column::collect(&values).map(|column| column.take(&distinct.like));
        }
        column::collect(&(0..rows).map(|row| part.read(row)).collect::<Vec<_>>())
    }

    /// In which rows it is true; null and everything that is not a boolean count as false.
    pub fn mask(&self, batch: &Batch) -> BooleanArray {
        let rows = batch.rows();
        let bound = self.bind(batch);
        let Some(part) = bound.part(rows) else { return BooleanArray::from(vec![false; rows]) };
        let holds = |row: usize| part.read(row).boolean() == Some(true);
        if part.is_same(rows) {
            return BooleanArray::from(vec![holds(0); rows]);
        }
        let mask = match part.distinct(rows) {
            Some(Distinct { rows: distinct, like }) => {
                let known: Vec<bool> = distinct.into_iter().map(holds).collect();
                BooleanBuffer::collect_bool(rows, |row| known[like[row] as usize])
            }
            None => BooleanBuffer::collect_bool(rows, holds),
        };
        BooleanArray::new(mask, None)
    }
}

/// The text that an expression without fields gives; the definition of a macro with `iseval` is one.
///
/// # Errors
/// What is wrong with it, with places in `text`; `eval/no-text` when its value is null or a boolean.
pub fn text(text: &str, context: &Context) -> Result<String, Box<Diagnostic>> {
    let tree = grotto_spl::parse_expression(text)?;
    let expression = Expression::compile(&tree, context)?;
    match expression.value(&Batch::new(1), 0) {
        Value::Null | Value::Bool(_) => {
            Err(Box::new(Diagnostic::error("eval/no-text", "the expression gives no text").at(tree.at.0, "")))
        }
        value => Ok(value.text()),
    }
}

/// An expression with the columns of one batch.
#[derive(Debug)]
pub struct Bound<'a> {
    expression: &'a Expression,
    columns: Vec<Option<&'a Column>>,
}

impl<'a> Bound<'a> {
    /// The value in one row; null past the end.
    pub fn value(&self, row: usize) -> Value {
        self.read(&self.expression.node, row).into_value()
    }

    fn read<'r>(&'r self, node: &'r Node, row: usize) -> Datum<'r> {
        node.read(&Row::new(&self.columns, row, &self.expression.context))
    }

    /// The part of the expression that its value is in all rows; `None` when that is null. What an add-on makes of an event is
    /// mostly chosen by what all events of a type have in common.
    fn part(&self, rows: usize) -> Option<Part<'_, 'a>> {
        let mut holds = |condition: &Node| {
            let asked = rows > 0 && !self.expression.volatile;
            asked.then(|| self.holds_everywhere(condition)).flatten()
        };
        let node = self.expression.node.chosen(&mut holds)?;
        Some(Part { bound: self, node, columns: self.columns_of(node) })
    }

    /// Whether a condition is true in all rows, of which there are some, or in none; `None` when that can't be told
    /// without asking each.
    fn holds_everywhere(&self, condition: &Node) -> Option<bool> {
        if self.columns_of(condition).iter().all(|column| is_same(column)) {
            return Some(self.read(condition, 0).boolean() == Some(true));
        }
        if let Node::Logic { op: op @ (Logic::And | Logic::Or), terms } = condition {
            let decides = *op == Logic::Or;
            let mut terms = terms.iter().map(|term| self.holds_everywhere(term));
            let mut all = true;
            return match terms.find(|holds| {
                all &= holds.is_some();
                *holds == Some(decides)
            }) {
                Some(_) => Some(decides),
                None => all.then_some(!decides),
            };
        }
        let (field, asked) = condition.asks_for_value()?;
        let Some(Column::Text(texts)) = self.columns.get(field).copied().flatten() else { return None };
        let there = || texts.null_count() == 0;
        let filled = || texts.iter().flatten().all(|text| !text.is_empty());
        match asked {
            Asked::Null => there().then_some(false),
            Asked::NotNull => there().then_some(true),
            Asked::Empty => filled().then_some(false),
            Asked::NotEmpty => (there() && filled()).then_some(true),
        }
    }

    /// The columns that a part of the expression reads.
    fn columns_of(&self, node: &Node) -> Vec<&'a Column> {
        let mut fields = Vec::new();
        node.fields(&mut |field| {
            if !fields.contains(&field) {
                fields.push(field);
            }
        });
        fields.into_iter().filter_map(|field| self.columns.get(field).copied().flatten()).collect()
    }
}

/// Whether a column has the same in every row.
fn is_same(column: &Column) -> bool {
    column.all_null() || column.as_constant().is_some()
}

/// A part of an expression, with the columns of one batch.
struct Part<'b, 'a> {
    bound: &'b Bound<'a>,
    node: &'b Node,
    /// Those that it reads.
    columns: Vec<&'a Column>,
}

impl<'a> Part<'_, 'a> {
    fn read(&self, row: usize) -> Datum<'_> {
        self.bound.read(self.node, row)
    }

    /// The column of the field that it is.
    fn field(&self) -> Option<&'a Column> {
        if let Node::Field(slot) = self.node {
            self.bound.columns.get(*slot).copied().flatten()
        } else {
            None
        }
    }

    /// Whether its value is evidently the same in all rows, of which there are some.
    fn is_same(&self, rows: usize) -> bool {
        rows > 0 && !self.bound.expression.volatile && self.columns.iter().all(|column| is_same(column))
    }

    /// The rows that differ in what it is computed from, where that saves work.
    fn distinct(&self, rows: usize) -> Option<Distinct> {
        if self.bound.expression.volatile { None } else { Distinct::of(&self.columns, rows) }
    }
}

#[cfg(test)]
mod tests;
