#![allow(clippy::disallowed_methods)]

use super::segment::Step;
use super::*;
use crate::record::{Entity, Finding, RuleRef};
use crate::risk::Annotations;
use grotto_events::ReadOptions;
use std::collections::BTreeMap;
use std::sync::Arc;

fn sighting(id: &str, last: &str) -> Sighting {
    let rule = RuleRef {
        id: "r".into(),
        name: "Rule".into(),
        kind: "TTP".into(),
        severity: "high".into(),
        mitre_attack_id: vec!["T1112".into()],
    };
    let entity = Entity { field: "dest".into(), kind: "system".into(), value: serde_json::json!("h") };
    let finding = Finding {
        id: id.into(),
        rule,
        title: format!("{id} at {last}"),
        entity,
        score: 50,
        first_time: Some(last.into()),
        last_time: Some(last.into()),
        info_min_time: None,
        info_max_time: None,
        fired: None,
        joined_script_block: false,
        seen: None,
        threat_objects: Vec::new(),
        row: serde_json::json!({"dest": "h", "u": ["a", "ü\n\""]}).as_object().cloned().unwrap(),
        drilldowns: Vec::new(),
    };
    let annotations = Annotations { search_name: "ESCU - Rule - Rule".into(), ..Annotations::default() };
    Sighting { intermediate: false, finding, annotations: Arc::new(annotations) }
}

/// Id and count of every finding, and how many diagnostics there are.
fn content(folder: &Path) -> (BTreeMap<String, u64>, usize) {
    let (state, problems) = State::read(folder).unwrap();
    (state.findings().map(|k| (k.sighting.finding.id.clone(), k.count)).collect(), problems.len())
}

fn counts(of: &[(&str, u64)]) -> BTreeMap<String, u64> {
    of.iter().map(|(id, count)| ((*id).to_owned(), *count)).collect()
}

fn commit(folder: &Path, ids: &[(&str, &str)]) {
    let (mut state, problems) = State::open(folder).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    state.add(ids.iter().map(|(id, last)| sighting(id, last)));
    state.commit().unwrap();
}

const T1: &str = "2024-01-01T00:00:00Z";
const T2: &str = "2024-01-01T00:00:00.5Z";
const T3: &str = "2024-01-02T00:00:00Z";

#[test]
fn a_state_in_memory_counts_as_well() {
    let mut state = State::volatile();
    state.add([sighting("a", T1), sighting("a", T2)]);
    assert_eq!((state.seen("a"), state.findings().count()), (Some(2), 0));
    state.commit().unwrap();
    assert_eq!((state.seen("a"), state.findings().count()), (Some(2), 1));
}

#[test]
fn the_same_finding_is_counted_and_its_times_widen() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), &[("a", T2), ("b", T2), ("a", T1)]);
    commit(folder.path(), &[("a", T3), ("c", T1)]);
    let (state, _) = State::read(folder.path()).unwrap();
    assert_eq!(content(folder.path()).0, counts(&[("a", 3), ("b", 1), ("c", 1)]));
    let a = &state.find("A").unwrap().sighting.finding;
    assert_eq!((a.first_time.as_deref(), a.last_time.as_deref()), (Some(T1), Some(T3)));
    assert_eq!(a.title, format!("a at {T3}"));
    assert_eq!(a.row, sighting("a", T3).finding.row);
    assert_eq!(state.seen("a"), Some(3));
    assert_eq!(state.seen("x"), None);
    let mut events = 0;
    state.risk().read(&ReadOptions::default(), &mut |batch| events += batch.rows());
    assert_eq!(events, 3);
}

#[test]
fn findings_are_found_by_the_start_of_their_id() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), &[("ab1", T1), ("ab2", T1)]);
    let (state, _) = State::read(folder.path()).unwrap();
    for (start, expected) in [
        ("ab1", Ok("ab1")),
        ("ab", Err("state/several-findings")),
        ("", Err("state/no-finding")),
        ("c", Err("state/no-finding")),
    ] {
        let found = state.find(start).map(|kept| kept.sighting.finding.id.as_str()).map_err(|e| e.slug);
        assert_eq!(found, expected, "{start}");
    }
}

#[test]
fn a_second_writer_is_kept_out_and_readers_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = State::open(folder.path()).unwrap();
    assert_eq!(State::open(folder.path()).unwrap_err().slug, "state/locked");
    let (mut reader, _) = State::read(folder.path()).unwrap();
    reader.add([sighting("a", T1)]);
    assert_eq!(reader.commit().unwrap_err().slug, "state/unwritable");
    drop(first);
    assert!(State::open(folder.path()).is_ok());
    assert_eq!(State::read(&folder.path().join("none")).unwrap_err().slug, "input/unreadable");
}

/// Every step of every write, those of compaction included, fails once. What was committed before is always there, and
/// what was being written is there as a whole or not at all.
#[test]
fn whatever_step_fails_nothing_that_was_committed_is_lost() {
    let mut failures = 0;
    for before in [1, MANY - 1] {
        let base = tempfile::tempdir().unwrap();
        for number in 0..before {
            commit(base.path(), &[(&format!("old{number}"), T1)]);
        }
        for fail_at in 0.. {
            let folder = tempfile::tempdir().unwrap();
            for file in std::fs::read_dir(base.path()).unwrap().filter_map(Result::ok) {
                std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
            }
            let (mut state, _) = State::open(folder.path()).unwrap();
            let old = content(folder.path()).0;
            state.add([sighting("new1", T1), sighting("new2", T1), sighting("old0", T2)]);
            let (mut step, mut reached) = (0, None);
            let ended = state.commit_with(&mut |at| {
                step += 1;
                if step > fail_at {
                    reached = reached.or(Some(at));
                    return Err(std::io::Error::other("killed"));
                }
                Ok(())
            });
            // The process is gone; what it left is all there is.
            drop(state);
            let (now, damaged) = content(folder.path());
            assert_eq!(damaged, 0, "{before} {fail_at}");
            let mut whole = old.clone();
            whole.extend(counts(&[("new1", 1), ("new2", 1), ("old0", 2)]));
            assert!(
                now == whole || (ended.is_err() && now == old),
                "{before} {fail_at} {reached:?}: {now:?}"
            );
            if reached == Some(Step::Renamed) {
                assert_eq!(now, whole);
            }
            // It goes on from there, and the rest of the failed write is gone.
            commit(folder.path(), &[("later", T1)]);
            let mut later = now.clone();
            later.insert("later".into(), 1);
            assert_eq!(content(folder.path()).0, later);
            let rest = std::fs::read_dir(folder.path()).unwrap().filter_map(Result::ok);
            assert!(!rest.map(|e| e.file_name()).any(|name| name.to_string_lossy().ends_with(".tmp")));
            if reached.is_none() {
                break;
            }
            failures += 1;
        }
    }
    assert!(failures > 40, "{failures}");
}

#[test]
fn many_segments_become_one() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..MANY + 3 {
        commit(folder.path(), &[("a", T1), (&format!("b{number}"), T1)]);
    }
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(files < 8, "{files}");
    let (now, _) = content(folder.path());
    assert_eq!((now["a"], now.len()), (MANY as u64 + 3, MANY + 4));
}

#[test]
fn a_segment_cut_anywhere_keeps_what_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), &[("a", T1)]);
    commit(folder.path(), &[("b", T1), ("c", T1)]);
    let path = folder.path().join("segment-00000002.jsonl");
    let whole = std::fs::read(&path).unwrap();
    let mut seen = Vec::new();
    for cut in 0..whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let (now, problems) = content(folder.path());
        assert_eq!(problems, 1, "{cut}");
        assert!(now.contains_key("a"));
        seen.push(now.len());
    }
    assert!(seen.is_sorted() && seen.first() == Some(&1) && seen.last() == Some(&3), "{seen:?}");
}

#[test]
fn a_flipped_bit_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), &[("a", T1), ("b", T1)]);
    let path = folder.path().join("segment-00000001.jsonl");
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        std::fs::write(&path, &bytes).unwrap();
        let (now, problems) = content(folder.path());
        assert_eq!(problems, 1, "{at}");
        assert!(now.len() <= 2);
    }
    std::fs::write(&path, b"not a state\n").unwrap();
    assert_eq!(content(folder.path()), (BTreeMap::new(), 1));
}

#[test]
fn another_form_of_the_state_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let json = r#"{"state":{"version":2,"replaces":0}}"#;
    let line = format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()));
    std::fs::write(folder.path().join("segment-00000001.jsonl"), line).unwrap();
    assert_eq!(State::read(folder.path()).unwrap_err().slug, "state/not-a-state");
}
