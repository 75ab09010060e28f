//! Commands of Splunk that grotto knows and can't run, with the reason.

/// Why a command can't run; `None` for one that grotto does not know.
pub(super) fn reason(name: &str) -> Option<&'static str> {
    UNSUPPORTED.iter().find(|(_, names)| names.contains(&name)).map(|(reason, _)| *reason)
}

/// All of them, each with its reason.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    UNSUPPORTED.iter().flat_map(|(reason, names)| names.iter().map(|name| (*name, *reason)))
}

/// Their names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    all().map(|(name, _)| name)
}

const UNSUPPORTED: &[(&str, &[&str])] = &[
    ("it comes with an app that is not part of Splunk", &["cyberchef"]),
    ("it needs maps of places", &["geom"]),
    ("it runs a search that is stored on a Splunk server", &["savedsearch", "loadjob"]),
    ("it is not built yet", &["datamodelsimple"]),
    ("it looks for relations between fields by statistics", &["correlate", "associate"]),
    (
        "it needs a model of machine learning",
        &["apply", "fit", "summary", "score", "sample", "deletemodel", "listmodels"],
    ),
    (
        "it reads what only a Splunk server has",
        &[
            "audit",
            "dbinspect",
            "dbxquery",
            "history",
            "ldapsearch",
            "mcatalog",
            "metadata",
            "metasearch",
            "mpreview",
            "mstats",
            "pivot",
            "rest",
            "typeahead",
            "walklex",
        ],
    ),
    (
        "it acts outside of the search",
        &[
            "collect",
            "delete",
            "localop",
            "mcollect",
            "meventcollect",
            "outputtext",
            "overlap",
            "redistribute",
            "runshellscript",
            "script",
            "sendalert",
            "sendemail",
            "tscollect",
            "crawl",
            "dump",
        ],
    ),
    ("it makes a chart", &["timewrap", "gauge", "geostats"]),
    (
        "it looks for outliers by statistics",
        &[
            "af",
            "analyzefields",
            "anomalies",
            "anomalousvalue",
            "arules",
            "cluster",
            "kmeans",
            "predict",
            "x11",
            "findtypes",
            "typelearner",
        ],
    ),
    ("it prepares results for a summary index", &["sichart", "sirare", "sistats", "sitimechart", "sitop"]),
    ("the fields tag and eventtype are there without it", &["tags", "typer"]),
    ("it guesses a regular expression from examples", &["erex"]),
    ("it reads form templates of a Splunk server", &["kvform"]),
    ("it needs an engine for XPath", &["xpath"]),
    ("it is not documented what it changes", &["xmlunescape"]),
    ("it replaces the text of events by a summary that only Splunk makes", &["abstract"]),
    ("it makes time ranges for searches that a Splunk server runs", &["localize"]),
    (
        "it is not built yet",
        &[
            "scrub",
            "diff",
            "folderize",
            "cofilter",
            "bucketdir",
            "searchtxn",
            "relevancy",
            "require",
            "convertfields",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;

    #[test]
    fn reasons_are_found() {
        assert_eq!(reason("loadjob"), Some("it runs a search that is stored on a Splunk server"));
        assert_eq!(reason("geom"), Some("it needs maps of places"));
        assert_eq!(reason("zzz"), None);
    }

    #[test]
    fn what_is_built_is_not_listed() {
        for name in names() {
            assert!(COMMANDS.iter().all(|spec| spec.name != name && !spec.aliases.contains(&name)), "{name}");
        }
    }
}
