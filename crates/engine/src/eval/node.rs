//! Compiled expressions and their evaluation.

use super::search::Search;
use super::{Datum, operators};
use crate::functions::{Body, Function, Prepared, Returns};
use crate::{Context, Value};
use grotto_events::{Cell, Column};
use grotto_spl::ast::{Binary, Compare, Logic};

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
    /// A search expression.
    Search(Search),
    /// A function.
    Call(Call),
}

/// What a condition asks of a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    /// `isnull(field)`.
    Null,
    /// `isnotnull(field)`.
    NotNull,
    /// `field=""`.
    Empty,
    /// `field!=""`.
    NotEmpty,
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
    index: usize,
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
    pub(super) fn new(columns: &'a [Option<&'a Column>], index: usize, context: &'a Context) -> Self {
        Self { columns, index, context, replaced: None }
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

    /// The value of a field; of one that has another value for a while, that if it is text.
    pub(super) fn cell(&self, field: usize) -> Cell<'a> {
        if let Some(Value::Text(text)) = self.replacement(field) {
            return Cell::Text(text);
        }
        self.columns.get(field).copied().flatten().map_or(Cell::Null, |column| column.cell(self.index))
    }
}

impl Node {
    /// The value in a row.
    pub(crate) fn read<'v>(&'v self, row: &Row<'v>) -> Datum<'v> {
        match self {
            Self::Constant(value) => value.into(),
            Self::Field(field) => match row.replacement(*field) {
                Some(value) => value.into(),
                None => row.cell(*field).into(),
            },
            Self::Call(call) => call.read(row),
            Self::Search(search) => Value::Bool(search.holds(row)).into(),
            Self::Sign { negative, operand } => operators::sign(*negative, &operand.read(row)).into(),
            Self::Not(operand) => operand.read(row).boolean().map_or(Datum::NULL, |b| Value::Bool(!b).into()),
            Self::Binary { op, left, right } => binary(*op, &left.read(row), &right.read(row)).into(),
            Self::Logic { op, terms } => logic(*op, terms, row).map_or(Value::Null, Value::Bool).into(),
            Self::In { value, list } => {
                operators::is_in(&value.read(row), list.iter().map(|item| item.read(row))).into()
            }
        }
    }

    /// The part of it that its value is in all rows in which some conditions are known to hold or not (`holds`); `None`
    /// for null.
    pub(crate) fn chosen<'n>(&'n self, holds: &mut dyn FnMut(&'n Self) -> Option<bool>) -> Option<&'n Self> {
        let mut node = self;
        while let Self::Call(Call { function: Function { body: Body::Choice(choose), .. }, args, .. }) = node
        {
            match choose(args, holds) {
                Some(chosen) => node = chosen?,
                None => break,
            }
        }
        Some(node)
    }

    /// Whether it is true in a row.
    pub(crate) fn holds(&self, row: &Row<'_>) -> bool {
        self.read(row).boolean() == Some(true)
    }

    /// Whether its value is evidently true or false.
    pub(crate) fn is_boolean(&self) -> bool {
        match self {
            Self::Not(_) | Self::Logic { .. } | Self::In { .. } | Self::Search(_) => true,
            Self::Constant(value) => matches!(value, Value::Bool(_)),
            Self::Binary { op, .. } => matches!(op, Binary::Compare(_) | Binary::Like),
            Self::Call(call) => call.function.returns == Returns::Bool,
            Self::Field(_) | Self::Sign { .. } => false,
        }
    }

    /// The field of which it asks whether it has a value, and how.
    pub(super) fn asks_for_value(&self) -> Option<(usize, Asked)> {
        match self {
            Self::Call(Call { function, args, .. }) => match (function.name, args.as_slice()) {
                ("isnull", [Self::Field(field)]) => Some((*field, Asked::Null)),
                ("isnotnull", [Self::Field(field)]) => Some((*field, Asked::NotNull)),
                _ => None,
            },
            Self::Binary { op: Binary::Compare(op), left, right } => {
                let (Self::Field(field), Self::Constant(Value::Text(text))) = (&**left, &**right) else {
                    return None;
                };
                match op {
                    _ if !text.is_empty() => None,
                    Compare::Equal => Some((*field, Asked::Empty)),
                    Compare::NotEqual => Some((*field, Asked::NotEmpty)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The first field that it reads.
    pub(crate) fn first_field(&self) -> Option<usize> {
        let mut first = None;
        self.fields(&mut |field| first = first.or(Some(field)));
        first
    }

    /// Calls `each` with the number of every field that it reads, in the order of writing.
    pub(crate) fn fields(&self, each: &mut dyn FnMut(usize)) {
        match self {
            Self::Constant(_) => {}
            Self::Field(field) => each(*field),
            Self::Sign { operand, .. } | Self::Not(operand) => operand.fields(each),
            Self::Binary { left, right, .. } => {
                left.fields(each);
                right.fields(each);
            }
            Self::Logic { terms, .. } => terms.iter().for_each(|term| term.fields(each)),
            Self::In { value, list } => {
                value.fields(each);
                for item in list {
                    item.fields(each);
                }
            }
            Self::Search(search) => search.fields(each),
            Self::Call(call) => call.args.iter().for_each(|arg| arg.fields(each)),
        }
    }

    /// The value, if it is known beforehand.
    pub(crate) fn constant(&self) -> Option<&Value> {
        if let Self::Constant(value) = self { Some(value) } else { None }
    }
}

fn binary(op: Binary, left: &Datum<'_>, right: &Datum<'_>) -> Value {
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
fn logic(op: Logic, terms: &[Node], row: &Row<'_>) -> Option<bool> {
    let mut result = Some(op == Logic::And);
    for term in terms {
        match (op, term.read(row).boolean()) {
            (Logic::And, Some(false)) => return Some(false),
            (Logic::Or, Some(true)) => return Some(true),
            (Logic::Xor, Some(b)) => result = result.map(|r| r ^ b),
            (_, None) => result = None,
            (Logic::And | Logic::Or, Some(_)) => {}
        }
    }
    result
}

impl Call {
    /// The function's value in a row.
    fn read<'v>(&'v self, row: &Row<'v>) -> Datum<'v> {
        match (self.function.body, self.args.as_slice()) {
            (Body::Lazy(run), args) => run(args, row),
            (Body::Choice(choose), args) => choose(args, &mut |condition| Some(condition.holds(row)))
                .flatten()
                .map_or(Datum::NULL, |chosen| chosen.read(row)),
            // Few arguments need no allocation.
            (_, []) => self.run(&mut [], row.context).into(),
            (_, [a]) => self.run(&mut [a.read(row)], row.context).into(),
            (_, [a, b]) => self.run(&mut [a.read(row), b.read(row)], row.context).into(),
            (_, args) => {
                let mut args: Vec<Datum<'_>> = args.iter().map(|arg| arg.read(row)).collect();
                self.run(&mut args, row.context).into()
            }
        }
    }

    fn run(&self, args: &mut [Datum<'_>], context: &Context) -> Value {
        let value = match (self.function.body, &self.prepared) {
            (Body::Values(run), _) => run(args, context),
            (Body::Strict(run), _) => strict(run, args, context),
            (Body::Each(run), _) => each(run, args, context),
            (Body::Prepared(_), Some(prepared)) => prepared.run(args, context),
            (Body::Prepared(_) | Body::Lazy(_) | Body::Choice(_), _) => Value::Null,
        };
        if is_too_long(&value) { Value::Null } else { value }
    }
}

fn is_too_long(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.len() > operators::LONGEST,
        Value::List(values) => values.iter().map(String::len).sum::<usize>() > operators::LONGEST,
        _ => false,
    }
}

type Run = fn(&[Datum<'_>], &Context) -> Value;

fn strict(run: Run, args: &[Datum<'_>], context: &Context) -> Value {
    if args.iter().any(Datum::is_null) { Value::Null } else { run(args, context) }
}

/// Runs a function for every value of a multivalue first argument.
fn each(run: Run, args: &mut [Datum<'_>], context: &Context) -> Value {
    let Some(values) = args.first().and_then(Datum::list).map(<[String]>::to_vec) else {
        return strict(run, args, context);
    };
    let results = values.into_iter().filter_map(|value| {
        args[0] = Value::Text(value).into();
        let result = strict(run, args, context);
        (!result.is_null()).then(|| result.text())
    });
    Value::list(results.collect())
}
