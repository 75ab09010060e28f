//! Where the configuration is.

use super::{Config, Place, Settings, Tuned, read};
use grotto_diag::{Diagnostic, Source, input};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the file.
pub(crate) const NAME: &str = "grotto.toml";
/// How large it may be, in bytes; the macros of every rule of the official content take a tenth of it.
const LARGEST: u64 = 4 << 20;

/// The configuration of a place, if there is one.
///
/// # Errors
/// What is wrong with the file.
pub(crate) fn find(place: &Place) -> Result<Option<Config>, Vec<Diagnostic>> {
    match place {
        Place::Nowhere => Ok(None),
        Place::File(path) => load(path).map(Some),
        Place::Upward => {
            let depth = std::env::current_dir().map_or(1, |cwd| cwd.ancestors().count());
            upward(Path::new(""), depth).map(|path| load(&path)).transpose()
        }
    }
}

/// The nearest file from `from` upward, which may be `depth` folders. Its path leads from the working directory, so
/// that paths in messages are as short as those that are typed.
fn upward(from: &Path, depth: usize) -> Option<PathBuf> {
    let folders = std::iter::successors(Some(from.to_owned()), |folder| Some(folder.join("..")));
    folders.take(depth).map(|folder| folder.join(NAME)).find(|path| path.is_file())
}

fn load(path: &Path) -> Result<Config, Vec<Diagnostic>> {
    let text = input::text(path, LARGEST).map_err(|error| vec![error])?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut config = read::read(Arc::new(Source::new(path.display().to_string(), text)), folder)?;
    beside(Arc::make_mut(&mut config.settings), folder)?;
    Ok(config)
}

/// Adds the macros of a `macros.conf` beside the file; those of the file itself go before them.
fn beside(settings: &mut Settings, folder: &Path) -> Result<(), Vec<Diagnostic>> {
    let path = folder.join("macros.conf");
    if !path.is_file() {
        return Ok(());
    }
    let text = input::text(&path, LARGEST).map_err(|error| vec![error])?;
    let source = Arc::new(Source::new(path.display().to_string(), text));
    let (macros, said) = grotto_knowledge::app::macros_of(&source);
    settings.warnings.extend(said);
    let tuned = macros.into_iter().map(|definition| Tuned { definition, origin: source.name.clone() });
    settings.macros.splice(0..0, tuned);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_diag::Severity;
    use std::fs;

    #[test]
    fn the_nearest_file_counts_and_the_search_ends_at_the_top() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b/c");
        fs::create_dir_all(&deep).unwrap();
        assert_eq!(upward(&deep, 4), None);
        fs::write(folder.path().join(NAME), "").unwrap();
        assert_eq!(upward(&deep, 3), None, "four folders up");
        assert_eq!(upward(&deep, 4), Some(deep.join("../../..").join(NAME)));
        fs::write(folder.path().join("a").join(NAME), "").unwrap();
        assert_eq!(upward(&deep, 4), Some(deep.join("../..").join(NAME)));
        fs::create_dir(deep.join(NAME)).unwrap();
        assert_eq!(upward(&deep, 4), Some(deep.join("../..").join(NAME)), "a folder is no file");
    }

    #[test]
    fn a_file_that_is_named_must_be_there() {
        assert!(find(&Place::Nowhere).unwrap().is_none());
        let said = find(&Place::File("no/such/file.toml".into())).unwrap_err();
        assert_eq!(said[0].severity, Severity::Error);
        assert!(said[0].message.contains("no/such/file.toml"), "{}", said[0]);
    }

    #[test]
    fn macros_beside_the_file_count_unless_the_file_says_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        fs::write(&path, "[filters]\na_filter = 'search x=1'\n").unwrap();
        let conf =
            "[a_filter]\ndefinition = search x=2\n[b(1)]\nargs = n\ndefinition = y=$n$\n[c]\ncolour = 1\n";
        fs::write(folder.path().join("macros.conf"), conf).unwrap();
        let config = find(&Place::File(path)).unwrap().unwrap();
        let all: Vec<_> = config
            .settings
            .macros
            .iter()
            .map(|m| {
                (m.definition.name.as_str(), m.definition.arguments.len(), m.definition.definition.as_str())
            })
            .collect();
        assert_eq!(all, [("a_filter", 0, "search x=2"), ("b", 1, "y=$n$"), ("a_filter", 0, "search x=1")]);
        assert!(
            config.settings.warnings.iter().any(|w| w.file().is_some_and(|f| f.ends_with("macros.conf")))
        );
    }
}
