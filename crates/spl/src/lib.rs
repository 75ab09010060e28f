//! The Search Processing Language: lexer, parser, syntax tree with spans, macro expansion, printer.
