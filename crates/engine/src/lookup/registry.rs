//! Which lookups there are, and where their rows are.

use super::{Index, Settings, Table, entropy};
use crate::pipeline::columns;
use crate::{Context, time};
use grotto_diag::{Diagnostic, Severity, Source as Text, input};
use grotto_events::{Batch, Cell};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How large the file of a table may be, in bytes.
const LARGEST_FILE: u64 = 512 << 20;

/// A lookup by its name: settings, and where its rows are.
#[derive(Debug, Clone)]
pub struct Definition {
    /// How rows are found.
    pub settings: Settings,
    /// Where they are.
    pub source: Source,
    /// Columns that the table has even when its file does not name them.
    pub fields: Vec<String>,
}

/// Where the rows of a lookup are.
#[derive(Debug, Clone)]
pub enum Source {
    /// In a file of this name.
    File(String),
    /// In a key-value collection of this name. Here it is a file: the name with `.csv`, `.json` or `.jsonl`.
    Collection(String),
    /// In this table.
    Table(Arc<Table>),
    /// In this table, which may lack columns that searches name: nothing is found in these. For tables whose columns
    /// are up to the user, such as those of assets and identities.
    Open(Arc<Table>),
    /// Nowhere: the entropy of a text is calculated.
    Entropy,
    /// Nowhere that can be read, with the reason.
    Unsupported(String),
}

/// A lookup with its rows, ready to be used.
#[derive(Debug)]
pub struct Lookup {
    name: String,
    settings: Settings,
    rows: Rows,
    open: bool,
    prepared: Mutex<FxHashMap<Vec<String>, Arc<Prepared>>>,
}

/// The rows of a lookup.
#[derive(Debug)]
pub(super) enum Rows {
    Table(Arc<Table>),
    Entropy,
}

/// A table made ready for some match fields.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) index: Index,
    /// Times of the table's rows, for a lookup with a time bound.
    pub(super) times: Option<Vec<Option<i64>>>,
}

/// All lookups of a run, by name. Cheap to clone; clones share what was read and what is to be said.
#[derive(Debug, Clone, Default)]
pub struct Lookups {
    definitions: Arc<IndexMap<String, Definition>>,
    files: Arc<IndexMap<String, Arc<File>>>,
    opened: Arc<Mutex<FxHashMap<String, Arc<Lookup>>>>,
    said: Arc<Said>,
}

/// What came up while searches ran.
#[derive(Debug, Default)]
struct Said {
    remarks: Mutex<Vec<Diagnostic>>,
    written: Mutex<Vec<Written>>,
    /// Whether anybody takes what searches write.
    writing: std::sync::atomic::AtomicBool,
}

/// Rows that `outputlookup` or `outputcsv` wants to be written.
#[derive(Debug, Clone)]
pub struct Written {
    /// The lookup or file that the search names.
    pub table: String,
    /// Name of the file to write, without a folder.
    pub file: String,
    /// The rows.
    pub rows: Batch,
    /// Whether they come after what the file has, with the columns that it has.
    pub append: bool,
    /// The column whose value names the row that is replaced, if any.
    pub key: Option<String>,
    /// Whether nothing is written when there are no rows.
    pub keep_if_empty: bool,
}

/// A file with the rows of a table.
#[derive(Debug)]
struct File {
    content: Content,
    table: OnceLock<Result<Arc<Table>, Box<Diagnostic>>>,
}

#[derive(Debug)]
enum Content {
    Path(PathBuf),
    Text(Arc<str>),
    Source(Arc<Text>),
}

impl Lookups {
    /// Adds a definition, or replaces the one of this name.
    pub fn define(&mut self, name: &str, definition: Definition) {
        Arc::make_mut(&mut self.definitions).insert(name.to_owned(), definition);
    }

    /// Adds a file, by its name without folders. It is read when it is first used.
    pub fn add_file(&mut self, name: &str, path: PathBuf) {
        self.add(name, Content::Path(path));
    }

    /// Adds the text of a file.
    pub fn add_text(&mut self, name: &str, text: Arc<str>) {
        self.add(name, Content::Text(text));
    }

    /// Adds the text of a file.
    pub fn add_source(&mut self, name: &str, source: Arc<Text>) {
        self.add(name, Content::Source(source));
    }

    fn add(&mut self, name: &str, content: Content) {
        let file = Arc::new(File { content, table: OnceLock::new() });
        Arc::make_mut(&mut self.files).insert(name.to_owned(), file);
    }

    /// These lookups, and from `lower` those that these lack. A file of these goes before one of the same name.
    pub fn over(&self, lower: &Self) -> Self {
        let mut all = Self { said: Arc::clone(&self.said), ..Self::default() };
        Arc::make_mut(&mut all.definitions)
            .extend(lower.definitions.iter().chain(&*self.definitions).map(|(k, v)| (k.clone(), v.clone())));
        Arc::make_mut(&mut all.files)
            .extend(lower.files.iter().chain(&*self.files).map(|(k, v)| (k.clone(), Arc::clone(v))));
        all
    }

    /// Names of the definitions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.definitions.keys().map(String::as_str)
    }

    /// The lookup of a name: a definition, or else a file.
    ///
    /// # Errors
    /// `engine/lookup-unknown`, `engine/lookup-no-content`, `engine/lookup-unsupported`, and why a file can't be read.
    pub fn open(&self, name: &str) -> Result<Arc<Lookup>, Box<Diagnostic>> {
        let lookup = self.open_quietly(name)?;
        if lookup.open && lookup.table().is_some_and(|table| table.rows() == 0) {
            self.say(empty(name));
        }
        Ok(lookup)
    }

    /// As [`open`](Self::open), without a remark when a table of the user's is not there.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_quietly(&self, name: &str) -> Result<Arc<Lookup>, Box<Diagnostic>> {
        let known = self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(lookup) = known {
            return Ok(lookup);
        }
        let lookup = Arc::new(self.read(name)?);
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(opened.entry(name.to_owned()).or_insert(lookup)))
    }

    fn read(&self, name: &str) -> Result<Lookup, Box<Diagnostic>> {
        let Some(definition) = self.definitions.get(name) else {
            let candidates = std::iter::once(name.to_owned()).chain(files_of(name));
            let file = self.file(candidates).ok_or_else(|| unknown(name))?;
            return Ok(Lookup::new(
                name,
                Settings::default(),
                Rows::Table(self.table(&file.0, &file.1)?),
                false,
            ));
        };
        let lookup = |rows, open| Lookup::new(name, definition.settings.clone(), rows, open);
        let candidates: Vec<String> = match &definition.source {
            Source::Table(table) => return Ok(lookup(Rows::Table(Arc::clone(table)), false)),
            Source::Open(table) => {
                return Ok(lookup(Rows::Table(Arc::clone(table)), true));
            }
            Source::Entropy => return Ok(lookup(Rows::Entropy, false)),
            Source::Unsupported(reason) => {
                let message = format!("the lookup `{name}` can't be used: {reason}");
                return Err(Box::new(Diagnostic::error("engine/lookup-unsupported", message)));
            }
            Source::File(file) => std::iter::once(file.clone()).chain(files_of(name)).collect(),
            Source::Collection(collection) => files_of(collection).chain(files_of(name)).collect(),
        };
        let (file, content) = self.file(candidates).ok_or_else(|| no_content(name, &definition.source))?;
        let mut table = self.table(&file, &content)?;
        if definition.fields.iter().any(|field| !table.has(field))
            && (table.rows() == 0 || is_collection(definition))
        {
            table = Arc::new(Table::clone(&table).with_columns(&definition.fields));
        }
        Ok(lookup(Rows::Table(table), false))
    }

    /// The first of these files that there is.
    fn file(&self, names: impl IntoIterator<Item = String>) -> Option<(String, Arc<File>)> {
        names.into_iter().find_map(|name| self.files.get(&name).map(|file| (name, Arc::clone(file))))
    }

    /// The rows of a file, read when first asked for.
    fn table(&self, name: &str, file: &File) -> Result<Arc<Table>, Box<Diagnostic>> {
        file.table
            .get_or_init(|| {
                let mut remarks = Vec::new();
                let table = match &file.content {
                    Content::Path(path) => {
                        let bytes = input::bytes(path, LARGEST_FILE).map_err(Box::new)?;
                        Table::read(name, &bytes, &mut remarks)
                    }
                    Content::Text(text) => Table::read(name, text.as_bytes(), &mut remarks),
                    Content::Source(source) => Table::read(name, source.text.as_bytes(), &mut remarks),
                };
                for remark in remarks {
                    self.say(remark);
                }
                table.map(Arc::new)
            })
            .clone()
    }

    /// Keeps a remark for [`remarks`](Self::remarks); each is kept once.
    pub fn say(&self, remark: Diagnostic) {
        let mut remarks = self.said.remarks.lock().unwrap_or_else(PoisonError::into_inner);
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }

    /// The remarks so far, in an order that does not depend on threads.
    pub fn remarks(&self) -> Vec<Diagnostic> {
        let mut remarks = self.said.remarks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        remarks.sort_by(|a, b| a.message.cmp(&b.message));
        remarks
    }

    /// Says that there is somebody who takes what searches write.
    pub fn accept_writes(&self) {
        self.said.writing.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Whether there is somebody who takes what searches write.
    pub fn takes_writes(&self) -> bool {
        self.said.writing.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Keeps rows for whoever asks with [`written`](Self::written).
    pub fn write(&self, written: Written) {
        self.said.written.lock().unwrap_or_else(PoisonError::into_inner).push(written);
    }

    /// What searches wrote since the last call.
    pub fn written(&self) -> Vec<Written> {
        std::mem::take(&mut self.said.written.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Name of the file that a search writes which names this lookup or file.
    pub fn file_to_write(&self, name: &str) -> String {
        let source = self.definitions.get(name).map(|definition| &definition.source);
        let name = match source {
            Some(Source::File(file)) => file,
            Some(Source::Collection(collection)) => collection,
            _ => name,
        };
        let safe: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
            .collect();
        let safe: String = safe.trim_start_matches('.').chars().take(128).collect();
        let safe = if safe.is_empty() { "unnamed".to_owned() } else { safe };
        if safe.to_ascii_lowercase().ends_with(".csv") { safe } else { format!("{safe}.csv") }
    }
}

/// The files in which the rows of a collection are looked for.
fn files_of(name: &str) -> impl Iterator<Item = String> {
    [".csv", ".json", ".jsonl"].into_iter().map(move |end| format!("{name}{end}"))
}

fn is_collection(definition: &Definition) -> bool {
    matches!(definition.source, Source::Collection(_))
}

fn unknown(name: &str) -> Box<Diagnostic> {
    let message = format!("no lookup is called `{name}`");
    let help =
        format!("give it as {name}.csv, or with a definition in transforms.conf, in a folder with --lookups");
    Box::new(Diagnostic::error("engine/lookup-unknown", message).help(help))
}

fn empty(name: &str) -> Diagnostic {
    let what = if name.starts_with("identity") { "identities" } else { "assets" };
    let message = format!("lookup `{name}` is empty, as in a new Splunk: no {what} were given");
    Diagnostic::new(Severity::Info, "lookup/no-assets", message).help(format!("give them with --{what}"))
}

fn no_content(name: &str, source: &Source) -> Box<Diagnostic> {
    let (file, what) = match source {
        Source::Collection(collection) => {
            (format!("{collection}.csv or {collection}.json"), "key-value collection")
        }
        Source::File(file) => (file.clone(), "table"),
        _ => (format!("{name}.csv"), "table"),
    };
    let message = format!("lookup `{name}` has no content: give it with --lookups");
    let help = format!(
        "put its {what} as {file} in a folder and name that with --lookups; one without rows will do"
    );
    Box::new(Diagnostic::error("engine/lookup-no-content", message).help(help))
}

impl Lookup {
    fn new(name: &str, settings: Settings, rows: Rows, open: bool) -> Self {
        Self { name: name.to_owned(), settings, rows, open, prepared: Mutex::default() }
    }

    /// How rows are found.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The table; `None` for a lookup that is calculated.
    pub fn table(&self) -> Option<&Arc<Table>> {
        if let Rows::Table(table) = &self.rows { Some(table) } else { None }
    }

    /// Whether a column that it does not have is no mistake.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether it has a column.
    pub fn has(&self, column: &str) -> bool {
        match &self.rows {
            Rows::Table(table) => table.has(column),
            Rows::Entropy => column == entropy::WORD || column == entropy::RESULT,
        }
    }

    /// Names of its columns.
    pub fn columns(&self) -> Vec<String> {
        match &self.rows {
            Rows::Table(table) => table.batch().names().map(ToString::to_string).collect(),
            Rows::Entropy => vec![entropy::WORD.to_owned(), entropy::RESULT.to_owned()],
        }
    }

    /// `engine/lookup-field`.
    pub(super) fn no_field(&self, column: &str) -> Box<Diagnostic> {
        let message = format!("lookup `{}` has no field `{column}`", self.name);
        let mut columns = self.columns();
        columns.truncate(50);
        Box::new(
            Diagnostic::error("engine/lookup-field", message).help(format!("it has: {}", columns.join(", "))),
        )
    }

    /// The table made ready for these match columns; once for all who ask.
    pub(super) fn prepared(&self, table: &Arc<Table>, keys: &[&str], context: &Context) -> Arc<Prepared> {
        let names: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        let made = prepared.entry(names).or_insert_with(|| {
            let times = self.settings.time.as_ref().map(|bound| {
                let column = table.batch().column(&bound.field);
                let cell = |row| column.map_or(Cell::Null, |column| column.cell(row));
                let read =
                    |row| columns::with_text(cell(row), |text| read_time(text, &bound.format, context));
                (0..table.rows()).map(read).collect()
            });
            Arc::new(Prepared { index: Index::new(table, keys, &self.settings), times })
        });
        Arc::clone(made)
    }
}

/// The time of a row; `%s.%Q` takes whole seconds as well.
fn read_time(text: &str, format: &str, context: &Context) -> Option<i64> {
    if format == super::TimeBound::FORMAT {
        return time::of_text(text);
    }
    time::parse(text.trim(), format, context)
}

#[cfg(test)]
mod tests;
