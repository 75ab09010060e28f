//! `--profile`, through the binary.

use crate::{examples, grotto, text};

/// The names that begin the lines of the table of phases.
fn phases(said: &str) -> Vec<&str> {
    let table = said.lines().skip_while(|line| !line.starts_with("phase")).skip(1);
    table.take_while(|line| line.ends_with('%')).filter_map(|line| line.split_whitespace().next()).collect()
}

#[test]
fn a_profile_goes_to_standard_error_and_changes_no_result() {
    let logs = examples();
    let logs = logs.to_str().unwrap();
    let search = ["search", "index=* | stats count by EventCode", logs, "--format", "jsonl"];
    let scan = ["scan", logs, "--format", "csv"];
    for (args, rules) in [(&search[..], false), (&scan[..], true)] {
        let plain = grotto(args, b"");
        let profiled = grotto(&[args, &["--profile"]].concat(), b"");
        assert_eq!(text(&plain.stdout), text(&profiled.stdout));
        let said = text(&profiled.stderr);
        let all = ["load", "knowledge", "expand", "compile", "read", "decode", "bind", "derive"];
        assert_eq!(phases(&said)[..8], all, "{said}");
        let decoding = said.lines().find(|line| line.starts_with("decode ")).unwrap();
        assert!(!decoding.contains(" 0.000 "), "{said}");
        assert_eq!(said.contains("rules by the time in their commands"), rules, "{said}");
        assert_eq!(said.contains("Remote Process Instantiation via WinRM"), rules, "{said}");
        assert!(!text(&plain.stderr).contains("processor time"));
    }
}
