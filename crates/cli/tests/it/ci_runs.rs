//! The steps of the GitHub action, the hooks and the GitLab job, run as they are in a repository of their own.

use super::ci::{blocks, read, yaml};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The macro of every rule's head; the rule is in order and its test has data.
const MACRO: &str = "name: m\ndefinition: sourcetype=XmlWinEventLog\ndescription: The log.\n";

/// A repository with a rule, its macro and the data of its test. `condition` decides whether the test passes.
fn repository(condition: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("macros/m.yml", MACRO);
    put("data/a.log", &super::process("2024-01-01T00:00:00.000Z", "C:\\a.exe", "a.exe /x"));
    let rule = format!(
        "name: A\nid: 2276d50e-96d8-4d53-819e-a79a0928a914\nversion: 1\nstatus: production\ntype: Hunting\n\
         search: |-\n    `m` {condition}\n    | stats count by Computer\n    | `a_filter`\n\
         tests:\n    - name: It fires\n      attack_data:\n        - data: ../data/a.log\n          source: \
         XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\n          sourcetype: XmlWinEventLog\n"
    );
    put("detections/a.yml", &rule);
    for args in [&["init", "-q"][..], &["add", "."]] {
        let done = Command::new("git").args(args).current_dir(folder.path()).status();
        assert!(done.is_ok_and(|status| status.success()), "git {args:?}");
    }
    folder
}

/// Runs a script where the built program is the `grotto` on `PATH`: status, and what was printed.
fn sh(script: &str, shell: &str, folder: &Path, env: &[(&str, &str)]) -> (i32, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_grotto")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(shell);
    command.args(["-e", "-c", script]).current_dir(folder).env("PATH", path).envs(env.iter().copied());
    let output = command.output().unwrap();
    let said = super::text(&output.stdout) + &super::text(&output.stderr);
    (output.status.code().unwrap(), said)
}

/// The variables of a step, GitHub's `${{ inputs.NAME }}` filled in.
fn filled(step: &Value, inputs: &[(&str, &str)]) -> Vec<(String, String)> {
    let Some(env) = step["env"].as_object() else { return Vec::new() };
    let value = |text: &str| {
        let name = text.trim_start_matches("${{ inputs.").trim_end_matches(" }}");
        inputs.iter().find(|(input, _)| *input == name).map_or("", |(_, value)| value).to_owned()
    };
    env.iter().map(|(name, text)| (name.clone(), value(text.as_str().unwrap()))).collect()
}

#[test]
fn the_steps_of_the_action_run() {
    let action = yaml(&read("action.yml"));
    for (condition, inputs, expected) in [
        ("EventCode=1", &[("rules", "detections")][..], [0, 0, 0, 0]),
        ("EventCode=99", &[("rules", "detections"), ("sarif", "out"), ("args", "--threads 1")], [0, 0, 1, 0]),
        ("EventCode=1 EventCode=2", &[("rules", "detections"), ("attack-data", "data")], [0, 0, 1, 0]),
        ("| nothing", &[("rules", "detections macros"), ("sarif", "out")], [0, 1, 1, 0]),
    ] {
        let folder = repository(condition);
        for (step, expected) in action["runs"]["steps"].as_array().unwrap().iter().zip(expected) {
            let env = filled(step, inputs);
            let env: Vec<(&str, &str)> = env.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let writes = step["name"] == "Write SARIF";
            if writes && !inputs.iter().any(|(name, _)| *name == "sarif") {
                continue;
            }
            let shell = step["shell"].as_str().unwrap();
            let (code, said) = sh(step["run"].as_str().unwrap(), shell, folder.path(), &env);
            assert_eq!(code, expected, "{condition}: {}\n{said}", step["name"]);
            if code == 1 {
                assert!(said.contains("::error ") && said.contains("detections/a.yml"), "{said}");
            }
            for name in ["out-lint.sarif", "out-test.sarif"].iter().filter(|_| writes) {
                let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
                let sarif: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(sarif["version"], "2.1.0", "{name}");
            }
        }
    }
}

#[test]
fn the_hooks_run_on_the_files_that_they_name() {
    let hooks = yaml(&read(".pre-commit-hooks.yaml"));
    for (condition, expected) in
        [("EventCode=1", [0, 0, 0]), ("EventCode=99", [0, 0, 1]), ("| nothing", [1, 1, 1])]
    {
        let folder = repository(condition);
        for (hook, expected) in hooks.as_array().unwrap().iter().zip(expected) {
            let files = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
            let all = ["data/a.log", "detections/a.yml", "macros/m.yml"];
            let names: Vec<&str> = all.into_iter().filter(|name| files.is_match(name)).collect();
            assert!(names.contains(&"detections/a.yml") && !names.contains(&"data/a.log"));
            let script = format!("{} {}", hook["entry"].as_str().unwrap(), names.join(" "));
            let (code, said) = sh(&script, "sh", folder.path(), &[]);
            assert_eq!(code, expected, "{condition}: {script}\n{said}");
        }
    }
}

#[test]
fn the_job_of_gitlab_runs() {
    let page = read("docs/ci.md");
    let job = blocks(&page).into_iter().map(yaml).find(|block| block["grotto"]["script"].is_array()).unwrap();
    let job = &job["grotto"];
    let report = job["artifacts"]["reports"]["junit"].as_str().unwrap();
    for (condition, expected) in [("EventCode=1", 0), ("EventCode=99", 1)] {
        let folder = repository(condition);
        // The first line installs; the program is there already.
        let lines = job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
        let lines: Vec<&str> = lines.filter(|line| !line.starts_with("cargo install ")).collect();
        assert_eq!(lines.len(), 2);
        let (code, said) = sh(&lines.join("\n"), "sh", folder.path(), &[]);
        assert_eq!(code, expected, "{condition}\n{said}");
        let written = std::fs::read_to_string(folder.path().join(report)).unwrap();
        assert!(written.contains("<testsuite") && written.contains("<testcase"), "{written}");
        assert_eq!(written.contains("<failure"), expected == 1, "{written}");
    }
}
