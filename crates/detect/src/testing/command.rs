//! The command that shows why a test gave no rows.

use super::data::Data;
use super::plan::Replay;
use std::fmt::Write as _;
use std::path::Path;

/// The options for what is said of events.
const OPTIONS: [&str; 4] = ["--source", "--sourcetype", "--host", "--index"];

/// `grotto explain` of a rule on the data of its test, ready to be pasted; `None` when that can't be said in one command.
pub(super) fn explain(rule: &Path, name: &str, replays: &[Replay]) -> Option<String> {
    let first = replays.first()?;
    let mut command = String::from("grotto explain");
    let mut add = |text: &str| {
        let _ = write!(command, " {}", quoted(text));
    };
    if let Data::Builtin(_) = first.data {
        add(name);
    } else {
        add(rule.to_str()?);
    }
    for replay in replays {
        // What is said of events holds for all of them.
        if replay.said() != first.said() {
            return None;
        }
        match &replay.data {
            Data::File(path) => add(path.to_str()?),
            Data::Builtin(name) => add(name),
        }
    }
    for (option, value) in OPTIONS.into_iter().zip(first.said()) {
        if let Some(value) = value {
            add(option);
            add(value);
        }
    }
    let root = rule.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "detections"));
    if let (Some(root), Data::File(_)) = (root.and_then(Path::parent), &first.data) {
        let root = root.to_str()?;
        add("--rules");
        add(if root.is_empty() { "." } else { root });
    }
    Some(command)
}

/// A word as a POSIX shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replay(data: Data, source: &str) -> Replay {
        Replay { data, source: Some(source.into()), sourcetype: None, host: None, index: None }
    }

    #[test]
    fn a_command_can_be_pasted() {
        let file = |name: &str, source| replay(Data::File(name.into()), source);
        let rule = Path::new("c/detections/endpoint/r.yml");
        for (rule, replays, expected) in [
            (
                rule,
                vec![file("it's.log", "X:Security"), file("b.log", "X:Security")],
                Some(
                    "grotto explain c/detections/endpoint/r.yml 'it'\\''s.log' b.log --source X:Security --rules c",
                ),
            ),
            (rule, vec![file("a.log", "x"), file("b.log", "y")], None),
            (
                Path::new("r.yml"),
                vec![file("a.log", "a b")],
                Some("grotto explain r.yml a.log --source 'a b'"),
            ),
            (
                rule,
                vec![replay(Data::Builtin("d.evtx"), "x")],
                Some("grotto explain 'a rule' d.evtx --source x"),
            ),
            (rule, vec![], None),
        ] {
            assert_eq!(explain(rule, "a rule", &replays).as_deref(), expected);
        }
    }
}
