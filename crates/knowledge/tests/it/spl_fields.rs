//! A rough reader of searches: which fields they read and do not make themselves.
//!
//! It is meant for measuring coverage over hundreds of rules, not for running them. It leans to reading too much:
//! what it takes for a field and is none lowers the figure.

use std::collections::BTreeSet;

/// Words of eval expressions that are no fields.
const EVAL_WORDS: &[&str] = &["and", "or", "not", "in", "like", "true", "false", "null", "as", "xor"];

/// What a search reads.
#[derive(Default)]
pub(crate) struct Read {
    /// Fields that the events must have.
    pub(crate) sure: BTreeSet<String>,
    /// Fields that are read after a command that makes fields whose names are not in the search (`xmlkv`, a `lookup`
    /// without `OUTPUT`, a `join`): of the events, or made.
    pub(crate) perhaps: BTreeSet<String>,
}

/// The fields that a search reads.
pub(crate) fn fields(search: &str) -> Read {
    let mut seen = Seen::default();
    for (number, stage) in stages(&without_comments(search)).iter().enumerate() {
        let stage = without_macros(stage);
        let stage = stage.trim();
        let (command, rest) = match number {
            0 => ("search", stage),
            _ => stage.split_once(char::is_whitespace).unwrap_or((stage, "")),
        };
        seen.stage(&command.to_lowercase(), rest);
    }
    seen.read
}

#[derive(Default)]
struct Seen {
    read: Read,
    made: BTreeSet<String>,
    open: bool,
}

impl Seen {
    fn read(&mut self, field: &str) {
        let field = field.trim_matches(['"', '\'', ',']);
        let is_name = field.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && field.chars().all(|c| c.is_alphanumeric() || "_.".contains(c));
        if is_name && !self.made.contains(field) && !field.starts_with('_') && !self.read.sure.contains(field)
        {
            let set = if self.open { &mut self.read.perhaps } else { &mut self.read.sure };
            set.insert(field.to_owned());
        }
    }

    fn make(&mut self, field: &str) {
        self.made.insert(field.trim_matches(['"', '\'', ',', ')']).to_owned());
    }

    fn stage(&mut self, command: &str, rest: &str) {
        let words: Vec<&str> = rest.split_whitespace().collect();
        match command {
            "search" | "where" => self.conditions(command, rest),
            "stats" | "eventstats" | "streamstats" => self.stats(rest),
            "table" | "fields" | "dedup" | "mvexpand" => {
                for field in
                    blanked(rest).split([',', ' ', '\n']).filter(|f| !f.is_empty() && *f != "-" && *f != "+")
                {
                    self.read(field);
                }
            }
            "rename" => {
                for triple in words.windows(3).filter(|w| w[1].eq_ignore_ascii_case("as")) {
                    self.read(triple[0]);
                    self.make(triple[2]);
                }
            }
            "eval" => self.eval(rest),
            "rex" | "regex" => self.rex(rest),
            "lookup" => self.lookup(&words),
            "transaction" => {
                words.iter().take_while(|w| !w.contains('=')).for_each(|w| self.read(w));
                self.make("duration");
            }
            "xmlkv" | "spath" | "join" | "append" | "appendpipe" | "map" => self.open = true,
            "bin" | "bucket" => words.iter().filter(|w| !w.contains('=')).for_each(|w| self.read(w)),
            _ => {}
        }
    }

    fn conditions(&mut self, command: &str, rest: &str) {
        let plain = blanked(rest);
        let words: Vec<&str> =
            plain.split(|c: char| c.is_whitespace() || "(),".contains(c)).filter(|w| !w.is_empty()).collect();
        for (at, word) in words.iter().enumerate() {
            let name = word.split(['=', '!', '<', '>']).next().unwrap_or_default();
            let compared = name.len() < word.len();
            let next = words.get(at + 1).copied().unwrap_or_default();
            let is_field =
                compared || next.eq_ignore_ascii_case("in") || next.starts_with(['=', '!', '<', '>']);
            let is_word = name.eq_ignore_ascii_case("not") || name.eq_ignore_ascii_case("and");
            if is_field && !is_word && command == "search" {
                self.read(name);
            }
        }
        if command == "where" {
            self.expression(rest);
        }
    }

    fn stats(&mut self, rest: &str) {
        let lower = rest.to_ascii_lowercase();
        let by = lower.find(" by ").or_else(|| lower.find("\nby "));
        let (aggregations, fields) = rest.split_at(by.unwrap_or(rest.len()));
        for (function, inner) in calls(aggregations) {
            if function.eq_ignore_ascii_case("eval") || inner.contains('(') {
                self.expression(inner.trim().trim_start_matches("eval"));
            } else {
                self.read(inner.trim());
            }
        }
        let blank_free = blanked(aggregations);
        let words: Vec<&str> = blank_free.split_whitespace().collect();
        for field in blanked(fields).get(3..).unwrap_or_default().split([',', ' ', '\n']) {
            if !field.trim().eq_ignore_ascii_case("by") {
                self.read(field.trim());
            }
        }
        for pair in words.windows(2).filter(|w| w[0].eq_ignore_ascii_case("as")) {
            self.make(pair[1]);
        }
        self.make("count");
    }

    fn eval(&mut self, rest: &str) {
        for assignment in top_level(rest) {
            if let Some((target, expression)) = assignment.split_once('=') {
                self.expression(expression);
                self.make(target.trim());
            }
        }
    }

    fn expression(&mut self, expression: &str) {
        let plain = blanked(expression);
        let mut rest = plain.as_str();
        while let Some(at) = rest.find(|c: char| c.is_alphabetic() || c == '_') {
            let word_end = rest[at..]
                .find(|c: char| !(c.is_alphanumeric() || "_.".contains(c)))
                .map_or(rest.len(), |end| at + end);
            let (word, after) = (rest[at..word_end].trim_end_matches('.'), &rest[word_end..]);
            let is_function = after.trim_start().starts_with('(') && !word.eq_ignore_ascii_case("in");
            if !is_function && !EVAL_WORDS.contains(&word.to_ascii_lowercase().as_str()) {
                word.split('.').next().into_iter().for_each(|field| self.read(field));
            }
            rest = after;
        }
    }

    fn rex(&mut self, rest: &str) {
        let field = rest.split("field").nth(1).and_then(|r| r.trim_start().strip_prefix('='));
        if let Some(field) = field {
            self.read(field.split_whitespace().next().unwrap_or_default());
        }
        for group in rest.split("(?").skip(1) {
            if let Some((name, _)) =
                group.trim_start_matches('P').strip_prefix('<').and_then(|g| g.split_once('>'))
            {
                self.make(name);
            }
        }
    }

    fn lookup(&mut self, words: &[&str]) {
        let is_output = |w: &&str| w.eq_ignore_ascii_case("output") || w.eq_ignore_ascii_case("outputnew");
        let output = words.iter().position(is_output).unwrap_or(words.len());
        let (matches, outputs) = words.split_at(output);
        let matches: Vec<&str> = matches.iter().skip(1).copied().filter(|w| !w.contains('=')).collect();
        for field in last_names(&matches) {
            self.read(field);
        }
        for field in last_names(outputs.get(1..).unwrap_or_default()) {
            self.make(field);
        }
        self.open |= outputs.is_empty();
    }
}

/// The outermost calls of functions: name and what is between the parentheses.
fn calls(text: &str) -> Vec<(&str, &str)> {
    let (mut out, mut depth, mut open) = (Vec::new(), 0usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => {
                if depth == 0 {
                    open = at;
                }
                depth += 1;
            }
            ')' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    let name = text[..open].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                    out.push((name, &text[open + 1..at]));
                }
            }
            _ => {}
        }
    }
    out
}

/// Of `a AS b c`: `b` and `c`.
fn last_names<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let is_as = |w: Option<&&str>| w.is_some_and(|w| w.eq_ignore_ascii_case("as"));
    (0..words.len()).filter(|&i| !is_as(words.get(i)) && !is_as(words.get(i + 1))).map(|i| words[i]).collect()
}

fn without_comments(search: &str) -> String {
    search.split("```").step_by(2).collect::<Vec<_>>().join(" ")
}

fn without_macros(stage: &str) -> String {
    stage.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

/// The text with everything in double quotes left out; a field in single quotes stays.
fn blanked(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '"' {
            while let Some(inner) = chars.next().filter(|c| *c != '"') {
                if inner == '\\' {
                    chars.next();
                }
            }
            out.push_str("\"\"");
        } else {
            out.push(c);
        }
    }
    out
}

/// The stages of a search: split at bars outside of quotes and brackets.
fn stages(search: &str) -> Vec<String> {
    split(search, '|')
}

/// The assignments of an `eval`: split at commas outside of quotes and parentheses.
fn top_level(text: &str) -> Vec<String> {
    split(text, ',')
}

fn split(text: &str, at: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut depth) = (false, 0usize);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let part = parts.last_mut().unwrap();
        match c {
            '\\' if quoted => {
                part.push(c);
                part.extend(chars.next());
                continue;
            }
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth = depth.saturating_sub(1),
            _ if c == at && !quoted && depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    parts
}

#[test]
fn fields_of_a_search() {
    let search = r#"`sysmon` EventCode=1 (Image="*\\a.exe" OR Path IN ("x", "y=z")) NOT src!=1 ```note=1```
        | eval a=lower(CommandLine), b=if(User="SYSTEM" AND a="x",1,0)
        | rex field=Details "(?<made>\d+)"
        | stats count min(_time) as firstTime values(eval(if(Op=="x",Value,null))) as v values(made) as "a b" values(Product) as p by dest, user made
        | lookup table key AS user OUTPUT hit
        | where hit="yes" AND count>1 AND like(process, "%x")
        | rename Computer as host2 | table dest host2 hit firstTime Extra
        | xmlkv Message | search Maybe=1 user2=x dest=y | `ctime(firstTime)`"#;
    let got = fields(search);
    assert_eq!(got.perhaps.into_iter().collect::<Vec<_>>(), ["Maybe", "user2"]);
    assert_eq!(
        got.sure.into_iter().collect::<Vec<_>>(),
        [
            "CommandLine",
            "Computer",
            "Details",
            "EventCode",
            "Extra",
            "Image",
            "Op",
            "Path",
            "Product",
            "User",
            "Value",
            "dest",
            "process",
            "src",
            "user"
        ]
    );
}
