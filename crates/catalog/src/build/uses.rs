//! What a search uses: lookups, data models, commands.

use grotto_spl::ast::{Arg, Search, SearchExpr, SearchValue, Stage, Word};
use grotto_spl::text;
use grotto_spl::visit::{self, Visit};
use std::collections::BTreeSet;

/// What a search uses, searches inside it too.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Uses {
    /// Names of commands.
    pub(super) commands: BTreeSet<String>,
    /// Names of lookups.
    pub(super) lookups: BTreeSet<String>,
    /// Data model nodes as they are named: `Endpoint.Processes`.
    pub(super) models: BTreeSet<String>,
    /// Values of `nodename`.
    nodes: BTreeSet<String>,
    command: String,
}

impl Uses {
    /// Of a search whose macros were replaced.
    pub(super) fn of(tree: &Search) -> Self {
        let mut uses = Self::default();
        visit::search(tree, &mut uses);
        if let (Some(node), 1) = (uses.nodes.pop_last(), uses.models.len()) {
            let model = uses.models.pop_last().unwrap_or_default();
            let node = node.rsplit('.').next().unwrap_or_default();
            let whole = if model.contains('.') { model } else { format!("{model}.{node}") };
            uses.models.insert(whole);
        }
        uses
    }

    fn model(&mut self, name: String) {
        // `Authentication.Authentication.Failed` is the last node.
        let parts: Vec<&str> = name.split('.').collect();
        self.models.insert(match parts.as_slice() {
            [model, .., node] => format!("{model}.{node}"),
            _ => name,
        });
    }

    fn words(stage: &Stage) -> Vec<&Word> {
        stage.args.iter().filter_map(Arg::word).collect()
    }
}

impl Visit for Uses {
    fn stage(&mut self, stage: &Stage) {
        self.command = stage.command().unwrap_or_default();
        if self.command.is_empty() {
            return;
        }
        self.commands.insert(self.command.clone());
        let words = Self::words(stage);
        match (self.command.as_str(), words.as_slice()) {
            ("lookup" | "inputlookup" | "outputlookup", [name, ..]) => {
                self.lookups.insert(text::argument(name));
            }
            ("datamodel", [model, node, ..]) => {
                self.model(format!("{}.{}", text::argument(model), text::argument(node)));
            }
            ("from", [kind, name, ..]) if kind.is_keyword("datamodel") => self.model(text::argument(name)),
            ("from", [name, ..]) => {
                if let Some(name) = text::argument(name).strip_prefix("datamodel:") {
                    self.model(name.trim_matches('"').to_owned());
                }
            }
            _ => {}
        }
    }

    fn option(&mut self, name: &Word, value: &Arg) {
        if name.is_keyword("datamodel")
            && let Some(word) = value.word()
        {
            self.model(text::argument(word));
        }
    }

    fn search_expression(&mut self, expr: &SearchExpr) {
        if let SearchExpr::Compare { field, value: SearchValue::Word(value), .. } = expr
            && field.raw == "nodename"
        {
            self.nodes.insert(text::search(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookups_models_commands() {
        let joined = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(" ");
        for (spl, commands, lookups, models) in [
            (
                "a=1 | lookup update=true t k | search [| inputlookup u]",
                "inputlookup lookup search",
                "t u",
                "",
            ),
            ("| tstats count from datamodel=E.P where P.a=1 by P.b", "tstats", "", "E.P"),
            ("| tstats count from datamodel=C where nodename=All.Account by x", "tstats", "", "C.Account"),
            ("| from datamodel Risk.All_Risk | stats count", "from stats", "", "Risk.All_Risk"),
            ("| datamodel Endpoint Ports search | stats count", "datamodel stats", "", "Endpoint.Ports"),
        ] {
            let uses = Uses::of(&grotto_spl::parse(spl).unwrap());
            assert_eq!(joined(uses.commands), commands, "{spl}");
            assert_eq!(joined(uses.lookups), lookups, "{spl}");
            assert_eq!(joined(uses.models), models, "{spl}");
        }
    }
}
