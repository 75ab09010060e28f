//! A drilldown reads a field that the result does not have.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "drilldown/dropped-field",
    summary: "A drilldown reads a field that the result does not have",
    what: "Compares the tokens of drilldowns with the fields that the search leaves, where it is certain which these are.",
    why: "The token stays empty, and the drilldown finds nothing or everything.",
    bad: r#"drilldown_searches:
    - name: What it found
      search: '%original_detection_search% | search user="$usr$"'
      earliest_offset: $info_min_time$
      latest_offset: $info_max_time$
    - name: Risk of $dest$
      search: '| from datamodel Risk.All_Risk | search dest="$dest$"'
      earliest_offset: 7d
      latest_offset: '0'"#,
    good: r#"drilldown_searches:
    - name: What it found
      search: '%original_detection_search% | search dest="$dest$"'
      earliest_offset: $info_min_time$
      latest_offset: $info_max_time$
    - name: Risk of $dest$
      search: '| from datamodel Risk.All_Risk | search dest="$dest$"'
      earliest_offset: 7d
      latest_offset: '0'"#,
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some((names, _)) = rule.flow().end.only() else { return };
    for path in rule.file.members("drilldown_searches") {
        let mut said = std::collections::HashSet::new();
        for key in ["name", "search"] {
            let path = format!("{path}.{key}");
            let Some(text) = rule.file.document.text(&path) else { continue };
            for (at, field) in super::tokens(&text) {
                if rule.flow().end.may_have(field)
                    || super::always_there(field)
                    || !said.insert(field.to_owned())
                {
                    continue;
                }
                let span = text.map(grotto_diag::Span::new(at, at + field.len() + 2));
                let diagnostic =
                    out.at(span, format!("the result has no field `{field}`, which this drilldown reads"));
                super::suggest_field(diagnostic, field, names);
            }
        }
    }
}
