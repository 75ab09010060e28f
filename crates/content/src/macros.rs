//! Search macros as content authors write them.

use crate::yaml::{Mapping, Reader, Text};
use grotto_diag::Source;
use grotto_spl::MacroDefinition;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A search macro: a name that stands for a piece of a search.
#[derive(Debug, Clone)]
pub struct Macro {
    /// Name, without the number of arguments.
    pub name: String,
    /// Names of the arguments in order. Macros of one name and different numbers of arguments are different.
    pub arguments: Vec<String>,
    /// What the name stands for, with its place in the file.
    pub definition: Text,
    /// Whether the definition is an eval expression that makes the text.
    pub iseval: bool,
    /// What it is for.
    pub description: String,
    /// Where it was read from.
    pub path: PathBuf,
    /// The file.
    pub source: Arc<Source>,
}

impl Macro {
    /// What macro expansion needs of it.
    pub fn to_definition(&self) -> MacroDefinition {
        MacroDefinition {
            name: self.name.clone(),
            arguments: self.arguments.clone(),
            definition: self.definition.as_str().to_owned(),
            iseval: self.iseval,
        }
    }
}

/// Keys that newer files carry and that mean nothing for a search.
const IGNORED: [&str; 6] = ["id", "version", "creation_date", "modification_date", "date", "author"];

/// Reads a macro. `None`, and an error in `reader`, when it has no name or definition.
pub(crate) fn read(reader: &Reader, top: &Mapping<'_>, path: &Path) -> Option<Macro> {
    top.ignore(&IGNORED);
    let (name, definition) = (top.filled("name"), top.text("definition"));
    for (key, there) in [("name", name.is_some()), ("definition", definition.is_some())] {
        if !there {
            reader.missing("the macro", key);
        }
    }
    let name = name?;
    Some(Macro {
        // `name(2)` is how macros.conf tells macros of different numbers of arguments apart.
        name: name.split_once('(').map_or(name.as_str(), |(name, _)| name).to_owned(),
        arguments: arguments(top),
        definition: definition?,
        iseval: top.truth("iseval").unwrap_or(false),
        description: top.string("description").unwrap_or_default(),
        path: path.to_owned(),
        source: Arc::clone(&reader.source),
    })
}

/// A list of names, each of which may hold several with commas between, as in macros.conf.
fn arguments(top: &Mapping<'_>) -> Vec<String> {
    let names = top.strings("arguments");
    names.iter().flat_map(|n| n.split(',')).map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect()
}
