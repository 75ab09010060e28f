//! Small content for tests: a few files that nothing is wrong with, and keys that replace theirs.

use crate::{Input, Report, Severities, lints, run};
use grotto_content::Content;
use grotto_engine::Context;
use grotto_knowledge::Knowledge;
use std::collections::BTreeMap;

const RULE: &str = "name: A Rule
id: 2276d50e-96d8-4d53-819e-a79a0928a914
version: 1
creation_date: '2026-01-01'
modification_date: '2026-01-02'
author: Jane Doe
status: production
type: TTP
description: Finds a thing.
data_source:
    - Some Source
search: '`some_source` EventCode=1 | stats count by dest user | `STEM_filter`'
how_to_implement: Collect the log.
known_false_positives: Administrators.
references:
    - https://example.com/thing
drilldown_searches:
    - name: What it found
      search: '%original_detection_search%'
      earliest_offset: $info_min_time$
      latest_offset: $info_max_time$
    - name: Risk of $dest$
      search: '| from datamodel Risk.All_Risk | search dest=\"$dest$\"'
      earliest_offset: 7d
      latest_offset: '0'
finding:
    title: On $dest$
    entity:
        field: dest
        type: system
        score: 50
analytic_story:
    - A Story
asset_type: Endpoint
mitre_attack_id:
    - T1059.001
product:
    - Splunk Enterprise
    - Splunk Enterprise Security
    - Splunk Cloud
category: endpoint
security_domain: endpoint
tests:
    - name: It fires
      attack_data:
        - data: ../a.log
          source: some
          sourcetype: thing
      test_type: unit
";

const OLDER: &str = "name: A Rule
id: 2276d50e-96d8-4d53-819e-a79a0928a914
version: 1
date: '2025-01-01'
author: Jane Doe
status: production
type: TTP
description: Finds a thing.
data_source:
    - Some Source
search: '`some_source` EventCode=1 | stats count by dest user | `STEM_filter`'
how_to_implement: Collect the log.
known_false_positives: Administrators.
references:
    - https://example.com/thing
drilldown_searches:
    - name: What it found
      search: '%original_detection_search%'
      earliest_offset: $info_min_time$
      latest_offset: $info_max_time$
    - name: Risk of $dest$
      search: '| from datamodel Risk.All_Risk | search dest=\"$dest$\"'
      earliest_offset: 7d
      latest_offset: '0'
rba:
    message: On $dest$
    risk_objects:
        - field: dest
          type: system
          score: 50
    threat_objects: []
tags:
    analytic_story:
        - A Story
    asset_type: Endpoint
    mitre_attack_id:
        - T1059.001
    product:
        - Splunk Enterprise
        - Splunk Enterprise Security
        - Splunk Cloud
    security_domain: endpoint
tests:
    - name: It fires
      attack_data:
        - data: ../a.log
          source: some
          sourcetype: thing
";

const FIXED: &[(&str, &str)] = &[
    ("macros/some_source.yml", "name: some_source\ndefinition: sourcetype=thing\ndescription: The log.\n"),
    ("lookups/some_table.yml", "name: some_table\nfilename: some_table.csv\ndescription: Users.\n"),
    ("lookups/some_table.csv", "dest,user,role\nsrv,ann,admin\n"),
    (
        "data_sources/some_source.yml",
        "name: Some Source\nid: 9f3c2b1a-1d2e-4c3b-8a4d-5e6f70819203\nversion: 1\ncreation_date: '2026-01-01'\n\
         modification_date: '2026-01-01'\nauthor: Jane Doe\ndescription: A log.\nsource: some\nsourcetype: thing\n\
         fields: [dest, user, Image, EventCode, a, b, c, host]\noutput_fields: [dest]\n",
    ),
    (
        "stories/a_story.yml",
        "name: A Story\nid: 8f3c2b1a-1d2e-4c3b-8a4d-5e6f70819203\nversion: 1\ncreation_date: '2026-01-01'\n\
         modification_date: '2026-01-01'\nauthor: Jane Doe\ndescription: What happens.\nnarrative: It happens.\n\
         category: [Malware]\nusecase: Advanced Threat Detection\n",
    ),
];

/// The keys at the top of a file with their text, in order.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let key =
            line.split(':').next().filter(|key| !key.starts_with([' ', '-', '#']) && line.contains(':'));
        match (key, out.last_mut()) {
            (Some(key), _) => out.push((key.to_owned(), line.to_owned())),
            (None, Some((_, block))) => block.push_str(line),
            (None, None) => {}
        }
    }
    out
}

/// A rule with some keys replaced, where they stand in the base or, new ones, where they usually stand. Keys that are
/// written in another order than in the base stay in theirs.
fn merged(base: &str, keys: &str) -> String {
    let keys = format!("{}\n", keys.trim_matches('\n'));
    let (mut base, mut waiting) = (blocks(base), blocks(&keys));
    let order = |key: &str| lints::KEY_ORDER.iter().position(|known| *known == key).unwrap_or(usize::MAX);
    for (key, _) in &waiting {
        if !base.iter().any(|(k, _)| k == key) {
            let at = base.iter().position(|(k, _)| order(k) > order(key)).unwrap_or(base.len());
            base.insert(at, (key.clone(), String::new()));
        }
    }
    let replaced: Vec<String> = waiting.iter().map(|(key, _)| key.clone()).collect();
    let mut out = String::new();
    for (key, block) in base {
        if let Some(at) = waiting.iter().position(|(k, _)| *k == key) {
            waiting.drain(..=at).for_each(|(_, block)| out.push_str(&block));
        } else if !replaced.contains(&key) {
            out.push_str(&block);
        }
    }
    out
}

/// The files that an example stands for. `# file: path` begins another one, `# generation: 2` asks for an older rule.
pub(crate) fn files(example: &str) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> =
        FIXED.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let mut parts: Vec<(Option<String>, String)> = vec![(None, String::new())];
    for line in example.split_inclusive('\n') {
        match line.strip_prefix("# file: ") {
            Some(path) => parts.push((Some(path.trim().to_owned()), String::new())),
            None => parts.last_mut().unwrap().1.push_str(line),
        }
    }
    let mut detections = 0;
    for (path, text) in parts {
        if path.as_ref().is_some_and(|path| !path.starts_with("detections/")) {
            files.insert(path.unwrap(), text);
            continue;
        }
        if path.is_none() && text.trim().is_empty() && example.contains("# file: detections/") {
            continue;
        }
        let base = if text.contains("# generation: 2") { OLDER } else { RULE };
        let merged = merged(base, &text);
        let name = merged.lines().find_map(|line| line.strip_prefix("name: ")).unwrap();
        let stem = lints::stem(name);
        let path = path.unwrap_or_else(|| format!("detections/endpoint/{stem}.yml"));
        let own = path.rsplit('/').next().unwrap().trim_end_matches(".yml");
        files.insert(path.clone(), merged.replace("STEM", own));
        detections += 1;
    }
    assert!(detections > 0);
    files
}

/// Runs every lint over files.
pub(crate) fn lint(files: &BTreeMap<String, String>) -> Report {
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (content, loaded) = Content::embedded(&files);
    let context = Context::default();
    let (knowledge, said) = Knowledge::load(&[], &context);
    assert!(said.is_empty(), "{said:?}");
    let context = Context { lookups: knowledge.lookups(&content), ..context };
    let macros = grotto_detect::macros::table(&content, &knowledge);
    let input = Input {
        content: &content,
        loaded: &loaded,
        macros: &macros,
        knowledge: &knowledge,
        context: &context,
        scope: &[],
    };
    run(&input, &Severities::default())
}

/// The slugs that an example fires.
pub(crate) fn slugs(example: &str) -> Vec<&'static str> {
    lint(&files(example)).diagnostics.iter().map(|d| d.slug).collect()
}
