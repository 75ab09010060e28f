//! Files are laid out, and only their searches.

use super::*;
use grotto_content::Content;
use proptest::prelude::*;

fn file(search: &str) -> String {
    format!("name: A\nid: x\nsearch: {search}\ntype: TTP # said\ntests:\n  - name: t\n")
}

fn outcome(text: &str) -> Outcome {
    let (content, said) = Content::embedded(&[("detections/endpoint/a.yml", text)]);
    assert_eq!(content.detections.len(), 1, "{said:?}");
    detection(&content.detections[0])
}

fn changed_to(search: &str, expected: &str) {
    let Outcome::Changed(text) = outcome(&file(search)) else {
        panic!("{search}: {:?}", outcome(&file(search)));
    };
    assert_eq!(text, file(expected), "{search}");
    assert_eq!(outcome(&text), Outcome::Same, "{search}");
}

#[test]
fn every_style_becomes_a_block() {
    changed_to("'a=\"it''s\" | b'", "|-\n  a=\"it's\"\n  | b");
    changed_to("a=1 | b\n  c", "|-\n  a=1\n  | b c");
    changed_to("\"a=\\\"x\\\" | b\"", "|-\n  a=\"x\"\n  | b");
    changed_to(">-\n    a=1\n    | b", "|-\n  a=1\n  | b");
    changed_to("|  # why\n\n      a=1   | b", "|  # why\n      a=1\n      | b");
    changed_to("|-\n  a=1 ```keep  this``` | b", "|-\n  a=1 ```keep  this```\n  | b");
}

#[test]
fn line_ends_stay() {
    let text = file("'a=1 | b'").replace('\n', "\r\n");
    let Outcome::Changed(new) = outcome(&text) else { panic!("not changed") };
    assert_eq!(new, file("|-\n  a=1\n  | b").replace('\n', "\r\n"));
}

#[test]
fn what_can_not_be_kept_is_left_alone() {
    for (search, why) in [
        ("'a=1 | b' # said", "comment"),
        ("&x 'a=1 | b'", "anchor"),
        ("|4-\n      a=1 | b", "indented"),
        ("'a=1 | stats | '", "missing"),
    ] {
        let Outcome::Left(reason) = outcome(&file(search)) else {
            panic!("{search}: {:?}", outcome(&file(search)));
        };
        assert_eq!(reason.slug, "fmt/left-alone");
        assert!(reason.message.contains(why), "{search}: {}", reason.message);
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,12}",
        "[a-z]{1,6}=[a-z0-9*]{1,9}",
        "[a-z]{1,6}=\"[a-z |`\\]\\[ ]{0,30}\"",
        Just("OR x=1".to_owned()),
        Just("NOT y".to_owned()),
        Just("`m(a, b)`".to_owned()),
        Just("```said  |  this```".to_owned()),
        Just("[search z=1 | fields q]".to_owned()),
    ]
}

proptest! {
    #[test]
    fn the_meaning_stays_and_once_is_enough(
        head in prop::collection::vec(word(), 1..20),
        fields in prop::collection::vec("[a-z_]{1,30}", 1..20),
        gap in "[ \n]{1,4}",
    ) {
        let text = format!("x=1{gap}{}{gap}|{gap}stats count as n by{gap}{}|`f`", head.join(&gap), fields.join(&gap));
        let laid_out = search(&text);
        prop_assert_eq!(&search(&laid_out), &laid_out);
        prop_assert_eq!(grotto_spl::parse(&laid_out).ok(), grotto_spl::parse(&text).ok());
        let said = |text: &str| comments(text).iter().map(|c| c.1.to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(said(&laid_out), said(&text));
    }

    #[test]
    fn nothing_panics(text in "[a-z|'\"`\\\\\\[\\] \n=]{0,60}") {
        let laid_out = search(&text);
        let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(solid(&laid_out), solid(&text));
    }
}
