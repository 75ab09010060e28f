//! All content of a run, put together from the files that it was read from.

use crate::{DataSource, Detection, Lookup, LookupKind, Macro, Story, UnknownKey};
use grotto_spl::{MacroDefinition, MacroTable};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// Detections, macros, lookups, stories and data sources, each in the order in which they were found.
///
/// # When two are the same
///
/// - Detections of one id: the first counts, the other is a warning.
/// - Macros of one name and number of arguments, and lookups of one name: the one of a later folder counts, without a
///   word, for that is how users tune content that they don't want to change. Within one folder the first counts and
///   the other is a warning.
/// - Stories and data sources of one name: the first counts; a warning only within one folder.
#[derive(Debug, Default)]
pub struct Content {
    /// Rules.
    pub detections: Vec<Detection>,
    /// Search macros, without the filter macros that no file defines: see [`Content::macro_definitions`].
    pub macros: Vec<Macro>,
    /// Tables.
    pub lookups: Vec<Lookup>,
    /// Stories.
    pub stories: Vec<Story>,
    /// Kinds of events.
    pub data_sources: Vec<DataSource>,
    /// Keys that files other than those of detections have and their schema does not, by file.
    pub unknown_keys: HashMap<PathBuf, Vec<UnknownKey>>,
    /// What was read and what was not.
    pub counts: Counts,
}

/// How many files were read, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// YAML files that were looked at.
    pub files: usize,
    /// Of these, files of a kind that says nothing about detection, such as dashboards, or of no known kind.
    pub ignored: usize,
    /// Of these, files that gave an error and so nothing else.
    pub failed: usize,
    /// Of these, files that define what another file defines already, and so don't count.
    pub duplicates: usize,
    /// Lookups that are machine learning models: known, and not run.
    pub ml_models: usize,
}

impl Content {
    /// The detection of this id, in whatever case.
    pub fn detection(&self, id: &str) -> Option<&Detection> {
        self.detections.iter().find(|d| d.id.eq_ignore_ascii_case(id))
    }

    /// The lookup of this name. A CSV lookup is also known by the name of its file, as Splunk's `inputlookup` has it.
    pub fn lookup(&self, name: &str) -> Option<&Lookup> {
        self.lookups.iter().find(|l| l.name == name).or_else(|| {
            self.lookups.iter().find(|l| match &l.kind {
                LookupKind::Csv(path) => path.file_name().is_some_and(|file| file == name),
                LookupKind::CsvMissing(file) => file == name,
                _ => false,
            })
        })
    }

    /// The story of this name.
    pub fn story(&self, name: &str) -> Option<&Story> {
        self.stories.iter().find(|s| s.name == name)
    }

    /// The data source of this name.
    pub fn data_source(&self, name: &str) -> Option<&DataSource> {
        self.data_sources.iter().find(|s| s.name == name)
    }

    /// Every macro that a search may call.
    ///
    /// These are the macros that were read and, for each detection, its filter macro: every rule of the official
    /// content ends in `` `<file name>_filter` ``, which is `search *` until a user defines it otherwise. Where the file
    /// is called differently from the rule, the macro named after the rule is there as well.
    pub fn macro_definitions(&self) -> Vec<MacroDefinition> {
        let mut all: Vec<_> = self.macros.iter().map(Macro::to_definition).collect();
        let mut known: HashSet<String> =
            all.iter().filter(|m| m.arguments.is_empty()).map(|m| m.name.clone()).collect();
        for detection in &self.detections {
            for stem in [detection.file_stem().to_owned(), file_stem_of(&detection.name)] {
                let name = format!("{stem}_filter");
                if known.insert(name.clone()) {
                    let definition = "search *".to_owned();
                    all.push(MacroDefinition { name, arguments: Vec::new(), definition, iseval: false });
                }
            }
        }
        all
    }

    /// [`Content::macro_definitions`] as the table that expands searches.
    pub fn macro_table(&self) -> MacroTable {
        let mut table = MacroTable::default();
        self.macro_definitions().into_iter().for_each(|definition| table.insert(definition));
        table
    }
}

/// The file name, without ending, that the official content gives a detection of this name.
fn file_stem_of(name: &str) -> String {
    name.to_lowercase().replace([' ', '-', '.', '/'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_of_a_name() {
        for (name, stem) in
            [("Detect A/B.C - D", "detect_a_b_c___d"), ("7zip CommandLine To SMB", "7zip_commandline_to_smb")]
        {
            assert_eq!(file_stem_of(name), stem);
        }
    }
}
