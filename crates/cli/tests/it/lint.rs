//! `grotto lint` and `grotto fmt` as commands.

use std::path::Path;

/// Exit status, stdout and stderr.
fn grotto(args: &[&str]) -> (i32, String, String) {
    let output = crate::grotto(args, b"");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

const RULE: &str = "name: A\nid: 2276d50e-96d8-4d53-819e-a79a0928a914\nversion: 1\nstatus: experimental\ntype: Hunting\n\
                    search: 'a=1 AND b=2 OR c=3 | stats count by d | `m` | `a_filter`'\n";

/// A folder of content with one rule and a macro.
fn content(search: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("detections/endpoint/a.yml", search);
    put("macros/m.yml", "name: m\ndefinition: where count > 1\ndescription: More than one.\n");
    folder
}

fn path(folder: &tempfile::TempDir, file: &str) -> String {
    folder.path().join(file).display().to_string()
}

#[test]
fn warnings_do_not_fail_unless_asked() {
    let folder = content(RULE);
    let rules = path(&folder, "");
    let quiet = ["--allow", "meta/*", "--allow", "finding/*", "--allow", "drilldown/*", "--allow", "test/*"];
    let run = |more: &[&str]| grotto(&[&["lint", &rules], &quiet[..], more].concat());
    let (code, out, err) = run(&[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("warning[search/mixed-and-or]"), "{out}");
    assert!(err.contains("2 files: 0 errors, 1 warnings"), "{err}");
    assert_eq!(run(&["--fail-on", "warning"]).0, 1);
    assert_eq!(run(&["--deny", "search/mixed-and-or"]).0, 1);
    let (code, out, _) = run(&["--allow", "search/mixed-and-or", "--fail-on", "warning"]);
    assert_eq!((code, out.as_str()), (0, ""));
    let (code, _, err) = run(&["--deny", "search/mixed-and-nor"]);
    assert_eq!(code, 2);
    assert!(err.contains("did you mean search/mixed-and-or?"), "{err}");
}

#[test]
fn a_report_has_forms() {
    let folder = content(RULE);
    let rules = path(&folder, "detections/endpoint/a.yml");
    let (code, out, _) = grotto(&["lint", &rules, "--format", "json"]);
    assert_eq!(code, 0, "the macro beside the rule is known");
    let all: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(
        all.as_array().unwrap().iter().any(|d| d["slug"] == "search/mixed-and-or" && d["line"] == 6),
        "{out}"
    );
    let (_, out, _) = grotto(&["lint", &rules, "--format", "github"]);
    assert!(
        out.lines().any(|line| line.starts_with("::warning file=") && line.contains("search/mixed")),
        "{out}"
    );
    let (_, out, _) = grotto(&["lint", &rules, "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(log["runs"][0]["results"].as_array().unwrap().iter().any(|r| r["fixes"].is_array()), "{out}");
    assert!(log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().len() > 60);
}

#[test]
fn pages_are_printed() {
    let (code, out, _) = grotto(&["lint", "--explain", "search/mixed-and-or"]);
    assert_eq!(code, 0);
    assert!(out.contains("## Use instead"), "{out}");
    assert_eq!(grotto(&["lint", "--explain", "nothing/such"]).0, 2);
    let (_, out, _) = grotto(&["lint", "--list"]);
    assert!(out.lines().count() > 60 && out.contains("meta/file-name"), "{out}");
    assert_eq!(grotto(&["lint", "/nowhere/at/all"]).0, 2);
}

fn read(path: &str) -> String {
    grotto_diag::input::text(Path::new(path), 1 << 20).unwrap()
}

#[test]
fn fixes_are_made_once() {
    let folder = content(RULE);
    let rule = path(&folder, "detections/endpoint/a.yml");
    let (code, _, err) = grotto(&["lint", "--fix", &rule]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(read(&rule), RULE.replace("b=2 OR c=3", "(b=2 OR c=3)"));
    let (_, out, _) = grotto(&["lint", "--fix", &rule]);
    assert!(!out.contains("mixed-and-or"), "{out}");
    assert_eq!(read(&rule), RULE.replace("b=2 OR c=3", "(b=2 OR c=3)"));
}

#[test]
fn searches_are_laid_out() {
    let folder = content(RULE);
    let (rules, rule) = (path(&folder, ""), path(&folder, "detections/endpoint/a.yml"));
    let (code, out, _) = grotto(&["fmt", "--check", &rules]);
    assert_eq!((code, out.trim_end().ends_with("a.yml")), (1, true));
    let (code, out, _) = grotto(&["fmt", "--diff", &rules]);
    assert_eq!(code, 0);
    assert!(out.contains("+    | stats count by d\n"), "{out}");
    assert_eq!(read(&rule), RULE, "nothing was written");
    assert_eq!(grotto(&["fmt", &rules]).0, 0);
    let block = "search: |-\n    a=1 AND b=2 OR c=3\n    | stats count by d\n    | `m`\n    | `a_filter`\n";
    assert!(read(&rule).ends_with(block), "{}", read(&rule));
    assert_eq!(grotto(&["fmt", "--check", &rules]).0, 0);
}

#[test]
fn a_tuned_macro_that_no_rule_calls_is_said() {
    let folder = content(RULE);
    let config = path(&folder, "grotto.toml");
    for (filters, said) in [
        ("a_filter = 'search *'", None),
        ("a_fitler = 'search *'", Some("did you mean a_filter?")),
        ("nobody = 'search *'", Some("no rule calls the macro `nobody`")),
    ] {
        std::fs::write(&config, format!("[filters]\n{filters}\n")).unwrap();
        let (_, out, _) = grotto(&["--config", &config, "lint", &path(&folder, "detections")]);
        assert_eq!(out.contains("warning[config/unused-macro]"), said.is_some(), "{out}");
        assert!(said.is_none_or(|said| out.contains(said)), "{out}");
    }
}

#[test]
fn severities_of_the_configuration_and_comments_count() {
    let allowed =
        RULE.replace("search: 'a=1", "# grotto: allow(search/mixed-and-or) as it is meant\nsearch: 'a=1");
    for (rule, lint, code, summary) in [
        (RULE, "'search/mixed-and-or' = 'error'\n'search/*' = 'off'", 1, "1 errors"),
        (RULE, "'search/*' = 'off'", 0, "0 errors"),
        (RULE, "'search/mixed-and-or' = 'info'", 0, "0 errors"),
        (allowed.as_str(), "'search/mixed-and-or' = 'error'", 0, "1 allowed by comments"),
    ] {
        let folder = content(rule);
        let config = path(&folder, "grotto.toml");
        std::fs::write(&config, format!("[lint]\n{lint}\n")).unwrap();
        let (got, out, err) = grotto(&["--config", &config, "lint", &path(&folder, "detections")]);
        assert_eq!(got, code, "{lint}\n{out}{err}");
        assert!(err.contains(summary), "{lint}\n{err}");
    }
}
