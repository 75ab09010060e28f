//! Analytic stories: what several detections tell together.

use crate::yaml::{Mapping, Reader};
use grotto_diag::Source;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An analytic story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Name, by which detections refer to it.
    pub name: String,
    /// Identifier, a UUID in the official content.
    pub id: Option<String>,
    /// Version, counted up by its authors.
    pub version: Option<u32>,
    /// Day of the last change.
    pub modification_date: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// `production`, `deprecated` …, where it is said.
    pub status: Option<String>,
    /// What it is about, in short.
    pub description: String,
    /// What it is about, at length.
    pub narrative: String,
    /// Where to read more.
    pub references: Vec<String>,
    /// Such as `Adversary Tactics`.
    pub category: Vec<String>,
    /// Products that it is for.
    pub product: Vec<String>,
    /// Such as `Advanced Threat Detection`.
    pub usecase: Option<String>,
    /// Vulnerabilities, `CVE-…`.
    pub cve: Vec<String>,
    /// Groups of attackers.
    pub threat_group: Vec<String>,
    /// Where it was read from.
    pub path: PathBuf,
    /// The file.
    pub source: Arc<Source>,
}

/// Reads a story. `None`, and an error in `reader`, when it has no name.
pub(crate) fn read(reader: &Reader, top: &Mapping<'_>, path: &Path) -> Option<Story> {
    top.ignore(&["creation_date", "type"]);
    let Some(name) = top.filled("name") else {
        reader.missing("the story", "name");
        return None;
    };
    let mut story = Story {
        name,
        id: top.filled("id"),
        version: top.number("version"),
        modification_date: top.filled("modification_date").or_else(|| top.filled("date")),
        author: top.filled("author"),
        status: top.filled("status"),
        description: top.string("description").unwrap_or_default(),
        narrative: top.string("narrative").unwrap_or_default(),
        references: top.strings("references"),
        category: Vec::new(),
        product: Vec::new(),
        usecase: None,
        cve: Vec::new(),
        threat_group: Vec::new(),
        path: path.to_owned(),
        source: Arc::clone(&reader.source),
    };
    // Generation 3 has at the top what the older ones have under `tags`.
    match top.mapping("tags") {
        Some(tags) => rest(&tags, &mut story),
        None => rest(top, &mut story),
    }
    Some(story)
}

fn rest(map: &Mapping<'_>, story: &mut Story) {
    story.category = map.strings("category");
    story.product = map.strings("product");
    story.usecase = map.filled("usecase");
    story.cve = map.strings("cve");
    story.threat_group = map.strings("threat_group");
    story.threat_group.extend(map.strings("group"));
}
