//! From syntax tree to [`Node`]s.

use super::node::Call;
use super::search::Search;
use super::{Node, Row};
use crate::functions::{self, Body, Function};
use crate::value::parse_number;
use crate::{Context, Value};
use grotto_diag::Diagnostic;
use grotto_events::FieldName;
use grotto_spl::ast::{Expr, ExprKind, Word};
use grotto_spl::text;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use std::sync::Arc;

type Compiled<T> = Result<T, Box<Diagnostic>>;

/// Compiles one expression.
pub(super) struct Compiler<'c> {
    context: &'c Context,
    fields: IndexSet<FieldName, FxBuildHasher>,
    volatile: bool,
}

impl<'c> Compiler<'c> {
    pub(super) fn new(context: &'c Context) -> Self {
        Self { context, fields: IndexSet::default(), volatile: false }
    }

    /// The fields that were met, and whether rows with the same fields may give different values.
    pub(super) fn finish(self) -> (Arc<[FieldName]>, bool) {
        (self.fields.into_iter().collect(), self.volatile)
    }

    pub(super) fn node(&mut self, expr: &Expr) -> Compiled<Node> {
        let node = match &expr.kind {
            ExprKind::Number(text) => return Ok(Node::Constant(number(text))),
            ExprKind::Text(word) => return Ok(Node::Constant(Value::Text(text::eval(word)))),
            ExprKind::Field(word) => return Ok(self.field(word)),
            ExprKind::Sign { negative, operand } => {
                Node::Sign { negative: *negative, operand: Box::new(self.node(operand)?) }
            }
            ExprKind::Not(operand) => Node::Not(Box::new(self.node(operand)?)),
            ExprKind::Binary { op, left, right } => {
                Node::Binary { op: *op, left: Box::new(self.node(left)?), right: Box::new(self.node(right)?) }
            }
            ExprKind::Logic { op, terms } => Node::Logic { op: *op, terms: self.nodes(terms)? },
            ExprKind::In { value, list } => {
                Node::In { value: Box::new(self.node(value)?), list: self.nodes(list)? }
            }
            ExprKind::Call { name, args } => self.call(expr, name, args)?,
            ExprKind::Macro(call) => {
                return Err(error(
                    "engine/macro-left",
                    format!("the macro `{}` was not expanded", call.name),
                    expr,
                ));
            }
            ExprKind::Subsearch(_) => {
                return Err(error(
                    "engine/subsearch-left",
                    "a subsearch can't stand in an eval expression here",
                    expr,
                ));
            }
        };
        Ok(self.folded(node))
    }

    fn nodes(&mut self, exprs: &[Expr]) -> Compiled<Vec<Node>> {
        exprs.iter().map(|expr| self.node(expr)).collect()
    }

    fn field(&mut self, word: &Word) -> Node {
        let name = text::field(word);
        Node::Field(self.fields.insert_full(FieldName::from(name.as_str())).0)
    }

    fn call(&mut self, expr: &Expr, name: &Word, args: &[Expr]) -> Compiled<Node> {
        let function = functions::find(name)?;
        if !function.takes(args.len()) {
            return Err(wrong_count(function, name, args.len(), expr));
        }
        if function.name == "searchmatch" {
            return self.search(expr, args);
        }
        self.volatile |= function.volatile;
        let args_nodes = self.nodes(args)?;
        if function.name == "mvfilter" {
            one_field(&args_nodes, expr)?;
        }
        let prepared = match function.body {
            Body::Prepared(prepare) => {
                let constants: Vec<Option<&Value>> = args_nodes.iter().map(Node::constant).collect();
                let prepared = prepare(&constants, self.context).map_err(|fault| {
                    let span = args.get(fault.argument).map_or(expr.at.0, |arg| arg.at.0);
                    Box::new(Diagnostic::error(fault.slug, fault.message).at(span, fault.label))
                })?;
                Some(prepared)
            }
            _ => None,
        };
        Ok(Node::Call(Call { function, args: args_nodes, prepared }))
    }

    /// `searchmatch("…")`: its argument is read now, so it must be written out.
    fn search(&mut self, expr: &Expr, args: &[Expr]) -> Compiled<Node> {
        let [Expr { kind: ExprKind::Text(word), at }] = args else {
            return Err(error(
                "eval/bad-search",
                "`searchmatch` takes a search expression in double quotes",
                expr,
            ));
        };
        let text = text::eval(word);
        let mut field = |name| self.fields.insert_full(name).0;
        Search::compile(&text, at.0, self.context, &mut field).map(Node::Search)
    }

    /// The node's value, if it depends on nothing.
    fn folded(&self, node: Node) -> Node {
        let known = match &node {
            Node::Constant(_) | Node::Field(_) | Node::Search(_) => false,
            Node::Sign { operand, .. } | Node::Not(operand) => operand.constant().is_some(),
            Node::Binary { left, right, .. } => left.constant().is_some() && right.constant().is_some(),
            Node::Logic { terms, .. } => terms.iter().all(|term| term.constant().is_some()),
            Node::In { value, list } => {
                value.constant().is_some() && list.iter().all(|item| item.constant().is_some())
            }
            Node::Call(call) => {
                !call.function.volatile && call.args.iter().all(|arg| arg.constant().is_some())
            }
        };
        if known { Node::Constant(node.read(&Row::new(&[], 0, self.context)).into_value()) } else { node }
    }
}

/// `mvfilter` goes through the values of the one field of its condition.
fn one_field(args: &[Node], expr: &Expr) -> Compiled<()> {
    let mut fields = std::collections::BTreeSet::new();
    for arg in args {
        arg.fields(&mut |field| {
            fields.insert(field);
        });
    }
    match fields.len() {
        0 | 1 => Ok(()),
        _ => Err(error("eval/several-fields", "the condition of `mvfilter` can read one field only", expr)),
    }
}

fn number(text: &str) -> Value {
    match text.parse() {
        Ok(whole) => Value::Int(whole),
        Err(_) => parse_number(text).map_or(Value::Null, Value::Float),
    }
}

fn error(slug: &'static str, message: impl Into<String>, expr: &Expr) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(slug, message).at(expr.at.0, ""))
}

fn wrong_count(function: &Function, name: &Word, count: usize, expr: &Expr) -> Box<Diagnostic> {
    let given = if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") };
    Box::new(
        Diagnostic::error(
            "eval/arguments",
            format!("`{}` takes {}, not {count}", name.raw, function.counts()),
        )
        .at(expr.at.0, given)
        .help(format!("write {}", function.syntax)),
    )
}
