//! Pages of cases: Markdown that people read on a forge. `conformance/README.md` describes the form.

use grotto_engine::assumptions;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One row: fields with values.
pub(crate) type Object = Map<String, Value>;

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    /// Name of its file, such as `stats.md`.
    pub(crate) file: String,
    /// Its cases in order.
    pub(crate) cases: Vec<Case>,
}

/// One fact with a search that shows it.
#[derive(Debug, Default)]
pub(crate) struct Case {
    /// Line of its heading.
    pub(crate) line: usize,
    /// The fact.
    pub(crate) title: String,
    /// Where the documentation says so.
    pub(crate) sources: Vec<String>,
    /// Names of the assumptions that it pins.
    pub(crate) assumptions: Vec<String>,
    /// Numbers of the points of the README that it covers.
    pub(crate) points: Vec<String>,
    /// The search.
    pub(crate) spl: String,
    /// Rows, newest first.
    pub(crate) input: Vec<Object>,
    /// What the search gives.
    pub(crate) expected: Option<Expected>,
    /// Names of the result's columns in order, if they matter.
    pub(crate) columns: Option<Vec<String>>,
    /// Whether rows may come in any order.
    pub(crate) any_order: bool,
    /// Time of the search in seconds.
    pub(crate) now: Option<i64>,
    /// Name of the time zone.
    pub(crate) timezone: Option<String>,
    /// Files of an app by path: configuration, lookups, data models.
    pub(crate) files: Vec<(String, String)>,
}

/// What a search gives.
#[derive(Debug)]
pub(crate) enum Expected {
    /// These rows.
    Rows(Vec<Object>),
    /// The diagnostic with this slug.
    Error(String),
}

/// A place in a page and what is wrong there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// Line, from 1.
    pub(crate) line: usize,
    /// What is wrong.
    pub(crate) message: String,
}

fn malformed<T>(line: usize, message: impl Into<String>) -> Result<T, Malformed> {
    Err(Malformed { line, message: message.into() })
}

/// Reads a page.
pub(crate) fn parse(file: &str, text: &str) -> Result<Page, Malformed> {
    let mut page = Page { file: file.to_owned(), cases: Vec::new() };
    let links = links(text);
    let mut lines = text.lines().zip(1..);
    let mut title = false;
    while let Some((line, number)) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let fence = &line[..line.len() - line.trim_start_matches('`').len()];
            let mut body = String::new();
            loop {
                let Some((line, at)) = lines.next() else {
                    return malformed(number, "the block does not end");
                };
                if line == fence {
                    break;
                }
                if line.starts_with(fence) {
                    return malformed(at, "a block in a block: begin the outer one with one backtick more");
                }
                body.push_str(line);
                body.push('\n');
            }
            let Some(case) = page.cases.last_mut() else {
                return malformed(number, "a block before the first case");
            };
            case.block(info.trim_start_matches('`').trim(), body, number)?;
        } else if let Some(heading) = line.strip_prefix("## ") {
            page.begin(heading.trim(), number)?;
        } else if line.starts_with("# ") {
            if std::mem::replace(&mut title, true) {
                return malformed(number, "a second title");
            }
        } else if line.starts_with("###") {
            return malformed(number, "headings below a case are not allowed");
        } else if let Some((key, value)) = line.strip_prefix("- ").and_then(|item| item.split_once(": "))
            && let Some(case) = page.cases.last_mut()
        {
            case.item(key, value.trim(), number, &links)?;
        }
    }
    page.end()?;
    match (title, page.cases.is_empty()) {
        (false, _) => malformed(1, "no title"),
        (_, true) => malformed(1, "no case"),
        _ => Ok(page),
    }
}

/// The links that a page defines: `[name]: address`.
fn links(text: &str) -> BTreeMap<String, String> {
    let definition = |line: &str| {
        let (name, address) = line.strip_prefix('[')?.split_once("]: ")?;
        Some((name.to_owned(), address.trim().to_owned()))
    };
    text.lines().filter_map(definition).collect()
}

impl Page {
    fn begin(&mut self, title: &str, line: usize) -> Result<(), Malformed> {
        self.end()?;
        if let Some(other) = self.cases.iter().find(|case| case.title == title) {
            return malformed(line, format!("a case on line {} has the same title", other.line));
        }
        self.cases.push(Case { line, title: title.to_owned(), ..Case::default() });
        Ok(())
    }

    /// Checks that the last case is whole.
    fn end(&self) -> Result<(), Malformed> {
        let Some(case) = self.cases.last() else { return Ok(()) };
        if case.sources.is_empty() && case.assumptions.is_empty() {
            return malformed(case.line, "neither source nor assumption");
        }
        if case.spl.trim().is_empty() {
            return malformed(case.line, "no search");
        }
        if case.expected.is_none() {
            return malformed(case.line, "neither output nor error");
        }
        Ok(())
    }
}

impl Case {
    fn item(
        &mut self,
        key: &str,
        value: &str,
        line: usize,
        links: &BTreeMap<String, String>,
    ) -> Result<(), Malformed> {
        let list = || value.split(", ").map(|name| name.trim_matches('`').to_owned()).collect::<Vec<_>>();
        match key {
            "source" => self.sources.push(address(value, line, links)?),
            "assumption" => {
                let names = list();
                if let Some(name) = names.iter().find(|name| assumptions::find(name).is_none()) {
                    return malformed(line, format!("no assumption is called {name}"));
                }
                self.assumptions.extend(names);
            }
            "points" => self.points.extend(list()),
            "columns" => self.columns = Some(list()),
            "order" if value == "any" => self.any_order = true,
            "error" => self.expect(Expected::Error(value.trim_matches('`').to_owned()), line)?,
            "timezone" => self.timezone = Some(value.to_owned()),
            "now" => match value.parse() {
                Ok(now) => self.now = Some(now),
                Err(_) => return malformed(line, "the time of the search must be a whole number of seconds"),
            },
            _ => return malformed(line, format!("`{key}: {value}` means nothing")),
        }
        Ok(())
    }

    fn block(&mut self, info: &str, body: String, line: usize) -> Result<(), Malformed> {
        let (language, name) = info.split_once(' ').unwrap_or((info, ""));
        let named = |suffix| name.strip_suffix(suffix).is_some_and(|stem: &str| !stem.is_empty());
        match (language, name) {
            ("spl", "") if self.spl.is_empty() => self.spl = body,
            ("spl", "") => return malformed(line, "a second search"),
            ("json", "input") => self.input = rows(&body, line)?,
            ("json", "output") => {
                let rows = rows(&body, line)?;
                self.expect(Expected::Rows(rows), line)?;
            }
            ("conf", file) if named(".conf") => self.files.push((format!("default/{file}"), body)),
            ("csv", file) if named(".csv") => self.files.push((format!("lookups/{file}"), body)),
            ("json", model) if named(".json") => {
                self.files.push((format!("default/data/models/{model}"), body));
            }
            _ => return malformed(line, format!("a block of `{info}` means nothing")),
        }
        Ok(())
    }

    fn expect(&mut self, expected: Expected, line: usize) -> Result<(), Malformed> {
        if self.expected.is_some() {
            return malformed(line, "a second output or error");
        }
        self.expected = Some(expected);
        Ok(())
    }
}

/// The address of `<https://…>` or of a link that the page defines.
fn address(value: &str, line: usize, links: &BTreeMap<String, String>) -> Result<String, Malformed> {
    let bare = value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let named = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = bare.map(str::to_owned).or_else(|| links.get(named?).cloned());
    match address {
        Some(address) if address.starts_with("https://") => Ok(address),
        _ => malformed(line, format!("{value} leads nowhere")),
    }
}

/// Rows in JSON: an array of objects, or objects one after the other.
fn rows(body: &str, line: usize) -> Result<Vec<Object>, Malformed> {
    let mut out = Vec::new();
    for value in serde_json::Deserializer::from_str(body).into_iter::<Value>() {
        match value {
            Ok(Value::Array(items)) if out.is_empty() => {
                for item in items {
                    let Value::Object(row) = item else { return malformed(line, "a row is an object") };
                    out.push(row);
                }
            }
            Ok(Value::Object(row)) => out.push(row),
            Ok(_) => return malformed(line, "a row is an object"),
            Err(error) => return malformed(line + error.line(), error.to_string()),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "# Things\n\nAbout.\n\n## A fact\n\n- source: [A]\n- points: 1.1, 2.3\n- order: any\n\n\
                         ```spl\nsearch a=1\n```\n```json input\n{\"a\": 1}\n{\"a\": 2}\n```\n\
                         ```json output\n[{\"a\": 1}]\n```\n\n[A]: https://docs.splunk.com/A\n";

    #[test]
    fn a_whole_page() {
        let page = parse("things.md", WHOLE).unwrap();
        let case = &page.cases[0];
        assert_eq!((case.title.as_str(), case.line, case.any_order), ("A fact", 5, true));
        assert_eq!(case.sources, ["https://docs.splunk.com/A"]);
        assert_eq!(case.points, ["1.1", "2.3"]);
        assert_eq!((case.spl.as_str(), case.input.len()), ("search a=1\n", 2));
        assert!(matches!(&case.expected, Some(Expected::Rows(rows)) if rows.len() == 1));
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        for (from, to, line, message) in [
            ("# Things", "Things", 1, "no title"),
            ("## A fact", "## A fact\n\n# Two", 7, "a second title"),
            ("- source: [A]\n", "", 5, "neither source nor assumption"),
            ("[A]\n- points", "[B]\n- points", 7, "[B] leads nowhere"),
            ("- source: [A]", "- source: <http://x>", 7, "<http://x> leads nowhere"),
            ("- source: [A]", "- assumption: `no-such`", 7, "no assumption is called no-such"),
            ("- order: any", "- order: some", 9, "`order: some` means nothing"),
            ("- order: any", "- now: later", 9, "the time of the search must be a whole number of seconds"),
            ("- order: any", "- error: `a/b`", 18, "a second output or error"),
            ("```spl\nsearch a=1\n```\n", "", 5, "no search"),
            ("```json output\n[{\"a\": 1}]\n```", "", 5, "neither output nor error"),
            ("```json output", "```json outputs", 18, "a block of `json outputs` means nothing"),
            ("[{\"a\": 1}]", "[1]", 18, "a row is an object"),
            ("[{\"a\": 1}]", "{\"a\": }", 19, "expected value at line 1 column 7"),
            ("a=1\n```\n", "a=1\n", 13, "a block in a block: begin the outer one with one backtick more"),
            ("```spl", "```spl\nb\n```\n```spl", 14, "a second search"),
            ("[{\"a\": 1}]\n```", "[{\"a\": 1}]", 18, "the block does not end"),
            ("\n[A]:", "\n## A fact\n[A]:", 22, "a case on line 5 has the same title"),
            ("About.", "```spl\n```", 3, "a block before the first case"),
            ("- order: any", "### More", 9, "headings below a case are not allowed"),
        ] {
            let text = WHOLE.replacen(from, to, 1);
            assert_ne!(text, WHOLE, "{from}");
            let error = parse("p.md", &text).unwrap_err();
            assert_eq!(error, Malformed { line, message: message.to_owned() }, "{text}");
        }
    }
}
