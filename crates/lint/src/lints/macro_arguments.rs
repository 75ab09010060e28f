//! The arguments of a macro and its definition do not fit.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "macro/arguments",
    summary: "The arguments of a macro and its definition do not fit",
    what: "Looks for `$name$` in a definition that is no argument, and for arguments that the definition never uses.",
    why: "The text `$name$` would end up in the search, or what the caller says is without effect.",
    bad: "# file: macros/twice.yml
name: twice
arguments:
    - field
definition: eval x=$feld$+$field$
description: Adds.",
    good: "# file: macros/twice.yml
name: twice
arguments:
    - field
definition: eval x=$field$+$field$
description: Adds.",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Macro {
        return;
    }
    let Some(text) = file.document.text("definition") else { return };
    let listed = file.list("arguments");
    let names: Vec<&str> = listed.iter().flat_map(|(_, names)| names.split(',')).map(str::trim).collect();
    for (at, token) in super::tokens(&text) {
        if !names.contains(&token) && !listed.is_empty() {
            let span = text.map(grotto_diag::Span::new(at, at + token.len() + 2));
            super::suggest(
                out.at(span, format!("`{token}` is no argument of the macro")),
                token,
                names.iter().copied(),
            );
        }
    }
    for (path, names) in &listed {
        let unused = names.split(',').map(str::trim).find(|name| !text.contains(&format!("${name}$")));
        if let Some(name) = unused {
            out.key(path, format!("the definition never uses `{name}`"));
        }
    }
}
