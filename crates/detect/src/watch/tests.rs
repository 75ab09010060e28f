#![allow(clippy::disallowed_methods)]

use super::*;
use crate::record::Finding;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

const MINUTE: i64 = 60_000_000_000;
/// 2024-01-01.
const START: i64 = 1_704_067_200_000_000_000;

/// Folders of rules, logs and state.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for folder in ["rules/detections", "logs"] {
            std::fs::create_dir_all(place.path(folder)).unwrap();
        }
        place.rule("single", "TTP", "index=main act=bad | table _time user act n");
        place.rule("many", "TTP", "index=main act=try | stats count by user | where count>=3 | table user");
        place.rule("hunt", "Hunting", "index=main act=bad | stats dc(n) as n by user");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn rule(&self, name: &str, kind: &str, search: &str) {
        let finding = "finding:\n  title: $user$\n  entity: {field: user, type: user, score: 50}\n";
        let text = format!(
            "name: {name}\nid: id-{name}\nversion: 1\nstatus: production\ntype: {kind}\ndescription: d\n\
             search: >-\n  {search}\n{}analytic_story: [Story]\nmitre_attack_id: []\nsecurity_domain: endpoint\ntests: []\n",
            if kind == "Hunting" { "" } else { finding },
        );
        std::fs::write(self.path(&format!("rules/detections/{name}.yml")), text).unwrap();
    }

    /// An event, a minute after the one with the number before.
    fn log(&self, n: usize, user: &str, act: &str) {
        let mut file =
            std::fs::File::options().create(true).append(true).open(self.path("logs/a.json")).unwrap();
        let time = START / 1_000_000_000 + 60 * n as i64;
        writeln!(file, "{{\"_time\": \"{time}\", \"user\": \"{user}\", \"act\": \"{act}\", \"n\": \"{n}\"}}")
            .unwrap();
    }

    fn rules(&self, knowledge: &Knowledge, context: &Context) -> Rules {
        let (mut content, problems) = Content::load(&[self.path("rules")]);
        assert!(problems.iter().all(|p| p.severity != grotto_diag::Severity::Error), "{problems:?}");
        let macros = crate::macros::table(&content, knowledge);
        let rules = Rules::compile(&mut content, &macros, knowledge, context);
        let count = |set: &RuleSet| set.jobs.len();
        assert_eq!((count(&rules.streaming), count(&rules.windowed)), (1, 2));
        rules
    }

    fn watch<'k>(&self, knowledge: &'k Knowledge, state: bool) -> Watch<'k> {
        let settings = Settings {
            paths: vec![self.path("logs").display().to_string()],
            labels: Arc::default(),
            limits: Limits::default(),
            window: 60 * MINUTE,
            every: 5 * MINUTE,
        };
        let state = state.then(|| self.path("state"));
        let rules = self.rules(knowledge, &Context::default());
        Watch::start(rules, knowledge, settings, state.as_deref()).unwrap()
    }
}

/// The rule and the entity or row of everything that a round tells.
fn told(round: &Round) -> Vec<String> {
    let of = |record: &Record| match record {
        Record::Finding(Finding { rule, title, row, .. }) => {
            format!("{} {title} {}", rule.name, row.get("n").and_then(|n| n.as_str()).unwrap_or_default())
        }
        Record::Hit(hit) => format!("{} {}", hit.rule.name, serde_json::to_string(&hit.row).unwrap()),
        Record::Error(error) => panic!("{error:?}"),
        other => format!("{other:?}"),
    };
    round.records.iter().map(of).collect()
}

#[test]
fn single_events_are_told_at_once_and_others_when_it_is_time() {
    let (place, knowledge) = (Place::new(), Knowledge::load(&[], &Context::default()).0);
    let mut watch = place.watch(&knowledge, false);
    let now = START + 24 * 60 * MINUTE;
    assert!(told(&watch.round(now).unwrap()).is_empty());
    place.log(0, "ann", "bad");
    place.log(1, "bob", "try");
    place.log(2, "bob", "try");
    assert_eq!(told(&watch.round(now).unwrap()), ["single ann 0", "hunt {\"user\":\"ann\",\"n\":1}"]);
    place.log(3, "bob", "try");
    place.log(4, "ann", "bad");
    assert_eq!(told(&watch.round(now + MINUTE).unwrap()), ["single ann 4"]);
    assert!(told(&watch.round(now + 4 * MINUTE).unwrap()).is_empty());
    let later = told(&watch.round(now + 6 * MINUTE).unwrap());
    assert_eq!(later, ["hunt {\"user\":\"ann\",\"n\":2}", "many bob "]);
    // The same is not told again, though it is found again.
    place.log(5, "bob", "try");
    assert!(told(&watch.round(now + 20 * MINUTE).unwrap()).is_empty());
    // What is older than the window counts no more.
    place.log(200, "eve", "try");
    place.log(201, "eve", "try");
    place.log(10, "eve", "try");
    assert!(told(&watch.last_round(now + 21 * MINUTE).unwrap()).is_empty());
    let summary = watch.summary(Duration::ZERO);
    assert_eq!((summary.events, summary.hits, summary.findings["medium"]), (9, 2, 3));
}

#[test]
fn a_watch_that_ends_in_any_way_loses_nothing_and_tells_nothing_twice() {
    let (place, knowledge) = (Place::new(), Knowledge::load(&[], &Context::default()).0);
    let now = START + 24 * 60 * MINUTE;
    place.log(0, "ann", "bad");
    place.log(1, "bob", "try");
    place.log(2, "bob", "try");
    // Ended before it was given out: it is, by the next one.
    let mut watch = place.watch(&knowledge, true);
    assert_eq!(told(&watch.round(now).unwrap()), ["single ann 0", "hunt {\"user\":\"ann\",\"n\":1}"]);
    drop(watch);
    let mut watch = place.watch(&knowledge, true);
    assert_eq!(told(&watch.round(now).unwrap()), ["single ann 0"]);
    watch.given_out().unwrap();
    drop(watch);
    // What is new while nobody watches is found afterwards, with what is in the window from before.
    place.log(3, "bob", "try");
    place.log(4, "ann", "bad");
    let mut watch = place.watch(&knowledge, true);
    assert_eq!(
        told(&watch.round(now).unwrap()),
        ["single ann 4", "hunt {\"user\":\"ann\",\"n\":2}", "many bob "]
    );
    watch.given_out().unwrap();
    drop(watch);
    let mut watch = place.watch(&knowledge, true);
    assert!(told(&watch.last_round(now).unwrap()).is_empty());
    drop(watch);
    let (state, _) = State::read(&place.path("state")).unwrap();
    let counts: BTreeMap<String, u64> =
        state.findings().map(|kept| (kept.sighting.finding.title.clone(), kept.count)).collect();
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [("ann".to_owned(), 1), ("bob".to_owned(), 1)]);
}

#[test]
fn the_journal_may_be_behind_the_state() {
    let (place, knowledge) = (Place::new(), Knowledge::load(&[], &Context::default()).0);
    let now = START + 24 * 60 * MINUTE;
    place.log(0, "ann", "bad");
    let mut watch = place.watch(&knowledge, true);
    watch.round(now).unwrap();
    watch.given_out().unwrap();
    let before = std::fs::read(place.path("state/watch.json")).unwrap();
    place.log(1, "bob", "bad");
    let round = watch.round(now).unwrap();
    assert_eq!(told(&round)[0], "single bob 1");
    drop(watch);
    // Killed between keeping what was found and saying how far the files were read.
    let after: serde_json::Value =
        serde_json::from_slice(&std::fs::read(place.path("state/watch.json")).unwrap()).unwrap();
    let mut journal: serde_json::Value = serde_json::from_slice(&before).unwrap();
    journal["open"] = after["open"].clone();
    std::fs::write(place.path("state/watch.json"), journal.to_string()).unwrap();
    let mut watch = place.watch(&knowledge, true);
    let told = told(&watch.last_round(now).unwrap());
    assert_eq!(told.iter().filter(|line| line.starts_with("single")).collect::<Vec<_>>(), ["single bob 1"]);
    let (state, _) = State::read(&place.path("state")).unwrap();
    assert!(state.findings().all(|kept| kept.count == 1));
}
