//! `props.conf`: which extractions, aliases, calculated fields and lookups an event gets.
//!
//! A stanza speaks for the events of a source type `[name]`, of sources `[source::pattern]` or of hosts
//! `[host::pattern]`. For an event, the stanzas that match it are laid over each other setting by setting: sources
//! over hosts over source types; among those of a kind, by `priority` (100 for plain names, 0 for patterns), then by
//! ASCII order, the first winning
//! (<https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/props.conf>,
//! <https://help.splunk.com/data-management/splunk-enterprise-admin-manual/9.4/administer-splunk-enterprise-with-configuration-files/attribute-precedence-within-a-single-props.conf-file>).
//!
//! The result, [`Effective`], is in the order in which Splunk does things at search time: extractions, transforms,
//! key-value mode, aliases, calculated fields, lookups, and within a kind in ASCII order of the classes
//! (<https://help.splunk.com/en/splunk-enterprise/manage-knowledge-objects/knowledge-management-manual/10.0/get-started-with-knowledge-objects/the-sequence-of-search-time-operations>).

mod rule;
mod stanza;

pub(super) use rule::group_names;
pub use rule::{Alias, AutoLookup, Extract, KvMode, LookupField, Report};

use crate::conf::{Conf, Placed};
use grotto_diag::Diagnostic;
use rule::Rule;
use stanza::{PropsStanza, Rank};
use std::collections::BTreeMap;

/// The stanzas of `props.conf` that say something about searches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Props {
    /// Settings for every event.
    default: BTreeMap<String, Rule>,
    stanzas: Vec<PropsStanza>,
}

/// Everything that is done to the events of one source, host and source type, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effective {
    /// The name under which the source type is known at search time, when it has a `rename`.
    pub rename: Option<Placed>,
    /// Inline extractions.
    pub extracts: Vec<Extract>,
    /// Uses of transforms, by name.
    pub reports: Vec<Report>,
    /// How fields are found without being told, if that is set.
    pub kv_mode: Option<KvMode>,
    /// Field aliases.
    pub aliases: Vec<Alias>,
    /// Calculated fields: name and eval expression. They don't see one another's results.
    pub evals: Vec<(String, Placed)>,
    /// Automatic lookups.
    pub lookups: Vec<AutoLookup>,
}

impl Props {
    /// Reads the stanzas. Diagnostics name what can't be understood.
    pub fn new(conf: &Conf) -> (Self, Vec<Diagnostic>) {
        let mut props = Self::default();
        let mut problems = Vec::new();
        for stanza in conf.stanzas() {
            let rules = rule::rules(stanza, &mut problems);
            if stanza.name.text == crate::conf::DEFAULT_STANZA {
                props.default = rules;
            } else if let Some(stanza) = PropsStanza::new(stanza, rules, &mut problems) {
                props.stanzas.push(stanza);
            }
        }
        (props, problems)
    }

    /// What is done to the events of this source, host and source type.
    pub fn effective(&self, source: &str, host: &str, sourcetype: &str) -> Effective {
        let renamed = self.renamed(sourcetype);
        let known_as = renamed.as_ref().map_or(sourcetype, |r| r.text.as_str());
        let mut matching: Vec<(Rank<'_>, &PropsStanza)> = self
            .stanzas
            .iter()
            .filter(|s| s.matches(source, host, known_as))
            .map(|s| (s.rank(), s))
            .collect();
        matching.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut merged: BTreeMap<&str, &Rule> = BTreeMap::new();
        for rules in std::iter::once(&self.default).chain(matching.iter().map(|(_, s)| &s.rules)) {
            merged.extend(rules.iter().map(|(key, rule)| (key.as_str(), rule)));
        }
        let mut effective = Effective { rename: renamed, ..Effective::default() };
        for rule in merged.into_values() {
            effective.add(rule);
        }
        effective
    }

    /// Whether some stanza speaks for hosts. Without one the host of an event does not matter.
    pub fn has_host_stanzas(&self) -> bool {
        self.stanzas.iter().any(PropsStanza::is_about_hosts)
    }

    /// Every use of a transform (`false`) or a lookup (`true`) by name, for checks.
    pub fn references(&self) -> impl Iterator<Item = (&Placed, bool)> {
        std::iter::once(&self.default)
            .chain(self.stanzas.iter().map(|s| &s.rules))
            .flat_map(BTreeMap::values)
            .flat_map(Rule::references)
    }

    /// The new name of a source type. Settings of the old name are then not looked at, as documented.
    fn renamed(&self, sourcetype: &str) -> Option<Placed> {
        self.stanzas.iter().filter(|s| s.is_sourcetype(sourcetype)).find_map(|s| {
            match s.rules.get("rename") {
                Some(Rule::Rename(name)) if name.text != sourcetype => Some(name.clone()),
                _ => None,
            }
        })
    }
}

impl Effective {
    fn add(&mut self, rule: &Rule) {
        match rule {
            Rule::Extract(extract) => self.extracts.push(extract.clone()),
            Rule::Report(report) => self.reports.push(report.clone()),
            Rule::Aliases(aliases) => self.aliases.extend(aliases.iter().cloned()),
            Rule::Eval { field, expression } => self.evals.push((field.clone(), expression.clone())),
            Rule::Lookup(lookup) => self.lookups.push(lookup.clone()),
            Rule::KvMode(mode) => self.kv_mode = Some(mode.clone()),
            Rule::Rename(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::parse;
    use grotto_diag::Source;
    use std::sync::Arc;

    fn props(text: &str) -> Props {
        let (conf, problems) = parse(&Arc::new(Source::new("props.conf", text)));
        assert_eq!(problems, []);
        let (props, problems) = Props::new(&conf);
        assert_eq!(problems, []);
        props
    }

    fn evals(props: &Props, source: &str, host: &str, sourcetype: &str) -> Vec<(String, String)> {
        let effective = props.effective(source, host, sourcetype);
        effective.evals.into_iter().map(|(field, e)| (field, e.text)).collect()
    }

    #[test]
    fn sources_win_over_hosts_over_sourcetypes_over_default() {
        let props = props(
            "EVAL-d = 0\nEVAL-a = 0\n\
             [source::s*]\nEVAL-a = source\n\
             [host::h]\nEVAL-a = host\nEVAL-b = host\n\
             [t]\nEVAL-a = type\nEVAL-b = type\nEVAL-c = type\n",
        );
        for (source, host, sourcetype, want) in [
            ("s1", "H", "t", "a=source b=host c=type d=0"),
            ("x", "h", "t", "a=host b=host c=type d=0"),
            ("x", "x", "t", "a=type b=type c=type d=0"),
            ("x", "x", "T", "a=0 d=0"),
        ] {
            let got: Vec<String> =
                evals(&props, source, host, sourcetype).iter().map(|(f, e)| format!("{f}={e}")).collect();
            assert_eq!(got.join(" "), want, "{source} {host} {sourcetype}");
        }
    }

    #[test]
    fn among_patterns_priority_then_ascii_order_decides() {
        let a_and_z = "[source::...a...]\nEVAL-x = a\n[source::...z...]\nEVAL-x = z\n";
        assert_eq!(evals(&props(a_and_z), "az", "", "")[0].1, "a");
        let z_first = a_and_z.replace("EVAL-x = z", "EVAL-x = z\npriority = 10");
        assert_eq!(evals(&props(&z_first), "az", "", "")[0].1, "z");
        let literal = format!("{a_and_z}[source::az]\nEVAL-x = literal\n");
        assert_eq!(evals(&props(&literal), "az", "", "")[0].1, "literal");
        let ranked = literal.replace("EVAL-x = z", "EVAL-x = z\npriority = 101");
        assert_eq!(evals(&props(&ranked), "az", "", "")[0].1, "z");
    }

    #[test]
    fn the_order_within_a_kind_is_that_of_the_names() {
        let props = props(
            "[t]\nFIELDALIAS-b = c AS d\nFIELDALIAS-a = a AS b\nEXTRACT-z = (?<z>.)\nEXTRACT-B = (?<B>.)\n\
             REPORT-x = r1, r2\n",
        );
        let effective = props.effective("", "", "t");
        let targets: Vec<&str> = effective.aliases.iter().map(|a| a.target.as_str()).collect();
        assert_eq!(targets, ["b", "d"]);
        let classes: Vec<&str> = effective.extracts.iter().map(|e| e.class.as_str()).collect();
        assert_eq!(classes, ["B", "z"]);
        let transforms: Vec<&str> = effective.reports[0].transforms.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(transforms, ["r1", "r2"]);
    }

    #[test]
    fn a_renamed_sourcetype_has_the_settings_of_its_new_name() {
        let props = props("[old]\nrename = new\nEVAL-a = old\n[new]\nEVAL-a = new\n");
        let effective = props.effective("", "", "old");
        assert_eq!(effective.rename.unwrap().text, "new");
        assert_eq!(evals(&props, "", "", "old"), [("a".to_owned(), "new".to_owned())]);
        assert_eq!(props.effective("", "", "new").rename, None);
    }

    #[test]
    fn rules_for_recognising_sourcetypes_are_no_knowledge() {
        let props = props("[rule::x]\nsourcetype = y\nMORE_THAN_80 = .\n[delayedrule::z]\nsourcetype = z\n");
        assert_eq!(props.effective("rule::x", "", "rule::x"), Effective::default());
    }
}
