//! What was run on what.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// What was run on what, as whoever ran it tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifest {
    /// The command line, one word each.
    pub command: Vec<String>,
    /// Version of grotto.
    pub version: String,
    /// When the scan began, RFC 3339.
    pub started: String,
    /// Seconds that it took.
    pub elapsed: f64,
    /// Where the rules are from: folders, or the name of the pack.
    pub rules: Vec<String>,
    /// How many rules there are.
    pub rule_count: usize,
    /// [Hash](rules_hash) of the rules.
    pub rules_hash: String,
    /// Other settings by name, such as the time range and the schedule.
    pub settings: Vec<(String, String)>,
    /// The logs.
    pub inputs: Vec<LogFile>,
    /// Seconds that hashing the logs and looking for sample events took.
    pub extra: f64,
    /// How the sample events were found, in a sentence.
    pub samples: String,
    /// Where all records are, if they were written to a file that keeps them.
    pub records: Option<String>,
    /// Address of the catalogue that has the rules' pages.
    pub catalog: Option<String>,
}

/// A file with logs, or a log in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Path or name; of a log in an archive its name there.
    pub name: String,
    /// Size in bytes; `None` for a stream.
    pub bytes: Option<u64>,
    /// SHA-256 of its content in hexadecimal digits, or why there is none.
    pub sha256: Result<String, String>,
    /// Logs inside of it, if it is an archive.
    pub members: Vec<LogFile>,
}

/// A hash over rules, each with its id and the text of its file: SHA-256 over the SHA-256 of each, sorted, so that the
/// order and the place of files don't matter. Macros, lookups and apps are not part of it.
pub fn rules_hash<'a>(rules: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let of = |(id, text): (&str, &str)| {
        let mut hash = Sha256::new();
        hash.update(id.as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
        hash.finalize()
    };
    let mut all: Vec<_> = rules.map(of).collect();
    all.sort_unstable();
    let mut hash = Sha256::new();
    for one in &all {
        hash.update(one);
    }
    hex(&hash.finalize())
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// A command line that a shell reads as these words.
pub(crate) fn shell(words: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+%".contains(c);
    let quoted = |word: &String| {
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_follows_the_rules_and_not_their_order() {
        let hash = |rules: &[(&'static str, &'static str)]| rules_hash(rules.iter().copied());
        assert_eq!(hash(&[("a", "1"), ("b", "2")]), hash(&[("b", "2"), ("a", "1")]));
        assert_ne!(hash(&[("a", "1"), ("b", "2")]), hash(&[("a", "1"), ("b", "3")]));
        assert_ne!(hash(&[("a", "b1")]), hash(&[("ab", "1")]));
        assert_eq!(hash(&[]).len(), 64);
    }

    #[test]
    fn commands_can_be_pasted() {
        let words = ["grotto", "scan", "my logs", "it's", ""].map(str::to_owned);
        assert_eq!(shell(&words), "grotto scan 'my logs' 'it'\\''s' ''");
    }
}
