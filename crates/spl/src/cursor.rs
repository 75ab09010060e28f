//! Walks over the text of a search; shared by all parts of the parser.

use crate::ast::{At, MacroCall, Quote, Word};
use grotto_diag::{Diagnostic, Span};

/// How deep parentheses, subsearches and operators may nest. Deeper searches are refused, so that neither the parser
/// nor what walks the tree can run out of stack.
pub(crate) const DEEPEST: usize = 120;

/// What the parser's parts answer.
pub(crate) type Parsed<T> = Result<T, Box<Diagnostic>>;

/// A place in the text.
pub(crate) struct Cursor<'a> {
    pub(crate) text: &'a str,
    pub(crate) pos: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, pos: 0, depth: 0 }
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The next character once blanks are skipped.
    pub(crate) fn peek_solid(&mut self) -> Option<char> {
        self.skip_blanks();
        self.peek()
    }

    pub(crate) fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.pos += rest.len() - rest.trim_start().len();
    }

    pub(crate) fn starts_with(&self, prefix: &str) -> bool {
        self.rest().starts_with(prefix)
    }

    /// Takes `token` if it comes next, after blanks.
    pub(crate) fn eat(&mut self, token: &str) -> bool {
        self.skip_blanks();
        let found = self.starts_with(token);
        if found {
            self.pos += token.len();
        }
        found
    }

    /// Whether this keyword comes next, after blanks, in any letter case, as a whole word.
    pub(crate) fn at_keyword(&mut self, keyword: &str) -> bool {
        self.skip_blanks();
        let rest = self.rest();
        rest.get(..keyword.len()).is_some_and(|word| word.eq_ignore_ascii_case(keyword))
            && !rest[keyword.len()..]
                .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '*' | '='))
    }

    /// Takes a keyword if it comes next.
    pub(crate) fn eat_keyword(&mut self, keyword: &str) -> bool {
        let found = self.at_keyword(keyword);
        if found {
            self.pos += keyword.len();
        }
        found
    }

    /// Whether the stage ends here: end of text, `|` or `]`.
    pub(crate) fn at_stage_end(&mut self) -> bool {
        matches!(self.peek_solid(), None | Some('|' | ']'))
    }

    pub(crate) fn at(&self, start: usize) -> At {
        At(Span::new(start, self.pos))
    }

    /// Runs `f` one level deeper.
    pub(crate) fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEEPEST {
            return Err(self.error(
                "spl/too-deep",
                format!("the search nests more than {DEEPEST} levels"),
                "here",
            ));
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        result
    }

    /// An error at the next character.
    pub(crate) fn error(
        &self,
        slug: &'static str,
        message: impl Into<String>,
        label: &str,
    ) -> Box<Diagnostic> {
        let width = self.peek().map_or(0, char::len_utf8);
        error_at(Span::new(self.pos, self.pos + width), slug, message, label)
    }

    /// What comes next, for messages.
    pub(crate) fn found(&self) -> String {
        self.peek().map_or_else(|| "the end of the search".to_owned(), |c| format!("`{c}`"))
    }

    /// Takes characters while `keep` holds.
    pub(crate) fn take_while(&mut self, mut keep: impl FnMut(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.pos += end;
        &rest[..end]
    }

    /// A bare word of the characters that `keep` takes; `None` if there is none.
    pub(crate) fn bare(&mut self, keep: impl FnMut(char) -> bool) -> Option<Word> {
        let start = self.pos;
        let raw = self.take_while(keep);
        (!raw.is_empty()).then(|| Word { raw: raw.to_owned(), quote: Quote::Bare, at: self.at(start) })
    }

    /// A string in the quotes that come next.
    pub(crate) fn quoted(&mut self, quote: char) -> Parsed<Word> {
        let start = self.pos;
        let rest = self.rest();
        let mut escaped = false;
        for (i, c) in rest.char_indices().skip(1) {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == quote {
                self.pos += i + 1;
                let quote = if quote == '"' { Quote::Double } else { Quote::Single };
                return Ok(Word { raw: rest[1..i].to_owned(), quote, at: self.at(start) });
            }
        }
        let mut error = error_at(
            Span::new(start, start + 1),
            "spl/unclosed-quote",
            "this string has no closing quote",
            "opened here",
        );
        error.help = Some(format!("close it with {quote}; inside the string a {quote} is written \\{quote}"));
        Err(error)
    }

    /// The macro call that comes next.
    pub(crate) fn macro_call(&mut self) -> Parsed<MacroCall> {
        let start = self.pos;
        if let Some((call, end)) = crate::macros::call(self.text, start) {
            self.pos = end;
            return Ok(call);
        }
        let mut error = error_at(
            Span::new(start, start + 1),
            "spl/unclosed-macro",
            "this is no macro call",
            "opened here",
        );
        error.help = Some("write `name` or `name(argument, …)` between two backticks".to_owned());
        Err(error)
    }

    /// Takes what stands between the parenthesis that comes next and the one that closes it, both included, unless
    /// the stage ends before.
    pub(crate) fn eat_balanced(&mut self) -> bool {
        let mut depth = 0_usize;
        for (i, c) in self.rest().char_indices() {
            match c {
                '(' => depth += 1,
                ')' if depth == 1 => {
                    self.pos += i + 1;
                    return true;
                }
                ')' => depth -= 1,
                '|' | '[' | ']' | '`' => return false,
                _ => {}
            }
        }
        false
    }

    /// Takes the closing `token`, or says that what was opened at `open` is not closed.
    pub(crate) fn close(&mut self, token: &str, open: usize) -> Parsed<()> {
        if self.eat(token) {
            return Ok(());
        }
        let found = self.found();
        let mut error =
            self.error("spl/unclosed", format!("expected `{token}` and found {found}"), "expected it here");
        error
            .labels
            .push(grotto_diag::Label { span: Span::new(open, open + 1), message: "opened here".to_owned() });
        Err(error)
    }
}

/// An error at a span.
pub(crate) fn error_at(
    span: Span,
    slug: &'static str,
    message: impl Into<String>,
    label: &str,
) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(slug, message).at(span, label))
}
