//! The index against every formula asked of every row.

use super::super::tests::{batches, formulas};
use super::*;
use crate::Context;
use grotto_events::Column;
use proptest::prelude::*;

fn formula(text: &str) -> Formula {
    let tree = grotto_spl::parse_search_expression(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    Formula::compile(&tree, &Context::default()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn sample() -> Batch {
    let mut batch = Batch::new(3);
    batch.set("image", Column::text([Some(r"C:\Windows\cmd.exe"), Some(r"C:\Temp\ÉLAN.exe"), None]));
    batch.set("port", Column::Int(vec![Some(445), Some(80), None].into()));
    batch.set("ip", Column::text([Some("10.1.2.3"), Some("192.168.0.1"), Some("::1")]));
    batch.set("tags", Column::list([vec!["a", "Process"], vec!["b"], vec![]]));
    batch.set("code", Column::constant("4688", 3));
    batch.set("empty", Column::null(3));
    batch.set("_raw", Column::text([Some("login failed"), Some("x=y"), Some("failed/login")]));
    batch
}

#[test]
fn formulas_are_found_with_their_rows() {
    let batch = sample();
    let texts = [
        (r"image=*\\CMD.exe", vec![0]),
        (r"image=c:\\temp\\*", vec![1]),
        (r"image=*élan*", vec![1]),
        (r"image=c:*win*exe", vec![0]),
        ("image=*", vec![0, 1]),
        ("image=CASE(*cmd.EXE)", vec![]),
        ("port=445 OR port=81", vec![0]),
        ("ip=10.0.0.0/8", vec![0]),
        ("ip=::/0", vec![2]),
        ("tags=process", vec![0]),
        ("tags!=process", vec![0, 1]),
        ("code=4688", vec![0, 1, 2]),
        ("code=4688 NOT image=*cmd*", vec![1, 2]),
        ("code=4689 image=*", vec![]),
        ("empty=* OR missing=*", vec![]),
        ("NOT empty=*", vec![0, 1, 2]),
        ("port>100 image=*", vec![0]),
        ("failed", vec![0, 2]),
        ("fail", vec![]),
    ];
    let index = Index::new(texts.iter().map(|(text, _)| formula(text)));
    let matching = index.matching(&batch);
    for (number, (text, rows)) in texts.iter().enumerate() {
        let mask = matching.iter().find(|(n, _)| *n == number).map_or(Mask::None, |(_, mask)| mask.clone());
        let got: Vec<usize> = (0..3).filter(|row| mask.contains(*row)).collect();
        assert_eq!(got, *rows, "{text}");
    }
}

#[test]
fn only_formulas_with_what_they_need_are_possible() {
    let texts = ["code=1 a=x", "code=2 OR code=3", "a=*", "NOT code=1", "code=2 source=s", "code>0"];
    let index = Index::over(texts.map(formula), &|field| field == "code");
    let mut known = Batch::new(1);
    known.set("code", Column::constant("2", 1));
    assert_eq!(index.possible(&known), [1, 2, 3, 4, 5]);
    assert_eq!(index.possible(&Batch::new(1)), [0, 1, 2, 3, 4, 5], "nothing is known");
}

#[test]
fn many_needles_need_another_automaton() {
    let many = (0..3000).map(|n| formula(&format!("image=*needle{n:05}x*")));
    let index = Index::new(many);
    let mut batch = Batch::new(2);
    batch.set("image", Column::text([Some("a Needle02999X b needle00000x"), Some("needle02999")]));
    let found: Vec<usize> = index.matching(&batch).into_iter().map(|(number, _)| number).collect();
    assert_eq!(found, [0, 2999]);
}

#[test]
fn many_alternatives_are_one_thing() {
    let list = |field: &str, from: usize, to: usize| {
        let values: Vec<String> = (from..to).map(|n| format!("{field}=v{n}")).collect();
        values.join(" OR ")
    };
    let long = 2 * MANY;
    let texts = [
        format!("({}) other=x", list("a", 0, long)),
        format!("{} OR b=* OR {}", list("a", 5, long), list("c", 0, long)),
        "a=v7".to_owned(),
        format!("NOT ({})", list("a", 0, long)),
        list("a", 0, long),
    ];
    let index = Index::new(texts.iter().map(|text| formula(text)));
    assert!(index.predicates.len() < 10, "{}", index.predicates.len());
    let mut batch = Batch::new(4);
    batch.set("a", Column::text([Some("V7"), Some("v3"), Some("nothing"), None]));
    batch.set("other", Column::text([Some("x"), Some("y"), Some("x"), Some("x")]));
    batch.set("c", Column::text([None, None, Some("v1"), None]));
    let matching = index.matching(&batch);
    let rows: Vec<(usize, Vec<usize>)> = matching
        .iter()
        .map(|(number, mask)| (*number, (0..4).filter(|row| mask.contains(*row)).collect()))
        .collect();
    assert_eq!(rows, [(0, vec![0]), (1, vec![0, 2]), (2, vec![0]), (3, vec![2, 3]), (4, vec![0, 1])]);
    let mut known = Batch::new(1);
    known.set("a", Column::constant("v9999", 1));
    assert_eq!(index.possible(&known), [0, 1, 3], "what is needed of other fields is not known");
    known.set("a", Column::constant("v9", 1));
    assert_eq!(index.possible(&known), [0, 1, 3, 4]);
}

proptest! {
    #[test]
    fn the_index_agrees_with_every_formula_asked(
        formulas in proptest::collection::vec(formulas(), 1..12), batch in batches(),
    ) {
        // With many alternatives, and with two, as one.
        for many in [MANY, 2] {
            let index = Index::gathering(formulas.iter().cloned(), &|_| true, many);
            let matching: FxHashMap<usize, Mask> = index.matching(&batch).into_iter().collect();
            for (number, formula) in formulas.iter().enumerate() {
                let expected = formula.mask(&batch);
                let got = matching.get(&number).cloned().unwrap_or(Mask::None);
                prop_assert_eq!(got, expected, "{:?}", formula);
            }
        }
    }

    #[test]
    fn what_is_left_of_a_formula_means_the_same(formula in formulas(), batch in batches(), known: u8) {
        // Predicates that are the same in all rows are known, some of the time.
        let folded = formula.folded(&mut |p| match p.mask(&batch) {
            Mask::All if known % 3 != 0 => Some(true),
            Mask::None if known % 2 != 0 => Some(false),
            _ => None,
        });
        prop_assert_eq!(folded.mask(&batch), formula.mask(&batch));
        prop_assert!(folded.predicates().len() <= formula.predicates().len());
    }
}
