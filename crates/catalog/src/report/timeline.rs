//! When things were found on which host: for each host a strip of bars, and the same as numbers.

use super::found::{Found, SEVERITIES};
use super::text;
use std::collections::BTreeMap;

/// Hosts that have a strip of their own.
const HOSTS: usize = 20;
/// Pieces that the time is cut into.
const PIECES: usize = 96;
/// Width of a piece and height of a strip, in units of the drawing.
const WIDTH: usize = 10;
const HEIGHT: usize = 28;

/// The timeline.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    /// All hosts first, then those with most, then all others.
    pub(crate) strips: Vec<Strip>,
    /// Where the time begins, is half over, and ends.
    pub(crate) axis: [String; 3],
    /// How long a piece is, in words.
    pub(crate) piece: String,
    /// How many things have no time.
    pub(crate) timeless: usize,
    /// How many hosts share the last strip.
    pub(crate) folded: usize,
}

/// What was found on one host.
#[derive(Debug, Default)]
pub(crate) struct Strip {
    /// The host.
    pub(crate) name: String,
    /// Whether the name is that of a host, and not a word.
    pub(crate) is_host: bool,
    /// How many of each severity, worst first, those without a time included.
    pub(crate) counts: [usize; 5],
    /// When the first began and the last did.
    pub(crate) first: String,
    /// See `first`.
    pub(crate) last: String,
    /// The bars, by time.
    pub(crate) bars: Vec<Bar>,
}

impl Strip {
    /// How many in all.
    pub(crate) fn all(&self) -> usize {
        self.counts.iter().sum()
    }
}

/// What was found in one piece of time: what to draw for each severity, and what to say.
#[derive(Debug)]
pub(crate) struct Bar {
    /// Left side.
    pub(crate) x: usize,
    /// Severity, top and height of each part.
    pub(crate) parts: Vec<(&'static str, usize, usize)>,
    /// In words.
    pub(crate) says: String,
}

#[derive(Default, Clone)]
struct Tally {
    counts: [usize; 5],
    span: Option<(i64, i64)>,
    pieces: BTreeMap<usize, [usize; 5]>,
}

impl Tally {
    fn add(&mut self, found: &Found<'_>, scale: &Scale) {
        self.counts[found.severity()] += 1;
        if let Some(at) = found.at() {
            let (first, last) = self.span.unwrap_or((at, at));
            self.span = Some((first.min(at), last.max(at)));
            self.pieces.entry(scale.piece(at)).or_default()[found.severity()] += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        add(&mut self.counts, &other.counts);
        for (piece, counts) in &other.pieces {
            add(self.pieces.entry(*piece).or_default(), counts);
        }
        self.span = match (self.span, other.span) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, other) => one.or(other),
        };
    }
}

fn add(to: &mut [usize; 5], more: &[usize; 5]) {
    to.iter_mut().zip(more).for_each(|(to, more)| *to += more);
}

/// How time is cut.
struct Scale {
    from: i64,
    step: i64,
}

impl Scale {
    fn new(found: &[Found<'_>]) -> Option<Self> {
        let times = || found.iter().filter_map(Found::at);
        let (from, to) = (times().min()?, times().max()?);
        let step = ((to - from) / PIECES as i64 + 1).max(1);
        Some(Self { from, step })
    }

    fn piece(&self, at: i64) -> usize {
        usize::try_from((at - self.from) / self.step).unwrap_or(0).min(PIECES - 1)
    }

    fn time(&self, piece: usize) -> String {
        moment(self.from + self.step * piece as i64)
    }
}

/// The timeline of what was found.
pub(crate) fn timeline(found: &[Found<'_>]) -> Timeline {
    let scale = Scale::new(found).unwrap_or(Scale { from: 0, step: 1 });
    let mut hosts: BTreeMap<String, Tally> = BTreeMap::new();
    let mut others: BTreeMap<&'static str, Tally> = BTreeMap::new();
    let mut all = Tally::default();
    for one in found {
        all.add(one, &scale);
        match one.host() {
            // Names of hosts don't tell letter case apart.
            Ok(host) => hosts.entry(host.to_lowercase()).or_default().add(one, &scale),
            Err(why) => others.entry(why).or_default().add(one, &scale),
        }
    }
    let timed = all.pieces.values().flatten().sum::<usize>();
    let mut hosts: Vec<(String, Tally)> = hosts.into_iter().collect();
    hosts.sort_by(|(a, x), (b, y)| y.counts.cmp(&x.counts).then_with(|| a.cmp(b)));
    let many = hosts.len() > 1 || !others.is_empty();
    let rest = hosts.split_off(hosts.len().min(HOSTS));
    let most = all.pieces.values().map(|counts| counts.iter().sum()).max().unwrap_or(0);
    let strip = |name: &str, is_host, tally: &Tally| strip(name, is_host, tally, &scale, most);
    let mut strips = Vec::new();
    if many {
        strips.push(strip("all hosts", false, &all));
    }
    strips.extend(hosts.iter().map(|(name, tally)| strip(&text::line(name, 60), true, tally)));
    let folded = rest.len();
    if folded > 0 {
        let mut sum = Tally::default();
        for (_, tally) in &rest {
            sum.merge(tally);
        }
        strips.push(strip(&text::counted(folded, "other host"), false, &sum));
    }
    strips.extend(others.iter().map(|(name, tally)| strip(name, false, tally)));
    Timeline {
        strips,
        axis: [0, PIECES / 2, PIECES].map(|piece| scale.time(piece)),
        piece: length(scale.step),
        timeless: found.len() - timed,
        folded,
    }
}

fn strip(name: &str, is_host: bool, tally: &Tally, scale: &Scale, most: usize) -> Strip {
    let bar = |(piece, counts): (&usize, &[usize; 5])| {
        let said: Vec<String> = (0..5)
            .filter(|severity| counts[*severity] > 0)
            .map(|severity| format!("{} {}", counts[severity], SEVERITIES[severity]))
            .collect();
        Bar {
            x: piece * WIDTH,
            parts: parts(counts, most),
            says: format!("{}: {}", scale.time(*piece), said.join(", ")),
        }
    };
    let (first, last) = tally.span.map(|(a, b)| (moment(a), moment(b))).unwrap_or_default();
    let bars = tally.pieces.iter().map(bar).collect();
    Strip { name: name.to_owned(), is_host, counts: tally.counts, first, last, bars }
}

/// How a bar is drawn: its height grows with the logarithm of the count, its parts are as large as their shares, and
/// the worst stands at the bottom, where it is always seen.
fn parts(counts: &[usize; 5], most: usize) -> Vec<(&'static str, usize, usize)> {
    let sum: usize = counts.iter().sum();
    let share = (sum as f64).ln_1p() / (most.max(1) as f64).ln_1p();
    let height = ((share * HEIGHT as f64) as usize).clamp(5, HEIGHT);
    let mut left = height;
    let mut parts = Vec::new();
    for (severity, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let more = counts[severity + 1..].iter().any(|count| *count > 0);
        let part = if more { (height * count / sum).clamp(2, left.max(2)) } else { left };
        left = left.saturating_sub(part);
        if part > 0 {
            parts.push((SEVERITIES[severity], HEIGHT - height + left, part));
        }
    }
    parts
}

fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|t| text::time(Some(&t.to_string()))).unwrap_or_default()
}

/// A length of time in words.
fn length(seconds: i64) -> String {
    let (n, unit) = match seconds {
        ..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    text::counted(usize::try_from(n).unwrap_or(0), unit)
}

#[cfg(test)]
mod tests {
    use super::super::tests::finding;
    use super::*;
    use grotto_detect::record::Record;

    #[test]
    fn every_thing_is_on_one_strip_and_one_bar() {
        let mut records: Vec<Record> = Vec::new();
        for n in 0..200 {
            let time = format!("2024-01-{:02}T00:00:00Z", n % 28 + 1);
            records.push(Record::Finding(finding(
                "r",
                ["high", "low"][n % 2],
                &format!("WS-{}", n % 30),
                &time,
            )));
        }
        records.push(Record::Finding(finding("r", "critical", "ws-0", "no time")));
        let found = Found::all(&records);
        let timeline = timeline(&found);
        assert_eq!((timeline.strips.len(), timeline.folded, timeline.timeless), (1 + HOSTS + 1, 10, 1));
        assert_eq!(timeline.strips[0].counts, [1, 100, 0, 100, 0]);
        assert_eq!(timeline.strips[1..].iter().map(Strip::all).sum::<usize>(), 201);
        assert_eq!(timeline.strips[1].name, "ws-0", "the worst first, whatever the letter case");
        for bar in timeline.strips.iter().flat_map(|strip| &strip.bars) {
            assert!(bar.x + WIDTH <= PIECES * WIDTH);
            let height: usize = bar.parts.iter().map(|part| part.2).sum();
            assert!((5..=HEIGHT).contains(&height), "{bar:?}");
            assert!(bar.parts.iter().all(|(_, y, h)| y + h <= HEIGHT), "{bar:?}");
        }
    }

    #[test]
    fn nothing_has_a_timeline_too() {
        let timeline = timeline(&[]);
        assert!(timeline.strips.is_empty());
        assert_eq!((length(1), length(7200)), ("1 second".to_owned(), "2 hours".to_owned()));
    }
}
