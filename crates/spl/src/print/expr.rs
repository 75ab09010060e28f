//! Eval expressions.

use super::{macro_call, word};
use crate::ast::{Binary, Expr, ExprKind, Logic};

/// An eval expression with the parentheses that it needs and no others.
pub fn expression(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Number(raw) => raw.clone(),
        ExprKind::Text(w) | ExprKind::Field(w) => word(w),
        ExprKind::Sign { negative, operand } => {
            format!("{}{}", if *negative { "-" } else { "+" }, at_least(operand, level(expr)))
        }
        ExprKind::Not(inner) => format!("NOT {}", at_least(inner, level(expr))),
        ExprKind::Binary { op, left, right } => {
            format!("{} {} {}", at_least(left, level(expr)), symbol(*op), at_least(right, level(expr) + 1))
        }
        ExprKind::Logic { op, terms } => {
            let terms: Vec<String> = terms.iter().map(|t| at_least(t, level(expr) + 1)).collect();
            terms.join(match op {
                Logic::And => " AND ",
                Logic::Or => " OR ",
                Logic::Xor => " XOR ",
            })
        }
        ExprKind::Call { name, args } => format!("{}({})", word(name), list(args)),
        ExprKind::In { value, list: values } => {
            format!("{} IN ({})", at_least(value, level(expr)), list(values))
        }
        ExprKind::Macro(call) => macro_call(call),
        ExprKind::Subsearch(inner) => super::subsearch(inner),
    }
}

fn list(args: &[Expr]) -> String {
    args.iter().map(expression).collect::<Vec<_>>().join(", ")
}

/// In parentheses when it binds looser than `wanted`.
fn at_least(expr: &Expr, wanted: u8) -> String {
    if level(expr) < wanted { format!("({})", expression(expr)) } else { expression(expr) }
}

/// How tight an expression binds; the parser's levels.
fn level(expr: &Expr) -> u8 {
    match &expr.kind {
        ExprKind::Logic { op: Logic::Xor, .. } => 0,
        ExprKind::Logic { op: Logic::Or, .. } => 1,
        ExprKind::Logic { op: Logic::And, .. } => 2,
        ExprKind::Not(_) => 3,
        ExprKind::In { .. } | ExprKind::Binary { op: Binary::Compare(_) | Binary::Like, .. } => 4,
        ExprKind::Binary { op: Binary::Concat, .. } => 5,
        ExprKind::Binary { op: Binary::Add | Binary::Subtract, .. } => 6,
        ExprKind::Binary { .. } => 7,
        ExprKind::Sign { .. } => 8,
        _ => 9,
    }
}

fn symbol(op: Binary) -> &'static str {
    match op {
        Binary::Add => "+",
        Binary::Subtract => "-",
        Binary::Multiply => "*",
        Binary::Divide => "/",
        Binary::Modulo => "%",
        Binary::Concat => ".",
        Binary::Compare(op) => op.symbol(),
        Binary::Like => "LIKE",
    }
}
