//! Where the lookups of a run come from: grotto itself, apps, folders of rules, and what the user gives.

use crate::app::{App, Lookup, LookupFile, LookupSource, MatchType, Objects, Origin, TableContent};
use crate::assets;
use grotto_content::{Content, LookupKind};
use grotto_diag::{Diagnostic, input};
use grotto_engine::lookup::{Definition, Lookups, Matching, Settings, Source, Table, TimeBound};
use std::path::Path;
use std::sync::Arc;

/// Largest `transforms.conf` that is read, in bytes.
const CONF_LIMIT: u64 = 16 << 20;

/// Largest list of assets or identities that is read, in bytes.
const LIST_LIMIT: u64 = 512 << 20;

/// Files that hold tables, by their ending.
const TABLES: [&str; 3] = [".csv", ".json", ".jsonl"];

/// The lookups that there are without any app: the entropy of the URL Toolbox, and the assets and identities of
/// Enterprise Security, which are empty.
pub fn builtin() -> Lookups {
    let mut lookups = Lookups::default();
    let settings = Settings::default();
    lookups.define("ut_shannon_lookup", Definition { settings, source: Source::Entropy, fields: Vec::new() });
    for empty in [assets::assets(None), assets::identities(None)].into_iter().flatten() {
        lookups = lookups.over(&empty);
    }
    lookups
}

/// The lookups that apps define, and the tables that they bring.
pub fn of_apps(objects: &Objects) -> Lookups {
    let mut lookups = Lookups::default();
    for (name, file) in &objects.lookup_files {
        match &file.content {
            TableContent::File(path) => lookups.add_file(name, path.clone()),
            TableContent::Text(source) => lookups.add_source(name, Arc::clone(source)),
        }
    }
    for (name, lookup) in &objects.lookups {
        lookups.define(name, definition(lookup));
    }
    lookups
}

fn definition(lookup: &Lookup) -> Definition {
    let source = match &lookup.source {
        LookupSource::File(file) => Source::File(file.clone()),
        LookupSource::Collection(collection) => Source::Collection(collection.clone()),
        // The program of the URL Toolbox.
        LookupSource::External(command) if command.starts_with("ut_shannon") => Source::Entropy,
        LookupSource::External(command) => {
            Source::Unsupported(format!("its rows come from `{command}`, which grotto does not run"))
        }
    };
    let matching = |kind: &MatchType| match kind {
        MatchType::Wildcard => Matching::Wildcard,
        MatchType::Cidr => Matching::Cidr,
    };
    let settings = Settings {
        matching: lookup.match_types.iter().map(|(column, kind)| (column.clone(), matching(kind))).collect(),
        case_sensitive: lookup.case_sensitive,
        max_matches: lookup.max_matches,
        min_matches: lookup.min_matches,
        default_match: lookup.default_match.clone(),
        time: lookup.time.as_ref().map(|time| TimeBound {
            field: time.field.clone(),
            format: time.format.clone(),
            min_offset: time.min_offset,
            max_offset: time.max_offset.unwrap_or(TimeBound::MAX_OFFSET),
        }),
    };
    Definition { settings, source, fields: lookup.fields.clone() }
}

/// The lookups of folders of rules.
pub fn of_content(content: &Content) -> Lookups {
    let mut lookups = Lookups::default();
    for lookup in &content.lookups {
        let source = match &lookup.kind {
            LookupKind::Csv(path) => {
                let name =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                lookups.add_file(&name, path.clone());
                Source::File(name)
            }
            LookupKind::CsvText(text) => {
                let name = format!("{}.csv", lookup.name);
                lookups.add_text(&name, Arc::clone(text));
                Source::File(name)
            }
            LookupKind::CsvMissing(file) => Source::File(file.clone()),
            LookupKind::KvStore(collection) => Source::Collection(collection.clone()),
            LookupKind::MlModel(_) => {
                Source::Unsupported("it is a model of machine learning, which grotto does not run".to_owned())
            }
        };
        let matching = |kind: &grotto_content::MatchType| match kind {
            grotto_content::MatchType::Exact => None,
            grotto_content::MatchType::Wildcard => Some(Matching::Wildcard),
            grotto_content::MatchType::Cidr => Some(Matching::Cidr),
        };
        let defaults = Settings::default();
        let count = |number: Option<u32>, default| number.map_or(default, |number| number as usize);
        let settings = Settings {
            matching: lookup
                .match_type
                .iter()
                .filter_map(|(kind, field)| Some((field.clone(), matching(kind)?)))
                .collect(),
            case_sensitive: lookup.case_sensitive_match,
            max_matches: count(lookup.max_matches, defaults.max_matches),
            min_matches: count(lookup.min_matches, defaults.min_matches),
            default_match: lookup.default_match.clone().filter(|text| !text.is_empty()),
            time: None,
        };
        lookups.define(&lookup.name, Definition { settings, source, fields: lookup.fields.clone() });
    }
    lookups
}

/// The lookups of a folder that a user gives: every table in it, and the definitions of a `transforms.conf`.
pub fn of_folder(folder: &Path) -> (Lookups, Vec<Diagnostic>) {
    let (mut files, mut conf, mut problems) = (Vec::new(), None, Vec::new());
    match input::folder(folder) {
        Ok(entries) => {
            for path in entries.into_iter().filter(|path| path.is_file()) {
                let Some(name) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else {
                    continue;
                };
                if name == "transforms.conf" {
                    match input::text(&path, CONF_LIMIT) {
                        Ok(text) => conf = Some(text),
                        Err(problem) => problems.push(problem),
                    }
                } else if is_table(&name) {
                    files.push(LookupFile { name, content: TableContent::File(path) });
                }
            }
        }
        Err(problem) => problems.push(problem),
    }
    if files.is_empty() && conf.is_none() && problems.is_empty() {
        let message = format!("{} holds no lookup tables", folder.display());
        problems.push(
            Diagnostic::warning("lookup/empty-folder", message).help("tables end in .csv, .json or .jsonl"),
        );
    }
    let texts = conf.iter().map(|text| ("default/transforms.conf", text.as_str()));
    let (mut app, said) = App::from_files(&folder.display().to_string(), Origin::Given, texts);
    problems.extend(said);
    app.lookup_files.extend(files.into_iter().map(|file| (file.name.clone(), file)));
    let (objects, said) = Objects::layered(&[app]);
    problems.extend(said);
    (of_apps(&objects), problems)
}

/// The lookups of assets and identities out of the files in which a user lists them.
pub fn of_lists(assets: Option<&Path>, identities: Option<&Path>) -> (Lookups, Vec<Diagnostic>) {
    let (mut lookups, mut problems) = (Lookups::default(), Vec::new());
    let lists: [(Option<&Path>, Expand); 2] = [(assets, assets::assets), (identities, assets::identities)];
    for (path, expand) in lists {
        let Some(path) = path else { continue };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let made = input::bytes(path, LIST_LIMIT)
            .map_err(Box::new)
            .and_then(|bytes| Table::read(&name, &bytes, &mut problems))
            .and_then(|table| expand(Some(&table)));
        match made {
            Ok(made) => lookups = lookups.over(&made),
            Err(problem) => problems.push(*problem),
        }
    }
    (lookups, problems)
}

/// Makes lookups of a list.
type Expand = fn(Option<&Table>) -> Result<Lookups, Box<Diagnostic>>;

/// Whether a file of this name holds a table.
pub(crate) fn is_table(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TABLES.iter().any(|end| name.strip_suffix(end).is_some_and(|stem| !stem.is_empty()))
}
