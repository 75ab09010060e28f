//! Work units: a part of an input that can be read independently of the others.

use crate::detect::{Head, detect_head};
use crate::event::Event;
use crate::formats::Format;
use crate::rows::{Rows, Sink, Sizes};
use crate::shapes::Meta;
use crate::wanted::Wants;
use crate::{Batch, Input, Labels, ReadOptions, decode};
use grotto_diag::phase::{self, Phase};
use grotto_diag::{Diagnostic, Severity};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io::Read;
use std::sync::Arc;

/// How many diagnostics a part keeps; the rest is counted.
const DIAGNOSTICS_PER_PART: usize = 20;

/// How many diagnostics a merged report keeps; the rest is counted.
const DIAGNOSTICS: usize = 1000;

/// A range of bytes of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// First byte.
    pub(crate) start: u64,
    /// One past the last; `None` reads a stream to its end.
    pub(crate) end: Option<u64>,
    /// What the input lacks behind this part, if it says itself that there should be more.
    pub(crate) lack: Option<Lack>,
}

/// What an input says that it holds, and what it does hold, in stretches such as chunks of EVTX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lack {
    /// How many it says; `None` if it ends before it can say.
    pub(crate) promised: Option<u64>,
    /// How many it holds whole.
    pub(crate) whole: u64,
}

/// Some of an input's events. Parts of an input can be read in any order and at the same time.
#[derive(Debug, Clone)]
pub struct Part {
    input: Input,
    content: Content,
    labels: Arc<Labels>,
    /// How large batches become; of all parts of the input.
    sizes: Arc<Sizes>,
}

/// What a part holds.
#[derive(Debug, Clone)]
enum Content {
    /// A range of a log.
    Log(Format, Extent),
    /// Events that are batches already.
    Batches(Arc<[Batch]>),
}

/// Finds out what an input is and cuts it into parts, in the order of the input. A log without events has no parts.
/// [`open`](crate::open()) does it for compressed files and archives too.
///
/// # Errors
/// As [`detect`](crate::detect()): `input/unreadable`, `input/unrecognised`, and `input/empty` with severity info.
pub fn plan(input: &Input) -> Result<Vec<Part>, Diagnostic> {
    plan_head(input, &Head::of(input)?)
}

/// As [`plan`], of an input that starts like this.
pub(crate) fn plan_head(input: &Input, head: &Head) -> Result<Vec<Part>, Diagnostic> {
    let format = detect_head(input, head)?;
    let extents = match input.len()? {
        Some(len) => format.reader().split(input, head, len)?,
        None => vec![Extent { start: 0, end: None, lack: None }],
    };
    let labels = Arc::new(Labels::default());
    let sizes = Arc::new(Sizes::default());
    let part = |extent| Part {
        input: input.clone(),
        content: Content::Log(format, extent),
        labels: Arc::clone(&labels),
        sizes: Arc::clone(&sizes),
    };
    Ok(extents.into_iter().map(part).collect())
}

impl Part {
    /// Events that are in memory as batches of one event type each. They stand in the order in which they happened,
    /// as in a log, and are handed on as they are: read options have no effect on them.
    pub fn of_batches(name: &str, batches: Vec<Batch>) -> Self {
        let labels = Arc::default();
        let input = Input::memory(name, Vec::new());
        Self { input, content: Content::Batches(batches.into()), labels, sizes: Arc::default() }
    }

    /// The same part with this said of its events; no effect on events in memory.
    #[must_use]
    pub fn labelled(mut self, labels: &Arc<Labels>) -> Self {
        self.labels = Arc::clone(labels);
        self
    }

    /// The input that it is part of.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// The format of the input; `None` for events in memory.
    pub fn format(&self) -> Option<Format> {
        match self.content {
            Content::Log(format, _) => Some(format),
            Content::Batches(_) => None,
        }
    }

    /// Number of bytes that it covers; 0 where nobody knows, as of a stream, and for events in memory.
    pub fn bytes(&self) -> u64 {
        match self.content {
            Content::Log(_, Extent { start, end: Some(end), .. }) => end.saturating_sub(start),
            Content::Log(..) => self.input.len_hint(),
            Content::Batches(_) => 0,
        }
    }

    /// Makes sure that it can be read more than once: what a stream holds is kept in memory.
    ///
    /// # Errors
    /// `input/unreadable`; `input/stream-too-long` when there is too much to keep.
    pub fn keep(&self) -> Result<(), Diagnostic> {
        self.input.keep()
    }

    /// Whether it can be read again after it was read: not so for a stream that [was not kept](Self::keep).
    pub fn reads_again(&self) -> bool {
        self.input.reads_again()
    }

    /// Reads all events and hands them on in batches of one event type each. A part of a stream can be read
    /// once, unless it [was kept](Self::keep).
    pub fn read(&self, options: &ReadOptions, sink: &mut Sink<'_>) -> PartReport {
        self.read_wanted(options, None, sink)
    }

    /// As [`read`](Self::read), of each event type only what is wanted of it. Events of which nothing is wanted are counted
    /// and not decoded further than it takes to know their type.
    pub fn read_wanted(
        &self,
        options: &ReadOptions,
        wants: Option<&Wants<'_>>,
        sink: &mut Sink<'_>,
    ) -> PartReport {
        match &self.content {
            Content::Log(format, extent) => {
                self.read_log(*format, *extent, (&options.labelled(&self.labels), wants), sink)
            }
            Content::Batches(batches) => {
                batches.iter().cloned().for_each(&mut *sink);
                let events = batches.iter().map(|batch| batch.rows() as u64).sum();
                PartReport { events, ..PartReport::default() }
            }
        }
    }

    fn read_log(
        &self,
        format: Format,
        extent: Extent,
        (options, wants): (&ReadOptions, Option<&Wants<'_>>),
        sink: &mut Sink<'_>,
    ) -> PartReport {
        let _phase = phase::enter(Phase::Decode);
        let mut output = Output {
            rows: Rows::new(options, wants, &self.sizes),
            sink,
            report: PartReport::default(),
            input: &self.input,
            zone: self.labels.zone.as_ref(),
        };
        match self.input.open(extent.start) {
            Ok(reader) => {
                let limit = extent.end.map_or(u64::MAX, |_| self.bytes());
                let mut reader = Counting { reader: reader.take(limit), bytes: 0 };
                if let Err(error) = format.reader().read(&mut reader, extent, &mut output) {
                    output.problem(self.input.unreadable(&error));
                }
                output.report.bytes = reader.bytes;
                if let Some(trouble) = self.input.trouble() {
                    output.report.lost += 1;
                    output.problem(trouble);
                }
            }
            Err(diagnostic) => output.problem(diagnostic),
        }
        output.rows.finish(output.sink);
        output.report
    }
}

/// What reading gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartReport {
    /// Events read.
    pub events: u64,
    /// Records that were there and could not be read or decoded.
    pub failed: u64,
    /// Stretches of a log, such as chunks of EVTX, whose records can't even be counted.
    pub lost: u64,
    /// Bytes read.
    pub bytes: u64,
    /// What went wrong, each with file and place; not more than a bounded number.
    pub diagnostics: Vec<Diagnostic>,
    /// How many diagnostics there were beyond those.
    pub more_diagnostics: u64,
}

impl PartReport {
    /// Adds another report to this one.
    pub fn merge(&mut self, other: Self) {
        self.events += other.events;
        self.failed += other.failed;
        self.lost += other.lost;
        self.bytes += other.bytes;
        self.more_diagnostics += other.more_diagnostics;
        for diagnostic in other.diagnostics {
            self.add(diagnostic, DIAGNOSTICS);
        }
    }

    fn add(&mut self, diagnostic: Diagnostic, limit: usize) {
        if self.diagnostics.len() < limit {
            self.diagnostics.push(diagnostic);
        } else {
            self.more_diagnostics += 1;
        }
    }
}

/// Where a format puts what it reads.
pub(crate) struct Output<'a> {
    rows: Rows<'a>,
    sink: &'a mut Sink<'a>,
    report: PartReport,
    input: &'a Input,
    zone: Option<&'a TimeZone>,
}

impl<'a> Output<'a> {
    /// The rows, and where full batches go, for an event that is counted and written by the caller.
    pub(crate) fn counted(&mut self) -> (&mut Rows<'a>, &mut Sink<'a>) {
        self.report.events += 1;
        (&mut self.rows, self.sink)
    }

    /// The rows.
    pub(crate) fn rows(&mut self) -> &mut Rows<'a> {
        &mut self.rows
    }
}

impl Output<'_> {
    /// Takes the XML of one event. `place` says which event it is, should it not be one.
    pub(crate) fn event(&mut self, xml: &str, place: &dyn Fn() -> String) {
        match decode::event(xml) {
            Ok(event) => {
                self.report.events += 1;
                if let Some(error) = event.repaired {
                    self.note("xml/repaired", &format!("{} is damaged but can be read: {error}", place()));
                }
                self.rows.push(&event, self.sink);
            }
            Err(error) => self.failed("xml/bad-event", &format!("{} can't be decoded: {error}", place())),
        }
    }

    /// Takes the XML of one event with what the export that it comes from says of it. That counts, but for the time,
    /// which the event itself has in more detail.
    pub(crate) fn event_of(&mut self, xml: &str, meta: &Meta<'_>, place: &dyn Fn() -> String) {
        match decode::event(xml) {
            Ok(mut event) => {
                meta.apply(&mut event);
                self.decoded(&event);
            }
            Err(error) => self.failed("xml/bad-event", &format!("{} can't be decoded: {error}", place())),
        }
    }

    /// Takes an event.
    pub(crate) fn decoded(&mut self, event: &Event<'_>) {
        self.report.events += 1;
        self.rows.push(event, self.sink);
    }

    /// A time that says no zone: what it is in nanoseconds since 1970 in the zone of the input, given what it would be
    /// in UTC. A time that the clocks of the zone skip or show twice is the one before the change.
    pub(crate) fn local(&self, nanos: i64) -> i64 {
        let local = |zone: &TimeZone| {
            let clock = TimeZone::UTC.to_datetime(Timestamp::from_nanosecond(nanos.into()).ok()?);
            let instant = zone.to_ambiguous_timestamp(clock).compatible().ok()?;
            i64::try_from(instant.as_nanosecond()).ok()
        };
        self.zone.and_then(local).unwrap_or(nanos)
    }

    /// The input that is read.
    pub(crate) fn input(&self) -> &Input {
        self.input
    }

    /// Counts a record that can't be read.
    pub(crate) fn failed(&mut self, slug: &'static str, message: &str) {
        self.report.failed += 1;
        self.say(Severity::Error, slug, message);
    }

    /// Counts a stretch of the log that can't be read.
    pub(crate) fn lost(&mut self, slug: &'static str, message: &str) {
        self.report.lost += 1;
        self.say(Severity::Error, slug, message);
    }

    /// Counts stretches of the log that are not there.
    pub(crate) fn missing(&mut self, count: u64, slug: &'static str, message: &str) {
        self.report.lost += count;
        self.say(Severity::Warning, slug, message);
    }

    /// Says something about the log that does not cost a record by itself.
    pub(crate) fn note(&mut self, slug: &'static str, message: &str) {
        self.say(Severity::Warning, slug, message);
    }

    fn say(&mut self, severity: Severity, slug: &'static str, message: &str) {
        // A message that nobody will see need not be made.
        if self.report.diagnostics.len() >= DIAGNOSTICS_PER_PART {
            self.report.more_diagnostics += 1;
        } else {
            self.problem(Diagnostic::new(severity, slug, message).in_source(self.input.source()));
        }
    }

    fn problem(&mut self, diagnostic: Diagnostic) {
        self.report.add(diagnostic, DIAGNOSTICS_PER_PART);
    }
}

/// Counts the bytes that pass.
struct Counting<R> {
    reader: R,
    bytes: u64,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let _phase = phase::enter(Phase::Read);
        let n = self.reader.read(buffer)?;
        self.bytes += n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Column;

    #[test]
    fn batches_in_memory_are_handed_on_as_they_are() {
        let mut batch = Batch::new(2);
        batch.set("a", Column::text([Some("x"), None]));
        let part = Part::of_batches("<rows>", vec![batch.clone(), batch.slice(1, 1)]);
        let mut read = Vec::new();
        let report = part.read(&ReadOptions::default(), &mut |batch| read.push(batch));
        assert_eq!((report.events, part.bytes(), part.format()), (3, 0, None));
        assert_eq!(read, [batch.clone(), batch.slice(1, 1)]);
    }
}
