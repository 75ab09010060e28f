//! What an archive says that it holds.

use super::unpack::Place;
use crate::Input;
use grotto_diag::{Diagnostic, Severity};

/// Longer names are cut: they are for people.
const MAX_NAME: usize = 1024;

/// The members of an archive that are to be read, and what is wrong with the others.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Names and places, in the order of the archive.
    pub(crate) members: Vec<(String, Place)>,
    /// Members that are encrypted.
    pub(crate) encrypted: Tally,
    /// Members that are packed in a way that is not read.
    pub(crate) unsupported: Tally,
    /// Members that would cost more than the limits allow.
    pub(crate) refused: Tally,
    /// Members that lie over each other, which no tool writes.
    pub(crate) overlapping: Tally,
    /// What is damaged: each a sentence without its end.
    pub(crate) damage: Vec<String>,
}

/// How many members have a problem, and one of them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    count: u64,
    first: String,
}

impl Tally {
    /// Counts a member.
    pub(crate) fn add(&mut self, name: &str) {
        if self.count == 0 {
            name.clone_into(&mut self.first);
        }
        self.count += 1;
    }

    /// Who has the problem, if anyone: "2 members of a.zip (b.evtx and 1 more)".
    fn who(&self, archive: &Input) -> Option<String> {
        let more = self.count.checked_sub(1)?;
        let others = if more == 0 { String::new() } else { format!(" and {more} more") };
        let s = if more == 0 { "" } else { "s" };
        Some(format!("{} member{s} of {} ({}{others})", self.count, archive.name(), self.first))
    }
}

impl Listing {
    /// Everything that is wrong, as diagnostics about the archive.
    pub(crate) fn problems(&self, archive: &Input) -> Vec<Diagnostic> {
        let error = |slug, message, help: &str| {
            Diagnostic::new(Severity::Error, slug, message).in_source(archive.source()).help(help)
        };
        let mut out = Vec::new();
        if let Some(who) = self.encrypted.who(archive) {
            let message = format!("{who} can't be read without a password");
            out.push(error(
                "archive/encrypted",
                message,
                "unpack the archive with its password and name the folder",
            ));
        }
        if let Some(who) = self.unsupported.who(archive) {
            let message = format!("{who} can't be read: grotto does not know how it is packed");
            out.push(error("archive/unsupported", message, "unpack the archive and name the folder"));
        }
        if let Some(who) = self.refused.who(archive) {
            let message = format!("{who} would unpack to more than is allowed");
            out.push(error("archive/limit", message, LIMIT_HELP));
        }
        if let Some(who) = self.overlapping.who(archive) {
            let message = format!("{who} lies over another member and was not read");
            out.push(error(
                "archive/overlap",
                message,
                "no tool packs like this: someone made the archive to do harm",
            ));
        }
        for damage in &self.damage {
            let message = format!("{} is damaged: {damage}", archive.name());
            out.push(error(
                "archive/damaged",
                message,
                "what can be read was read; get a whole copy for the rest",
            ));
        }
        out
    }
}

/// What to do about a limit.
pub(crate) const LIMIT_HELP: &str =
    "the limit protects against archives made to fill memory and disk; --max-archive-bytes raises it";

/// The name of a member for people. It is a label only: nothing is written or opened under it.
pub(crate) fn label(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name.get(..MAX_NAME).unwrap_or(name));
    name.chars()
        .map(|c| match c {
            // Windows's own tools wrote these for a long time.
            '\\' => '/',
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels() {
        for (name, expected) in [
            (&b"a/b.evtx"[..], "a/b.evtx"),
            (b"logs\\Security.evtx", "logs/Security.evtx"),
            (b"../../etc/passwd", "../../etc/passwd"),
            (b"x\x1b[31m\n", "x\u{fffd}[31m\u{fffd}"),
            (b"\xffx", "\u{fffd}x"),
        ] {
            assert_eq!(label(name), expected);
        }
        assert_eq!(label(&[b'a'; 5000]).len(), MAX_NAME);
    }

    #[test]
    fn problems_name_the_first_and_count_the_rest() {
        let mut listing = Listing::default();
        let archive = Input::memory("a.zip", b"".to_vec());
        assert_eq!(listing.problems(&archive), []);
        listing.encrypted.add("b.evtx");
        listing.refused.add("c");
        listing.refused.add("d");
        listing.damage.push("no end".into());
        let said: Vec<_> = listing.problems(&archive).into_iter().map(|d| (d.slug, d.message)).collect();
        assert_eq!(
            said,
            [
                (
                    "archive/encrypted",
                    "1 member of a.zip (b.evtx) can't be read without a password".to_owned()
                ),
                (
                    "archive/limit",
                    "2 members of a.zip (c and 1 more) would unpack to more than is allowed".to_owned()
                ),
                ("archive/damaged", "a.zip is damaged: no end".to_owned()),
            ]
        );
    }
}
