//! The index against a plain scan of all rows.

use super::*;
use proptest::prelude::*;

fn settings(matching: &[(&str, Matching)], case: bool) -> Settings {
    Settings {
        matching: matching.iter().map(|(field, m)| ((*field).to_owned(), *m)).collect(),
        case_sensitive: case,
        ..Settings::default()
    }
}

/// What a scan of all rows finds.
fn scan(index: &Index, values: &[&str]) -> Vec<u32> {
    let folded: Vec<Cow<'_, str>> = values.iter().map(|value| index.folded(value)).collect();
    (0..index.table.rows()).filter(|row| index.fits(*row, values, &folded)).map(|row| row as u32).collect()
}

fn found(column: &[&str], matching: Matching, case: bool, value: &str) -> Vec<u32> {
    let table = Arc::new(Table::of_rows(&["k"], &column.iter().map(|cell| vec![*cell]).collect::<Vec<_>>()));
    let index = Index::new(&table, &["k"], &settings(&[("k", matching)], case));
    let rows = index.find(&[value], usize::MAX);
    assert_eq!(rows, scan(&index, &[value]), "{column:?} {value}");
    assert_eq!(index.find(&[value], 1), rows.iter().copied().take(1).collect::<Vec<_>>());
    rows
}

#[test]
fn exact_wildcard_and_network() {
    use Matching::{Cidr, Exact, Wildcard};
    let tools = ["PsExec*", "*.exe", "nmap", "", "*", "*sExEc*", "*64*e*"];
    let nets = [
        "10.0.0.0/8",
        "0.0.0.0/0",
        "10.2.3.4",
        "10.2.0.0/16",
        "::/0",
        "fe80::/10",
        "any",
        "",
        " 10.2.3.4/31",
    ];
    for (column, matching, case, value, expected) in [
        (&tools[..], Exact, true, "nmap", &[2][..]),
        (&tools, Exact, true, "NMAP", &[]),
        (&tools, Exact, false, "NMAP", &[2]),
        (&tools, Exact, false, "", &[]),
        (&tools, Wildcard, false, "psexec64.exe", &[0, 1, 4, 5, 6]),
        (&tools, Wildcard, true, "psexec64.exe", &[1, 4, 6]),
        (&tools, Wildcard, true, "", &[4]),
        (&nets, Cidr, true, "10.2.3.4", &[0, 1, 2, 3, 8]),
        (&nets, Cidr, true, "11.2.3.4", &[1]),
        (&nets, Cidr, true, "fe80::1", &[4, 5]),
        (&nets, Cidr, true, "any", &[]),
        (&nets, Cidr, true, "10.2.3.4/32", &[]),
    ] {
        assert_eq!(found(column, matching, case, value), expected, "{matching:?} {value}");
    }
}

#[test]
fn several_keys() {
    let rows = [["a", "x*", "1"], ["a", "*", "2"], ["b", "xy", "3"], ["", "xy", "4"]];
    let table = Arc::new(Table::of_rows(&["k", "p", "n"], &rows.map(|row| row.to_vec())));
    let index = Index::new(&table, &["k", "p"], &settings(&[("p", Matching::Wildcard)], true));
    assert_eq!(index.find(&["a", "xy"], 9), [0, 1]);
    assert_eq!(index.find(&["b", "xy"], 9), [2]);
    assert_eq!(index.find(&["", "xy"], 9), [0; 0], "an empty cell matches nothing");
    let exact = Index::new(&table, &["n", "k"], &Settings::default());
    assert_eq!(exact.find(&["2", "a"], 9), [1]);
    assert_eq!(exact.find(&["2", "b"], 9), [0; 0]);
}

#[test]
fn any_value_of_a_cell_counts() {
    let mut batch = grotto_events::Batch::new(2);
    batch.set("k", Column::list([vec!["a", "b"], vec!["b"]]));
    let table = Arc::new(Table::new(batch));
    for matching in [Matching::Exact, Matching::Wildcard] {
        let index = Index::new(&table, &["k"], &settings(&[("k", matching)], true));
        assert_eq!(index.find(&["b"], 9), [0, 1]);
        assert_eq!(index.find(&["a"], 9), [0]);
    }
}

#[test]
fn many_rows_of_one_exact_key_are_found_by_the_pattern() {
    let rows: Vec<Vec<String>> = (0..1000).map(|n| vec!["same".to_owned(), format!("*file{n}.*")]).collect();
    let table = Arc::new(Table::of_rows(&["k".to_owned(), "p".to_owned()], &rows));
    let index = Index::new(&table, &["k", "p"], &settings(&[("p", Matching::Wildcard)], false));
    assert_eq!(index.find(&["same", r"C:\FILE77.exe"], 9), [77]);
    assert!(index.driver.get().is_some(), "the pattern drives");
    assert_eq!(index.find(&["other", r"C:\file77.exe"], 9), [0; 0]);
}

proptest! {
    #[test]
    fn patterns_are_found_as_by_a_scan(
        patterns in prop::collection::vec(r"[abAé*\\.]{0,9}", 0..40),
        values in prop::collection::vec(r"[abABéÉ\\.]{0,14}", 1..10),
        case: bool
    ) {
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        for value in &values {
            found(&patterns, Matching::Wildcard, case, value);
            found(&patterns, Matching::Exact, case, value);
        }
    }

    #[test]
    fn networks_are_found_as_by_a_scan(
        networks in prop::collection::vec((0_u32..4, 0_u32..40, any::<bool>()), 0..40),
        addresses in prop::collection::vec((0_u32..5, any::<bool>()), 1..10)
    ) {
        let write = |n: u32, wide: bool| if wide { format!("2001:db8::{n:x}") } else { format!("10.{n}.{n}.{n}") };
        let networks: Vec<String> =
            networks.iter().map(|(n, length, wide)| format!("{}/{length}", write(*n, *wide))).collect();
        let networks: Vec<&str> = networks.iter().map(String::as_str).collect();
        for (n, wide) in addresses {
            found(&networks, Matching::Cidr, true, &write(n, wide));
        }
    }

    #[test]
    fn two_keys_are_found_as_by_a_scan(
        rows in prop::collection::vec(("[ab]{0,1}", "[ab*]{0,3}"), 0..600), a in "[ab]{0,1}", b in "[ab]{0,3}"
    ) {
        let rows: Vec<Vec<String>> = rows.into_iter().map(|(a, b)| vec![a, b]).collect();
        let table = Arc::new(Table::of_rows(&["a".to_owned(), "b".to_owned()], &rows));
        for matching in [Matching::Exact, Matching::Wildcard] {
            let index = Index::new(&table, &["a", "b"], &settings(&[("b", matching)], true));
            prop_assert_eq!(index.find(&[&a, &b], usize::MAX), scan(&index, &[&a, &b]));
        }
    }
}

/// Run with `--ignored --no-capture` to see how much faster the index is than a scan of a million rows.
#[test]
#[ignore = "a measurement"]
#[allow(clippy::print_stdout)]
fn a_million_rows() {
    let rows: Vec<Vec<String>> = (0..1_000_000_u32)
        .map(|n| {
            let [a, b, c, d] = n.wrapping_mul(2_654_435_761).to_be_bytes();
            vec![format!("host{n}"), format!("*\\tool{n}*.exe"), format!("{a}.{b}.{c}.{d}/{}", 16 + n % 17)]
        })
        .collect();
    let table = Arc::new(Table::of_rows(&["e".to_owned(), "w".to_owned(), "c".to_owned()], &rows));
    for (key, matching, value) in [
        ("e", Matching::Exact, "HOST777777"),
        ("w", Matching::Wildcard, r"C:\Users\ann\AppData\TOOL777777-setup.exe"),
        ("c", Matching::Cidr, "77.77.77.77"),
    ] {
        let started = std::time::Instant::now();
        let index = Index::new(&table, &[key], &settings(&[(key, matching)], false));
        index.find(&[value], 1);
        let build = started.elapsed();
        let started = std::time::Instant::now();
        let by_scan = scan(&index, &[value]);
        let scanned = started.elapsed();
        let started = std::time::Instant::now();
        for _ in 0..1000 {
            assert_eq!(index.find(&[value], usize::MAX), by_scan);
        }
        let found = started.elapsed() / 1000;
        let ratio = scanned.as_secs_f64() / found.as_secs_f64();
        println!("{matching:?}: build {build:?}, find {found:?}, scan {scanned:?}: {ratio:.0} times");
    }
}
