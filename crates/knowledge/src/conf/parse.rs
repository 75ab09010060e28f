//! The reader of `.conf` files.

use super::{Conf, DEFAULT_STANZA, Placed};
use grotto_diag::{Diagnostic, Source, Span};
use std::sync::Arc;

/// Reads a configuration file. What can't be read is said and passed over; the rest goes on.
///
/// Diagnostics: `conf/bad-line` (neither a header, a setting, a comment nor blank), `conf/bad-header` (a header
/// without its closing bracket or with something behind it; the name is taken as far as it goes).
pub fn parse(source: &Arc<Source>) -> (Conf, Vec<Diagnostic>) {
    let mut reader = Reader { source, at: 0, conf: Conf::default(), problems: Vec::new() };
    let mut stanza =
        Placed { text: DEFAULT_STANZA.to_owned(), source: Arc::clone(source), span: Span::default() };
    while let Some(line) = reader.line() {
        let text = line.of(&source.text).trim();
        if text.is_empty() || text.starts_with(['#', ';']) {
            continue;
        }
        if text.starts_with('[') {
            stanza = reader.header(line);
            reader.conf.stanza_mut(stanza.clone()).name = stanza.clone();
        } else {
            reader.setting(line, &stanza);
        }
    }
    (reader.conf, reader.problems)
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    at: usize,
    conf: Conf,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// The next line without its end, or `None` at the end of the text.
    fn line(&mut self) -> Option<Span> {
        let rest = self.source.text.get(self.at..).filter(|r| !r.is_empty())?;
        let start = self.at;
        let length = rest.find('\n').unwrap_or(rest.len());
        self.at = (start + length + 1).min(self.source.text.len());
        let line = rest[..length].strip_suffix('\r').unwrap_or(&rest[..length]);
        Some(Span::new(start, start + line.len()))
    }

    fn header(&mut self, line: Span) -> Placed {
        let span = trimmed(line, &self.source.text);
        let text = span.of(&self.source.text);
        let close = text.rfind(']');
        let name = Span::new(span.start + 1, span.start + close.unwrap_or(text.len()));
        let problem = match close {
            None => Some("a header without its closing bracket"),
            Some(at) if at + 1 < text.len() => Some("something stands behind a header"),
            Some(_) => None,
        };
        if let Some(message) = problem {
            self.problems.push(
                Diagnostic::warning("conf/bad-header", message)
                    .at(span, "")
                    .help("a header is a line of its own: [name]")
                    .in_source(self.source),
            );
        }
        self.placed(name)
    }

    fn setting(&mut self, line: Span, stanza: &Placed) {
        let text = line.of(&self.source.text);
        let Some(equals) = text.find('=').filter(|at| !text[..*at].trim().is_empty()) else {
            self.problems.push(
                Diagnostic::warning("conf/bad-line", "a line that is neither a header nor a setting")
                    .at(trimmed(line, &self.source.text), "passed over")
                    .help("a setting is written key = value; a value goes on in the next line after a \\")
                    .in_source(self.source),
            );
            return;
        };
        let key = text[..equals].trim().to_owned();
        let value = self.value(Span::new(line.start + equals + 1, line.end));
        self.conf.stanza_mut(stanza.clone()).settings.insert(key, value);
    }

    /// A value: the rest of its line, and the next lines as long as a line ends in a backslash.
    fn value(&mut self, first: Span) -> Placed {
        let text = &self.source.text;
        let mut whole = first;
        let mut parts = vec![first.of(text)];
        while let Some(head) = parts.last().and_then(|p| p.strip_suffix('\\')) {
            if let Some(last) = parts.last_mut() {
                *last = head;
            }
            let Some(next) = self.line() else { break };
            whole = whole.to(next);
            parts.push(next.of(text));
        }
        Placed {
            text: parts.join("\n").trim().to_owned(),
            source: Arc::clone(self.source),
            span: trimmed(whole, text),
        }
    }

    fn placed(&self, span: Span) -> Placed {
        Placed { text: span.of(&self.source.text).trim().to_owned(), source: Arc::clone(self.source), span }
    }
}

/// The span without the white space at its ends.
fn trimmed(span: Span, text: &str) -> Span {
    let inner = span.of(text);
    let start = span.start + (inner.len() - inner.trim_start().len());
    Span::new(start, start + inner.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_diag::Place;
    use proptest::prelude::*;
    use std::fmt::Write;

    fn read(text: &str) -> (Conf, Vec<Diagnostic>) {
        parse(&Arc::new(Source::new("x.conf", text)))
    }

    #[test]
    fn stanzas_and_settings() {
        for (text, stanza, key, want) in [
            ("[a]\nk=v", "a", "k", Some("v")),
            ("[a]\r\n  k  =  v = w  \r\n", "a", "k", Some("v = w")),
            ("k = v\n[a]\n", "default", "k", Some("v")),
            ("# c\n[a]\n# k = no\n; k = no\nk = v # kept", "a", "k", Some("v # kept")),
            ("[a]\nk = 1\n[b]\nk = 2\n[a]\nk = 3\n", "a", "k", Some("3")),
            ("[a]\nk = 1\n[a]\nl = 2\n", "a", "k", Some("1")),
            ("[source::...[0-9]]\nk = v", "source::...[0-9]", "k", Some("v")),
            ("[ a ]\nk =", "a", "k", Some("")),
            ("[a]\nk = one \\\n  two \\\n  three\nl = 4", "a", "k", Some("one \n  two \n  three")),
            ("[a]\nk = one \\\n  two\nl = 4", "a", "l", Some("4")),
            ("[a]\nk = C:\\\\x\nl = 4", "a", "k", Some("C:\\\\x")),
            ("[a]\nk = end \\", "a", "k", Some("end")),
            ("[a]\nk = \\\n[b]", "a", "k", Some("[b]")),
            ("[A]\nK = v", "a", "k", None),
        ] {
            let (conf, problems) = read(text);
            assert_eq!(problems, [], "{text:?}");
            assert_eq!(conf.stanza(stanza).and_then(|s| s.text(key)), want, "{text:?}");
        }
    }

    #[test]
    fn bad_lines_are_named_and_passed_over() {
        let (conf, problems) = read("[a\nk = 1\nnonsense\n = 2\n[b] c\nl = 3\n");
        let said: Vec<(&str, Place)> = problems.iter().map(|p| (p.slug, p.place().unwrap())).collect();
        let at = |line| Place { line, column: 1 };
        assert_eq!(
            said,
            [
                ("conf/bad-header", at(1)),
                ("conf/bad-line", at(3)),
                ("conf/bad-line", Place { line: 4, column: 2 }),
                ("conf/bad-header", at(5)),
            ]
        );
        assert_eq!(conf.stanza("a").unwrap().text("k"), Some("1"));
        assert_eq!(conf.stanza("b").unwrap().text("l"), Some("3"));
    }

    #[test]
    fn places_are_those_of_the_file() {
        let (conf, _) = read("[a]\n\nkey = one \\\n two\n");
        let value = conf.stanza("a").unwrap().get("key").unwrap();
        assert_eq!((value.file(), value.place()), ("x.conf", Place { line: 3, column: 7 }));
        assert_eq!(value.span.of(&value.source.text), "one \\\n two");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in r"(\[[a-z\]]*\]?|[a-z]* ?= ?[a-z\\]*|#|\\|\r|\n|é|[ -~]){0,40}") {
            let source = Arc::new(Source::new("x", text.as_str()));
            let (conf, problems) = parse(&source);
            for stanza in conf.stanzas() {
                for (key, value) in &stanza.settings {
                    prop_assert!(!key.is_empty());
                    prop_assert!(source.text.get(value.span.start..value.span.end).is_some());
                }
            }
            for problem in problems {
                prop_assert!(problem.place().is_some());
            }
        }

        #[test]
        fn what_is_written_is_read(entries in prop::collection::vec(("[a-c]", "[a-z]{1,3}", "[!-Z^-~]{0,6}"), 0..20)) {
            let mut text = String::new();
            let mut want = std::collections::HashMap::new();
            for (stanza, key, value) in &entries {
                let _ = write!(text, "[{stanza}]\n{key} = {value}\n");
                want.insert((stanza.clone(), key.clone()), value.clone());
            }
            let (conf, problems) = read(&text);
            prop_assert_eq!(problems, []);
            for ((stanza, key), value) in want {
                prop_assert_eq!(conf.stanza(&stanza).and_then(|s| s.text(&key)), Some(value.as_str()));
            }
        }
    }
}
