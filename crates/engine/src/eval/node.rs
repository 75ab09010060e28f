//! Compiled expressions and their evaluation.

use super::operators;
use crate::functions::{Body, Function, Prepared, Returns};
use crate::{Context, Value};
use grotto_events::{Cell, Column};
use grotto_spl::ast::{Binary, Logic};
use std::borrow::Cow;

/// A compiled expression. Fields are numbers into the list of fields that the expression reads.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// A value known beforehand.
    Constant(Value),
    /// A field.
    Field(usize),
    /// `-x` or `+x`.
    Sign {
        /// Whether it is `-`.
        negative: bool,
        /// The operand.
        operand: Box<Node>,
    },
    /// `NOT x`.
    Not(Box<Node>),
    /// Two operands.
    Binary {
        /// The operator.
        op: Binary,
        /// Left.
        left: Box<Node>,
        /// Right.
        right: Box<Node>,
    },
    /// Terms joined by a logical operator.
    Logic {
        /// The operator.
        op: Logic,
        /// The terms.
        terms: Vec<Node>,
    },
    /// `x IN (…)`.
    In {
        /// What is looked for.
        value: Box<Node>,
        /// Where.
        list: Vec<Node>,
    },
    /// A function.
    Call(Call),
}

/// A function with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The function.
    pub(crate) function: &'static Function,
    /// Its arguments.
    pub(crate) args: Vec<Node>,
    /// What was made of its constant arguments.
    pub(crate) prepared: Option<Prepared>,
}

/// One row as an expression sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    columns: &'a [Option<&'a Column>],
    row: usize,
    /// Settings of the run.
    pub(crate) context: &'a Context,
    replaced: Option<Replaced<'a>>,
}

/// A field that has another value for a while, as inside `mvmap`.
#[derive(Debug, Clone, Copy)]
struct Replaced<'a> {
    field: usize,
    value: &'a Value,
    outer: Option<&'a Row<'a>>,
}

impl<'a> Row<'a> {
    /// A row of columns that are in the order of the expression's fields.
    pub(super) fn new(columns: &'a [Option<&'a Column>], row: usize, context: &'a Context) -> Self {
        Self { columns, row, context, replaced: None }
    }

    /// The same row with another value for one field.
    pub(crate) fn with<'b>(&'b self, field: usize, value: &'b Value) -> Row<'b> {
        Row { replaced: Some(Replaced { field, value, outer: Some(self) }), ..*self }
    }

    fn replacement(&self, field: usize) -> Option<&'a Value> {
        let mut replaced = self.replaced.as_ref();
        while let Some(one) = replaced {
            if one.field == field {
                return Some(one.value);
            }
            replaced = one.outer.and_then(|row| row.replaced.as_ref());
        }
        None
    }

    fn cell(&self, field: usize) -> Cell<'a> {
        self.columns.get(field).copied().flatten().map_or(Cell::Null, |column| column.cell(self.row))
    }
}

impl Node {
    /// The value in a row.
    pub(crate) fn value(&self, row: &Row<'_>) -> Value {
        match self {
            Self::Constant(value) => value.clone(),
            Self::Field(field) => match row.replacement(*field) {
                Some(value) => value.clone(),
                None => Value::from(row.cell(*field)),
            },
            Self::Sign { negative, operand } => operators::sign(*negative, &operand.value(row)),
            Self::Not(operand) => match operand.value(row) {
                Value::Bool(b) => Value::Bool(!b),
                _ => Value::Null,
            },
            Self::Binary { op, left, right } => self::binary(*op, &left.read(row), &right.read(row)),
            Self::Logic { op, terms } => logic(*op, terms, row),
            Self::In { value, list } => {
                operators::is_in(&value.read(row), list.iter().map(|item| item.read(row)))
            }
            Self::Call(call) => call.value(row),
        }
    }

    /// The value in a row, borrowed where it is at hand.
    pub(crate) fn read<'v>(&'v self, row: &Row<'v>) -> Cow<'v, Value> {
        match self {
            Self::Constant(value) => Cow::Borrowed(value),
            Self::Field(field) => match row.replacement(*field) {
                Some(value) => Cow::Borrowed(value),
                None => Cow::Owned(Value::from(row.cell(*field))),
            },
            other => Cow::Owned(other.value(row)),
        }
    }

    /// Whether it is true in a row.
    pub(crate) fn holds(&self, row: &Row<'_>) -> bool {
        self.value(row) == Value::Bool(true)
    }

    /// Whether its value is evidently true or false.
    pub(crate) fn is_boolean(&self) -> bool {
        match self {
            Self::Not(_) | Self::Logic { .. } | Self::In { .. } => true,
            Self::Constant(value) => matches!(value, Value::Bool(_)),
            Self::Binary { op, .. } => matches!(op, Binary::Compare(_) | Binary::Like),
            Self::Call(call) => call.function.returns == Returns::Bool,
            Self::Field(_) | Self::Sign { .. } => false,
        }
    }

    /// The first field that it reads.
    pub(crate) fn first_field(&self) -> Option<usize> {
        match self {
            Self::Constant(_) => None,
            Self::Field(field) => Some(*field),
            Self::Sign { operand, .. } | Self::Not(operand) => operand.first_field(),
            Self::Binary { left, right, .. } => left.first_field().or_else(|| right.first_field()),
            Self::Logic { terms, .. } => terms.iter().find_map(Self::first_field),
            Self::In { value, list } => {
                value.first_field().or_else(|| list.iter().find_map(Self::first_field))
            }
            Self::Call(call) => call.args.iter().find_map(Self::first_field),
        }
    }

    /// The value, if it is known beforehand.
    pub(crate) fn constant(&self) -> Option<&Value> {
        if let Self::Constant(value) = self { Some(value) } else { None }
    }
}

fn binary(op: Binary, left: &Value, right: &Value) -> Value {
    match op {
        Binary::Compare(op) => operators::compare(op, left, right),
        Binary::Concat => operators::concat(left, right),
        Binary::Like => operators::like(left, right),
        Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Modulo => {
            operators::arithmetic(op, left, right)
        }
    }
}

/// Three-valued logic: what is no boolean is unknown, and the result is unknown unless it does not matter.
fn logic(op: Logic, terms: &[Node], row: &Row<'_>) -> Value {
    let mut result = Some(op == Logic::And);
    for term in terms {
        let value = match term.value(row) {
            Value::Bool(b) => Some(b),
            _ => None,
        };
        match (op, value) {
            (Logic::And, Some(false)) => return Value::Bool(false),
            (Logic::Or, Some(true)) => return Value::Bool(true),
            (Logic::Xor, Some(b)) => result = result.map(|r| r ^ b),
            (_, None) => result = None,
            (Logic::And | Logic::Or, Some(_)) => {}
        }
    }
    result.map_or(Value::Null, Value::Bool)
}

impl Call {
    /// The function's value in a row.
    pub(crate) fn value(&self, row: &Row<'_>) -> Value {
        if let Body::Lazy(run) = self.function.body {
            return run(&self.args, row);
        }
        let args: Vec<Value> = self.args.iter().map(|arg| arg.value(row)).collect();
        match (self.function.body, &self.prepared) {
            (Body::Values(run), _) => run(&args, row.context),
            (Body::Strict(run), _) => strict(run, &args, row.context),
            (Body::Each(run), _) => each(run, args, row.context),
            (Body::Prepared(_), Some(prepared)) => prepared.run(&args, row.context),
            (Body::Prepared(_) | Body::Lazy(_), _) => Value::Null,
        }
    }
}

type Run = fn(&[Value], &Context) -> Value;

fn strict(run: Run, args: &[Value], context: &Context) -> Value {
    if args.iter().any(Value::is_null) { Value::Null } else { run(args, context) }
}

/// Runs a function for every value of a multivalue first argument.
fn each(run: Run, mut args: Vec<Value>, context: &Context) -> Value {
    let values = match args.first_mut() {
        Some(Value::List(values)) => std::mem::take(values),
        _ => return strict(run, &args, context),
    };
    let results = values.into_iter().filter_map(|value| {
        args[0] = Value::Text(value);
        let result = strict(run, &args, context);
        (!result.is_null()).then(|| result.text())
    });
    Value::list(results.collect())
}
