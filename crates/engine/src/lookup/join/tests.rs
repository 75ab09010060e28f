//! What joining does to the columns of a batch.

use super::*;
use crate::lookup::{Definition, Lookups, Matching, Settings, Source, Table, TimeBound};

fn join(lookups: &Lookups, name: &str, keys: &[(&str, &str)], output: Output) -> Join {
    let pairs = keys.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Join::new(lookups.open(name).unwrap(), pairs, Vec::new(), output, &Context::default()).unwrap()
}

fn of(csv: &str, settings: Settings) -> Lookups {
    let mut lookups = Lookups::default();
    lookups.add_text("l.csv", csv.into());
    lookups.define("l", Definition { settings, source: Source::File("l.csv".into()), fields: Vec::new() });
    lookups
}

/// The texts of the first column that the join makes for events with these values of `k`.
fn first(join: &Join, values: &[&str]) -> Vec<Vec<String>> {
    let mut rows = Batch::new(values.len());
    rows.set("k", Column::text(values.iter().map(Some)));
    let made = join.columns(&rows);
    let Some((_, column)) = made.first() else { return vec![Vec::new(); values.len()] };
    (0..values.len()).map(|row| columns::texts(column.cell(row))).collect()
}

#[test]
fn max_matches_and_the_order_of_the_table() {
    let csv = "k,v\na,1\nb,2\na,3\na,4\n";
    for (max_matches, expected) in
        [(1, vec!["1"]), (2, vec!["1", "3"]), (100, vec!["1", "3", "4"]), (0, vec!["1"])]
    {
        let lookups = of(csv, Settings { max_matches, ..Settings::default() });
        assert_eq!(
            first(&join(&lookups, "l", &[("k", "k")], Output::Overwrite), &["a", "x", "b"]),
            [expected.iter().map(|s| (*s).to_owned()).collect(), Vec::new(), vec!["2".to_owned()]]
        );
    }
}

#[test]
fn min_matches_fills_with_the_default() {
    let csv = "k,v\na,1\n";
    let lookups =
        of(csv, Settings { min_matches: 2, default_match: Some("none".into()), ..Settings::default() });
    let join = join(&lookups, "l", &[("k", "k")], Output::Overwrite);
    assert_eq!(first(&join, &["a", "x"]), [["1", "none"], ["none", "none"]]);
}

#[test]
fn the_latest_row_that_holds_counts() {
    let csv = "k,t,v\na,2024-01-01,old\na,2024-01-03,new\na,later,never\n";
    let time = |min_offset, max_offset| {
        Some(TimeBound { field: "t".into(), format: "%Y-%m-%d".into(), min_offset, max_offset })
    };
    let day = 86_400;
    for (bound, max_matches, days, expected) in [
        (time(0, TimeBound::MAX_OFFSET), 1, 3, vec!["new"]),
        (time(0, TimeBound::MAX_OFFSET), 1, 1, vec!["old"]),
        (time(0, TimeBound::MAX_OFFSET), 9, 3, vec!["new", "old"]),
        (time(0, TimeBound::MAX_OFFSET), 1, -1, vec![]),
        (time(2 * day, TimeBound::MAX_OFFSET), 1, 3, vec!["old"]),
        (time(0, day), 1, 5, vec![]),
    ] {
        let lookups = of(csv, Settings { time: bound.clone(), max_matches, ..Settings::default() });
        let keys = [("k".to_owned(), "k".to_owned())].to_vec();
        let outputs = [("v".to_owned(), "v".to_owned())].to_vec();
        let join =
            Join::new(lookups.open("l").unwrap(), keys, outputs, Output::Overwrite, &Context::default())
                .unwrap();
        assert_eq!(join.reads().collect::<Vec<_>>(), ["k", "_time"]);
        let mut rows = Batch::new(1);
        rows.set("k", Column::constant("a", 1));
        let start = 1_704_067_200 * time::SECOND;
        rows.set("_time", Column::Time(vec![start + days * 86_400 * time::SECOND].into()));
        let made = join.columns(&rows);
        let texts = made.first().map(|(_, column)| columns::texts(column.cell(0))).unwrap_or_default();
        assert_eq!(texts, expected, "{bound:?} {days}");
    }
}

#[test]
fn entropy_is_calculated() {
    let mut lookups = Lookups::default();
    lookups.define(
        "ut",
        Definition { settings: Settings::default(), source: Source::Entropy, fields: Vec::new() },
    );
    let join = join(&lookups, "ut", &[("word", "k")], Output::Overwrite);
    assert_eq!(join.makes().collect::<Vec<_>>(), ["ut_shannon"]);
    assert_eq!(first(&join, &["abcd", "aa"]), [["2"], ["0"]]);
    let bad = Join::new(
        lookups.open("ut").unwrap(),
        vec![("x".into(), "k".into())],
        vec![],
        Output::Overwrite,
        &Context::default(),
    );
    assert_eq!(bad.unwrap_err().slug, "engine/lookup-field");
}

#[test]
fn an_open_table_may_lack_columns() {
    let table = std::sync::Arc::new(Table::of_rows(&["asset", "owner"], &[vec!["h", "ann"]]));
    let mut lookups = Lookups::default();
    lookups.define(
        "a",
        Definition { settings: Settings::default(), source: Source::Open(table), fields: Vec::new() },
    );
    let wanted = |key: &str| {
        let keys = vec![(key.to_owned(), "k".to_owned())];
        let outputs = vec![("owner".to_owned(), "o".to_owned()), ("sid".to_owned(), "s".to_owned())];
        Join::new(lookups.open("a").unwrap(), keys, outputs, Output::Overwrite, &Context::default()).unwrap()
    };
    assert_eq!(first(&wanted("asset"), &["h"]), [["ann"]]);
    assert_eq!(first(&wanted("sid"), &["h"]), [[""; 0]]);
}

#[test]
fn combinations_are_bounded() {
    let lookups = of(
        "a,b,v\nx,x,1\n",
        Settings { matching: vec![("a".into(), Matching::Wildcard)], ..Settings::default() },
    );
    let join = join(&lookups, "l", &[("a", "a"), ("b", "b")], Output::Overwrite);
    let mut rows = Batch::new(1);
    rows.set("a", Column::list([vec!["x"; 2000]]));
    rows.set("b", Column::list([vec!["x"; 2000]]));
    let made = join.columns(&rows);
    assert_eq!(columns::texts(made[0].1.cell(0)).len(), MOST_COMBINATIONS);
}
