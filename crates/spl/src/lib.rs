//! The Search Processing Language: lexer, parser, syntax tree with spans, macro expansion, printer.

pub mod ast;
mod cursor;
pub mod macros;
mod parse;
pub mod print;
pub mod rewrite;
pub mod text;
pub mod visit;

pub use macros::{Expanded, MacroDefinition, MacroTable};
pub use parse::{parse, parse_expression, parse_search_expression};
