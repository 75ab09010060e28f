//! What people paste into their CI: it parses, and the program takes every command line in it.

use super::{grotto, text};
use serde_json::Value;
use std::path::Path;

pub(super) fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)).unwrap()
}

pub(super) fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The blocks of YAML in the documentation.
pub(super) fn blocks(page: &str) -> Vec<&str> {
    page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// The scripts in a file: every text that begins with the program's name in one of its lines.
fn scripts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(script) => into.extend(
            script.lines().map(str::trim).filter(|line| line.starts_with("grotto ")).map(str::to_owned),
        ),
        Value::Array(items) => items.iter().for_each(|item| scripts(item, into)),
        Value::Object(map) => {
            // The name of a step or hook is for people.
            map.iter().filter(|(key, _)| *key != "name").for_each(|(_, value)| scripts(value, into));
        }
        _ => {}
    }
}

/// The words of a line of a script, with values in the place of variables.
fn words(line: &str) -> Vec<String> {
    let command = line.split(" || ").next().unwrap();
    let command = command
        .replace("${ATTACK_DATA:+--attack-data \"$ATTACK_DATA\"}", "--attack-data data")
        .replace("$ARGS", "--baseline benign")
        .replace("$RULES", "detections macros")
        .replace("\"$SARIF-lint.sarif\"", "x-lint.sarif")
        .replace("\"$SARIF-test.sarif\"", "x-test.sarif");
    assert!(!command.contains(['$', '"']), "{command}");
    command.split_whitespace().skip(1).map(str::to_owned).collect()
}

fn lines_of_all_files() -> Vec<String> {
    let mut lines = Vec::new();
    scripts(&yaml(&read(".pre-commit-hooks.yaml")), &mut lines);
    scripts(&yaml(&read("action.yml")), &mut lines);
    let page = read("docs/ci.md");
    for block in blocks(&page) {
        scripts(&yaml(block), &mut lines);
    }
    lines
}

#[test]
fn the_program_takes_every_command_line() {
    let lines = lines_of_all_files();
    assert!(lines.len() >= 9, "{lines:#?}");
    let help = text(&grotto(&["--help"], b"").stdout);
    for line in lines {
        let mut words = words(&line);
        let known = help.lines().any(|l| l.split_whitespace().next() == Some(words[0].as_str()));
        assert!(known, "{line}: there is no such command");
        // A file that is missing is found to be so after the arguments were understood, and before any work is done.
        words.splice(0..0, ["--config".to_owned(), "no/such/grotto.toml".to_owned()]);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = text(&grotto(&words, b"").stderr);
        assert!(said.contains("no/such/grotto.toml") && !said.contains("Usage:"), "{line}\n{said}");
    }
}

#[test]
fn hooks_have_what_pre_commit_wants() {
    let hooks = yaml(&read(".pre-commit-hooks.yaml"));
    let ids: Vec<_> = hooks.as_array().unwrap().iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["grotto-lint", "grotto-fmt", "grotto-test"]);
    for hook in hooks.as_array().unwrap() {
        for key in ["name", "entry", "language", "files"] {
            assert!(hook[key].is_string(), "{hook}: {key}");
        }
        let files = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
        assert!(files.is_match("detections/endpoint/a.yml") && files.is_match("content/detections/a.yaml"));
        assert!(!files.is_match("detections/readme.md") && !files.is_match(".github/workflows/a.yml"));
    }
    let page = read("docs/ci.md");
    assert!(ids.iter().all(|id| page.contains(&format!("- id: {id}"))));
}

#[test]
fn inputs_of_the_action_are_used_and_documented() {
    let text = read("action.yml");
    let action = yaml(&text);
    let page = read("docs/ci.md");
    assert_eq!(action["runs"]["using"], "composite");
    for (input, about) in action["inputs"].as_object().unwrap() {
        assert!(about["description"].is_string() && about["default"].is_string(), "{input}");
        assert!(text.contains(&format!("inputs.{input} ")), "{input} is not used");
        assert!(page.contains(&format!("| `{input}` |")), "{input} is not documented");
    }
    for step in action["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap();
        assert!(step["shell"].is_string());
        assert!(!script.contains("${{"), "an input in a script could be code: {script}");
    }
}
