//! Every key of `grotto.toml`.

use crate::args::{FailOn, Format};
use clap::ValueEnum;

/// A key.
#[derive(Debug)]
pub(crate) struct Key {
    /// The table that it stands in; empty for the top of the file.
    pub(crate) section: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// What its value is.
    pub(crate) kind: Kind,
    /// The arguments that it is the default of: the command, or none for every command, and the argument.
    pub(crate) sets: &'static [(Option<&'static str>, &'static str)],
    /// What counts without it, in TOML; empty for nothing.
    pub(crate) default: &'static str,
    /// What it is for, in Markdown.
    pub(crate) doc: &'static str,
    /// A value, in TOML.
    pub(crate) example: &'static str,
}

/// What the value of a key is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A path, from the folder of the file.
    Path,
    /// Paths; a single one may be written without brackets.
    Paths,
    /// An IANA name of a time zone.
    Zone,
    /// One of several words.
    OneOf(fn() -> Vec<String>),
    /// A number of bytes, with a unit.
    Size,
    /// A whole number from 1 to 65,535.
    Count,
    /// The address of a web site.
    Url,
}

impl Kind {
    /// For people: `a path`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Path => "a path",
            Self::Paths => "a list of paths",
            Self::Zone => "the name of a time zone",
            Self::OneOf(_) => "a word",
            Self::Size => "a size",
            Self::Count => "a whole number",
            Self::Url => "a web address",
        }
    }
}

impl Key {
    /// `section.name`.
    pub(crate) fn path(&self) -> String {
        if self.section.is_empty() { self.name.to_owned() } else { format!("{}.{}", self.section, self.name) }
    }

    /// Whether the key is the default of an argument of a command.
    pub(crate) fn is_default_of(&self, command: &str, argument: &str) -> bool {
        self.sets.iter().any(|(c, a)| *a == argument && c.is_none_or(|c| c == command))
    }
}

/// A table whose keys are the user's own.
#[derive(Debug)]
pub(crate) struct Open {
    /// Its name.
    pub(crate) name: &'static str,
    /// What its keys are, for people.
    pub(crate) keys: &'static str,
    /// What its values may be; empty for any text.
    pub(crate) values: &'static [&'static str],
    /// What it is for, in Markdown.
    pub(crate) doc: &'static str,
    /// A line of it.
    pub(crate) example: &'static str,
}

/// What lints may weigh.
pub(crate) const LEVELS: [&str; 4] = ["off", "info", "warning", "error"];

/// The tables whose keys are the user's own.
pub(crate) const OPEN: [Open; 2] = [
    Open {
        name: "filters",
        keys: "name of a macro without arguments",
        values: &[],
        doc: "Definitions of macros, by name: the tuning of rules, which call a macro `…_filter` of their own at \
              their end, and of macros such as the ones that name indexes. They go before the definitions of rules and \
              apps. A `macros.conf` beside the file, in Splunk's format, does the same, also for macros that take \
              arguments; of a macro that both define, the definition here counts.",
        example: r#"suspicious_shell_filter = 'search NOT user IN ("svc_backup", "svc_patch")'"#,
    },
    Open {
        name: "lint",
        keys: "slug of a lint",
        values: &LEVELS,
        doc: "How much a lint weighs, by its slug: `off`, `info`, `warning` or `error`; `area/*` stands for all of an area. \
              `grotto lint --list` names them. A slug needs quotes.",
        example: r#""search/leading-wildcard" = "error""#,
    },
];

/// All keys in the order in which they are documented.
pub(crate) static KEYS: [Key; 16] = [
    Key {
        section: "",
        name: "rules",
        kind: Kind::Paths,
        sets: &[
            (Some("scan"), "rules"),
            (Some("watch"), "rules"),
            (Some("search"), "rules"),
            (Some("explain"), "rules"),
            (Some("test"), "rules"),
            (Some("lint"), "rules"),
            (Some("fmt"), "rules"),
        ],
        default: "",
        doc: "Folders or files of detection rules, with their macros, lookups and data sources. Without it the rules \
              that are built in are used, and lint and fmt look at the working directory.",
        example: r#"["detections", "macros", "lookups"]"#,
    },
    Key {
        section: "",
        name: "apps",
        kind: Kind::Paths,
        sets: &[(None, "app")],
        default: "[]",
        doc: "Folders of Splunk apps whose search-time knowledge is used too; a later one goes before an earlier one.",
        example: r#"["apps/TA_own_fields"]"#,
    },
    Key {
        section: "",
        name: "lookups",
        kind: Kind::Paths,
        sets: &[(None, "lookups")],
        default: "[]",
        doc: "Folders of lookup tables (`.csv`, `.json`, `.jsonl`) and, in a `transforms.conf`, of definitions. They go \
              before those of rules and apps.",
        example: r#"["lookups/site"]"#,
    },
    Key {
        section: "",
        name: "assets",
        kind: Kind::Path,
        sets: &[(None, "assets")],
        default: "",
        doc: "Table of assets (CSV) with the columns of Splunk Enterprise Security: ip, mac, nt_host, dns, category …",
        example: r#""site/assets.csv""#,
    },
    Key {
        section: "",
        name: "identities",
        kind: Kind::Path,
        sets: &[(None, "identities")],
        default: "",
        doc: "Table of identities (CSV) with the columns of Splunk Enterprise Security: identity, email, category …",
        example: r#""site/identities.csv""#,
    },
    Key {
        section: "",
        name: "geoip",
        kind: Kind::Path,
        sets: &[(None, "geoip")],
        default: "",
        doc: "City database in MaxMind's format (`.mmdb`), for `iplocation`.",
        example: r#""site/GeoLite2-City.mmdb""#,
    },
    Key {
        section: "",
        name: "timezone",
        kind: Kind::Zone,
        sets: &[(None, "timezone")],
        default: r#""UTC""#,
        doc: "Time zone of times in text form, and of times in logs that say none: an IANA name.",
        example: r#""Europe/Vienna""#,
    },
    Key {
        section: "",
        name: "max_archive_bytes",
        kind: Kind::Size,
        sets: &[(None, "max_archive_bytes")],
        default: r#""16G""#,
        doc: "How much all that is in a compressed file or an archive may unpack to: a number of bytes, or a text with \
              the unit K, M, G or T.",
        example: r#""64G""#,
    },
    Key {
        section: "",
        name: "memory",
        kind: Kind::Size,
        sets: &[(None, "memory")],
        default: "",
        doc: "Memory for the rows that searches keep: a number of bytes, or a text with the unit K, M, G or T. What is \
              more goes to temporary files and results stay the same. A quarter of the machine's memory without it.",
        example: r#""4G""#,
    },
    Key {
        section: "",
        name: "threads",
        kind: Kind::Count,
        sets: &[(None, "threads")],
        default: "",
        doc: "How many threads work; one for each core without it.",
        example: "4",
    },
    Key {
        section: "scan",
        name: "fail_on",
        kind: Kind::OneOf(words::<FailOn>),
        sets: &[(Some("scan"), "fail_on")],
        default: "",
        doc: "`grotto scan` ends with status 1 when a finding of this severity or above was found.",
        example: r#""high""#,
    },
    Key {
        section: "scan",
        name: "format",
        kind: Kind::OneOf(words::<Format>),
        sets: &[(Some("scan"), "format")],
        default: "",
        doc: "Form of what `grotto scan` writes. Without it a table on a terminal and JSON lines otherwise.",
        example: r#""jsonl""#,
    },
    Key {
        section: "scan",
        name: "state",
        kind: Kind::Path,
        sets: &[(Some("scan"), "state"), (Some("drilldown"), "state")],
        default: "",
        doc: "Folder that `grotto scan` keeps what it finds in, and where `grotto drilldown` looks findings up.",
        example: r#""state""#,
    },
    Key {
        section: "scan",
        name: "catalog_url",
        kind: Kind::Url,
        sets: &[(Some("scan"), "catalog_url")],
        default: "",
        doc: "Address of a catalogue that has the pages of the rules (`grotto catalog build`): the HTML report of `grotto scan` \
              links to them.",
        example: r#""https://rules.example.org/""#,
    },
    Key {
        section: "test",
        name: "attack_data",
        kind: Kind::Path,
        sets: &[(Some("test"), "attack_data")],
        default: "",
        doc: "Copy of the public dataset to which web addresses in tests are mapped; nothing is downloaded.",
        example: r#""../attack_data""#,
    },
    Key {
        section: "test",
        name: "baselines",
        kind: Kind::Paths,
        sets: &[(Some("test"), "baseline")],
        default: "[]",
        doc: "Folders of benign logs that `grotto test` runs all rules over.",
        example: r#"["../benign"]"#,
    },
];

/// The key of a table.
pub(crate) fn key(section: &str, name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.section == section && key.name == name)
}

/// Names that may stand in a table, or at the top.
pub(crate) fn names(section: &str) -> Vec<&'static str> {
    let mut names: Vec<_> = KEYS.iter().filter(|k| k.section == section).map(|k| k.name).collect();
    if section.is_empty() {
        names.extend(sections());
        names.extend(OPEN.iter().map(|open| open.name));
    }
    names
}

/// The tables that hold keys, in order.
pub(crate) fn sections() -> Vec<&'static str> {
    let mut sections: Vec<_> = KEYS.iter().map(|k| k.section).filter(|s| !s.is_empty()).collect();
    sections.dedup();
    sections
}

/// The words that an argument takes.
fn words<T: ValueEnum>() -> Vec<String> {
    let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    values.map(|value| value.get_name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::CommandFactory;

    #[test]
    fn every_key_is_the_default_of_arguments_that_exist() {
        let cli = Cli::command();
        let has = |command: Option<&str>, argument: &str| {
            cli.get_subcommands()
                .filter(|c| command.is_none_or(|name| name == c.get_name()))
                .any(|c| c.get_arguments().any(|a| a.get_id() == argument))
        };
        for key in &KEYS {
            assert!(!key.sets.is_empty(), "{}", key.path());
            for (command, argument) in key.sets {
                assert!(has(*command, argument), "{}: {command:?} has no argument {argument}", key.path());
            }
        }
    }

    #[test]
    fn the_lint_of_the_example_exists() {
        let example = OPEN[1].example;
        assert!(
            grotto_lint::lints::LINTS.iter().any(|l| example.contains(&format!("\"{}\"", l.slug))),
            "{example}"
        );
    }

    #[test]
    fn names_are_given_once_and_tables_hang_together() {
        let mut paths: Vec<String> = KEYS.iter().map(Key::path).collect();
        paths.extend(OPEN.iter().map(|o| o.name.to_owned()));
        let mut once = paths.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), paths.len());
        let sections = sections();
        assert!(sections.iter().all(|s| sections.iter().filter(|t| *t == s).count() == 1), "{sections:?}");
    }
}
