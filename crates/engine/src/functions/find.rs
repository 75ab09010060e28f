//! Functions by name, and those of Splunk that are left out.

use super::{FUNCTIONS, Function};
use grotto_diag::Diagnostic;
use grotto_spl::ast::Word;

/// Functions of Splunk that are known and can't be computed, with the reason.
pub const UNSUPPORTED: [(&str, &str); 2] = [
    ("cluster", "it compares each event with all others by a measure that is not documented"),
    ("sigfig", "it needs to know with how many digits the numbers of a calculation were written"),
];

/// Why a function of Splunk is left out; `None` for any other name.
pub fn reason(name: &str) -> Option<&'static str> {
    UNSUPPORTED.iter().find(|(known, _)| *known == name).map(|(_, reason)| *reason)
}

/// The function of a name in any letter case.
///
/// # Errors
/// `eval/unsupported-function` for one that Splunk has, `eval/unknown-function` for any other.
pub(crate) fn find(name: &Word) -> Result<&'static Function, Box<Diagnostic>> {
    let wanted = name.raw.to_ascii_lowercase();
    let named = |function: &Function| function.name == wanted || function.aliases.contains(&wanted.as_str());
    if let Some(function) = FUNCTIONS.iter().find(|function| named(function)) {
        return Ok(function);
    }
    if let Some(reason) = reason(&wanted) {
        let message = format!("the function `{wanted}` is not supported: {reason}");
        return Err(Box::new(Diagnostic::error("eval/unsupported-function", message).at(name.at.0, "")));
    }
    let error = Diagnostic::error("eval/unknown-function", format!("there is no function `{}`", name.raw))
        .at(name.at.0, "unknown");
    Err(Box::new(match crate::commands::nearest(&wanted, FUNCTIONS.iter().map(|function| function.name)) {
        Some(other) => {
            error.help(format!("did you mean `{other}`?")).fix(format!("call `{other}`"), name.at.0, other)
        }
        None => error,
    }))
}
