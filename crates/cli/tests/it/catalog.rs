//! `grotto catalog`.

use crate::{grotto, text};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const RULE: &str = "name: Remote Command\nid: 00000000-0000-4000-8000-000000000001\nversion: 1\ndate: '2024-01-01'\nauthor: An Author\n\
    status: production\ntype: TTP\ndescription: Looks for <script>alert(1)</script> in script blocks.\ndata_source: []\n\
    search: '`powershell` EventCode=4104 ScriptBlockText=\"*Invoke-Command*\" | stats count by dest'\n\
    how_to_implement: Logging.\nknown_false_positives: Administrators.\nreferences: []\ntags:\n  analytic_story: [Moving]\n  \
    asset_type: Endpoint\n  mitre_attack_id: [T1021.006]\n  product: [Splunk Enterprise]\n  security_domain: endpoint\n  \
    risk_score: 50\n  message: It happened\n  observable: []\n";

fn rules(folder: &Path, search: &str) -> String {
    let place = folder.join("detections");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("one.yml"), RULE.replace("Invoke-Command", search)).unwrap();
    folder.display().to_string()
}

#[test]
fn a_site_is_built_and_built_again_the_same() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("site").display().to_string();
    let rules = format!("{}=mine", rules(&place.path().join("rules"), "x"));
    let args = ["catalog", "build", "--rules", &rules, "--out", &out, "--base-url", "https://a.example/"];
    let first = grotto(&args, b"");
    assert!(first.status.success(), "{}", text(&first.stderr));
    let site = place.path().join("site");
    for path in [
        "index.html",
        "robots.txt",
        "sitemap.xml",
        "catalog.json",
        "rules/00000000-0000-4000-8000-000000000001/index.html",
        "rules/remote-command/index.html",
    ] {
        assert!(site.join(path).is_file(), "{path}");
    }
    let second = grotto(&args, b"");
    assert!(text(&second.stderr).contains("(0 new or changed, 0 removed)"), "{}", text(&second.stderr));
    let catalog: serde_json::Value =
        serde_json::from_slice(&std::fs::read(site.join("catalog.json")).unwrap()).unwrap();
    assert_eq!(catalog["rules"][0]["name"], "Remote Command");
    assert_eq!(catalog["corpora"][0]["name"], "mine");
}

/// Every file below a folder, by its path, with what is in it.
fn files(top: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut open = vec![top.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(top).unwrap().display().to_string();
                out.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    out
}

#[test]
fn the_packs_site_has_the_same_bytes_whatever_the_number_of_threads() {
    let place = tempfile::tempdir().unwrap();
    let build = |threads: &str| {
        let out = place.path().join(threads);
        let base = "https://a.example/";
        let built = grotto(
            &[
                "catalog",
                "build",
                "--threads",
                threads,
                "--base-url",
                base,
                "--out",
                &out.display().to_string(),
            ],
            b"",
        );
        assert!(built.status.success(), "{}", text(&built.stderr));
        files(&out)
    };
    let (one, four) = (build("1"), build("4"));
    assert!(one.len() > 1_000, "{}", one.len());
    assert!(one.keys().eq(four.keys()));
    for (path, bytes) in &one {
        assert!(bytes == &four[path], "{path} differs");
    }
}

#[test]
fn a_folder_of_others_is_not_touched() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("mine.txt"), "mine").unwrap();
    let output = grotto(&["catalog", "build", "--out", &place.path().display().to_string()], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("has files that are not grotto's"));
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn two_folders_differ() {
    let place = tempfile::tempdir().unwrap();
    let (old, new) =
        (rules(&place.path().join("old"), "Old-One"), rules(&place.path().join("new"), "New-One"));
    let output = grotto(&["catalog", "diff", &old, &new], b"");
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for line in [
        "~ Remote Command",
        "- `powershell` EventCode=4104 ScriptBlockText=\"*Old-One*\"",
        "+ `powershell`",
        "0 added, 0 removed, 1 changed, 0 the same",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let out = place.path().join("page").display().to_string();
    assert!(grotto(&["catalog", "diff", &old, &new, "--out", &out], b"").status.success());
    let page = std::fs::read_to_string(place.path().join("page/index.html")).unwrap();
    assert!(page.contains("old to new") && page.contains("*New-One*"));
}

#[test]
fn rules_that_mean_harm_stay_in_the_folder_and_stay_text() {
    const HARM: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\\\"'";
    let place = tempfile::tempdir().unwrap();
    let detections = place.path().join("rules/detections");
    std::fs::create_dir_all(&detections).unwrap();
    let long = "many words ".repeat(100_000);
    let rule = format!(
        "name: \"../../../name{HARM}\"\nid: \"../../id{HARM}\"\nversion: 1\ndate: \"2024-01-01{HARM}\"\n\
         author: \"{HARM}\"\nstatus: \"production\"\ntype: \"TTP\"\ndescription: \"{HARM} {long}\"\n\
         data_source: [\"../{HARM}\"]\nsearch: \"index=* a=*{HARM}* | eval x=1 | `../../macro`\"\n\
         how_to_implement: \"{HARM}\"\nknown_false_positives: \"{HARM}\"\n\
         references: [\"https://example.org/{HARM}\", \"javascript:alert(3)\"]\n\
         drilldown_searches: [{{name: \"{HARM}\", search: \"{HARM}\", earliest_offset: \"{HARM}\", latest_offset: now}}]\n\
         tags: {{analytic_story: [\"../../../story{HARM}\", \"..\"], asset_type: \"{HARM}\", mitre_attack_id: [\"../T{HARM}\"], \
         product: [\"{HARM}\"], security_domain: \"{HARM}\", risk_score: 50, message: \"{HARM}\", observable: []}}\n\
         tests: [{{name: \"{HARM}\", attack_data: [{{data: \"../../../../../../etc/passwd\", source: \"{HARM}\"}}]}}]\n"
    );
    std::fs::write(detections.join("harm.yml"), rule).unwrap();
    let rules = place.path().join("rules").display().to_string();
    let site = place.path().join("deep/er/site");
    let args = [
        "catalog",
        "build",
        "--rules",
        &format!("{rules}=../../<script>alert(1)</script>"),
        "--out",
        &site.display().to_string(),
    ];
    let built = grotto(&args, b"");
    assert!(!text_of_panic(&built.stderr), "{}", text(&built.stderr));
    let outside: Vec<_> =
        files(place.path()).into_keys().filter(|path| !path.starts_with("deep/er/site/")).collect();
    assert_eq!(outside, ["rules/detections/harm.yml"]);
    let pages = files(&site);
    assert!(pages.keys().any(|path| path.starts_with("rules/")), "{}", text(&built.stderr));
    for (path, bytes) in
        pages.iter().filter(|(path, _)| [".html", ".xml"].iter().any(|end| path.ends_with(end)))
    {
        let page = String::from_utf8_lossy(bytes);
        assert!(
            !page.contains("<script>alert") && !page.contains("<img") && !page.contains("href=\"javascript:"),
            "{path}"
        );
        assert!(!page.contains("root:x:0"), "{path}");
    }
}

/// Whether a program said that it fell over.
fn text_of_panic(stderr: &[u8]) -> bool {
    text(stderr).contains("panicked")
}

#[test]
fn a_rule_is_proven_by_the_folder_that_has_its_data() {
    let place = tempfile::tempdir().unwrap();
    let rules = place.path().join("rules");
    let folder = self::rules(&rules, "Invoke-Command");
    let file = rules.join("detections/one.yml");
    let rule = std::fs::read_to_string(&file).unwrap();
    let address = "https://media.githubusercontent.com/media/splunk/attack_data/master/datasets/t/a.log";
    let tests = format!(
        "tests:\n- name: True Positive Test\n  attack_data:\n  - data: {address}\n    \
         source: XmlWinEventLog:Microsoft-Windows-PowerShell/Operational\n    sourcetype: XmlWinEventLog\n"
    );
    std::fs::write(&file, format!("{rule}{tests}")).unwrap();
    let event = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-PowerShell'/>\
        <EventID>4104</EventID><Level>5</Level><TimeCreated SystemTime='2024-01-01T00:00:00.0000000Z'/><EventRecordID>7</EventRecordID>\
        <Channel>Microsoft-Windows-PowerShell/Operational</Channel><Computer>ws1.corp.example</Computer></System><EventData>\
        <Data Name='ScriptBlockText'>$x = invoke-command -ComputerName dc1 &lt;b&gt;</Data><Data Name='Path'>C:\\a.ps1</Data></EventData></Event>\n";
    for name in ["empty", "data/datasets/t"] {
        std::fs::create_dir_all(place.path().join(name)).unwrap();
    }
    std::fs::write(place.path().join("data/datasets/t/a.log"), event).unwrap();
    let path = |name: &str| place.path().join(name).display().to_string();
    let site = path("site");
    let args = [
        "catalog",
        "build",
        "--rules",
        &folder,
        "--out",
        &site,
        "--date",
        "2026-05-13",
        "--attack-data",
        &path("empty"),
        "--attack-data",
        &path("data"),
    ];
    let built = grotto(&args, b"");
    assert!(built.status.success(), "{}", text(&built.stderr));
    let page = std::fs::read_to_string(
        place.path().join("site/rules/00000000-0000-4000-8000-000000000001/index.html"),
    )
    .unwrap();
    for part in [
        "fires on its own data: 1 of 1, 2026-05-13, grotto ",
        "<span>1 event read</span>",
        "<span>1 row</span>",
        "$x = <mark>invoke-command</mark> -ComputerName dc1 ",
        "EventRecordID <span class=\"mono\">7</span>",
        "grotto test detections/one.yml --attack-data attack_data",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("dc1 <b>") && !page.contains(&path("data")), "{page}");
    // The terminal shows the same.
    let data = path("data");
    let shown = grotto(
        &["show", "Remote Command", "--rules", &folder, "--attack-data", &data, "--format", "table"],
        b"",
    );
    let shown = text(&shown.stdout);
    for part in [
        "fires on its own data: 1 of 1, ",
        "pass True Positive Test, 1 events read, 1 rows",
        "$x = »invoke-command« -ComputerName dc1 <b>",
        "Stage 1: search",
        "ScriptBlockText contains",
        "T1021.006 Remote Services: Windows Remote Management",
        "`powershell`",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let wrong = grotto(
        &["catalog", "build", "--rules", &folder, "--out", &site, "--attack-data", &path("none")],
        b"",
    );
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        text(&wrong.stderr).contains("none is no folder; --attack-data names"),
        "{}",
        text(&wrong.stderr)
    );
}

/// A server that ends with its test.
struct Server(Child, String);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    fn start(rules: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_grotto"))
            .args(["catalog", "serve", "--listen", "127.0.0.1:0", "--rules", rules])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = lines.map_while(Result::ok).find(|line| line.contains("http://")).unwrap();
        let address = said.split("http://").nth(1).unwrap().trim_end_matches('/').to_owned();
        Self(child, address)
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.1).unwrap();
        stream
            .write_all(format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[test]
fn a_server_gives_the_pages_and_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("secret.txt"), "secret").unwrap();
    let server = Server::start(&rules(&place.path().join("rules"), "Invoke-Command"));
    let index = server.ask("GET /");
    assert!(index.starts_with("HTTP/1.1 200") && index.contains("Remote Command"), "{index}");
    assert!(index.contains("content-security-policy: default-src 'none'"), "{index}");
    let rule = server.ask("GET /rules/00000000-0000-4000-8000-000000000001/");
    assert!(rule.contains("&#60;script&#62;") || rule.contains("&lt;script&gt;"), "{rule}");
    assert!(!rule.contains("<script>alert"));
    assert!(server.ask("GET /?type=TTP").contains("<strong>1</strong> rules"));
    assert!(server.ask("GET /?type=TTP&q=nothing").contains("<strong>0</strong> of 1 rules"));
    let head = server.ask("HEAD /");
    assert!(head.starts_with("HTTP/1.1 200") && !head.contains("<html"), "{head}");
    assert!(server.ask("POST /").starts_with("HTTP/1.1 405"));
    assert!(server.ask("GET /attack").contains("location: /attack/"));
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/rules/../../secret.txt",
        "//etc/passwd",
        "/.grotto-catalog",
        "/nothing",
        "/rules/%00",
    ] {
        let answer = server.ask(&format!("GET {path}"));
        assert!(answer.starts_with("HTTP/1.1 404") && !answer.contains("secret"), "{path}: {answer}");
    }
    let long = server.ask(&format!("GET /{}", "a".repeat(100_000)));
    assert!(long.starts_with("HTTP/1.1 4"), "{long}");
}
