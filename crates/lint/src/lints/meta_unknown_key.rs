//! A key that the schema does not know.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/unknown-key",
    summary: "A key that the schema does not know",
    what: "Looks for keys of a detection, macro, lookup, story or data source that its generation of the schema has no use for.",
    why: "A misspelled key is silently without effect; contentctl refuses the file.",
    bad: "known_false_postives: Some.
known_false_positives: Some.",
    good: "known_false_positives: Some.",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for unknown in file.unknown_keys {
        let (parent, key) = unknown.path.rsplit_once('.').unwrap_or(("", &unknown.path));
        let said = out.at(unknown.span, format!("the schema has no key `{}`", unknown.path));
        if parent.is_empty() && file.subject == Subject::Detection {
            super::suggest(said, key, KEYS.iter().copied());
        }
    }
}

/// Keys at the top.
const KEYS: [&str; 32] = [
    "name",
    "id",
    "version",
    "date",
    "creation_date",
    "modification_date",
    "author",
    "status",
    "type",
    "description",
    "data_source",
    "search",
    "how_to_implement",
    "known_false_positives",
    "references",
    "drilldown_searches",
    "finding",
    "intermediate_findings",
    "threat_objects",
    "analytic_story",
    "threat_group",
    "asset_type",
    "baselines",
    "cve",
    "deprecation_info",
    "atomic_guid",
    "mitre_attack_id",
    "product",
    "category",
    "security_domain",
    "tests",
    "rba",
];
