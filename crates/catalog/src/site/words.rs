//! The words of all rules, for the search in the browser.

use super::pack::pack;
use crate::model::{Catalog, RulePage};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// The longest word that is kept, in bytes; longer ones are encoded text, which nobody types.
const LONGEST: usize = 40;

/// How many words of one rule are kept.
const MOST: usize = 5_000;

/// The words of a text as the search knows them: letters, digits and `_`, in lower case.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| (2..=LONGEST).contains(&word.len()))
        .map(str::to_lowercase)
}

/// All words of a rule: of its name, description, search, what it looks for, and what it is tagged with.
pub(crate) fn of(rule: &RulePage) -> FxHashSet<String> {
    let texts = [
        rule.name.as_str(),
        &rule.description,
        &rule.body.search,
        &rule.id,
        &rule.kind,
        rule.facts.author.as_deref().unwrap_or(""),
    ];
    let values = rule
        .indicators
        .iter()
        .flat_map(|i| i.values.iter().map(|v| v.value.as_str()).chain([i.field.as_str()]));
    let tags = rule.techniques.iter().flat_map(|t| [t.id.as_str(), t.name.as_str()]);
    let events = rule.events.events.iter().map(|e| e.provider.as_str());
    let more = rule.facts.stories.iter().chain(&rule.facts.cve).map(String::as_str);
    texts
        .into_iter()
        .chain(values)
        .chain(tags)
        .chain(events)
        .chain(more)
        .flat_map(words)
        .take(4 * MOST)
        .collect::<FxHashSet<_>>()
}

/// The script that brings the words to the browser: words by name, and for each the rules that hold it.
pub(crate) fn script(catalog: &Catalog) -> String {
    let mut index: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (i, rule) in catalog.rules.iter().enumerate() {
        let mut found: Vec<_> = of(rule).into_iter().collect();
        found.sort_unstable();
        found.truncate(MOST);
        for word in found {
            index.entry(word).or_default().push(i as u32);
        }
    }
    let words = index.keys().map(String::as_str).collect::<Vec<_>>().join(" ");
    let rules: Vec<_> = index.into_values().map(pack).collect();
    call("text", &serde_json::json!({ "words": words, "rules": rules }))
}

/// A script that gives data to the pages' own script.
pub(crate) fn call(name: &str, data: &serde_json::Value) -> String {
    // JSON is JavaScript but for two line separators in old browsers; `<` can't end an element in a file of its own.
    format!("grotto({name:?},{data})\n").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lower_case_and_bounded() {
        let text = format!("Invoke-Command `security_content_ctime(1)` ÄB \"*x*\" {}", "y".repeat(41));
        assert_eq!(words(&text).collect::<Vec<_>>(), ["invoke", "command", "security_content_ctime", "äb"]);
    }

    #[test]
    fn data_can_not_end_its_script() {
        let script = call("text", &serde_json::json!({ "words": "\u{2028}\"</script>" }));
        assert_eq!(script, "grotto(\"text\",{\"words\":\"\\u2028\\\"</script>\"})\n");
    }
}
