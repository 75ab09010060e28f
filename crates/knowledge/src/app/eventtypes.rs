//! `eventtypes.conf`: names for events that a search matches.
//!
//! <https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/eventtypes.conf>

use super::known;
use crate::conf::{Conf, Placed, boolean};
use grotto_diag::Diagnostic;
use indexmap::IndexMap;

/// A name for the events that a search matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventType {
    /// Its name and where it is written.
    pub name: Placed,
    /// A search without pipes, macros not yet expanded.
    pub search: Placed,
}

/// Reads the eventtypes that are not disabled.
pub(super) fn read(conf: &Conf, problems: &mut Vec<Diagnostic>) -> IndexMap<String, EventType> {
    let mut eventtypes = IndexMap::new();
    for stanza in conf.completed() {
        for (key, value) in &stanza.settings {
            if !["search", "tags", "disabled"].contains(&key.as_str()) {
                problems.extend(known::unused("eventtypes", key, value));
            }
        }
        if stanza.text("disabled").and_then(boolean) == Some(true) {
            continue;
        }
        match stanza.get("search").filter(|s| !s.text.is_empty()) {
            Some(search) => {
                let name = stanza.name.clone();
                eventtypes.insert(name.text.clone(), EventType { name, search: search.clone() });
            }
            None => problems.push(
                stanza
                    .name
                    .warning("app/empty-eventtype", "an eventtype without a search matches nothing")
                    .help("add search = …, or disabled = 1"),
            ),
        }
    }
    eventtypes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::parse;
    use grotto_diag::Source;
    use std::sync::Arc;

    #[test]
    fn searches_by_name() {
        let text = "[a]\nsearch = source=x \\\n EventCode=1\npriority = 1\n[b]\nsearch = x\ndisabled = true\n\
                    [c]\n[d]\nsearch = y\nsaerch = z\n";
        let (conf, _) = parse(&Arc::new(Source::new("eventtypes.conf", text)));
        let mut problems = Vec::new();
        let got = read(&conf, &mut problems);
        let got: Vec<(&str, &str)> = got.iter().map(|(n, e)| (n.as_str(), e.search.text.as_str())).collect();
        assert_eq!(got, [("a", "source=x \n EventCode=1"), ("d", "y")]);
        let said: Vec<&str> = problems.iter().map(|p| p.slug).collect();
        assert_eq!(said, ["app/empty-eventtype", "app/unused-setting"]);
    }
}
