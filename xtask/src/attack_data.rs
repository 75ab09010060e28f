//! `cargo xtask attack-data`: logs where the tests of a folder of rules look for theirs, to measure `grotto test` by.
//!
//! The logs hold ordinary days with the samples' own attacks in them, not the attacks that the rules are about: time and
//! memory are what can be measured with them.

use clap::Args;
use grotto_content::Content;
use grotto_samples::event::Event;
use grotto_samples::random::Random;
use grotto_samples::stream::Stream;
use grotto_samples::{classic, xml};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Sizes of the public dataset's logs, in bytes, from and to.
const SIZES: (f64, f64) = (5e3, 5e6);
/// Events that are looked at to fill the pools.
const EVENTS: usize = 600_000;
/// A pool is as large as the largest log, and a little more.
const POOL: usize = 6_000_000;
/// About how many events there are to one attack.
const ATTACK_EVERY: u64 = 400;

/// For which rules, and where to.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder of rules.
    #[arg(long)]
    rules: PathBuf,
    /// The folder to write to, for `grotto test --attack-data`.
    #[arg(long)]
    out: PathBuf,
    /// The seed: the same seed gives the same logs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Writes the logs and says how many there are.
///
/// # Errors
/// What the file system says, with the path.
pub(crate) fn run(options: &Options) -> io::Result<String> {
    let (content, _) = Content::load(std::slice::from_ref(&options.rules));
    let wanted = wanted(&content);
    let mut pools: BTreeMap<&Form, Pool> = wanted.values().map(|form| (form, Pool::default())).collect();
    fill(&mut pools, options.seed);
    let mut random = Random::new(options.seed);
    let mut bytes = 0;
    for (path, form) in &wanted {
        let size = size(&mut random);
        let start = random.bits();
        let Some(pool) = pools.get(form) else { continue };
        let log = pool.log(start, size);
        bytes += log.len();
        write(&options.out.join("datasets").join(path), log.as_bytes())?;
    }
    Ok(format!("{} logs, {bytes} bytes in {}", wanted.len(), options.out.display()))
}

/// How the events of a log are chosen and written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    /// Their channel; any for a channel that the samples don't have.
    channel: Option<String>,
    /// Whether they are classic text instead of XML.
    classic: bool,
}

/// The Windows logs that tests name by web addresses: path below `datasets/`, and form.
fn wanted(content: &Content) -> BTreeMap<PathBuf, Form> {
    let data = content.detections.iter().flat_map(|d| &d.tests).flat_map(|test| &test.attack_data);
    let mut wanted = BTreeMap::new();
    for item in data {
        let (Some(source), Some((_, path))) = (&item.source, item.data.split_once("/datasets/")) else {
            continue;
        };
        let path = PathBuf::from(path);
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            continue;
        }
        let lower = source.to_ascii_lowercase();
        let (classic, xml) = (lower.strip_prefix("wineventlog:"), lower.strip_prefix("xmlwineventlog:"));
        if let Some(channel) = classic.or(xml) {
            let known = ["security", "system"].contains(&channel)
                || ["sysmon", "powershell", "taskscheduler", "windows defender"]
                    .iter()
                    .any(|name| channel == format!("microsoft-windows-{name}/operational"));
            let channel = known.then(|| channel.to_owned());
            wanted.entry(path).or_insert(Form { channel, classic: classic.is_some() });
        }
    }
    wanted
}

/// A size, all magnitudes alike.
fn size(random: &mut Random) -> usize {
    let part = random.below(1 << 20) as f64 / f64::from(1 << 20);
    (SIZES.0 * (SIZES.1 / SIZES.0).powf(part)) as usize
}

/// Events of one form, written.
#[derive(Default)]
struct Pool {
    events: Vec<String>,
    bytes: usize,
}

impl Pool {
    /// Events from one of them on, the first again after the last, until there are so many bytes.
    fn log(&self, start: u64, size: usize) -> String {
        let mut log = String::with_capacity(size + 4096);
        let start = (start % (self.events.len().max(1) as u64)) as usize;
        for event in self.events.iter().cycle().skip(start) {
            log.push_str(event);
            if log.len() >= size {
                break;
            }
        }
        log
    }
}

fn fill(pools: &mut BTreeMap<&Form, Pool>, seed: u64) {
    for event in Stream::new(seed, 20).with_attacks(ATTACK_EVERY).take(EVENTS) {
        let mut full = true;
        for (form, pool) in pools.iter_mut() {
            if pool.bytes >= POOL {
                continue;
            }
            full = false;
            if let Some(text) = form.text(&event) {
                pool.bytes += text.len();
                pool.events.push(text);
            }
        }
        if full {
            return;
        }
    }
}

impl Form {
    /// The event as it stands in such a log; `None` when it does not.
    fn text(&self, event: &Event) -> Option<String> {
        if self.channel.as_ref().is_some_and(|channel| !event.channel.eq_ignore_ascii_case(channel)) {
            return None;
        }
        if self.classic { classic::to_string(event) } else { Some(xml::to_string(event) + "\n") }
    }
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(named)?;
    }
    fs::write(path, content).map_err(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "name: n\nid: i\nversion: 1\ntype: Hunting\nsearch: a=1\ntests:\n    - name: t\n      attack_data:\n\
        \x20       - {data: 'https://media.githubusercontent.com/media/splunk/attack_data/master/datasets/a/sysmon.log', \
        source: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', sourcetype: XmlWinEventLog}\n\
        \x20       - {data: 'https://example.com/datasets/a/security.log', source: 'WinEventLog:Security'}\n\
        \x20       - {data: 'https://example.com/datasets/../up.log', source: 'WinEventLog:Security'}\n\
        \x20       - {data: 'https://example.com/datasets/cloud.json', source: aws_cloudtrail}\n";

    #[test]
    fn logs_lie_where_rules_look_for_them() {
        let folder = tempfile::tempdir().unwrap();
        let (rules, out) = (folder.path().join("rules"), folder.path().join("out"));
        fs::create_dir(&rules).unwrap();
        fs::write(rules.join("n.yml"), RULE).unwrap();
        let report = run(&Options { rules, out: out.clone(), seed: 1 }).unwrap();
        assert!(report.starts_with("2 logs, "), "{report}");
        let length = |name: &str| out.join("datasets/a").join(name).metadata().unwrap().len();
        for name in ["sysmon.log", "security.log"] {
            assert!((5_000..5_100_000).contains(&length(name)), "{name}: {}", length(name));
        }
        assert!(!out.join("up.log").exists() && !folder.path().join("up.log").exists());
    }

    #[test]
    fn sizes_are_of_all_magnitudes() {
        let mut random = Random::new(3);
        let sizes: Vec<usize> = (0..1000).map(|_| size(&mut random)).collect();
        assert!(sizes.iter().all(|size| (5_000..=5_000_000).contains(size)));
        let small = sizes.iter().filter(|size| **size < 50_000).count();
        assert!((250..420).contains(&small), "{small}");
    }
}
