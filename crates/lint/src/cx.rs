//! What all checks of a run share.

use crate::provided::Provided;
use grotto_content::{Content, Detection};
use grotto_engine::Context;
use grotto_engine::reference::{self, Kind, Support};
use grotto_knowledge::Knowledge;
use grotto_spl::MacroTable;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What all checks of a run share.
pub struct Cx<'a> {
    /// Everything that was loaded.
    pub content: &'a Content,
    /// Macros of rules, pack and add-ons.
    pub macros: &'a MacroTable,
    /// Search-time knowledge.
    pub knowledge: &'a Knowledge,
    /// Settings, lookups among them.
    pub context: &'a Context,
    /// Names of detections, in lower case, each with those that bear it.
    pub names: HashMap<String, Vec<&'a Detection>>,
    /// Names of the stories.
    pub stories: HashSet<&'a str>,
    /// Names of the data sources.
    pub data_sources: HashSet<&'a str>,
    /// Names of the lookups of rules, add-ons and user.
    pub lookups: HashSet<&'a str>,
    /// Which fields events have.
    pub provided: Provided,
}

impl<'a> Cx<'a> {
    /// Of what was loaded.
    pub(crate) fn new(
        content: &'a Content,
        macros: &'a MacroTable,
        knowledge: &'a Knowledge,
        context: &'a Context,
    ) -> Self {
        let mut names: HashMap<String, Vec<&Detection>> = HashMap::new();
        for detection in &content.detections {
            names.entry(detection.name.to_lowercase()).or_default().push(detection);
        }
        Self {
            content,
            macros,
            knowledge,
            context,
            names,
            stories: content.stories.iter().map(|s| s.name.as_str()).collect(),
            provided: Provided::default(),
            lookups: context.lookups.names().collect(),
            data_sources: content.data_sources.iter().map(|s| s.name.as_str()).collect(),
        }
    }
}

impl std::fmt::Debug for Cx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cx")
    }
}

/// The names of SPL by kind, and whether they can be run.
static NAMES: LazyLock<HashMap<(Kind, &'static str), bool>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for entry in reference::entries() {
        let runs = matches!(entry.support, Support::Yes(_));
        for name in std::iter::once(&entry.name).chain(entry.aliases) {
            names.insert((entry.kind, *name), runs);
        }
    }
    names
});

/// Whether SPL has this name, in lower case, whether it can be run or not.
pub(crate) fn spl_knows(kind: Kind, name: &str) -> bool {
    NAMES.contains_key(&(kind, name))
}

/// The name of this kind that a wrong one may have meant.
pub(crate) fn meant(kind: Kind, wrong: &str) -> Option<&'static str> {
    let names = NAMES.keys().filter(|(k, _)| *k == kind).map(|(_, name)| *name);
    grotto_engine::commands::nearest(&wrong.to_ascii_lowercase(), names)
}
