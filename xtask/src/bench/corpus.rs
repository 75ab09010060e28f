//! The rules of a benchmark: where they come from, a hundred of them, ten thousand of them.

use super::vary;
use grotto_content::Content;
use grotto_engine::Context;
use grotto_knowledge::Knowledge;
use grotto_samples::random::Random;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where the measured corpus lies beside the project, if it is there.
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpus");
/// The corpus in it.
const CORPUS: &str = "escu-2024";
/// The list of its rules that read Windows event logs.
const WINDOWS: &str = "escu-2024-windows.tsv";
/// The project's own rules.
const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../rules");
/// How many rules are few.
const FEW: usize = 100;

/// Rules on disk.
pub(super) struct Corpus {
    /// Where the rules come from, for the report.
    pub(super) name: String,
    /// All rules, as they were found.
    pub(super) all: PathBuf,
    /// Those that read Windows event logs.
    pub(super) windows: Rules,
    /// A seeded choice of those.
    pub(super) few: Rules,
    /// Those and copies of them with other values.
    pub(super) many: Rules,
}

/// A folder of rules.
pub(super) struct Rules {
    pub(super) folder: PathBuf,
    pub(super) count: usize,
}

impl Corpus {
    /// Lays the rules out below `folder`: those of `given`, else of the corpus beside the project, else the project's own.
    /// With copies there are `many`.
    ///
    /// # Errors
    /// What the file system says, with the path.
    pub(super) fn lay_out(given: Option<&Path>, folder: &Path, seed: u64, many: usize) -> io::Result<Self> {
        let shared = Path::new(SHARED).join(CORPUS);
        let (all, windows, name) = match given {
            Some(given) => (given.to_owned(), None, "the rules that were given".to_owned()),
            None if shared.is_dir() => {
                let list = fs::read_to_string(Path::new(SHARED).join(WINDOWS))?;
                (shared, Some(list), format!("{CORPUS}, of it the rules for Windows event logs"))
            }
            None => {
                let name = "the built-in pack, because the corpus is not beside the project";
                (PathBuf::from(PACK), None, name.to_owned())
            }
        };
        let (content, _) = Content::load(std::slice::from_ref(&all));
        let wanted: Option<BTreeSet<&str>> = windows
            .as_deref()
            .map(|list| list.lines().skip(1).filter_map(|line| line.split('\t').next()).collect());
        let is_wanted = |path: &Path| wanted.as_ref().is_none_or(|wanted| wanted.contains(&*stem(path)));
        let rules: Vec<&Path> = content
            .detections
            .iter()
            .map(|rule| rule.path.as_path())
            .filter(|path| is_wanted(path))
            .collect();
        if rules.is_empty() {
            return Err(io::Error::other(format!("{} holds no rules", all.display())));
        }
        let place = |name: &str| folder.join(name);
        let few = chosen(&rules, seed);
        let corpus = Self {
            windows: copied(&rules, &content, &place("windows"))?,
            few: copied(&few, &content, &place("few"))?,
            many: varied(&rules, &content, &place("many"), many)?,
            all,
            name,
        };
        Ok(corpus)
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A choice of rules, the same for the same seed.
fn chosen<'a>(rules: &[&'a Path], seed: u64) -> Vec<&'a Path> {
    let mut random = Random::new(seed);
    let mut rest = rules.to_vec();
    let mut few = Vec::new();
    while few.len() < FEW && !rest.is_empty() {
        few.push(rest.swap_remove(random.below(rest.len() as u64) as usize));
    }
    few
}

/// Copies rules, and all macros and lookups, so that each set is a folder of its own.
fn copied(rules: &[&Path], content: &Content, folder: &Path) -> io::Result<Rules> {
    for rule in rules {
        copy(rule, &folder.join("detections"))?;
    }
    belongings(content, folder)?;
    Ok(Rules { folder: folder.to_owned(), count: rules.len() })
}

/// The rules, and copies with other names, ids and values until there are many.
fn varied(rules: &[&Path], content: &Content, folder: &Path, many: usize) -> io::Result<Rules> {
    let (knowledge, _) = Knowledge::load(&[], &Context::default());
    let macros = grotto_detect::macros::table(content, &knowledge);
    let mut count = copied(rules, content, folder)?.count;
    'copies: for number in 1.. {
        let before = count;
        for rule in rules {
            if count >= many {
                break 'copies;
            }
            if let Some(text) = vary::rule(&fs::read_to_string(rule)?, &macros, number) {
                let target = folder.join("detections").join(format!("{}_{number}.yml", stem(rule)));
                fs::write(&target, text).map_err(|error| named(&target, &error))?;
                count += 1;
            }
        }
        if count == before {
            break;
        }
    }
    Ok(Rules { folder: folder.to_owned(), count })
}

/// Copies macros, lookups and the tables that stand beside those.
fn belongings(content: &Content, folder: &Path) -> io::Result<()> {
    for each in &content.macros {
        copy(&each.path, &folder.join("macros"))?;
    }
    for each in &content.lookups {
        copy(&each.path, &folder.join("lookups"))?;
        if let grotto_content::LookupKind::Csv(table) = &each.kind {
            copy(table, &folder.join("lookups"))?;
        }
    }
    Ok(())
}

fn copy(file: &Path, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
    let target = folder.join(file.file_name().unwrap_or_default());
    fs::copy(file, &target).map(|_| ()).map_err(|error| named(file, &error))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_rules_load_as_they_were_counted() {
        let folder = tempfile::tempdir().unwrap();
        let some = folder.path().join("some");
        let (pack, _) = Content::load(&[PathBuf::from(PACK)]);
        for rule in pack.detections.iter().take(4) {
            copy(&rule.path, &some.join("detections")).unwrap();
        }
        belongings(&pack, &some).unwrap();
        let corpus = Corpus::lay_out(Some(&some), &folder.path().join("sets"), 3, 30).unwrap();
        assert_eq!((corpus.windows.count, corpus.few.count), (4, 4));
        let loaded = |rules: &Rules| {
            let (content, said) = Content::load(std::slice::from_ref(&rules.folder));
            let faults: Vec<_> = said.iter().filter(|d| d.severity == grotto_diag::Severity::Error).collect();
            assert!(faults.is_empty(), "{faults:?}");
            content.detections.iter().map(|rule| rule.id.clone()).collect::<BTreeSet<_>>().len()
        };
        for rules in [&corpus.windows, &corpus.few, &corpus.many] {
            assert_eq!(loaded(rules), rules.count);
        }
        assert_eq!(corpus.many.count, 30);
    }

    #[test]
    fn a_choice_depends_on_its_seed_alone() {
        let paths: Vec<PathBuf> = (0..300).map(|n| PathBuf::from(n.to_string())).collect();
        let rules: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        assert_eq!(chosen(&rules, 1), chosen(&rules, 1));
        assert_ne!(chosen(&rules, 1), chosen(&rules, 2));
        let distinct: BTreeSet<&Path> = chosen(&rules, 1).into_iter().collect();
        assert_eq!(distinct.len(), FEW);
        assert_eq!(chosen(&rules[..7], 1).len(), 7);
    }

    #[test]
    fn a_folder_without_rules_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Corpus::lay_out(Some(folder.path()), &folder.path().join("sets"), 1, 9).err().unwrap();
        assert!(error.to_string().contains("holds no rules"), "{error}");
    }
}
