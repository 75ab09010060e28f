//! `rename`: gives fields other names.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, Pattern, is_hidden};
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, FieldName};
use grotto_spl::ast::Arg;
use grotto_spl::text;
use std::sync::Arc;

pub(super) static RENAME: Spec = Spec {
    name: "rename",
    aliases: &[],
    summary: "Gives fields other names. A field that had the new name is lost, even when no field has the old one.",
    syntax: "rename <field> AS <name> [, <field> AS <name>]...",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/rename",
    deviations: &[],
    assumptions: &["wildcard-skips-internal"],
    examples: &[
        Example {
            spl: "| rename Processes.* as *",
            input: r#"[{"Processes.user": "ann", "count": 1, "Processes.dest": "a"}]"#,
            expected: r#"[{"user": "ann", "count": 1, "dest": "a"}]"#,
        },
        Example {
            spl: "| rename src as source_ip, \"New Value\" as value",
            input: r#"[{"src": "1.2.3.4", "New Value": "x", "n": 1}]"#,
            expected: r#"[{"source_ip": "1.2.3.4", "value": "x", "n": 1}]"#,
        },
        Example {
            spl: "| rename missing as user",
            input: r#"[{"user": "ann", "n": 1}]"#,
            expected: r#"[{"n": 1}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    if call.args.is_empty() {
        return Err(call.missing("a field AS a name"));
    }
    let mut renames = Vec::new();
    for arg in call.args {
        let Arg::As { what, name } = arg else { return Err(call.unexpected(arg)) };
        let what = what.word().ok_or_else(|| call.unexpected(arg))?;
        let (from, to) = (Pattern::new(&text::field(what)), Pattern::new(&text::field(name)));
        if from.stars() != to.stars() {
            return Err(call.bad(name.at.0, "the new name must have as many wildcards as the field"));
        }
        renames.push((from, to));
    }
    Ok(Box::new(Rename(renames)))
}

struct Rename(Vec<(Pattern, Pattern)>);

impl Command for Rename {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn keeps_rows(&self) -> bool {
        true
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        for (from, to) in self.0.iter().rev() {
            if from.is_plain() {
                if needs.contains(to.text()) {
                    // The target stays needed: whether it was there decides whether an empty result leaves it known.
                    needs.insert(from.text());
                }
                continue;
            }
            let sources: Vec<String> =
                needs.names().filter_map(|name| to.captures(name)).map(|found| from.fill(&found)).collect();
            // A field may also have had its name before.
            needs.extend(sources);
            if needs.patterns().next().is_some() {
                needs.insert_pattern(from);
            }
        }
        needs
    }

    fn leaves(&self, field: &str) -> bool {
        !self.0.iter().any(|(from, to)| from.matches(field) || to.matches(field))
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        self.before_having(after, &FieldSet::none())
    }

    fn before_having(&self, after: &Arc<Predicate>, certain: &FieldSet) -> Formula {
        let renames = self.0.iter().rev();
        renames.fold(Formula::Leaf(Arc::clone(after)), |formula, (from, to)| {
            // What one of several renamings leaves is not known.
            let certain = |field: &str| self.0.len() == 1 && certain.contains(field);
            formula.implied(&mut |predicate| source(predicate, from, to, &certain))
        })
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        for (from, to) in &self.0 {
            let renamed: Vec<(FieldName, FieldName)> = if from.is_plain() {
                vec![(Arc::clone(from.text()), Arc::clone(to.text()))]
            } else {
                let names = rows.names().filter(|name| !is_hidden(name));
                names
                    .filter_map(|name| Some((Arc::clone(name), to.fill(&from.captures(name)?).into())))
                    .collect()
            };
            for (old, new) in renamed {
                if old == new {
                    continue;
                }
                rows.remove(&new);
                if rows.column(&old).is_some() {
                    rows =
                        rows.renamed(|name| if *name == old { Arc::clone(&new) } else { Arc::clone(name) });
                }
            }
        }
        Ok(rows)
    }
}

/// What a row said before one renaming, when it certainly has some fields.
fn source(after: &Arc<Predicate>, from: &Pattern, to: &Pattern, certain: &dyn Fn(&str) -> bool) -> Formula {
    let of = |field: &str| Formula::from(after.of_field(field.into()));
    let name = after.field();
    if from == to {
        return Formula::Leaf(Arc::clone(after));
    }
    if from.is_plain() {
        return match name {
            _ if name == &**to.text() => of(from.text()),
            _ if name == &**from.text() => Formula::Never,
            _ => Formula::Leaf(Arc::clone(after)),
        };
    }
    if from.stars() > 1 {
        return Formula::Always;
    }
    let old = to.captures(name).map(|found| from.fill(&found));
    let stayed = match &old {
        Some(old) if certain(old) => Formula::Never,
        _ => Formula::Leaf(Arc::clone(after)),
    };
    Formula::or([old.map_or(Formula::Never, |old| of(&old)), stayed])
}
