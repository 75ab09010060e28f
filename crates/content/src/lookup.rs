//! Lookups: tables that searches join with.

use crate::yaml::{Mapping, Reader};
use grotto_diag::{Severity, Source, Span};
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A lookup: where its table is and how searches find its rows.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// Name, by which searches refer to it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Where its rows are.
    pub kind: LookupKind,
    /// Fields of the table, where the file names them; a CSV's own header counts before it.
    pub fields: Vec<String>,
    /// Fields that are not compared for equality.
    pub match_type: Vec<(MatchType, String)>,
    /// How many matches there must be at least, below which `default_match` is given; Splunk's default is 0.
    pub min_matches: Option<u32>,
    /// How many matches are given at most; Splunk's default is 100 where no time is involved.
    pub max_matches: Option<u32>,
    /// What output fields get when there are too few matches.
    pub default_match: Option<String>,
    /// Whether upper and lower case differ; they do in Splunk unless the lookup says otherwise.
    pub case_sensitive_match: bool,
    /// Where it was read from.
    pub path: PathBuf,
    /// The file.
    pub source: Arc<Source>,
}

/// Where the rows of a lookup are.
#[derive(Clone, PartialEq, Eq)]
pub enum LookupKind {
    /// In a CSV file that was found: its path.
    Csv(PathBuf),
    /// In a CSV text that came with the program.
    CsvText(Arc<str>),
    /// In a CSV file of this name that was not found beside the lookup.
    CsvMissing(String),
    /// In a collection of Splunk's key-value store. It is empty until a search writes to it.
    KvStore(String),
    /// None: a model of Splunk's Machine Learning Toolkit in a file of this name, which grotto does not run.
    MlModel(String),
}

impl fmt::Debug for LookupKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Csv(path) => write!(f, "Csv({})", path.display()),
            Self::CsvText(text) => write!(f, "CsvText({} bytes)", text.len()),
            Self::CsvMissing(name) => write!(f, "CsvMissing({name})"),
            Self::KvStore(name) => write!(f, "KvStore({name})"),
            Self::MlModel(name) => write!(f, "MlModel({name})"),
        }
    }
}

/// How a field of a lookup is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchType {
    /// For equality.
    Exact,
    /// `*` in the table stands for anything.
    Wildcard,
    /// The table holds networks, the event an address.
    Cidr,
}

/// Finds the table of a lookup: from the path of the lookup's file and the name of the table to where its rows are.
pub(crate) type FindTable<'a> = &'a (dyn Fn(&Path, &str) -> Option<LookupKind> + Sync);

/// Keys that newer files carry and that mean nothing for a search.
const IGNORED: [&str; 7] =
    ["id", "version", "date", "creation_date", "modification_date", "author", "lookup_type"];

/// Reads a lookup. `None`, and an error in `reader`, when it has no name or says nothing about its rows.
///
/// Generation 1 says where the rows are by `filename` or `collection`. The newer ones by `lookup_type`: a `csv` lies
/// beside the lookup's file and has its name, a `kvstore` has the lookup's name, as an `mlmodel` has.
pub(crate) fn read(
    reader: &Reader,
    top: &Mapping<'_>,
    path: &Path,
    find_table: FindTable<'_>,
) -> Option<Lookup> {
    let Some(name) = top.filled("name") else {
        reader.missing("the lookup", "name");
        return None;
    };
    let kind = kind(reader, top, path, &name, find_table)?;
    top.ignore(&IGNORED);
    Some(Lookup {
        description: top.string("description").unwrap_or_default(),
        kind,
        fields: fields(top),
        match_type: match_types(reader, top),
        min_matches: top.number("min_matches"),
        max_matches: top.number("max_matches"),
        default_match: top.string("default_match"),
        case_sensitive_match: top.truth("case_sensitive_match").unwrap_or(true),
        path: path.to_owned(),
        source: Arc::clone(&reader.source),
        name,
    })
}

fn kind(
    reader: &Reader,
    top: &Mapping<'_>,
    path: &Path,
    name: &str,
    find_table: FindTable<'_>,
) -> Option<LookupKind> {
    let ends_with = |file: &str, ending: &str| file.to_ascii_lowercase().ends_with(ending);
    let lookup_type = top.filled("lookup_type").unwrap_or_default().to_ascii_lowercase();
    let stem = || path.file_stem().and_then(|s| s.to_str()).unwrap_or(name).to_owned();
    let file = match (top.filled("filename"), top.filled("collection"), lookup_type.as_str()) {
        (Some(file), _, _) => file,
        (None, Some(collection), _) => return Some(LookupKind::KvStore(collection)),
        (None, None, "kvstore") => return Some(LookupKind::KvStore(name.to_owned())),
        (None, None, "mlmodel") => return Some(LookupKind::MlModel(format!("{}.mlmodel", stem()))),
        (None, None, "csv") => format!("{}.csv", stem()),
        (None, None, _) => {
            reader.missing("the lookup", "filename");
            return None;
        }
    };
    if ends_with(&file, ".mlmodel") {
        return Some(LookupKind::MlModel(file));
    }
    let found = is_inside(&file).then(|| find_table(path, &file)).flatten();
    Some(found.unwrap_or_else(|| {
        let span = top.node("filename").or_else(|| top.node("name")).map_or_else(Span::default, |n| n.span);
        let message = format!("the table {file} of lookup `{name}` was not found in the folder of the rules");
        reader.say(Severity::Warning, "content/lookup-missing", message, span);
        LookupKind::CsvMissing(file)
    }))
}

/// Whether a file name stays in the folder that it is joined to.
fn is_inside(file: &str) -> bool {
    // On any system, also one where `\` is an ordinary character, so that content means the same everywhere.
    !file.contains(['\\', ':'])
        && !file.is_empty()
        && Path::new(file).components().all(|part| matches!(part, Component::Normal(_)))
}

/// The table `file` on disk, beside the lookup's file; never outside of `root`, not even by a symbolic link.
pub(crate) fn on_disk(root: &Path, lookup: &Path, file: &str) -> Option<LookupKind> {
    let candidate = lookup.parent()?.join(file);
    let real = candidate.canonicalize().ok()?;
    (real.is_file() && real.starts_with(root.canonicalize().ok()?)).then_some(LookupKind::Csv(candidate))
}

/// `fields` as a list; in generation 1 `fields_list` or `fields` as a text with commas.
fn fields(top: &Mapping<'_>) -> Vec<String> {
    let listed = match top.node("fields") {
        Some(node) if node.scalar().is_some() => top.string("fields").into_iter().collect(),
        _ => top.strings("fields"),
    };
    let all = listed.into_iter().chain(top.string("fields_list"));
    all.flat_map(|names| split(&names)).collect()
}

fn split(names: &str) -> Vec<String> {
    names.split(',').map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect()
}

/// `WILDCARD(a), CIDR(b)`, as one text or as a list.
fn match_types(reader: &Reader, top: &Mapping<'_>) -> Vec<(MatchType, String)> {
    let Some(node) = top.node("match_type") else { return Vec::new() };
    let texts = if node.scalar().is_some() {
        top.string("match_type").into_iter().collect()
    } else {
        top.strings("match_type")
    };
    let mut found = Vec::new();
    for part in texts.iter().flat_map(|t| t.split(')')).map(|p| p.trim_matches([',', ' '])) {
        if part.is_empty() {
            continue;
        }
        let parsed = part.split_once('(').and_then(|(kind, fields)| {
            let kind = match kind.trim().to_ascii_uppercase().as_str() {
                "WILDCARD" => MatchType::Wildcard,
                "CIDR" => MatchType::Cidr,
                "EXACT" => MatchType::Exact,
                _ => return None,
            };
            Some((kind, split(fields)))
        });
        let Some((kind, fields)) = parsed else {
            let message = format!("`{part})` is no match type: WILDCARD(field), CIDR(field) or EXACT(field)");
            reader.say(Severity::Warning, "content/match-type", message, node.span);
            continue;
        };
        found.extend(fields.into_iter().map(|field| (kind, field)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_never_lies_outside() {
        for (file, inside) in [
            ("a.csv", true),
            ("csv/a.csv", true),
            ("../a.csv", false),
            ("csv/../../a.csv", false),
            ("/etc/passwd", false),
            ("..\\a.csv", false),
            ("C:a.csv", false),
            ("./a.csv", false),
            ("", false),
        ] {
            assert_eq!(is_inside(file), inside, "{file}");
        }
    }
}
