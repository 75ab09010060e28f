//! A score is out of range or does not add up.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "finding/score",
    summary: "A score is out of range or does not add up",
    what: "Scores go from 0 to 100, in contentctl 5 from 1. In the oldest files `risk_score` is confidence × impact / 100.",
    why: "The severity of a finding, and the risk that it adds, come from the score.",
    bad: "finding:
    title: On $dest$
    entity:
        field: dest
        type: system
        score: 150",
    good: "finding:
    title: On $dest$
    entity:
        field: dest
        type: system
        score: 50",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for path in super::entities(file) {
        let least = u32::from(file.generation == Generation::Two);
        match file.filled(&format!("{path}.score")) {
            Some(text) if text.parse::<u32>().is_ok_and(|score| (least..=100).contains(&score)) => {}
            Some(text) => {
                out.key(
                    &format!("{path}.score"),
                    format!("`{text}` is no score: a whole number from {least} to 100 is"),
                );
            }
            None => {
                out.key(&path, "this entity has no score");
            }
        }
    }
    let number = |key: &str| file.filled(&format!("tags.{key}"))?.parse::<u32>().ok();
    if let (Some(score), Some(confidence), Some(impact)) =
        (number("risk_score"), number("confidence"), number("impact"))
        && score.abs_diff(confidence.saturating_mul(impact) / 100) > 1
    {
        let product = f64::from(confidence) * f64::from(impact) / 100.0;
        out.key(
            "tags.risk_score",
            format!("the risk score is {score}, and confidence × impact / 100 is {product}"),
        );
    }
}
