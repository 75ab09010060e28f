//! What a saved file touches.

use super::{Plan, Selection};
use crate::rules::RuleSet;
use grotto_content::{Content, LookupKind};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Endings of files that hold knowledge for all rules: tables, definitions, Splunk's settings.
const SHARED_ENDINGS: [&str; 4] = ["csv", "conf", "json", "jsonl"];
/// Folders of content that rules share.
const SHARED_FOLDERS: [&str; 4] = ["macros", "lookups", "data_sources", "apps"];

/// The files of a run.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Files of rules.
    pub rules: BTreeSet<PathBuf>,
    /// Files of macros, lookups and their tables.
    pub shared: BTreeSet<PathBuf>,
    /// Files of data.
    pub data: BTreeSet<PathBuf>,
    /// Folders in which data may come to be.
    pub data_folders: Vec<PathBuf>,
}

impl Known {
    /// The files of rules and of what belongs to them, and the data of a plan.
    pub fn new(content: &Content, rules: &RuleSet, plan: &Plan, data_folders: Vec<PathBuf>) -> Self {
        let mut shared: BTreeSet<PathBuf> = content.macros.iter().map(|m| m.path.clone()).collect();
        for lookup in &content.lookups {
            shared.insert(lookup.path.clone());
            if let LookupKind::Csv(path) = &lookup.kind {
                shared.insert(path.clone());
            }
        }
        let rules = rules.rules.iter().map(|rule| rule.detection.path.clone()).collect();
        Self { rules, shared, data: plan.files(), data_folders }
    }

    /// The tests to run again when these files were saved: those of a rule, those on a dataset, all when something
    /// changed that rules share. `None` when no test is touched.
    pub fn touched(&self, changed: &[PathBuf]) -> Option<Selection> {
        let (mut rules, mut data) = (BTreeSet::new(), BTreeSet::new());
        for path in changed {
            // One file may be named in two ways.
            let same = |known: &BTreeSet<PathBuf>| {
                known.get(path).cloned().or_else(|| {
                    let real = path.canonicalize().ok()?;
                    known.iter().find(|k| k.canonicalize().is_ok_and(|k| k == real)).cloned()
                })
            };
            if let Some(rule) = same(&self.rules) {
                rules.insert(rule);
            } else if let Some(file) = same(&self.data) {
                data.insert(file);
            } else if same(&self.shared).is_some() || is_shared(path) {
                return Some(Selection::All);
            } else if is_yaml(path) {
                rules.insert(path.clone());
            } else if self.data_folders.iter().any(|folder| path.starts_with(folder)) {
                data.insert(path.clone());
            }
        }
        (!rules.is_empty() || !data.is_empty()).then_some(Selection::Only { rules, data })
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml")
}

/// Whether a file that nobody knows yet would be shared by rules.
fn is_shared(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    ending == "conf"
        || (SHARED_FOLDERS.contains(&folder) && (is_yaml(path) || SHARED_ENDINGS.contains(&ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let set = |paths: &[&str]| paths.iter().map(PathBuf::from).collect();
        Known {
            rules: set(&["c/detections/a.yml", "c/detections/b.yml"]),
            shared: set(&["c/macros/m.yml", "c/lookups/l.yml", "c/tables/l.csv"]),
            data: set(&["c/data/a.log", "d/datasets/b.log"]),
            data_folders: vec!["d".into()],
        }
    }

    fn only(rules: &[&str], data: &[&str]) -> Selection {
        let set = |paths: &[&str]| paths.iter().map(PathBuf::from).collect();
        Selection::Only { rules: set(rules), data: set(data) }
    }

    #[test]
    fn what_a_saved_file_touches() {
        for (changed, expected) in [
            (&["c/detections/a.yml"][..], Some(only(&["c/detections/a.yml"], &[]))),
            (&["c/data/a.log"], Some(only(&[], &["c/data/a.log"]))),
            (&["c/detections/b.yml", "c/data/a.log"], Some(only(&["c/detections/b.yml"], &["c/data/a.log"]))),
            (&["c/macros/m.yml"], Some(Selection::All)),
            (&["c/tables/l.csv"], Some(Selection::All)),
            (&["c/detections/a.yml", "c/lookups/l.yml"], Some(Selection::All)),
            // Files that are new.
            (&["c/detections/new.yml"], Some(only(&["c/detections/new.yml"], &[]))),
            (&["c/macros/new.yml"], Some(Selection::All)),
            (&["c/lookups/new.csv"], Some(Selection::All)),
            (&["app/default/props.conf"], Some(Selection::All)),
            (&["d/datasets/new.log"], Some(only(&[], &["d/datasets/new.log"]))),
            // Files that are nothing.
            (&["c/README.md", "c/detections/.a.yml.swp", "c/data/other.log"], None),
            (&[], None),
        ] {
            let changed: Vec<PathBuf> = changed.iter().map(PathBuf::from).collect();
            assert_eq!(known().touched(&changed), expected, "{changed:?}");
        }
    }

    #[test]
    fn a_file_is_known_by_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let rule = folder.path().join("a.yml");
        std::fs::write(&rule, "x").unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let known = Known { rules: [folder.path().join("sub/../a.yml")].into(), ..Known::default() };
        let Some(Selection::Only { rules, .. }) = known.touched(&[rule]) else { panic!("not touched") };
        assert_eq!(rules, known.rules);
    }
}
