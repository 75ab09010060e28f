//! Compressed files and archives, read in place.
//!
//! What an input is, is told by its first bytes ([`kind`]). A compressed stream ([`codec`]) is unpacked while it is
//! read, each member of an archive ([`zip`], [`tar`]) is an input of its own with a name such as `a.zip!/b/c.evtx`, and
//! both can be in each other. What has to be read at random and can't be is spooled ([`spool`]). Nothing is ever
//! written under a member's name. [`Limits`] hold for everything that a file contains ([`limits`], [`unpack`]).

pub(crate) mod codec;
mod kind;
pub(crate) mod limits;
mod listing;
pub(crate) mod spool;
mod tar;
pub(crate) mod unpack;
mod zip;

use crate::detect::Head;
use crate::{Input, Part, part};
use grotto_diag::{Diagnostic, Severity};
use kind::Kind;
use limits::{Limits, Meter};
use listing::{LIMIT_HELP, Listing};
use std::sync::Arc;
use unpack::{Place, Trouble};

/// How many members that are no logs are named.
const NAMED: usize = 5;

/// EVTX logs of this size are worth a temporary file.
const SPREAD: u64 = 32 << 20;

/// What an input holds.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// What to read, in order.
    pub parts: Vec<Part>,
    /// How many logs these belong to.
    pub logs: usize,
    /// How many files and members are no logs.
    pub skipped: usize,
    /// How many files and members could not be read.
    pub failed: usize,
    /// Why.
    pub diagnostics: Vec<Diagnostic>,
}

/// Finds out what an input is, looks into it if it is compressed or an archive, and cuts the logs that it holds into
/// parts, in the order of the input; members of an archive come in the order of their names.
pub fn open(input: &Input, limits: Limits) -> Opened {
    let mut opening = Opening {
        file: input,
        meter: Arc::new(Meter::new(limits)),
        archive: false,
        out: Opened::default(),
        unknown: None,
        others: Vec::new(),
    };
    opening.enter(input, 0);
    opening.finish()
}

struct Opening<'a> {
    file: &'a Input,
    meter: Arc<Meter>,
    /// Whether the file has members.
    archive: bool,
    out: Opened,
    /// What is said of the first thing that is no log.
    unknown: Option<Diagnostic>,
    /// Names of members that are no logs.
    others: Vec<String>,
}

impl Opening<'_> {
    /// Opens an input that lies in so many layers.
    fn enter(&mut self, input: &Input, layers: u8) {
        let head = match Head::of(input) {
            Ok(head) => head,
            Err(diagnostic) => return self.fail(diagnostic),
        };
        let Some(kind) = Kind::of(&head.bytes) else { return self.log(input, &head) };
        if layers >= self.meter.limits.layers {
            let message = format!(
                "{} lies in {layers} layers of archives, and that is as deep as grotto looks",
                input.name()
            );
            let help = "unpack the outer archive and name the folder";
            return self
                .fail(Diagnostic::error("archive/too-deep", message).in_source(input.source()).help(help));
        }
        match kind {
            Kind::Packed(codec) => match input.packed(None, Place::whole(codec, &self.meter)) {
                Ok(inner) => self.enter(&inner, layers + 1),
                Err(diagnostic) => self.fail(diagnostic),
            },
            Kind::Zip => self.members(input, layers, zip::list),
            Kind::Tar => self.members(input, layers, tar::list),
            Kind::Foreign(name) => {
                let message = format!("{} is a {name} archive, which grotto does not read", input.name());
                let help = "unpack it and name the folder, or pack it as .zip or .tar.gz";
                self.fail(
                    Diagnostic::error("archive/unsupported", message).in_source(input.source()).help(help),
                );
            }
        }
    }

    /// Opens the members of an archive.
    fn members(
        &mut self,
        archive: &Input,
        layers: u8,
        list: fn(&Input, &Arc<Meter>) -> Result<Listing, Diagnostic>,
    ) {
        self.archive = true;
        let mut listing = match self
            .seekable(archive)
            .and_then(|seekable| list(&seekable, &self.meter).map(|listing| (listing, seekable)))
        {
            Ok((listing, seekable)) => {
                for problem in listing.problems(archive) {
                    self.fail(problem);
                }
                (listing.members, seekable)
            }
            Err(diagnostic) => return self.fail(diagnostic),
        };
        listing.0.sort_by(|a, b| (&a.0, a.1.window).cmp(&(&b.0, b.1.window)));
        for (name, place) in listing.0 {
            match listing.1.packed(Some(&name), place) {
                Ok(member) => self.enter(&member, layers + 1),
                Err(diagnostic) => self.fail(diagnostic),
            }
        }
    }

    /// The input itself if it can be read from anywhere, else one with the same content that can.
    fn seekable(&mut self, input: &Input) -> Result<Input, Diagnostic> {
        if input.len()?.is_some() {
            return Ok(input.clone());
        }
        let spool = self.meter.store.keep(&mut input.open(0)?).map_err(|error| {
            input
                .unreadable(&error)
                .help("an archive in an archive is unpacked to a temporary file; TMPDIR says where")
        })?;
        if let Some(trouble) = input.trouble() {
            self.fail(trouble);
        }
        Ok(input.spooled(spool))
    }

    /// Takes an input that holds no others.
    fn log(&mut self, input: &Input, head: &Head) {
        if head.bytes.is_empty()
            && let Some(trouble) = input.trouble()
        {
            return self.fail(trouble);
        }
        match part::plan_head(self.spread(input, head).as_ref().unwrap_or(input), head) {
            Ok(parts) => {
                self.out.logs += 1;
                self.out.parts.extend(parts);
            }
            Err(diagnostic) if !self.archive => self.fail(diagnostic),
            Err(diagnostic) if diagnostic.slug == "input/unreadable" => self.fail(diagnostic),
            Err(diagnostic) => {
                self.out.skipped += 1;
                if self.others.len() < NAMED {
                    let name = input.name();
                    self.others.push(name.strip_prefix(self.file.name()).unwrap_or(name).to_owned());
                }
                if diagnostic.severity > Severity::Info {
                    self.unknown.get_or_insert(diagnostic);
                }
            }
        }
    }

    /// A large EVTX log out of a temporary file: its chunks can be read at the same time there, and reading takes much longer
    /// than unpacking. `None` for any other input, for one that is damaged, and where there is no room.
    fn spread(&self, input: &Input, head: &Head) -> Option<Input> {
        if !head.bytes.starts_with(b"ElfFile\0") || !input.is_large_and_packed(SPREAD) {
            return None;
        }
        let spool = self.meter.store.keep(&mut input.open(0).ok()?).ok()?;
        input.trouble().is_none().then(|| input.spooled(spool))
    }

    fn fail(&mut self, diagnostic: Diagnostic) {
        let no_log = diagnostic.severity != Severity::Error;
        self.out.skipped += usize::from(no_log);
        self.out.failed += usize::from(!no_log);
        self.out.diagnostics.push(diagnostic);
    }

    fn finish(mut self) -> Opened {
        if self.out.logs == 0 && self.archive && self.out.diagnostics.is_empty() {
            let severity = if self.file.is_named() { Severity::Error } else { Severity::Warning };
            self.out.failed += usize::from(severity == Severity::Error);
            let said = self.unknown.as_ref().map(|d| format!(": {}", d.message)).unwrap_or_default();
            let message = format!("{} holds no logs{said}", self.file.name());
            let mut diagnostic =
                Diagnostic::new(severity, "archive/no-logs", message).in_source(self.file.source());
            diagnostic.help = self.unknown.and_then(|d| d.help);
            self.out.diagnostics.push(diagnostic);
        } else if let Some(more) =
            self.out.skipped.checked_sub(self.others.len()).filter(|_| !self.others.is_empty())
        {
            let (skipped, names) = (self.out.skipped, self.others.join(", "));
            let s = if skipped == 1 { "" } else { "s" };
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            let message =
                format!("{skipped} member{s} of {} skipped: not logs ({names}{more})", self.file.name());
            let diagnostic = Diagnostic::new(Severity::Info, "archive/skipped", message);
            self.out.diagnostics.push(diagnostic.in_source(self.file.source()));
        }
        self.out
    }
}

/// The diagnostic for a stream that ended too early.
pub(crate) fn trouble(input: &Input, trouble: &Trouble) -> Diagnostic {
    let Trouble { slug, at, reason } = trouble;
    let message = format!(
        "{} can't be unpacked beyond byte {at} of its content: {reason}; what stands before was read",
        input.name()
    );
    let help = if *slug == "archive/limit" { LIMIT_HELP } else { "get a whole copy for the rest" };
    Diagnostic::error(slug, message).in_source(input.source()).help(help)
}

#[cfg(test)]
mod tests;
