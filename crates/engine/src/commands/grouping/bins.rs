//! How `bin`, `chart` and `timechart` put values into bins.

use super::span::Span;
use crate::commands::call::{Call, Options};
use crate::pipeline::{columns, nanoseconds};
use crate::time;
use crate::value::format_number;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column};
use grotto_spl::ast::Word;
use grotto_spl::text;
use jiff::tz::TimeZone;

/// Options of binning.
pub(in crate::commands) const BIN_OPTIONS: [&str; 6] =
    ["span", "bins", "minspan", "start", "end", "aligntime"];

/// Splunk's number of bins when none is given (`maxbins` of limits.conf).
const DEFAULT_BINS: usize = 100;
/// Most bins that can be asked for (`maxbins` of limits.conf).
const MOST_BINS: usize = 50_000;

/// Spans that are chosen when none is given: seconds, minutes, hours, a day, a month, a year.
/// <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/timechart>
const STEPS: [Span; 12] = [
    Span::Time(time::SECOND),
    Span::Time(5 * time::SECOND),
    Span::Time(10 * time::SECOND),
    Span::Time(30 * time::SECOND),
    Span::Time(60 * time::SECOND),
    Span::Time(300 * time::SECOND),
    Span::Time(600 * time::SECOND),
    Span::Time(1800 * time::SECOND),
    Span::Time(3600 * time::SECOND),
    Span::Days(1),
    Span::Months(1),
    Span::Months(12),
];

/// Bins of one field.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::commands) enum Binning {
    /// Of this size; times are counted from `align` (nanoseconds).
    Span { span: Span, align: i64 },
    /// Each bin `base` times as wide as the one before, from `coefficient` on.
    Log { coefficient: f64, base: f64 },
    /// As many as fit, in sizes that people like; known once all values are.
    Auto { bins: usize, at_least: Option<Span>, start: Option<f64>, end: Option<f64>, align: i64 },
}

impl Binning {
    /// What the options ask for; `None` where there are none.
    pub(in crate::commands) fn of(
        call: &Call<'_>,
        options: &Options<'_>,
    ) -> Result<Option<Self>, Box<Diagnostic>> {
        if BIN_OPTIONS.iter().all(|name| options.get(name).is_none()) {
            return Ok(None);
        }
        let align = options.word("aligntime")?.map(|word| aligned(call, word)).transpose()?.unwrap_or(0);
        if let Some(word) = options.word("span")? {
            let written = text::argument(word);
            if let Some((coefficient, base)) = log(&written) {
                return Ok(Some(Self::Log { coefficient, base }));
            }
            let unknown =
                || call.unsupported(word.at.0, &format!("`{written}` is no span that is supported"));
            return Ok(Some(Self::Span { span: Span::parse(&written).ok_or_else(unknown)?, align }));
        }
        let bins = options.count("bins", DEFAULT_BINS)?;
        if !(2..=MOST_BINS).contains(&bins) {
            let at = options.get("bins").map(grotto_spl::ast::Arg::span).unwrap_or_default();
            return Err(call.bad(at, &format!("from 2 to {MOST_BINS} bins can be made")));
        }
        let at_least = match options.word("minspan")? {
            None => None,
            Some(word) => Some(
                Span::parse(&text::argument(word))
                    .ok_or_else(|| call.bad(word.at.0, "this is no span such as 5m or 10"))?,
            ),
        };
        let (start, end) = (options.number("start")?, options.number("end")?);
        Ok(Some(Self::Auto { bins, at_least, start, end, align }))
    }

    /// As many bins as Splunk makes when nothing is said.
    pub(in crate::commands) fn auto() -> Self {
        Self::Auto { bins: DEFAULT_BINS, at_least: None, start: None, end: None, align: 0 }
    }

    /// Whether all values must be known before.
    pub(in crate::commands) fn is_auto(&self) -> bool {
        matches!(self, Self::Auto { .. })
    }

    /// The binning of the size that fits a column.
    pub(in crate::commands) fn resolved(&self, column: &Column, is_time: bool, timezone: &TimeZone) -> Self {
        let Self::Auto { bins, at_least, start, end, align } = self else { return self.clone() };
        let span = if is_time {
            let times = || (0..column.len()).filter_map(|row| nanoseconds(column.cell(row)));
            time_span(times().min(), times().max(), *bins, *at_least, timezone)
        } else {
            let numbers = || (0..column.len()).filter_map(|row| columns::number(column.cell(row)));
            let low = numbers().chain(*start).reduce(f64::min);
            let high = numbers().chain(*end).reduce(f64::max);
            number_span(low, high, *bins, *at_least)
        };
        Self::Span { span, align: *align }
    }

    /// The begin of every row's bin: a time, or a number. Values that are none have no bin.
    pub(in crate::commands) fn begins(&self, column: &Column, is_time: bool, timezone: &TimeZone) -> Column {
        if is_time {
            let floor = |row| nanoseconds(column.cell(row)).map(|ns| self.floor_time(ns, timezone));
            return Column::Time((0..column.len()).map(floor).collect::<Vec<_>>().into());
        }
        let floor = |row| columns::number(column.cell(row)).map(|number| self.floor(number));
        Column::Float((0..column.len()).map(floor).collect::<Vec<_>>().into())
    }

    fn floor_time(&self, ns: i64, timezone: &TimeZone) -> i64 {
        match self {
            // Days and longer begin at local midnight, whatever is asked for.
            Self::Span { span: span @ (Span::Time(_) | Span::Number(_)), align } => {
                let offset = span.nanoseconds().map_or(0, |size| align.rem_euclid(size));
                span.floor(ns.saturating_sub(offset), timezone).saturating_add(offset)
            }
            Self::Span { span, .. } => span.floor(ns, timezone),
            Self::Log { .. } | Self::Auto { .. } => ns,
        }
    }

    fn floor(&self, number: f64) -> f64 {
        match self {
            Self::Span { span, .. } => {
                let size = span.number();
                // Sizes such as 0.1 have no exact form: their number of steps has.
                let steps = (number / size).floor();
                if size < 1.0 { steps / (1.0 / size).round() } else { steps * size }
            }
            Self::Log { coefficient, base } if number > 0.0 => {
                let power = (number / coefficient).log(*base);
                // Exact powers must not fall below themselves.
                let near = power.round();
                let power = if (power - near).abs() < 1e-9 { near } else { power.floor() };
                coefficient * base.powf(power)
            }
            Self::Log { .. } | Self::Auto { .. } => number,
        }
    }

    /// Whether bins grow.
    pub(in crate::commands) fn is_log(&self) -> bool {
        matches!(self, Self::Log { .. })
    }

    /// Where the bin that begins here ends; nothing for numbers that are in no bin.
    pub(in crate::commands) fn after(&self, begin: f64) -> Option<f64> {
        let next = match self {
            // The middle of the next bin, so that both begins are rounded alike.
            Self::Span { span, .. } => self.floor(begin + span.number() * 1.5),
            Self::Log { base, .. } if begin > 0.0 => begin * base,
            Self::Log { .. } | Self::Auto { .. } => return None,
        };
        (next > begin).then_some(next)
    }

    /// The begin of the bin after the one that begins at a time.
    pub(in crate::commands) fn next_time(&self, begin: i64, timezone: &TimeZone) -> Option<i64> {
        let Self::Span { span, .. } = self else { return None };
        span.next(begin, timezone).filter(|next| *next > begin)
    }

    /// The bin's name: `10-20`. Numbers below the first logarithmic bin stay as they are.
    pub(in crate::commands) fn label(&self, begin: f64) -> String {
        match self.after(begin) {
            Some(end) => format!("{}-{}", format_number(begin), format_number(end)),
            None => format_number(begin),
        }
    }

    /// The column with each value as the name of its bin: the begin of times, the range of numbers.
    pub(in crate::commands) fn binned(&self, column: &Column, is_time: bool, timezone: &TimeZone) -> Column {
        let begins = self.begins(column, is_time, timezone);
        if is_time {
            return begins;
        }
        Column::text((0..begins.len()).map(|row| match begins.cell(row) {
            Cell::Float(begin) => Some(self.label(begin)),
            _ => None,
        }))
    }
}

/// Whether a column holds times.
pub(in crate::commands) fn is_time(field: &str, rows: &Batch) -> bool {
    field == "_time" || matches!(rows.column(field), Some(Column::Time(_)))
}

/// `log`, `log2`, `2log10`: coefficient and base.
fn log(text: &str) -> Option<(f64, f64)> {
    let (coefficient, base) = text.split_once("log")?;
    let number = |text: &str, default: f64| if text.is_empty() { Some(default) } else { text.parse().ok() };
    let (coefficient, base) = (number(coefficient, 1.0)?, number(base, 10.0)?);
    (base > 1.0 && coefficient >= 1.0 && coefficient < base).then_some((coefficient, base))
}

fn aligned(call: &Call<'_>, word: &Word) -> Result<i64, Box<Diagnostic>> {
    let written = text::argument(word);
    if matches!(written.to_ascii_lowercase().as_str(), "earliest" | "latest") {
        return Err(
            call.unsupported(word.at.0, "the search has no time range whose begin or end could be meant")
        );
    }
    time::of_text(&written)
        .or_else(|| time::relative(call.context.now, &written, &call.context.timezone))
        .ok_or_else(|| call.bad(word.at.0, "this is no time"))
}

/// The smallest of the steps that makes no more bins than wanted.
fn time_span(
    low: Option<i64>,
    high: Option<i64>,
    bins: usize,
    at_least: Option<Span>,
    timezone: &TimeZone,
) -> Span {
    let about = |span: &Span| match span {
        Span::Months(months) => months.saturating_mul(30 * 24 * 3600 * time::SECOND),
        other => other.nanoseconds().unwrap_or(i64::MAX),
    };
    let least = at_least.map_or(0, |span| about(&span));
    let fits = |span: &&Span| {
        let Some((low, high)) = low.zip(high) else { return true };
        let (first, last) = (span.floor(low, timezone), span.floor(high, timezone));
        let size = about(span);
        let count = last.saturating_sub(first) / size.max(1) + 1;
        size >= least && usize::try_from(count).is_ok_and(|count| count <= bins)
    };
    STEPS.iter().find(fits).copied().unwrap_or(Span::Months(12))
}

/// The smallest power of ten that makes no more bins than wanted.
fn number_span(low: Option<f64>, high: Option<f64>, bins: usize, at_least: Option<Span>) -> Span {
    let Some((low, high)) = low.zip(high) else { return Span::Number(1.0) };
    let least = at_least.map_or(0.0, Span::number);
    let fits =
        |size: &f64| *size >= least && (high / size).floor() - (low / size).floor() + 1.0 <= bins as f64;
    let sizes = (-9..=300).map(|power| if power < 0 { 1.0 / 10f64.powi(-power) } else { 10f64.powi(power) });
    Span::Number(sizes.into_iter().find(fits).unwrap_or(1e300))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: &[f64]) -> Column {
        Column::Float(values.to_vec().into())
    }

    #[test]
    fn sizes_follow_from_the_data() {
        for (values, bins, size) in [
            (&[0.0, 99.0][..], 100, 1.0),
            (&[0.0, 100.0], 100, 10.0),
            (&[0.0, 99_999.0], 10, 10_000.0),
            (&[0.0, 0.5], 10, 0.1),
            (&[5.0], 100, 1e-9),
            (&[], 100, 1.0),
        ] {
            assert_eq!(
                number_span(
                    values.iter().copied().reduce(f64::min),
                    values.iter().copied().reduce(f64::max),
                    bins,
                    None
                ),
                Span::Number(size),
                "{values:?}"
            );
        }
        for (seconds, span) in [
            (15 * 60 - 1, Span::Time(10 * time::SECOND)),
            (3600 - 1, Span::Time(60 * time::SECOND)),
            (4 * 3600 - 1, Span::Time(300 * time::SECOND)),
            (24 * 3600 - 1, Span::Time(1800 * time::SECOND)),
            (7 * 24 * 3600 - 1, Span::Days(1)),
            (30 * 24 * 3600 - 1, Span::Days(1)),
            (365 * 24 * 3600 - 1, Span::Months(1)),
            (0, Span::Time(time::SECOND)),
        ] {
            let high = Some(i64::from(seconds) * time::SECOND);
            assert_eq!(time_span(Some(0), high, 100, None, &TimeZone::UTC), span, "{seconds}");
        }
        let least = Span::parse("15m");
        assert_eq!(time_span(Some(0), Some(1), 100, least, &TimeZone::UTC), Span::Time(1800 * time::SECOND));
    }

    #[test]
    fn ranges_have_names() {
        let span = |size| Binning::Span { span: Span::Number(size), align: 0 };
        for (binning, value, label) in [
            (span(10.0), 25.0, "20-30"),
            (span(10.0), -5.0, "-10-0"),
            (span(0.1), 0.35, "0.3-0.4"),
            (span(0.5), 0.7, "0.5-1"),
            (Binning::Log { coefficient: 1.0, base: 10.0 }, 1000.0, "1000-10000"),
            (Binning::Log { coefficient: 2.0, base: 10.0 }, 25.0, "20-200"),
            (Binning::Log { coefficient: 1.0, base: 2.0 }, 7.0, "4-8"),
            (Binning::Log { coefficient: 1.0, base: 2.0 }, -7.0, "-7"),
        ] {
            let binned = binning.binned(&numbers(&[value]), false, &TimeZone::UTC);
            assert_eq!(binned.cell(0), Cell::Text(label), "{value}");
        }
    }

    #[test]
    fn logarithms_are_read() {
        for (text, expected) in [
            ("log2", Some((1.0, 2.0))),
            ("2log10", Some((2.0, 10.0))),
            ("log", Some((1.0, 10.0))),
            ("10log10", None),
            ("log1", None),
            ("xlog", None),
            ("5m", None),
        ] {
            assert_eq!(log(text), expected, "{text}");
        }
    }
}
