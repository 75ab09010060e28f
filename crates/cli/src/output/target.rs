//! The files that a scan's report goes to, each with its form.

use crate::args::Format;
use std::path::PathBuf;
use std::str::FromStr;

/// Forms of a scan's report that a search's result does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportForm {
    /// A form that `--format` names.
    Plain(Format),
    /// A report to look at, in one file.
    Html,
    /// A layer of the ATT&CK Navigator.
    Navigator,
    /// Timesketch's columns.
    Timesketch,
}

/// The names that stand before the colon.
const NAMES: [(&str, ReportForm); 7] = [
    ("csv", ReportForm::Plain(Format::Csv)),
    ("html", ReportForm::Html),
    ("json", ReportForm::Plain(Format::Json)),
    ("jsonl", ReportForm::Plain(Format::Jsonl)),
    ("navigator", ReportForm::Navigator),
    ("table", ReportForm::Plain(Format::Table)),
    ("timesketch", ReportForm::Timesketch),
];

/// A file, and the form of what goes there; without one it is that of `--format`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The form that was named.
    pub(crate) form: Option<ReportForm>,
    /// The file; `None` is standard output.
    pub(crate) file: Option<PathBuf>,
}

impl FromStr for Target {
    type Err = String;

    /// `csv:report.csv`, `report.jsonl`, `-`. A single letter before a colon is a drive, and a colon after a folder is
    /// part of a file's name.
    fn from_str(text: &str) -> Result<Self, String> {
        let (form, file) = match text.split_once(':') {
            Some((name, file)) if name.len() > 1 && name.chars().all(|c| c.is_ascii_alphanumeric()) => {
                let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
                let form = known.map(|(_, form)| *form).ok_or_else(|| {
                    let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
                    format!(
                        "{name} is no form of a report; known are {} (a file of this name is ./{text})",
                        names.join(", ")
                    )
                })?;
                (Some(form), file)
            }
            _ => (None, text),
        };
        if file.is_empty() {
            return Err("the file is missing; - is standard output".to_owned());
        }
        Ok(Self { form, file: (file != "-").then(|| PathBuf::from(file)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_stand_before_a_colon() {
        let read = |text: &str| text.parse::<Target>();
        let target = |form, file: &str| Ok(Target { form, file: Some(PathBuf::from(file)) });
        assert_eq!(read("report.csv"), target(None, "report.csv"));
        assert_eq!(read("CSV:a/b.txt"), target(Some(ReportForm::Plain(Format::Csv)), "a/b.txt"));
        assert_eq!(read("navigator:c:\\x.json"), target(Some(ReportForm::Navigator), "c:\\x.json"));
        assert_eq!(read("c:\\x.json"), target(None, "c:\\x.json"));
        assert_eq!(read("./pdf:x"), target(None, "./pdf:x"));
        assert_eq!(read("-"), Ok(Target { form: None, file: None }));
        assert!(read("pdf:x").unwrap_err().contains("timesketch"));
        assert!(read("csv:").unwrap_err().contains("missing"));
    }
}
