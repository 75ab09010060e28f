//! Splunk apps: folders of configuration files, or the same files embedded in the binary.
//!
//! ```text
//! my_app/
//!   default/props.conf  transforms.conf  eventtypes.conf  tags.conf  macros.conf
//!   default/data/models/*.json
//!   local/…             the same, laid over default/ setting by setting
//!   lookups/*.csv
//! ```
//!
//! An [`App`] holds the files as they are. [`Objects`] lays several apps over each other and gives what the
//! settings mean: field extractions, aliases, calculated fields, lookups, eventtypes, tags, macros, data models.
//! Regular expressions, searches and eval expressions stay text with a place; whoever runs them compiles them.
//!
//! Precedence, highest first, as Splunk documents it for searches
//! (<https://help.splunk.com/en/splunk-enterprise/administer/admin-manual/10.0/administer-splunk-enterprise-with-configuration-files/configuration-file-precedence>):
//!
//! 1. apps that the user gave, before those that grotto ships;
//! 2. among them, reverse ASCII order of the names (`b` before `a`);
//! 3. in an app, `local/` before `default/`;
//! 4. a setting of the stanza before one of `[default]`.
//!
//! What `metadata/*.meta` exports is not looked at: everything in an app that was given is meant.

mod eventtypes;
mod files;
mod known;
mod lookups;
mod macros;
mod objects;
mod props;
mod shipped;
mod tags;
mod template;
mod transforms;
mod words;

pub use eventtypes::EventType;
pub use files::{LookupFile, TableContent};
pub use lookups::{Lookup, LookupSource, MatchType, TimeBound};
pub use macros::{Macro, macros_of};
pub use objects::Objects;
pub use props::{Alias, AutoLookup, Effective, Extract, KvMode, LookupField, Props, Report};
pub use shipped::{SHIPPED, ShippedApp, shipped};
pub use tags::{TagRule, percent_decoded};
pub use template::{Part, Template};
pub use transforms::{Delims, How, Transform};

use crate::conf::Conf;
use grotto_diag::{Diagnostic, Source};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The configuration files that hold search-time knowledge.
pub const CONF_FILES: [&str; 5] = ["props", "transforms", "eventtypes", "tags", "macros"];

/// Where an app comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// It is part of grotto.
    Shipped,
    /// The user gave it.
    Given,
}

/// The files of an app that say something about searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Name of its folder, such as `Splunk_TA_windows`.
    pub name: String,
    /// Who brought it.
    pub origin: Origin,
    /// Configuration files by name without `.conf` (see [`CONF_FILES`]), `local/` laid over `default/`.
    pub confs: BTreeMap<&'static str, Conf>,
    /// Data models by name, as text; `local/` replaces `default/`.
    pub models: BTreeMap<String, Arc<Source>>,
    /// Lookup tables by file name.
    pub lookup_files: BTreeMap<String, LookupFile>,
}

impl App {
    /// Reads an app from its folder. What can't be read is said; the rest is there.
    pub fn load(folder: &Path) -> (Self, Vec<Diagnostic>) {
        files::load(folder)
    }

    /// Makes an app of texts by path relative to its folder, such as `default/props.conf`. Paths that are no
    /// knowledge are passed over.
    pub fn from_files<'a>(
        name: &str,
        origin: Origin,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Vec<Diagnostic>) {
        files::embedded(name, origin, files)
    }

    /// A configuration file by its name without `.conf`.
    pub fn conf(&self, name: &str) -> Option<&Conf> {
        self.confs.get(name)
    }
}
