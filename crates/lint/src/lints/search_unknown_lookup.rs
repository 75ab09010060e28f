//! The search reads a lookup that nobody defines.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::Arg;

pub(super) static LINT: Lint = Lint {
    slug: "search/unknown-lookup",
    summary: "The search reads a lookup that nobody defines",
    what: "Looks up the tables of `lookup`, `inputlookup` and `outputlookup` among the lookups of the rules, of the add-ons, of `--lookups` and of well-known apps. `outputlookup` may name a CSV file that is not there yet.",
    why: "The search does not run, or finds nothing. contentctl refuses the rule.",
    bad: "search: '`some_source` | stats count by dest | lookup some_tabel dest OUTPUT role | `a_rule_filter`'",
    good: "search: '`some_source` | stats count by dest | lookup some_table dest OUTPUT role | `a_rule_filter`'",
    severity: Severity::Error,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    for stage in walk::stages(tree) {
        let command = stage.command();
        let writes = command.as_deref() == Some("outputlookup");
        if !writes && !matches!(command.as_deref(), Some("lookup" | "inputlookup")) {
            continue;
        }
        let Some(table) = stage.args.iter().find_map(Arg::word) else { continue };
        let name = grotto_spl::text::argument(table);
        // Splunk makes a missing file, but no definition.
        if is_known(&name, cx) || (writes && name.contains(".csv")) {
            continue;
        }
        let said = out.spl(rule, table.at.0, format!("no lookup is called `{name}`"));
        super::suggest_name(said, &name, cx.content.lookups.iter().map(|lookup| lookup.name.as_str()));
    }
}

/// Lookups that come with Splunk and with apps that detections build on, as far as contentctl names them;
/// <https://github.com/splunk/contentctl/blob/main/contentctl/objects/lookup.py>.
const OF_APPS: [&str; 7] = [
    "admon_groups_def",
    "alexa_lookup_by_str",
    "cim_corporate_web_domain_lookup",
    "dnslookup",
    "identity_lookup_expanded",
    "interesting_ports_lookup",
    "ut_shannon_lookup",
];

/// Whether a table of this name is there, or comes with Splunk or an app.
pub(super) fn is_known(name: &str, cx: &Cx<'_>) -> bool {
    let of_splunk = name.starts_with("geo_") || name.contains('$') || OF_APPS.contains(&name);
    of_splunk || cx.lookups.contains(name) || cx.content.lookup(name).is_some()
}
