//! The rows of the table: what is measured, by what, and how good it is to be.

use super::child::Taken;

/// A program that is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Run {
    /// The log decoded to XML alone.
    Decode,
    /// Events of the log counted by their code.
    Search,
    /// A scan with a choice of the rules.
    Few,
    /// A scan with the corpus and one thread.
    OneThread,
    /// The same with all threads.
    Corpus,
    /// A scan with the corpus and its varied copies.
    Many,
    /// A scan of the five logs with the corpus.
    Five,
    /// A scan of a small log with all rules.
    Start,
}

/// What of a run counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Wall,
    Cpu,
    Memory,
    /// Events and bytes a second; more is better, and no bar.
    Rate,
}

impl Measure {
    pub(super) fn of(self, taken: &Taken) -> f64 {
        match self {
            Self::Wall | Self::Rate => taken.wall,
            Self::Cpu => taken.cpu,
            Self::Memory => taken.memory as f64,
        }
    }
}

/// A row.
#[derive(Debug)]
pub(super) struct Row {
    /// What `--only` calls it.
    pub(super) name: &'static str,
    /// What it says.
    pub(super) what: &'static str,
    pub(super) measure: Measure,
    pub(super) run: Run,
    /// What the run is divided by; without it the figure itself counts, in seconds or megabytes.
    pub(super) by: Option<Run>,
    /// The most that is good enough, and what is aimed at.
    pub(super) bar: Option<(f64, f64)>,
}

/// All rows, in the order of the table.
pub(super) const ROWS: [Row; 12] = [
    Row {
        name: "decode",
        what: "scan with the corpus ÷ decoding to XML alone, time",
        measure: Measure::Wall,
        run: Run::Corpus,
        by: Some(Run::Decode),
        bar: Some((3.0, 1.5)),
    },
    Row {
        name: "decode-cpu",
        what: "scan with the corpus ÷ decoding to XML alone, processor time",
        measure: Measure::Cpu,
        run: Run::Corpus,
        by: Some(Run::Decode),
        bar: Some((3.0, 1.5)),
    },
    Row {
        name: "few",
        what: "scan with the corpus ÷ with 100 of its rules, time",
        measure: Measure::Wall,
        run: Run::Corpus,
        by: Some(Run::Few),
        bar: Some((1.5, 1.15)),
    },
    Row {
        name: "many",
        what: "scan with 10,000 rules ÷ with the corpus, time",
        measure: Measure::Wall,
        run: Run::Many,
        by: Some(Run::Corpus),
        bar: Some((2.0, 1.3)),
    },
    Row {
        name: "five",
        what: "five logs ÷ one, time",
        measure: Measure::Wall,
        run: Run::Five,
        by: Some(Run::Corpus),
        bar: Some((5.2, 5.0)),
    },
    Row {
        name: "five-memory",
        what: "five logs ÷ one, peak memory",
        measure: Measure::Memory,
        run: Run::Five,
        by: Some(Run::Corpus),
        bar: Some((1.1, 1.0)),
    },
    Row {
        name: "memory",
        what: "peak memory, corpus, five logs (MB)",
        measure: Measure::Memory,
        run: Run::Five,
        by: None,
        bar: Some((600.0, 250.0)),
    },
    Row {
        name: "threads",
        what: "two threads ÷ one, time",
        measure: Measure::Wall,
        run: Run::Corpus,
        by: Some(Run::OneThread),
        bar: Some((0.58, 0.52)),
    },
    Row {
        name: "start",
        what: "start: load, expand, compile all rules, one small log (s)",
        measure: Measure::Wall,
        run: Run::Start,
        by: None,
        bar: Some((1.0, 0.25)),
    },
    Row {
        name: "start-memory",
        what: "peak memory of that (MB)",
        measure: Measure::Memory,
        run: Run::Start,
        by: None,
        bar: None,
    },
    Row {
        name: "rate",
        what: "with the corpus, all threads",
        measure: Measure::Rate,
        run: Run::Corpus,
        by: None,
        bar: None,
    },
    Row {
        name: "search",
        what: "`search 'index=* | stats count by EventCode'` ÷ decoding alone, time",
        measure: Measure::Wall,
        run: Run::Search,
        by: Some(Run::Decode),
        bar: Some((1.5, 1.1)),
    },
];

impl Row {
    /// The row's figure from what its runs took, round by round: the median of the ratios.
    pub(super) fn figure(&self, runs: &[Taken], by: &[Taken]) -> f64 {
        let unit = if self.measure == Measure::Memory { 1e6 } else { 1.0 };
        let of = |taken: &Taken| self.measure.of(taken);
        match self.by {
            None => median(runs.iter().map(|taken| of(taken) / unit)),
            Some(_) => median(runs.iter().zip(by).map(|(run, by)| of(run) / of(by))),
        }
    }

    /// Whether a figure is good enough.
    pub(super) fn verdict(&self, figure: f64) -> &'static str {
        match self.bar {
            None => "reported",
            Some((_, goal)) if figure <= goal => "goal reached",
            Some((bar, _)) if figure <= bar => "passed",
            Some(_) => "missed",
        }
    }
}

/// The middle one; of an even number the mean of the two in the middle.
pub(super) fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = figures.collect();
    sorted.sort_by(f64::total_cmp);
    let middle = |at: usize| sorted.get(at).copied().unwrap_or(f64::NAN);
    if sorted.len() % 2 == 1 {
        middle(sorted.len() / 2)
    } else {
        f64::midpoint(middle((sorted.len() / 2).wrapping_sub(1)), middle(sorted.len() / 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(wall: f64) -> Taken {
        Taken { wall, cpu: 2.0 * wall, memory: (wall * 1e6) as u64 }
    }

    fn row(name: &str) -> &'static Row {
        ROWS.iter().find(|row| row.name == name).unwrap()
    }

    #[test]
    fn medians() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
        assert!(median(std::iter::empty()).is_nan());
    }

    #[test]
    fn a_ratio_is_that_of_its_round() {
        // The machine was half as fast in the second round.
        let (scans, decodes) = ([3.0, 6.0, 3.3].map(taken), [1.0, 2.0, 1.0].map(taken));
        assert_eq!(row("decode").figure(&scans, &decodes), 3.0);
        assert_eq!(row("decode-cpu").figure(&scans, &decodes), 3.0);
        assert_eq!(row("memory").figure(&[taken(120.0)], &[]), 120.0);
        assert_eq!(row("start").figure(&[0.5, 0.2, 0.3].map(taken), &[]), 0.3);
    }

    #[test]
    fn verdicts() {
        let row = row("few");
        for (figure, verdict) in
            [(1.0, "goal reached"), (1.15, "goal reached"), (1.2, "passed"), (1.51, "missed")]
        {
            assert_eq!(row.verdict(figure), verdict, "{figure}");
        }
        assert_eq!(row.verdict(f64::NAN), "missed");
    }

    #[test]
    fn rows_have_names_of_their_own_and_goals_below_their_bars() {
        for (at, row) in ROWS.iter().enumerate() {
            assert!(ROWS[..at].iter().all(|other| other.name != row.name), "{}", row.name);
            assert!(row.bar.is_none_or(|(bar, goal)| goal < bar), "{}", row.name);
        }
    }
}
