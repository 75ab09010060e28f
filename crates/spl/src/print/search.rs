//! Boolean search expressions.

use super::{macro_call, word};
use crate::ast::{SearchExpr, SearchValue};

/// A search expression with the parentheses that it needs, and those around OR beside AND: SPL reads it the same without
/// them, people don't.
pub fn search_expression(expr: &SearchExpr) -> String {
    match expr {
        SearchExpr::And(terms, _) => {
            let mut out = String::new();
            for term in terms {
                let text = tight(term);
                if !out.is_empty() {
                    // A term that begins like an operator would be read as a comparison with the word before it, and
                    // parentheses behind the word `in` as a list of values.
                    let joined = text.starts_with(['=', '<', '>', '!'])
                        || (text.starts_with('(') && ends_with_in(&out));
                    out.push_str(if joined { " AND " } else { " " });
                }
                out.push_str(&text);
            }
            out
        }
        SearchExpr::Or(terms, _) => {
            let terms: Vec<String> = terms.iter().map(tight).collect();
            terms.join(" OR ")
        }
        SearchExpr::Not(inner, _) => format!("NOT {}", tight(inner)),
        SearchExpr::Compare { field, op, value: operand, .. } => {
            format!("{}{}{}", word(field), op.symbol(), value(operand))
        }
        SearchExpr::In { field, values, .. } => {
            let values: Vec<String> = values.iter().map(value).collect();
            format!("{} IN ({})", word(field), values.join(", "))
        }
        SearchExpr::Term(term) => value(term),
    }
}

/// Whether the last word is `in`.
fn ends_with_in(text: &str) -> bool {
    text.rsplit(char::is_whitespace).next().is_some_and(|word| word.eq_ignore_ascii_case("in"))
}

/// In parentheses if it is AND or OR.
fn tight(expr: &SearchExpr) -> String {
    match expr {
        SearchExpr::And(..) | SearchExpr::Or(..) => parens(expr),
        _ => search_expression(expr),
    }
}

fn parens(expr: &SearchExpr) -> String {
    format!("({})", search_expression(expr))
}

fn value(value: &SearchValue) -> String {
    match value {
        SearchValue::Word(w) => word(w),
        SearchValue::Case(w, _) => format!("CASE({})", word(w)),
        SearchValue::Term(w, _) => format!("TERM({})", word(w)),
        SearchValue::Macro(call) => macro_call(call),
        SearchValue::Subsearch(inner) => super::subsearch(inner),
    }
}
