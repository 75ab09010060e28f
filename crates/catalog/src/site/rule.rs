//! The page of a rule.

use super::cx::{Cx, tone};
use super::frame::{Frame, Menu};
use super::highlight::{spl, yaml};
use super::links;
use super::markdown::markdown;
use super::pages::escaped;
use crate::model::{
    Condition, ConditionKind, EventUse, EvidenceState, Indicator, IndicatorValue, MarkedValue, Piece,
    RulePage, Stage,
};
use askama::Template;

/// How deep trees of predicates and searches inside searches are shown.
const DEPTH: usize = 40;

/// The page of a rule as it is shown.
#[derive(Template)]
#[template(path = "rule.html")]
pub(super) struct RuleView<'a> {
    frame: Frame,
    cx: &'a Cx,
    rule: &'a RulePage,
    sections: Vec<(&'static str, &'static str)>,
}

/// The stages of a search as they are shown.
#[derive(Template)]
#[template(path = "stages.html")]
struct StagesView<'a> {
    stages: &'a [Stage],
    root: &'a str,
    /// What stands before the number of a stage in its anchor.
    prefix: String,
    depth: usize,
}

#[expect(clippy::unused_self, reason = "templates call methods of what they show")]
impl<'a> RuleView<'a> {
    /// The page at a path.
    pub(super) fn new(cx: &'a Cx, path: &str, rule: &'a RulePage) -> Self {
        let frame = cx.frame(path, &rule.name, Menu::Rules).with_description(&rule.description);
        let all = [
            ("attack", "MITRE ATT&CK coverage", !rule.techniques.is_empty()),
            ("events", "Event coverage", !rule.events.events.is_empty() || !rule.events.remarks.is_empty()),
            ("body", "Rule body", true),
            ("stages", "Stages and predicates", !rule.stages.is_empty()),
            ("indicators", "Indicators", !rule.indicators.is_empty()),
            ("test", "Test", !rule.evidence.tests.is_empty()),
            ("finding", "Finding", has_finding(rule)),
            ("drilldowns", "Drilldowns", !rule.drilldowns.is_empty()),
            ("false-positives", "Known false positives", !rule.false_positives.trim().is_empty()),
            ("implementation", "How to implement", !rule.implementation.trim().is_empty()),
            ("similar", "Similar rules", !rule.similar.is_empty()),
            ("macros", "Macros and lookups", !rule.macros.is_empty() || !rule.lookups.is_empty()),
            ("references", "References", !rule.references.is_empty()),
        ];
        let sections =
            all.into_iter().filter(|(_, _, there)| *there).map(|(id, name, _)| (id, name)).collect();
        Self { frame, cx, rule, sections }
    }

    fn has(&self, id: &str) -> bool {
        self.sections.iter().any(|(section, _)| *section == id)
    }

    /// The tone and the words of the badge that says whether the rule is proven.
    fn evidence(&self) -> (&'static str, String) {
        let evidence = &self.rule.evidence;
        let mut words = evidence.state.label().to_owned();
        if matches!(evidence.state, EvidenceState::Fires | EvidenceState::Fails) {
            words =
                format!("{words}: {} of {}, grotto {}", evidence.passed, evidence.tried, evidence.version);
        }
        if let Some(reason) = &evidence.reason {
            words = format!("{words}: {reason}");
        }
        (tone(evidence.state), words)
    }

    fn markdown(&self, text: &str) -> String {
        markdown(text)
    }

    fn yaml(&self) -> String {
        yaml(&self.rule.body.file)
    }

    fn spl(&self, text: &str) -> String {
        spl(text)
    }

    /// The search with its macros to be unfolded in place.
    fn body(&self) -> String {
        let body = &self.rule.body;
        if body.pieces.is_empty() {
            return spl(&body.search);
        }
        let mut out = String::new();
        // Text between macros is read by itself; whether a command comes first is told by the sign before it.
        for piece in &body.pieces {
            match piece {
                Piece::Text(text) => out.push_str(&spl(text)),
                Piece::Macro { call, expansion, .. } => out.extend([
                    "<details class=\"mac\"><summary class=\"t-mac\">",
                    &escaped(call),
                    "</summary><code>",
                    &spl(expansion),
                    "</code></details>",
                ]),
            }
        }
        out
    }

    fn stages(&self) -> String {
        stages(&self.rule.stages, &self.frame.root, "stage", 0)
    }

    /// Names and addresses of the tactics of a technique.
    fn tactics(&self, ids: &[String]) -> Vec<(String, String)> {
        let of = |id: &String| self.cx.catalog.tactics.iter().find(|t| &t.id == id);
        ids.iter().filter_map(of).map(|t| (t.name.clone(), links::tactic(&t.key))).collect()
    }

    fn technique_href(&self, id: &str) -> Option<String> {
        self.cx.technique(id).map(|t| links::technique(&t.id))
    }

    fn event_href(&self, event: &EventUse) -> Option<String> {
        self.cx.event(&event.key).map(|event| links::event(&event.key))
    }

    fn field_href(&self, name: &str) -> Option<String> {
        self.cx.field(name).map(|field| links::field(&field.key))
    }

    fn story_href(&self, name: &str) -> Option<String> {
        self.cx.catalog.stories.iter().find(|story| story.name == name).map(|story| links::story(&story.key))
    }

    fn data_source_href(&self, name: &str) -> Option<String> {
        let known = |source: &&crate::model::DataSourceEntry| source.name.eq_ignore_ascii_case(name);
        self.cx.catalog.data_sources.iter().find(known).map(|source| links::data_source(&source.key))
    }

    fn rule_href(&self, id: &str) -> Option<String> {
        self.cx.rule(id).map(links::rule)
    }

    /// Where an event comes from, in words.
    fn by(&self, event: &EventUse) -> String {
        let mut from = Vec::new();
        if event.by_search {
            from.push("the search".to_owned());
        }
        if let Some(node) = &event.by_model {
            from.push(format!("data model {node}"));
        }
        if event.by_data_source {
            from.push("data source".to_owned());
        }
        from.join(", ")
    }

    /// The kind of an indicator with its negation.
    fn kind(&self, indicator: &Indicator) -> &'static str {
        indicator.kind.name()
    }

    /// How a value is compared, where that is not how the indicator is.
    fn own_kind(&self, indicator: &Indicator, value: &IndicatorValue) -> Option<&'static str> {
        (value.kind != indicator.kind).then(|| value.kind.name())
    }

    /// A value of the sample event with what matched marked.
    fn marked(&self, value: &MarkedValue) -> String {
        let mut out = String::new();
        let mut at = 0;
        for (from, to) in &value.ranges {
            let (Some(before), Some(inside)) = (value.value.get(at..*from), value.value.get(*from..*to))
            else {
                continue;
            };
            out.extend([&escaped(before), "<mark>", &escaped(inside), "</mark>"]);
            at = *to;
        }
        let rest = escaped(value.value.get(at..).unwrap_or(""));
        if value.ranges.is_empty() { format!("<mark>{rest}</mark>") } else { out + &rest }
    }
}

fn has_finding(rule: &RulePage) -> bool {
    let finding = &rule.finding;
    finding.title.is_some()
        || finding.entity.is_some()
        || finding.message.is_some()
        || !finding.intermediate.is_empty()
}

/// Stages as HTML, those of searches inside them too.
fn stages(stages: &[Stage], root: &str, prefix: &str, depth: usize) -> String {
    let view = StagesView { stages, root, prefix: prefix.to_owned(), depth };
    view.render().unwrap_or_default()
}

impl StagesView<'_> {
    fn stage(text: &str) -> String {
        // A stage is shown without the pipe before it.
        spl(&format!("|{text}")).replacen("<span class=\"t-pipe\">|</span>", "", 1)
    }

    /// The first stage of a search that is written without its command.
    fn first(text: &str) -> String {
        spl(text)
    }

    fn command_href(name: &str) -> String {
        links::command(name)
    }

    fn tree(condition: &Condition) -> String {
        let mut out = String::from("<ul class=\"tree\">");
        node(condition, &mut out, 0);
        out + "</ul>"
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
    fn inside(&self, search: &[Stage], stage: &usize, number: &usize) -> String {
        if self.depth >= DEPTH {
            return String::new();
        }
        stages(search, self.root, &format!("{}-{stage}-{number}", self.prefix), self.depth + 1)
    }
}

/// A node of a tree of predicates.
fn node(condition: &Condition, out: &mut String, depth: usize) {
    let word = match condition.op {
        ConditionKind::And => "AND",
        ConditionKind::Or => "OR",
        ConditionKind::Xor => "XOR",
        ConditionKind::Is | ConditionKind::Not => {
            let class = if condition.selector { " class=\"dim\"" } else { "" };
            out.extend(["<li", class, ">"]);
            if condition.op == ConditionKind::Not {
                out.push_str("<span class=\"not\">NOT</span> ");
            }
            out.extend([escaped(&condition.text).as_str(), "</li>"]);
            return;
        }
    };
    out.extend(["<li><b>", word, "</b><ul>"]);
    if depth < DEPTH {
        condition.parts.iter().for_each(|part| node(part, out, depth + 1));
    } else {
        out.push_str("<li class=\"dim\">…</li>");
    }
    out.push_str("</ul></li>");
}
