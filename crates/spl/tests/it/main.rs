//! The parser and the printer on generated text.

use grotto_spl::ast::Head;
use grotto_spl::{parse, print};
use proptest::prelude::*;

/// Pieces of SPL that a generated search is made of, in any order.
const PIECES: &[&str] = &[
    "a",
    "b=1",
    "c!=\"x y\"",
    "d IN (1, \"2\", *3*)",
    "(",
    ")",
    " ",
    "NOT ",
    " OR ",
    " AND ",
    "| ",
    "stats ",
    "count ",
    "values(x) ",
    "as y ",
    "by z ",
    "eval ",
    "q=if(a=1,\"b\",c.d) ",
    "where ",
    "x > 3 ",
    "[",
    "]",
    "`m(a, b)` ",
    "`n` ",
    "rex field=a \"(?<b>.)\" ",
    "tstats count from datamodel=M where ",
    "M.a=\"*\\\\x\" ",
    "rename \"a b\" as c ",
    ", ",
    "\"",
    "'",
    "\\",
    "```",
    "TERM(a)",
    "<",
    ">=",
    "é",
    "convert ctime(a) ",
    "head 3 ",
    "-",
    "+",
    "fields - a ",
    "chart ",
    "timechart span=1h ",
    "over k ",
    "eval(avg(a)/max(b)) ",
    "sparkline(sum(x), 1h) ",
    "limit=top5 ",
    "where max in top5 ",
    "transaction a ",
    "startswith=(a=1) ",
    "endswith=eval(a>1) ",
    "startswith=\"a b\" ",
    "streamstats reset_before=(a>1) ",
    "trendline sma5(x) as y ",
    "dedup 2 a sortby -b ",
    "(a=1 OR b=2) ",
    "((a b) OR c) ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_parsed_or_refused(text in ".{0,200}") {
        let _ = parse(&text);
    }

    #[test]
    fn what_parses_prints_back_to_the_same_tree(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..14)) {
        let text: String = pieces.concat();
        if let Ok(tree) = parse(&text) {
            let printed = print::search(&tree);
            let again = parse(&printed).map_err(|e| TestCaseError::fail(format!("{text:?} printed {printed:?}: {e}")))?;
            prop_assert_eq!(again, tree.clone(), "{:?} printed {:?}", text, printed);
            // What `grotto explain` shows of each stage.
            let stages: Vec<String> = tree.stages.iter().map(print::stage).collect();
            for (stage, printed) in tree.stages.iter().zip(&stages) {
                let alone = if stage.head == Head::Implied { printed.clone() } else { format!("| {printed}") };
                if let Ok(again) = parse(&alone) {
                    prop_assert_eq!(again.stages.last(), Some(stage), "{:?} printed {:?}", text, alone);
                }
            }
        }
    }
}
