//! A rule again, under another name and with other values: what is looked for is as many other things.
//!
//! What a rule leaves out stays: a rule whose exclusions name other things finds nearly everything, which no rule that
//! anybody keeps does.

use grotto_content::Document;
use grotto_diag::Source;
use grotto_spl::MacroTable;
use grotto_spl::ast::{Compare, Quote, Search, SearchExpr, SearchValue, Word};
use grotto_spl::rewrite::{Rewrite, walk};
use std::sync::Arc;

/// Fields whose values say which events a rule reads. They stay, or the copies would read nothing.
const KEPT: [&str; 12] = [
    "channel",
    "datamodel",
    "eventcode",
    "eventid",
    "eventtype",
    "index",
    "logname",
    "nodename",
    "source",
    "sourcetype",
    "tag",
    "_index",
];

/// The text of a rule's file as copy `number`; `None` for one that can't be read or expanded.
pub(super) fn rule(text: &str, macros: &MacroTable, number: usize) -> Option<String> {
    let document = Document::parse(&Arc::new(Source::new("rule", text))).ok()?;
    let expanded = macros.expand(document.scalar("search")?).ok()?;
    let mut tree = grotto_spl::parse(&expanded.text).ok()?;
    Values { number }.subsearch(&mut tree);
    let search = grotto_spl::print::search(&tree);
    let name = format!("{} ({number})", document.scalar("name")?);
    let id = format!("{}-{number}", document.scalar("id")?);
    let mut parts = Vec::new();
    for (key, value) in [("name", name), ("id", id), ("search", search)] {
        let (_, at) = document.keys("").into_iter().find(|(other, _)| *other == key)?;
        // JSON strings are double-quoted scalars of YAML.
        parts.push((at.end, document.place(key)?.end, format!(": {}", serde_json::Value::String(value))));
    }
    parts.sort();
    let mut out = text.to_owned();
    for (from, to, new) in parts.iter().rev() {
        // A quoted value's place holds its quotes, a block's ends with its last line.
        out.replace_range(*from..*to, new);
    }
    Some(out)
}

/// Changes every text that a search expression looks for.
struct Values {
    number: usize,
}

impl Rewrite for Values {
    fn subsearch(&mut self, search: &mut Search) {
        walk::search(self, search);
    }

    fn condition(&mut self, condition: &mut SearchExpr) {
        let kept = match condition {
            SearchExpr::Compare { field, op, .. } => *op == Compare::NotEqual || is_kept(&field.raw),
            SearchExpr::In { field, .. } => is_kept(&field.raw),
            SearchExpr::Not(..) => true,
            _ => false,
        };
        if !kept {
            walk::condition(self, condition);
        }
    }

    fn value(&mut self, value: &mut SearchValue) {
        match value {
            SearchValue::Word(word) | SearchValue::Case(word, _) | SearchValue::Term(word, _) => {
                self.change(word);
            }
            SearchValue::Macro(_) | SearchValue::Subsearch(_) => {}
        }
    }
}

impl Values {
    /// Puts the number behind the last letter of a text; numbers and mere wildcards stay.
    fn change(&self, word: &mut Word) {
        let Some((at, letter)) = word.raw.char_indices().rev().find(|(_, c)| c.is_alphabetic()) else {
            return;
        };
        // A letter behind a backslash may be an escape; the number goes before both.
        let before = word.raw[..at].ends_with('\\');
        let at = if before { at - 1 } else { at + letter.len_utf8() };
        word.raw.insert_str(at, &format!("{}", self.number));
        if word.quote == Quote::Bare && word.raw.starts_with(|c: char| c.is_ascii_digit()) {
            word.quote = Quote::Double;
        }
    }
}

fn is_kept(field: &str) -> bool {
    let last = field.rsplit('.').next().unwrap_or(field);
    KEPT.iter().any(|kept| last.eq_ignore_ascii_case(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varied(search: &str) -> String {
        let mut tree = grotto_spl::parse(search).unwrap();
        Values { number: 7 }.subsearch(&mut tree);
        grotto_spl::print::search(&tree)
    }

    #[test]
    fn what_is_looked_for_changes_and_where_it_is_looked_for_stays() {
        for (search, expected) in [
            ("EventCode=4688 Image=\"*\\\\cmd.exe\"", "EventCode=4688 Image=\"*\\\\cmd.exe7\""),
            ("source=x (A=b OR C IN (d, \"*e*\"))", "source=x (A=b7 OR C IN (d7, \"*e7*\"))"),
            ("Port=445 \"some words\"", "Port=445 \"some words7\""),
            ("| tstats count from datamodel=M.N where N.p=q N.r=1 by N.s", "N.p=q7 N.r=1 by N.s"),
            ("A=b NOT C=d E!=f NOT (G=h OR I IN (j))", "A=b7 NOT C=d E!=f NOT (G=h OR I IN (j))"),
            ("a=b | search c=d | where e=\"f\"", "| search c=d7 | where e = \"f\""),
        ] {
            assert!(varied(search).contains(expected), "{}", varied(search));
        }
    }

    #[test]
    fn a_copy_is_a_rule_of_its_own() {
        let text = "name: Some rule\nid: abc\nversion: 1\nsearch: |-\n  `m` Image=\"*x.exe\"\n  | stats count\n\ntype: TTP\n";
        let mut macros = MacroTable::default();
        macros.insert(grotto_spl::MacroDefinition {
            name: "m".to_owned(),
            arguments: Vec::new(),
            definition: "EventCode=1 User=root".to_owned(),
            iseval: false,
        });
        let copy = rule(text, &macros, 7).unwrap();
        let document = Document::parse(&Arc::new(Source::new("copy", copy.as_str()))).unwrap();
        assert_eq!(document.scalar("name"), Some("Some rule (7)"), "{copy}");
        assert_eq!(document.scalar("id"), Some("abc-7"));
        let search = document.scalar("search").unwrap();
        assert!(search.contains("User=root7") && search.contains("Image=\"*x.exe7\""), "{search}");
        assert_eq!(document.scalar("type"), Some("TTP"));
        assert_eq!(rule("name: x\nsearch: '`none`'\nid: y\n", &macros, 7), None);
    }
}
