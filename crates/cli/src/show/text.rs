//! The page of a rule for people at a terminal.

use crate::output::table;
use grotto_catalog::model::{Condition, ConditionKind, Indicator, RulePage, Stage, Stretch};
use std::io::{Result, Write};

/// How many characters of prose stand on a line.
const WIDTH: usize = 100;

/// Writes it.
pub(super) fn write(out: &mut dyn Write, page: &RulePage, color: bool) -> Result<()> {
    let mut page_out = Page { out, color };
    page_out.top(page)?;
    page_out.coverage(page)?;
    page_out.stages(page)?;
    page_out.indicators(page)?;
    page_out.rest(page)
}

/// Text without signs that a terminal would obey.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { table::printable(c) }).collect()
}

struct Page<'o> {
    out: &'o mut dyn Write,
    color: bool,
}

impl Page<'_> {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// A line of text that comes from a rule.
    fn line(&mut self, indent: usize, text: &str) -> Result<()> {
        writeln!(self.out, "{:indent$}{}", "", printable(text))
    }

    fn heading(&mut self, text: &str) -> Result<()> {
        let text = self.paint("1", text);
        writeln!(self.out, "\n{text}")
    }

    /// Prose, wrapped.
    fn prose(&mut self, text: &str) -> Result<()> {
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && line.chars().count() + word.chars().count() >= WIDTH {
                self.line(2, &line)?;
                line.clear();
            }
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
        if line.is_empty() { Ok(()) } else { self.line(2, &line) }
    }

    fn fact(&mut self, name: &str, values: &[&str]) -> Result<()> {
        let values: Vec<&str> = values.iter().filter(|value| !value.is_empty()).copied().collect();
        if values.is_empty() {
            return Ok(());
        }
        self.line(2, &format!("{name:<14}{}", values.join(", ")))
    }

    fn top(&mut self, page: &RulePage) -> Result<()> {
        let title = self.paint("1", &printable(&page.name));
        writeln!(self.out, "{title}")?;
        let evidence = &page.evidence;
        let mut badge = evidence.state.label().to_owned();
        if evidence.tried > 0 {
            let day = evidence.date.as_deref().unwrap_or_default();
            badge = format!(
                "{badge}: {} of {}, {day}, grotto {}",
                evidence.passed, evidence.tried, evidence.version
            );
        }
        let code = match evidence.state.name() {
            "fires" => "32",
            "runs" => "33",
            _ => "31",
        };
        let badge = self.paint(code, &badge);
        let words: Vec<String> =
            [&page.kind, &page.severity, &page.status].iter().map(|text| printable(text)).collect();
        writeln!(self.out, "{} · {badge}", words.join(" · "))?;
        if let Some(reason) = &evidence.reason {
            self.line(2, reason)?;
        }
        writeln!(self.out)?;
        self.prose(&page.description)?;
        writeln!(self.out)?;
        let facts = &page.facts;
        let list = |list: &[String]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let version = facts.version.map_or(String::new(), |version| version.to_string());
        let dates = [("changed", &facts.modified), ("created", &facts.created)]
            .into_iter()
            .filter_map(|(word, day)| Some(format!("{word} {}", day.as_ref()?)));
        let dates: Vec<String> = dates.collect();
        self.fact("id", &[&page.id])?;
        self.fact("version", &[&version, &list(&dates)])?;
        self.fact("author", &[facts.author.as_deref().unwrap_or_default()])?;
        let score = facts.risk_score.map_or(String::new(), |score| score.to_string());
        self.fact("risk", &[&score, &list(&facts.entities)])?;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        self.fact("domain", &[&text(&facts.security_domain)])?;
        self.fact("category", &[&text(&facts.category)])?;
        self.fact("asset", &[&text(&facts.asset_type)])?;
        self.fact("stories", &[&list(&facts.stories)])?;
        self.fact("data sources", &[&list(&facts.data_sources)])?;
        self.fact("data models", &[&list(&facts.data_models)])?;
        self.fact("CVE", &[&list(&facts.cve)])?;
        self.fact("groups", &[&list(&facts.threat_groups)])?;
        self.fact("products", &[&list(&facts.products)])?;
        self.fact("corpus", &[&page.corpus, facts.licence.as_deref().unwrap_or_default()])?;
        self.fact("file", &[&facts.file])
    }

    fn coverage(&mut self, page: &RulePage) -> Result<()> {
        if !page.techniques.is_empty() {
            self.heading("MITRE ATT&CK")?;
        }
        for tactic in &page.tactics {
            self.line(2, &format!("{} {}", tactic.id, tactic.name))?;
        }
        for technique in &page.techniques {
            let others = format!("{} other rules", technique.others);
            let remark = technique.remark.as_deref().map_or(String::new(), |remark| format!("; {remark}"));
            self.line(4, &format!("{} {} ({others}{remark})", technique.id, technique.name))?;
        }
        if !page.events.events.is_empty() || !page.events.remarks.is_empty() {
            self.heading("Events")?;
        }
        for event in &page.events.events {
            self.line(2, &format!("{} event {}: {}", event.provider, event.id, event.title))?;
            let by = event.by_model.as_deref().map_or(String::new(), |model| format!(", through {model}"));
            self.line(4, &format!("{}, read by {} rules{by}", event.channel, event.rules))?;
            if !event.fields.is_empty() {
                self.prose(&format!("  fields: {}", event.fields.join(" ")))?;
            }
        }
        for remark in &page.events.remarks {
            self.prose(&format!("! {remark}"))?;
        }
        Ok(())
    }

    fn stages(&mut self, page: &RulePage) -> Result<()> {
        if let Some(problem) = &page.body.problem {
            self.heading("Problem")?;
            self.prose(problem)?;
        }
        self.list_of_stages(&page.stages, 0)
    }

    fn list_of_stages(&mut self, stages: &[Stage], indent: usize) -> Result<()> {
        for stage in stages {
            let title = format!("Stage {}: {}", stage.number, stage.command);
            let title = self.paint("1", &printable(&title));
            let kind = printable(&stage.kind);
            writeln!(self.out, "\n{:indent$}{title}  {kind}", "")?;
            self.line(indent + 2, &stage.text)?;
            if !stage.macros.is_empty() {
                self.line(indent + 2, &format!("macros: {}", stage.macros.join(" ")))?;
            }
            if let Some(reason) = &stage.unsupported {
                self.line(indent + 2, &format!("can't be run: {reason}"))?;
            }
            if let Some(condition) = &stage.condition {
                self.condition(condition, indent + 4)?;
            }
            if !stage.reads.is_empty() {
                self.line(indent + 2, &format!("reads {}", stage.reads.join(" ")))?;
            }
            if !stage.gives.names.is_empty() {
                let only = if stage.gives.all { "only " } else { "" };
                self.line(indent + 2, &format!("gives {only}{}", stage.gives.names.join(" ")))?;
            }
            for inside in &stage.inside {
                self.list_of_stages(inside, indent + 4)?;
            }
        }
        Ok(())
    }

    fn condition(&mut self, condition: &Condition, indent: usize) -> Result<()> {
        let text = match condition.op {
            ConditionKind::And => "AND".to_owned(),
            ConditionKind::Or => "OR".to_owned(),
            ConditionKind::Xor => "XOR".to_owned(),
            ConditionKind::Is => condition.text.clone(),
            ConditionKind::Not => format!("NOT {}", condition.text),
        };
        self.line(indent, &text)?;
        condition.parts.iter().try_for_each(|part| self.condition(part, indent + 2))
    }

    fn indicators(&mut self, page: &RulePage) -> Result<()> {
        if page.indicators.is_empty() {
            return Ok(());
        }
        self.heading("Indicators (with the number of other rules that look for the same)")?;
        page.indicators.iter().try_for_each(|indicator| self.indicator(indicator))
    }

    fn indicator(&mut self, indicator: &Indicator) -> Result<()> {
        let not = if indicator.negated { "not " } else { "" };
        let own = if indicator.computed { "  (made by the rule)" } else { "" };
        self.line(2, &format!("{} {not}{}{own}", indicator.field, indicator.kind.name()))?;
        for value in &indicator.values {
            let others = if value.others == 0 { String::new() } else { value.others.to_string() };
            self.line(4, &format!("{others:>5}  {}", value.written))?;
        }
        Ok(())
    }

    fn rest(&mut self, page: &RulePage) -> Result<()> {
        self.tests(page)?;
        self.finding(page)?;
        for (title, text) in
            [("Known false positives", &page.false_positives), ("How to implement", &page.implementation)]
        {
            if !text.trim().is_empty() {
                self.heading(title)?;
                self.prose(text)?;
            }
        }
        if !page.references.is_empty() {
            self.heading("References")?;
            page.references.iter().try_for_each(|url| self.line(2, url))?;
        }
        if !page.similar.is_empty() {
            self.heading("Similar rules")?;
        }
        for similar in &page.similar {
            self.line(2, &similar.name)?;
            self.line(4, &similar.reasons.join("; "))?;
        }
        if !page.macros.is_empty() || !page.lookups.is_empty() {
            self.heading("Macros and lookups")?;
        }
        for one in &page.macros {
            self.line(2, &format!("{}  {}", one.name, one.definition))?;
        }
        page.lookups.iter().try_for_each(|one| self.line(2, &format!("{}  {}", one.name, one.description)))
    }

    fn tests(&mut self, page: &RulePage) -> Result<()> {
        if !page.evidence.tests.is_empty() {
            self.heading("Tests")?;
        }
        for test in &page.evidence.tests {
            let counted = |n: Option<u64>, what| n.map_or(String::new(), |n| format!(", {n} {what}"));
            let (events, rows) = (counted(test.events, "events read"), counted(test.rows, "rows"));
            let reason = test.reason.as_deref().map_or(String::new(), |reason| format!(": {reason}"));
            self.line(2, &format!("{} {}{events}{rows}{reason}", test.outcome, test.name))?;
            test.data.iter().try_for_each(|data| self.line(4, data))?;
            self.line(4, &test.command)?;
        }
        let Some(sample) = &page.evidence.sample else { return Ok(()) };
        self.heading("An event that it takes (what matched is marked)")?;
        let identity: Vec<String> =
            sample.identity.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.line(2, &format!("{}  {}", identity.join("  "), sample.file))?;
        for field in sample.fields.iter().filter(|field| !field.predicates.is_empty()) {
            self.line(2, &format!("{}  ({})", field.name, field.predicates.join(", ")))?;
            let shown = field.value.iter().map(|part| self.stretch(part)).collect::<String>();
            writeln!(self.out, "    {shown}")?;
        }
        Ok(())
    }

    /// A stretch of a value; what matched stands in colour, or between signs where there is none.
    fn stretch(&self, part: &Stretch) -> String {
        let text = printable(&part.text);
        match (part.marked, self.color) {
            (false, _) => text,
            (true, true) => self.paint("1;33", &text),
            (true, false) => format!("»{text}«"),
        }
    }

    fn finding(&mut self, page: &RulePage) -> Result<()> {
        let finding = &page.finding;
        let said: Vec<&String> = finding.title.iter().chain(&finding.message).collect();
        let scores = finding.entity.iter().chain(&finding.intermediate);
        let entities: Vec<String> =
            scores.map(|e| format!("{} ({}), score {}", e.field, e.kind, e.score)).collect();
        if !said.is_empty() || !entities.is_empty() {
            self.heading("Finding")?;
        }
        said.into_iter().try_for_each(|text| self.line(2, text))?;
        entities.iter().try_for_each(|text| self.line(4, text))?;
        for (field, kind) in &finding.threat_objects {
            self.line(4, &format!("threat object {field} ({kind})"))?;
        }
        if let Some(throttling) = &finding.throttling {
            self.line(4, &format!("at most once in {throttling}"))?;
        }
        if !page.drilldowns.is_empty() {
            self.heading("Drilldowns")?;
        }
        for drilldown in &page.drilldowns {
            self.line(2, &drilldown.name)?;
            self.line(4, &drilldown.search)?;
        }
        Ok(())
    }
}
