//! A drilldown lacks a part.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "drilldown/form",
    summary: "A drilldown lacks a part",
    what: "A drilldown has a name of at least 5 characters, a search, and both offsets.",
    why: "Enterprise Security shows the name as a link and needs the time range. contentctl refuses the rule.",
    bad: r#"drilldown_searches:
    - name: What it found
      search: '%original_detection_search%'
      earliest_offset: $info_min_time$
    - name: Risk of $dest$
      search: '| from datamodel Risk.All_Risk | search dest="$dest$"'
      earliest_offset: 7d
      latest_offset: '0'"#,
    good: r#"drilldown_searches:
    - name: What it found
      search: '%original_detection_search%'
      earliest_offset: $info_min_time$
      latest_offset: $info_max_time$
    - name: Risk of $dest$
      search: '| from datamodel Risk.All_Risk | search dest="$dest$"'
      earliest_offset: 7d
      latest_offset: '0'"#,
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for path in file.members("drilldown_searches") {
        if file.filled(&format!("{path}.name")).map_or(0, |name| name.chars().count()) < 5 {
            out.key(&format!("{path}.name"), "the name of this drilldown has fewer than 5 characters");
        }
        for key in ["search", "earliest_offset", "latest_offset"] {
            if file.filled(&format!("{path}.{key}")).is_none() {
                out.key(&path, format!("this drilldown has no `{key}`"));
            }
        }
    }
}
