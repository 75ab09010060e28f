//! A token of a message is not well written.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "finding/token-form",
    summary: "A token of a message is not well written",
    what: "Looks for an odd number of `$` in titles and messages, and for blanks inside a token.",
    why: "The token is shown as it stands, not as the value of the field.",
    bad: "finding:
    title: On $dest
    entity:
        field: dest
        type: system
        score: 50",
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
    for path in super::messages(file) {
        let Some(message) = file.filled(&path) else { continue };
        // An amount of money is no token.
        let signs = message.matches('$').count();
        if signs % 2 == 1 {
            out.key(&path, "the message has an odd number of `$`: a token is not closed");
        } else if let Some(token) =
            message.split('$').skip(1).step_by(2).find(|token| token.trim() != *token || token.is_empty())
        {
            out.key(&path, format!("`${token}$` is no token: it would be `${}$`", token.trim()));
        }
    }
}
