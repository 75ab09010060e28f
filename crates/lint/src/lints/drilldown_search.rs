//! A drilldown's search can't run.

use crate::cx::Cx;
use crate::cx::{meant, spl_knows};
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::{Generation, Text};
use grotto_diag::{Severity, Span};
use grotto_engine::reference::Kind;
use grotto_spl::ast::{Arg, Search};

pub(super) static LINT: Lint = Lint {
    slug: "drilldown/search",
    summary: "A drilldown's search can't run",
    what: "Parses the searches of drilldowns and looks up their commands, macros and lookups, as is done for the rule's own search.",
    why: "Nobody runs a drilldown until an incident: then the link shows an error.",
    bad: r#"drilldown_searches:
    - name: What it found
      search: '%original_detection_search% | search `nobody` dest="$dest$"'
      earliest_offset: $info_min_time$
      latest_offset: $info_max_time$
    - name: Risk of $dest$
      search: '| from datamodel Risk.All_Risk | serach dest="$dest$"'
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
    severity: Severity::Error,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    for drilldown in &rule.detection.drilldown_searches {
        let text = &drilldown.search;
        let search = runnable(text);
        match grotto_spl::parse(&search) {
            Ok(tree) => names(&tree, text, cx, out),
            Err(problem) => {
                let span = problem.labels.first().map_or(text.span(), |label| text.map(label.span));
                out.at(span, format!("this drilldown can't be read: {}", problem.message));
            }
        }
    }
}

/// The search as long as it is, so that places stay, with something harmless for the rule's own and for tokens; a token
/// may have a filter, as in `$dest|s$`.
fn runnable(text: &str) -> String {
    const OWN: &str = "%original_detection_search%";
    let mut search = text.replace(OWN, &format!("{:width$}", "*", width = OWN.len()));
    let mut from = 0;
    while let Some(start) = search[from..].find('$').map(|at| from + at) {
        let Some(end) = search[start + 1..].find('$').map(|at| start + 1 + at) else { break };
        let field = search[start + 1..end].split('|').next().unwrap_or_default();
        if super::tokens(&format!("${field}$")).is_empty() {
            from = end;
            continue;
        }
        search.replace_range(start..=end, &"x".repeat(end + 1 - start));
        from = end + 1;
    }
    search
}

/// Says which names nobody knows.
fn names(tree: &Search, text: &Text, cx: &Cx<'_>, out: &mut Out<'_>) {
    let mut say = |span: Span, message: String, near: Option<String>| {
        out.at(text.map(span), message).help = near.map(|near| format!("did you mean {near}?"));
    };
    walk::macro_calls(tree, |call| {
        let implied = super::search_unknown_macro::OF_SPLUNK.contains(&call.name.as_str());
        if cx.macros.get(&call.name, call.args.len()).is_none() && !implied {
            let message = format!("no macro is called `{}` with {} arguments", call.name, call.args.len());
            say(call.at.0, message, None);
        }
    });
    for stage in walk::stages(tree) {
        let Some(command) = stage.command() else { continue };
        if !spl_knows(Kind::Command, &command) {
            let span = Span::new(stage.at.0.start, stage.at.0.start + command.len());
            let near = meant(Kind::Command, &command).map(str::to_owned);
            say(span, format!("SPL has no command `{command}`"), near);
        }
        if matches!(command.as_str(), "lookup" | "inputlookup")
            && let Some(table) = stage.args.iter().find_map(Arg::word)
        {
            let name = grotto_spl::text::argument(table);
            if !super::search_unknown_lookup::is_known(&name, cx) {
                say(table.at.0, format!("no lookup is called `{name}`"), None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_replaced_and_places_stay() {
        for (written, runs) in [
            ("| search dest=$dest|s$ a=\"$b$\"", "| search dest=xxxxxxxx a=\"xxx\""),
            ("| rex \"a$ b$\" $c$", "| rex \"a$ b$\" xxx"),
            ("| where x > $5", "| where x > $5"),
        ] {
            assert_eq!(runnable(written), runs);
        }
        let own = "%original_detection_search% | search a=1";
        assert!(runnable(own).starts_with("* ") && runnable(own).len() == own.len());
        assert!(grotto_spl::parse(&runnable(own)).is_ok());
    }
}
