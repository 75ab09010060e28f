//! The report of a scan: one file of HTML that holds everything, opens from disk and needs no script.
//!
//! [`render`] makes it of the records of a scan, what was run on what ([`Manifest`]) and [sample events](Sample). The
//! same input gives the same bytes; only elements of the class `run-time` tell when the scan ran and how long it took.
//! The size is bounded by [`Room`]: what is left out is counted where it would stand.

mod found;
mod groups;
mod manifest;
pub(crate) mod marked;
mod matrix;
mod problems;
mod risk;
mod show;
pub(crate) mod text;
mod things;
mod timeline;

pub use manifest::{LogFile, Manifest, hex, rules_hash};

use crate::site::{Frame, Menu};
use askama::Template;
use found::{Found, SEVERITIES};
use grotto_detect::explain::Sample;
use grotto_detect::record::{Record, Summary};
use marked::Event;
use problems::Problems;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The looks of the catalogue, then what only the report has.
const STYLE: &str =
    concat!(include_str!("../assets/catalog.css"), "\n", include_str!("../assets/report.css"));

/// Log files of the manifest that are shown.
const FILES: usize = 2_000;

/// Logs inside of a file of the manifest that are shown.
const MEMBERS: usize = 500;

/// How many bytes there are for what a scan found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// For findings in full.
    pub full: usize,
    /// For findings on a line.
    pub lines: usize,
    /// For sample events.
    pub samples: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { full: 8_000_000, lines: 20_000_000, samples: 4_000_000 }
    }
}

impl Room {
    fn take_samples(&mut self, samples: &[Sample]) -> Vec<Event> {
        let events = samples.iter().map(Event::new);
        events.filter(|event| take(&mut self.samples, event.size())).collect()
    }
}

/// Takes so many bytes of room, if there are.
fn take(room: &mut usize, bytes: usize) -> bool {
    let left = room.checked_sub(bytes);
    *room = left.unwrap_or(*room);
    left.is_some()
}

/// The report as it is shown.
#[derive(Template)]
#[template(path = "report.html")]
struct Report<'a> {
    frame: Frame,
    policy: String,
    manifest: &'a Manifest,
    command: String,
    total: Summary,
    tiles: Vec<(&'static str, usize)>,
    found: usize,
    timeline: timeline::Timeline,
    matrix: Vec<matrix::Column>,
    risk: Vec<risk::Kind>,
    severities: Vec<groups::Severity>,
    shown: groups::Shown,
    samples: usize,
    problems: Problems,
    files: &'a [LogFile],
    more_files: usize,
}

/// Makes the report. `sampled` gives for ids of rules some events that they look for.
///
/// # Errors
/// A template fails, which only a full memory makes it do.
pub fn render(
    records: &[Record],
    manifest: &Manifest,
    sampled: &[(String, Vec<Sample>)],
    room: Room,
) -> Result<String, askama::Error> {
    let found = Found::all(records);
    let catalog = manifest.catalog.as_deref().and_then(address);
    let samples: BTreeMap<&str, &[Sample]> =
        sampled.iter().map(|(id, samples)| (id.as_str(), samples.as_slice())).collect();
    let mut room = room;
    let severities = groups::groups(&found, &samples, catalog.as_deref(), &mut room)?;
    let mut counts = [0; 5];
    for one in &found {
        counts[one.severity()] += 1;
    }
    let groups = || severities.iter().flat_map(|severity| &severity.rules);
    let total =
        records.iter().rev().find_map(|r| if let Record::Summary(s) = r { Some(s.clone()) } else { None });
    let html = Report {
        frame: Frame::new("", "Scan report – grotto", Menu::None),
        policy: format!(
            "default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
            base64(&Sha256::digest(STYLE))
        ),
        manifest,
        command: text::cut(&manifest::shell(&manifest.command), 4_000),
        total: total.unwrap_or_default(),
        tiles: SEVERITIES.into_iter().zip(counts).collect(),
        found: found.len(),
        timeline: timeline::timeline(&found),
        matrix: matrix::matrix(&found, catalog.as_deref()),
        risk: risk::risk(records),
        shown: groups::Shown::of(groups()),
        samples: groups().map(|group| group.samples.len()).sum(),
        severities,
        problems: Problems::of(records),
        files: &manifest.inputs[..manifest.inputs.len().min(FILES)],
        more_files: manifest.inputs.len().saturating_sub(FILES),
    }
    .render()?;
    // What was tamed already is not found again; this is for what would be forgotten.
    let tamed = match text::tame(&html) {
        Cow::Borrowed(_) => None,
        Cow::Owned(tamed) => Some(tamed),
    };
    Ok(tamed.unwrap_or(html))
}

/// The address of a catalogue with `/` at its end; `None` for what is no web address, which might run a script.
fn address(url: &str) -> Option<String> {
    let web = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
    web.then(|| format!("{}/", url.trim_end_matches('/')))
}

/// Base 64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let of = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let bits = of(0) << 16 | of(1) << 8 | of(2);
        for place in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * place)) as usize & 63];
            out.push(if place > three.len() { '=' } else { char::from(sign) });
        }
    }
    out
}

#[cfg(test)]
mod tests;
