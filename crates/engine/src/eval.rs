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
pub(crate) use node::{Node, Row};

use crate::{Context, Value};
use arrow_array::BooleanArray;
use arrow_buffer::BooleanBuffer;
use distinct::Distinct;
use grotto_diag::{Diagnostic, Span};
use grotto_events::{Batch, Column, FieldName};
use grotto_spl::ast::Expr;
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
        if let Some(value) = bound.same_everywhere(rows) {
            return column::repeated(&value, rows);
        }
        if let Some(distinct) = bound.distinct(rows) {
            let values: Vec<Datum<'_>> = distinct.rows.iter().map(|row| bound.read(*row)).collect();
            return column::collect(&values).map(|column| column.take(&distinct.like));
        }
        column::collect(&(0..rows).map(|row| bound.read(row)).collect::<Vec<_>>())
    }

    /// In which rows it is true; null and everything that is not a boolean count as false.
    pub fn mask(&self, batch: &Batch) -> BooleanArray {
        let rows = batch.rows();
        let bound = self.bind(batch);
        if let Some(value) = bound.same_everywhere(rows) {
            return BooleanArray::from(vec![value == Value::Bool(true); rows]);
        }
        let holds = |row: usize| bound.read(row).boolean() == Some(true);
        let mask = match bound.distinct(rows) {
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

impl Bound<'_> {
    /// The value in one row; null past the end.
    pub fn value(&self, row: usize) -> Value {
        self.read(row).into_value()
    }

    fn read(&self, row: usize) -> Datum<'_> {
        self.expression.node.read(&Row::new(&self.columns, row, &self.expression.context))
    }

    /// The rows that differ in what it is computed from, where that saves work.
    fn distinct(&self, rows: usize) -> Option<Distinct> {
        if self.expression.volatile { None } else { Distinct::of(&self.columns, rows) }
    }

    /// The value, if no column that it is computed from differs between rows.
    fn same_everywhere(&self, rows: usize) -> Option<Value> {
        let same = rows > 0
            && !self.expression.volatile
            && self.columns.iter().flatten().all(|column| column.as_constant().is_some());
        same.then(|| self.value(0))
    }
}

#[cfg(test)]
mod tests;
