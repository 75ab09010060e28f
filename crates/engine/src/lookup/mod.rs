//! Lookup tables: rows found by the values of their match fields.
//!
//! - [`Table`]: the rows, read from CSV or JSON;
//! - [`Lookups`]: which lookups there are, by name, and where their rows are; tables are read when first used;
//! - [`Join`]: what the `lookup` command and automatic lookups do to rows of events;
//! - `index`: how rows are found without looking at all of them.
//!
//! Rules of matching: <https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/transforms.conf>.

mod csv;
mod entropy;
mod index;
mod join;
mod registry;
mod table;
mod write;

pub use index::Index;
pub use join::{Join, Output};
pub use registry::{Definition, Lookup, Lookups, Source, Written};
pub use table::{MOST_COLUMNS, MOST_ROWS, Table};
pub use write::csv as to_csv;

/// How a match field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Matching {
    /// Equal text.
    #[default]
    Exact,
    /// The table's value is a pattern with `*`.
    Wildcard,
    /// The table's value is a network such as `10.0.0.0/8`.
    Cidr,
}

/// Settings of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Fields that are not compared exactly.
    pub matching: Vec<(String, Matching)>,
    /// Whether letter case counts; it does unless said otherwise.
    pub case_sensitive: bool,
    /// At most so many rows; several give multivalue fields. Splunk's default is 100, with a time bound 1.
    pub max_matches: usize,
    /// At least so many rows; missing ones are filled with `default_match`.
    pub min_matches: usize,
    /// The value of every output field of a filled row.
    pub default_match: Option<String>,
    /// For a table whose rows hold from a time on.
    pub time: Option<TimeBound>,
}

/// How the time of a row bounds the events that it holds for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeBound {
    /// The column with the time.
    pub field: String,
    /// How it is written, as `strptime` has it.
    pub format: String,
    /// Seconds that an event must be later than the row at least.
    pub min_offset: u64,
    /// And at most.
    pub max_offset: u64,
}

impl TimeBound {
    /// Splunk's `time_format` where none is given.
    pub const FORMAT: &str = "%s.%Q";
    /// Splunk's `max_offset_secs` where none is given.
    pub const MAX_OFFSET: u64 = 2_000_000_000;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            matching: Vec::new(),
            case_sensitive: true,
            max_matches: 100,
            min_matches: 0,
            default_match: None,
            time: None,
        }
    }
}
