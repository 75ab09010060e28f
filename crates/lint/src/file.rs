//! A file of any kind, as it is written.

use crate::Subject;
use grotto_content::{Content, Document, Generation, UnknownKey};
use grotto_diag::Source;
use std::path::Path;
use std::sync::Arc;

/// A content file.
#[derive(Debug)]
pub struct File<'a> {
    /// What kind of file it is.
    pub subject: Subject,
    /// Where it was read from.
    pub path: &'a Path,
    /// What stands in it.
    pub document: Document,
    /// The generation that it is written in.
    pub generation: Generation,
    /// Its keys that the schema does not know.
    pub unknown_keys: &'a [UnknownKey],
}

impl<'a> File<'a> {
    fn new(subject: Subject, path: &'a Path, source: &Arc<Source>, of: Option<Generation>) -> Option<Self> {
        let document = Document::parse(source).ok()?;
        let newest = document.has("creation_date") || document.has("modification_date");
        let generation = of.unwrap_or(if newest { Generation::Three } else { Generation::One });
        Some(Self { subject, path, document, generation, unknown_keys: &[] })
    }

    /// The value of a key at the top, trimmed; `None` when it is missing or blank.
    pub fn filled(&self, path: &str) -> Option<&str> {
        self.document.scalar(path).map(str::trim).filter(|text| !text.is_empty())
    }

    /// File name without ending.
    pub fn stem(&self) -> &str {
        self.path.file_stem().and_then(|s| s.to_str()).unwrap_or_default()
    }

    /// Where the key stands that a generation keeps under `tags` and the newest at the top.
    pub fn tag(&self, key: &str) -> String {
        if self.generation == Generation::Three { key.to_owned() } else { format!("tags.{key}") }
    }

    /// The single values of a list, with the path of each.
    pub fn list(&self, path: &str) -> Vec<(String, &str)> {
        (0..self.document.len(path))
            .filter_map(|i| {
                let each = format!("{path}[{i}]");
                Some((each.clone(), self.document.scalar(&each)?.trim()))
            })
            .collect()
    }

    /// The paths of the members of a list.
    pub fn members(&self, path: &str) -> impl Iterator<Item = String> {
        let path = path.to_owned();
        (0..self.document.len(&path)).map(move |i| format!("{path}[{i}]"))
    }
}

/// All files of content but the detections, in the order of content; those of a detection are made with its rule.
pub(crate) fn others(content: &Content) -> Vec<(Subject, &Path, &Arc<Source>)> {
    let macros = content.macros.iter().map(|m| (Subject::Macro, m.path.as_path(), &m.source));
    let lookups = content.lookups.iter().map(|l| (Subject::Lookup, l.path.as_path(), &l.source));
    let stories = content.stories.iter().map(|s| (Subject::Story, s.path.as_path(), &s.source));
    let sources = content.data_sources.iter().map(|d| (Subject::DataSource, d.path.as_path(), &d.file));
    macros.chain(lookups).chain(stories).chain(sources).collect()
}

/// The file of a detection.
pub(crate) fn of_detection(detection: &grotto_content::Detection) -> Option<File<'_>> {
    let file = File::new(Subject::Detection, &detection.path, &detection.source, Some(detection.generation))?;
    Some(File { unknown_keys: &detection.unknown_keys, ..file })
}

/// Another file.
pub(crate) fn of<'a>(
    subject: Subject,
    path: &'a Path,
    source: &Arc<Source>,
    content: &'a Content,
) -> Option<File<'a>> {
    let unknown_keys = content.unknown_keys.get(path).map_or(&[][..], Vec::as_slice);
    Some(File { unknown_keys, ..File::new(subject, path, source, None)? })
}
