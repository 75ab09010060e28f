//! The page of a rule.
//!
//! It has at most [`MOST`] bytes, so that it is there at once and can be read on any line. Of a rule that says more, the page
//! shows less of what is long, and says so with links to a page below it that has everything ([`RuleView::full`]).

use super::cx::{Cx, tone};
use super::frame::{Frame, Menu};
use super::highlight::yaml;
use super::links;
use super::pages::escaped;
use super::room::{DEPTH, Room, first, is_longer};
use crate::model::{
    Condition, ConditionKind, EventUse, EvidenceState, Indicator, IndicatorValue, Piece, RulePage,
    SampleEvent, SampleField, Similar, Stage,
};
use askama::Template;

/// The longest page of a rule, in bytes, before it is compressed.
pub(super) const MOST: usize = 40_000;

/// Characters of a name in the title of a page.
const TITLE: usize = 200;

/// The page of a rule as it is shown.
#[derive(Template)]
#[template(path = "rule.html")]
pub(super) struct RuleView<'a> {
    frame: Frame,
    cx: &'a Cx,
    rule: &'a RulePage,
    room: Room,
    /// Whether it is the page that has everything.
    full: bool,
    /// The way to the rule's own folder.
    own: &'static str,
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
    room: Room,
}

#[expect(clippy::unused_self, reason = "templates call methods of what they show")]
impl<'a> RuleView<'a> {
    /// Whether the page of a rule can't have everything.
    pub(super) fn is_long(cx: &'a Cx, path: &str, rule: &'a RulePage) -> bool {
        Self::new(cx, path, rule).render().is_ok_and(|page| page.len() > MOST)
    }

    /// The page at a path, within its bounds.
    pub(super) fn bounded(cx: &'a Cx, path: &str, rule: &'a RulePage) -> Result<Vec<u8>, askama::Error> {
        let mut view = Self::new(cx, path, rule);
        let mut page = view.render()?;
        for room in Room::STEPS.into_iter().skip(1) {
            if page.len() <= MOST {
                break;
            }
            view.room = room;
            page = view.render()?;
        }
        Ok(page.into_bytes())
    }

    /// The page below it that has everything.
    pub(super) fn full(cx: &'a Cx, path: &str, rule: &'a RulePage) -> Self {
        let mut view = Self { full: true, own: "../", ..Self::new(cx, path, rule) };
        view.frame.lead_to(&format!("{}index.html", links::rule(rule)));
        view
    }

    fn new(cx: &'a Cx, path: &str, rule: &'a RulePage) -> Self {
        let frame =
            cx.frame(path, &first(&rule.name, TITLE), Menu::Rules).with_description(&rule.description);
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
        Self { frame, cx, rule, room: Room::ALL, full: false, own: "", sections }
    }

    fn has(&self, id: &str) -> bool {
        self.sections.iter().any(|(section, _)| *section == id)
    }

    /// The tone and the words of the badge that says whether the rule is proven.
    fn evidence(&self) -> (&'static str, String) {
        let evidence = &self.rule.evidence;
        let mut words = evidence.state.label().to_owned();
        if matches!(evidence.state, EvidenceState::Fires | EvidenceState::Fails) {
            let when = evidence.date.as_ref().map_or(String::new(), |day| format!("{day}, "));
            words = format!(
                "{words}: {} of {}, {when}grotto {}",
                evidence.passed, evidence.tried, evidence.version
            );
        }
        if let Some(reason) = &evidence.reason {
            words = format!("{words}: {reason}");
        }
        (tone(evidence.state), words)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
    fn counted(&self, n: &u64, what: &str) -> String {
        super::cx::counted(usize::try_from(*n).unwrap_or(usize::MAX), what)
    }

    /// The way to the rule, from the top.
    fn way(&self) -> Vec<(String, String)> {
        super::pages::way(self.cx, &self.rule.section, &self.rule.corpus)
    }

    fn corpus_href(&self) -> Option<String> {
        self.way().pop().map(|(_, href)| href)
    }

    fn markdown(&self, text: &str) -> String {
        self.room.markdown(text)
    }

    fn yaml(&self) -> String {
        yaml(&self.rule.body.file)
    }

    /// A search, cut where there is no room for it.
    fn spl(&self, text: &str) -> String {
        self.room.spl(&first(text, self.room.search))
    }

    /// Whether the search is there as a whole, so that it can be copied.
    fn has_search(&self) -> bool {
        !is_longer(&self.rule.body.search, self.room.search)
    }

    /// Whether there is room for the id as a whole, which that of no real rule is too long for.
    fn has_id(&self) -> bool {
        !self.room.is_tight() || self.rule.id.len() <= TITLE
    }

    /// The URLs that are short enough for the room that there is.
    fn references(&self) -> Vec<&'a String> {
        let fits = |url: &&String| !self.room.is_tight() || url.len() <= TITLE;
        self.rule.references.iter().filter(fits).take(self.room.items).collect()
    }

    /// The search with its macros to be unfolded in place.
    fn body(&self) -> String {
        let body = &self.rule.body;
        if body.pieces.is_empty() || !self.room.unfold {
            return self.spl(&body.search);
        }
        let mut out = String::new();
        // Text between macros is read by itself; whether a command comes first is told by the sign before it.
        for piece in &body.pieces {
            match piece {
                Piece::Text(text) => out.push_str(&self.room.spl(text)),
                Piece::Macro { call, expansion, .. } => out.extend([
                    "<details class=mac><summary>",
                    &escaped(call),
                    "</summary><code>",
                    &self.room.spl(expansion),
                    "</code></details>",
                ]),
            }
        }
        out
    }

    fn stages(&self) -> String {
        stages(&self.rule.stages, &self.frame.root, "stage", 0, self.room)
    }

    /// The indicators with as many values as there is room for, and how many are left out. One without values takes no
    /// room, unless everything does.
    fn indicators(&self) -> (Vec<(&'a Indicator, &'a [IndicatorValue])>, usize) {
        let least = usize::from(self.room.is_tight());
        let mut left = self.room.values;
        let mut shown = Vec::new();
        let mut all = 0;
        for indicator in &self.rule.indicators {
            let rows = indicator.values.len().max(least);
            all += rows;
            if left > 0 || rows == 0 {
                shown.push((indicator, &indicator.values[..indicator.values.len().min(left)]));
            }
            left = left.saturating_sub(rows);
        }
        (shown, all.saturating_sub(self.room.values))
    }

    /// Rules like it, as many as there is room for.
    fn similar(&self) -> &'a [Similar] {
        let all = &self.rule.similar;
        &all[..all.len().min(self.room.similar)]
    }

    /// A definition, cut where there is no room.
    fn short(&self, text: &str) -> String {
        self.room.cut(text)
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

    /// The sample event, where there is room for it.
    fn sample(&self) -> Option<&'a SampleEvent> {
        self.rule.evidence.sample.as_ref().filter(|_| self.room.sample)
    }

    /// The fields of the sample event in which something matched, and the others.
    fn sample_fields(&self, sample: &'a SampleEvent) -> (Vec<&'a SampleField>, Vec<&'a SampleField>) {
        sample.fields.iter().partition(|field| !field.predicates.is_empty())
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
fn stages(stages: &[Stage], root: &str, prefix: &str, depth: usize, room: Room) -> String {
    let view = StagesView { stages, root, prefix: prefix.to_owned(), depth, room };
    view.render().unwrap_or_default()
}

impl StagesView<'_> {
    /// As many stages as there is room for.
    fn shown(&self) -> &[Stage] {
        &self.stages[..self.stages.len().min(self.room.stages)]
    }

    fn stage(&self, text: &str) -> String {
        // A stage is shown without the pipe before it.
        let text = self.room.cut(text);
        if self.room.plain {
            return escaped(&text);
        }
        self.room.spl(&format!("|{text}")).replacen("<i class=p>|</i>", "", 1)
    }

    /// The first stage of a search that is written without its command.
    fn first(&self, text: &str) -> String {
        self.room.spl(&self.room.cut(text))
    }

    /// Names of fields, as many as there is room for.
    fn names(&self, names: &[String]) -> String {
        let rest = if names.len() > self.room.names { " …" } else { "" };
        let names = names.iter().take(self.room.names).map(|name| self.room.brief(name));
        names.collect::<Vec<_>>().join(" ") + rest
    }

    fn command_href(name: &str) -> String {
        links::command(name)
    }

    fn tree(&self, condition: &Condition) -> String {
        let mut out = String::from("<ul class=\"tree\">");
        let mut left = self.room.predicates;
        node(condition, &mut out, 0, &mut left, self.room);
        out + "</ul>"
    }

    /// Whether searches inside a stage are not shown.
    fn hides(&self, stage: &Stage) -> bool {
        !stage.inside.is_empty() && self.depth >= self.room.depth
    }

    /// Whether not all of a stage is shown.
    fn is_cut(&self, stage: &Stage) -> bool {
        let long = |text: &str| is_longer(text, self.room.text);
        let written = stage.written.as_deref().is_some_and(long);
        // The text is shown when there is no other, or when macros made it.
        let expanded = (stage.written.is_none() || !stage.macros.is_empty()) && long(&stage.text);
        let predicates = stage.condition.as_ref().map_or(0, leaves);
        let names = stage.reads.len().max(stage.gives.names.len());
        written
            || expanded
            || predicates > self.room.predicates
            || names > self.room.names
            || self.hides(stage)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
    fn inside(&self, search: &[Stage], stage: &usize, number: &usize) -> String {
        let prefix = format!("{}-{stage}-{number}", self.prefix);
        stages(search, self.root, &prefix, self.depth + 1, self.room)
    }
}

/// How many predicates a condition has.
fn leaves(condition: &Condition) -> usize {
    match condition.op {
        ConditionKind::Is | ConditionKind::Not => 1,
        ConditionKind::And | ConditionKind::Or | ConditionKind::Xor => {
            condition.parts.iter().map(leaves).sum()
        }
    }
}

/// A node of a tree of predicates, with as many of these as there is room for.
fn node(condition: &Condition, out: &mut String, depth: usize, left: &mut usize, room: Room) {
    let word = match condition.op {
        ConditionKind::And => "AND",
        ConditionKind::Or => "OR",
        ConditionKind::Xor => "XOR",
        ConditionKind::Is | ConditionKind::Not => {
            *left = left.saturating_sub(1);
            let class = if condition.selector { " class=\"dim\"" } else { "" };
            out.extend(["<li", class, ">"]);
            if condition.op == ConditionKind::Not {
                out.push_str("<span class=\"not\">NOT</span> ");
            }
            out.extend([escaped(&room.brief(&condition.text)).as_str(), "</li>"]);
            return;
        }
    };
    out.extend(["<li><b>", word, "</b><ul>"]);
    let mut parts = condition.parts.iter().filter(|_| depth < DEPTH).peekable();
    while *left > 0
        && let Some(part) = parts.next()
    {
        node(part, out, depth + 1, left, room);
    }
    if parts.peek().is_some() || depth >= DEPTH {
        out.push_str("<li class=\"dim\">…</li>");
    }
    out.push_str("</ul></li>");
}
