//! `macros.conf`: texts that searches name in backquotes.
//!
//! <https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/macros.conf>

use super::known;
use super::words::words;
use crate::conf::{Conf, Placed, Stanza};
use grotto_diag::{Diagnostic, Source};
use grotto_spl::MacroDefinition;
use indexmap::IndexMap;
use std::sync::Arc;

/// A macro. Two of one name with different numbers of arguments are two macros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    /// Its name without the number of arguments.
    pub name: String,
    /// Names of the arguments.
    pub args: Vec<String>,
    /// The text that replaces it, with `$arg$` for arguments.
    pub definition: Placed,
    /// `iseval`: the definition is an eval expression whose result is the text.
    pub is_eval: bool,
    /// `validation`: an eval expression that the arguments must satisfy.
    pub validation: Option<Placed>,
    /// `errormsg`: what to say when they do not.
    pub error_message: Option<String>,
    /// Where its header stands.
    pub place: Placed,
}

impl Macro {
    /// What macro expansion needs of it.
    pub fn to_definition(&self) -> MacroDefinition {
        MacroDefinition {
            name: self.name.clone(),
            arguments: self.args.clone(),
            definition: self.definition.text.clone(),
            iseval: self.is_eval,
        }
    }
}

const USED: [&str; 5] = ["definition", "args", "iseval", "validation", "errormsg"];

/// Reads the macros by their full names, such as `drop_dm_object_name(1)`.
pub(super) fn read(conf: &Conf, problems: &mut Vec<Diagnostic>) -> IndexMap<String, Macro> {
    let mut macros = IndexMap::new();
    for stanza in conf.completed() {
        for (key, value) in &stanza.settings {
            if !USED.contains(&key.as_str()) {
                problems.extend(known::unused("macros", key, value));
            }
        }
        match one(&stanza, problems) {
            Ok(found) => {
                macros.insert(stanza.name.text.clone(), found);
            }
            Err(problem) => problems.push(*problem),
        }
    }
    macros
}

/// The macros of a single `macros.conf`, and what is odd about them.
pub fn macros_of(source: &Arc<Source>) -> (Vec<MacroDefinition>, Vec<Diagnostic>) {
    let (conf, mut problems) = crate::conf::parse(source);
    let macros = read(&conf, &mut problems);
    (macros.values().map(Macro::to_definition).collect(), problems)
}

fn one(stanza: &Stanza, problems: &mut Vec<Diagnostic>) -> Result<Macro, Box<Diagnostic>> {
    let header = &stanza.name;
    let args: Vec<String> =
        stanza.text("args").map(words).unwrap_or_default().into_iter().map(|w| w.text).collect();
    let (name, arity) = match header.text.strip_suffix(')').and_then(|h| h.rsplit_once('(')) {
        Some((name, arity)) => (name, arity.trim().parse().ok()),
        None => (header.text.as_str(), Some(0)),
    };
    if arity != Some(args.len()) {
        return Err(Box::new(
            header
                .error("app/macro-arity", "the number behind the name is not that of the arguments")
                .help("write [name(2)] and args = first, second"),
        ));
    }
    let Some(definition) = stanza.get("definition") else {
        return Err(Box::new(header.error("app/empty-macro", "a macro without a definition")));
    };
    Ok(Macro {
        name: name.trim().to_owned(),
        args,
        definition: definition.clone(),
        is_eval: super::lookups::flag(stanza, "iseval", problems).unwrap_or(false),
        validation: stanza.get("validation").filter(|v| !v.text.is_empty()).cloned(),
        error_message: stanza.text("errormsg").filter(|v| !v.is_empty()).map(str::to_owned),
        place: header.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::parse;
    use grotto_diag::Source;
    use std::sync::Arc;

    #[test]
    fn macros_by_name_and_number_of_arguments() {
        let text = "[m]\ndefinition = x\n[m(2)]\nargs = a, b\ndefinition = $a$-$b$\niseval = 1\n\
                    validation = isnum($a$)\nerrormsg = no number\n";
        let (conf, _) = parse(&Arc::new(Source::new("macros.conf", text)));
        let mut problems = Vec::new();
        let got = read(&conf, &mut problems);
        assert_eq!(problems, []);
        assert_eq!(got.keys().collect::<Vec<_>>(), ["m", "m(2)"]);
        let two = &got["m(2)"];
        assert_eq!((two.name.as_str(), two.is_eval), ("m", true));
        assert_eq!(two.args, ["a", "b"]);
        assert_eq!(two.definition.text, "$a$-$b$");
        assert_eq!(two.error_message.as_deref(), Some("no number"));
        assert!(!got["m"].is_eval);
    }

    #[test]
    fn what_is_no_macro_is_said() {
        let text = "[m(2)]\nargs = a\ndefinition = x\n[n]\nargs = a\ndefinition = x\n[o]\n[p(x)]\ndefinition = y\n\
                    [q]\ndefinition = y\niseval = maybe\n";
        let (conf, _) = parse(&Arc::new(Source::new("macros.conf", text)));
        let mut problems = Vec::new();
        let got = read(&conf, &mut problems);
        assert_eq!(got.keys().collect::<Vec<_>>(), ["q"]);
        let said: Vec<&str> = problems.iter().map(|p| p.slug).collect();
        assert_eq!(
            said,
            ["app/macro-arity", "app/macro-arity", "app/empty-macro", "app/macro-arity", "app/bad-value"]
        );
    }
}
