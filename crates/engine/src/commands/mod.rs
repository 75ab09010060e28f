//! Commands, one file each: what it does, how it is written, how it runs, and examples.

mod accum;
mod addcoltotals;
mod addinfo;
mod addtotals;
mod anomalydetection;
mod append;
mod appendcols;
mod appendpipe;
mod autoregress;
mod bin;
mod call;
mod chart;
mod concurrency;
mod contingency;
mod convert;
mod datamodel;
mod dedup;
mod delta;
mod eval;
mod eventcount;
mod eventstats;
mod extract;
mod extraction;
mod fieldformat;
mod fields;
mod fieldsummary;
mod filldown;
mod fillnull;
mod foreach;
pub(crate) mod format;
mod from;
mod fromjson;
mod gentimes;
mod grouping;
mod head;
mod highlight;
mod iconify;
mod inputcsv;
mod inputlookup;
mod iplocation;
mod join;
mod lookup;
mod makecontinuous;
mod makemv;
mod makeresults;
mod map;
mod multikv;
mod multisearch;
mod mvcombine;
mod mvexpand;
mod nomv;
mod outlier;
mod outputcsv;
mod outputlookup;
mod rangemap;
mod rare;
mod regex;
mod reltime;
mod rename;
mod replace;
#[path = "return.rs"]
mod return_;
mod reverse;
mod rex;
mod search;
mod selfjoin;
mod set;
mod setfields;
mod sort;
pub(crate) mod spath;
mod stats;
mod strcat;
mod streamstats;
mod table;
mod tail;
mod tojson;
mod top;
mod transaction;
mod transpose;
mod trendline;
mod tstats;
mod union;
mod uniq;
pub(crate) mod unsupported;
mod untable;
#[path = "where.rs"]
mod where_;
mod xmlkv;
mod xyseries;

pub(crate) use call::unexpanded;
pub use call::{Call, nearest};
pub use extract::{cleaned as clean_key, pairs as key_value_pairs};

use crate::pipeline::{Command, Kind};
use crate::plan::Head;
use grotto_diag::Diagnostic;

/// All commands by name.
pub static COMMANDS: &[&Spec] = &[
    &accum::ACCUM,
    &addcoltotals::ADDCOLTOTALS,
    &addinfo::ADDINFO,
    &addtotals::ADDTOTALS,
    &anomalydetection::ANOMALYDETECTION,
    &append::APPEND,
    &appendcols::APPENDCOLS,
    &appendpipe::APPENDPIPE,
    &autoregress::AUTOREGRESS,
    &bin::BIN,
    &chart::CHART,
    &concurrency::CONCURRENCY,
    &contingency::CONTINGENCY,
    &convert::CONVERT,
    &datamodel::DATAMODEL,
    &dedup::DEDUP,
    &delta::DELTA,
    &eval::EVAL,
    &eventcount::EVENTCOUNT,
    &eventstats::EVENTSTATS,
    &extract::EXTRACT,
    &fieldformat::FIELDFORMAT,
    &fields::FIELDS,
    &fieldsummary::FIELDSUMMARY,
    &filldown::FILLDOWN,
    &fillnull::FILLNULL,
    &foreach::FOREACH,
    &format::FORMAT,
    &from::FROM,
    &fromjson::FROMJSON,
    &gentimes::GENTIMES,
    &head::HEAD,
    &highlight::HIGHLIGHT,
    &iconify::ICONIFY,
    &inputcsv::INPUTCSV,
    &inputlookup::INPUTLOOKUP,
    &iplocation::IPLOCATION,
    &join::JOIN,
    &lookup::LOOKUP,
    &makecontinuous::MAKECONTINUOUS,
    &makemv::MAKEMV,
    &makeresults::MAKERESULTS,
    &map::MAP,
    &multikv::MULTIKV,
    &multisearch::MULTISEARCH,
    &mvcombine::MVCOMBINE,
    &mvexpand::MVEXPAND,
    &nomv::NOMV,
    &outlier::OUTLIER,
    &outputcsv::OUTPUTCSV,
    &outputlookup::OUTPUTLOOKUP,
    &rangemap::RANGEMAP,
    &rare::RARE,
    &regex::REGEX,
    &reltime::RELTIME,
    &rename::RENAME,
    &replace::REPLACE,
    &return_::RETURN,
    &reverse::REVERSE,
    &rex::REX,
    &search::SEARCH,
    &selfjoin::SELFJOIN,
    &set::SET,
    &setfields::SETFIELDS,
    &sort::SORT,
    &spath::SPATH,
    &stats::STATS,
    &strcat::STRCAT,
    &streamstats::STREAMSTATS,
    &table::TABLE,
    &tail::TAIL,
    &chart::timechart::TIMECHART,
    &tojson::TOJSON,
    &top::TOP,
    &transaction::TRANSACTION,
    &transpose::TRANSPOSE,
    &trendline::TRENDLINE,
    &tstats::TSTATS,
    &union::UNION,
    &uniq::UNIQ,
    &untable::UNTABLE,
    &where_::WHERE,
    &xmlkv::XMLKV,
    &xyseries::XYSERIES,
];

/// A command: documentation and implementation.
#[derive(Debug)]
pub struct Spec {
    /// Its name.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// Its kind with usual arguments.
    pub kind: Kind,
    /// Its page in Splunk's documentation.
    pub url: &'static str,
    /// Where it is known to differ from Splunk.
    pub deviations: &'static [&'static str],
    /// Names of the assumptions that it makes.
    pub assumptions: &'static [&'static str],
    /// Examples; they run as tests.
    pub examples: &'static [Example],
    /// Makes it of arguments.
    pub build: Build,
}

/// An example: a search over some rows.
#[derive(Debug)]
pub struct Example {
    /// The search. One that begins with a pipe and a command that needs rows gets the input's.
    pub spl: &'static str,
    /// The rows, a JSON array of objects, newest first. A `null` is a field that the event declares and leaves empty.
    pub input: &'static str,
    /// The result rows likewise, with the fields in the order of columns and without those that are null.
    pub expected: &'static str,
}

/// Makes a command that has rows before it.
type BuildCommand = fn(&Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>>;
/// Makes what a search begins with.
type BuildBegin = fn(&Call<'_>) -> Result<Begin, Box<Diagnostic>>;

/// How a command is made of its arguments.
#[derive(Debug)]
pub enum Build {
    /// It needs rows.
    Command(BuildCommand),
    /// A search begins with it.
    Begin(BuildBegin),
    /// Both can be.
    Either {
        /// As the first command.
        begin: BuildBegin,
        /// As another.
        build: BuildCommand,
    },
}

/// The begin of a search.
#[derive(Debug)]
pub struct Begin {
    /// What is read.
    pub head: Head,
    /// What is done with it at once.
    pub command: Option<Box<dyn Command>>,
}

/// The command that a stage calls.
///
/// # Errors
/// `engine/unsupported-command` or `spl/unknown-command`.
pub fn find(call: &Call<'_>) -> Result<&'static Spec, Box<Diagnostic>> {
    let named = |spec: &&&Spec| spec.name == call.name || spec.aliases.contains(&call.name);
    if let Some(spec) = COMMANDS.iter().find(named) {
        return Ok(spec);
    }
    let at = call.name_span();
    if let Some(reason) = unsupported::reason(call.name) {
        let message = format!("the command `{}` is not supported: {reason}", call.name);
        return Err(Box::new(
            Diagnostic::error("engine/unsupported-command", message).at(at, "not supported"),
        ));
    }
    let names = COMMANDS.iter().flat_map(|spec| std::iter::once(&spec.name).chain(spec.aliases)).copied();
    let diagnostic = Diagnostic::error("spl/unknown-command", format!("there is no command `{}`", call.name))
        .at(at, "unknown command");
    Err(Box::new(match call::nearest(call.name, names.chain(unsupported::names())) {
        Some(meant) => {
            diagnostic.help(format!("did you mean `{meant}`?")).fix(format!("write {meant}"), at, meant)
        }
        None => diagnostic,
    }))
}

#[cfg(test)]
mod tests;
