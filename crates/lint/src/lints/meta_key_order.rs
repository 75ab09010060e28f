//! The keys are not in their usual order.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/key-order",
    summary: "The keys are not in their usual order",
    what: "Compares the order of the keys at the top with that of the official content.",
    why: "Files in the same order are easier to read and to compare.",
    bad: "type: TTP\nstatus: production",
    good: "status: production\ntype: TTP",
    severity: Severity::Info,
    since: Generation::Three,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Detection || file.generation != Generation::Three {
        return;
    }
    let mut last = 0;
    for (key, span) in file.document.keys("") {
        let Some(at) = ORDER.iter().position(|known| *known == key) else { continue };
        if at < last {
            out.at(span, format!("`{key}` usually stands before `{}`", ORDER[last]));
            return;
        }
        last = at;
    }
}

/// The order of <https://github.com/splunk/security_content>.
pub(crate) const ORDER: [&str; 30] = [
    "name",
    "id",
    "version",
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
    "cve",
    "atomic_guid",
    "mitre_attack_id",
    "product",
    "category",
    "security_domain",
    "baselines",
    "tests",
    "deprecation_info",
];
