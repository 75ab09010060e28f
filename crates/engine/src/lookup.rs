//! Lookup tables: rows of text found by the values of their match fields.
//!
//! Rules of matching: <https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/transforms.conf>.
//! A table whose match fields are all compared exactly is found through a hash index; wildcard and CIDR fields are
//! tried row by row, in the order of the table.

use crate::predicate::{Cidr, Glob};
use rustc_hash::FxHashMap;

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
    /// At most so many rows; several give multivalue fields. Splunk's default is 100.
    pub max_matches: usize,
    /// At least so many rows; missing ones are filled with `default_match`.
    pub min_matches: usize,
    /// The value of every output field of a filled row.
    pub default_match: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            matching: Vec::new(),
            case_sensitive: true,
            max_matches: 100,
            min_matches: 0,
            default_match: None,
        }
    }
}

/// A table with its settings.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    settings: Settings,
}

/// A table made ready for one list of match fields.
#[derive(Debug)]
pub struct Index<'t> {
    table: &'t Table,
    /// Match columns by number.
    keys: Vec<(usize, Matching)>,
    exact: FxHashMap<Vec<String>, Vec<usize>>,
}

impl Table {
    /// A table of these columns; short rows count as filled up with empty text.
    pub fn new(columns: Vec<String>, rows: Vec<Vec<String>>, settings: Settings) -> Self {
        Self { columns, rows, settings }
    }

    /// Reads CSV with a header.
    ///
    /// # Errors
    /// What is wrong with the text, in one sentence.
    pub fn from_csv(text: &str, settings: Settings) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let owned = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        let columns = owned(reader.headers().map_err(|e| e.to_string())?);
        let rows = reader
            .records()
            .map(|r| r.map(|r| owned(&r)).map_err(|e| e.to_string()))
            .collect::<Result<_, _>>()?;
        Ok(Self::new(columns, rows, settings))
    }

    /// Names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Prepares matching by these columns. `None` when the table lacks one.
    pub fn index(&self, keys: &[&str]) -> Option<Index<'_>> {
        let keys: Vec<(usize, Matching)> = keys
            .iter()
            .map(|key| {
                let at = self.columns.iter().position(|c| c == key)?;
                let matching = self.settings.matching.iter().find(|(f, _)| f == key).map(|(_, m)| *m);
                Some((at, matching.unwrap_or_default()))
            })
            .collect::<Option<_>>()?;
        let mut exact: FxHashMap<Vec<String>, Vec<usize>> = FxHashMap::default();
        for (number, row) in self.rows.iter().enumerate() {
            let key = keys
                .iter()
                .filter(|(_, m)| *m == Matching::Exact)
                .map(|(at, _)| self.fold(row.get(*at).map_or("", String::as_str)))
                .collect();
            exact.entry(key).or_default().push(number);
        }
        Some(Index { table: self, keys, exact })
    }

    /// Text as it is compared.
    fn fold(&self, text: &str) -> String {
        if self.settings.case_sensitive { text.to_owned() } else { text.to_lowercase() }
    }
}

impl Index<'_> {
    /// For each output column, the values of the rows that match, in the order of the table; empty lists when none
    /// does. `values` are those of the match columns, `outputs` the numbers of the output columns.
    pub fn find(&self, values: &[&str], outputs: &[usize]) -> Vec<Vec<String>> {
        let settings = &self.table.settings;
        let key: Vec<String> = self
            .keys
            .iter()
            .zip(values)
            .filter(|((_, m), _)| *m == Matching::Exact)
            .map(|(_, value)| self.table.fold(value))
            .collect();
        let candidates = self.exact.get(&key).map(Vec::as_slice).unwrap_or_default();
        let found = candidates
            .iter()
            .filter_map(|number| self.table.rows.get(*number))
            .filter(|row| {
                self.keys.iter().zip(values).all(|((at, matching), value)| {
                    let wanted = row.get(*at).map_or("", String::as_str);
                    match matching {
                        Matching::Exact => true,
                        Matching::Wildcard => Glob::new(wanted, settings.case_sensitive).matches(value),
                        Matching::Cidr => Cidr::parse(wanted).is_some_and(|network| network.holds(value)),
                    }
                })
            })
            .take(settings.max_matches.max(1));
        let mut out = vec![Vec::new(); outputs.len()];
        let mut count = 0;
        for row in found {
            count += 1;
            for (list, column) in out.iter_mut().zip(outputs) {
                if let Some(value) = row.get(*column).filter(|v| !v.is_empty()) {
                    list.push(value.clone());
                }
            }
        }
        if let Some(default) = &settings.default_match {
            for _ in count..settings.min_matches {
                for list in &mut out {
                    list.push(default.clone());
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "tool,kind,net\nPsExec*,remote,10.0.0.0/8\n*.exe,any,0.0.0.0/0\nnmap,scan,\n";

    fn find(settings: Settings, key: &str, value: &str) -> Vec<String> {
        let table = Table::from_csv(CSV, settings).unwrap();
        let index = table.index(&[key]).unwrap();
        index.find(&[value], &[1]).remove(0)
    }

    #[test]
    fn exact_wildcard_and_network() {
        assert_eq!(find(Settings::default(), "tool", "nmap"), ["scan"]);
        assert_eq!(find(Settings::default(), "tool", "NMAP"), [""; 0]);
        let loose = Settings { case_sensitive: false, ..Settings::default() };
        assert_eq!(find(loose, "tool", "NMAP"), ["scan"]);
        let wild = Settings {
            matching: vec![("tool".into(), Matching::Wildcard)],
            case_sensitive: false,
            ..Settings::default()
        };
        assert_eq!(find(wild.clone(), "tool", "psexec64.exe"), ["remote", "any"]);
        assert_eq!(find(Settings { max_matches: 1, ..wild }, "tool", "psexec64.exe"), ["remote"]);
        let nets = Settings { matching: vec![("net".into(), Matching::Cidr)], ..Settings::default() };
        assert_eq!(find(nets, "net", "10.2.3.4"), ["remote", "any"]);
    }

    #[test]
    fn a_miss_gives_the_default_match() {
        let settings = Settings { min_matches: 1, default_match: Some("none".into()), ..Settings::default() };
        assert_eq!(find(settings, "tool", "x"), ["none"]);
        assert_eq!(find(Settings::default(), "tool", "x"), [""; 0]);
    }
}
