//! The samples that the project ships in `examples/`.
//!
//! Each folder is one story: a stretch of background with its attacks, told by the logs of its machines.

use crate::attacks::Attack;
use crate::background;
use crate::event::Event;
use crate::evtx;
use crate::kinds::Channel;
use crate::site::{HostId, Site};
use crate::xml::{Encoding, Lines, XmlWriter};
use std::io;

/// The seed of the samples in the repository.
pub const SEED: u64 = 20_260_302;

/// A file of the samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFile {
    /// Its path inside the folder of samples, with `/`.
    pub path: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// How a log is stored.
#[derive(Clone, Copy)]
enum Form {
    Evtx,
    Xml(Encoding, Lines),
}

/// Plain XML, as Splunk stores it.
const XML: Form = Form::Xml(Encoding::Utf8, Lines::OneEvent);

/// A log of one machine.
struct Log {
    name: &'static str,
    host: HostId,
    channel: Channel,
    form: Form,
}

const fn log(name: &'static str, host: HostId, channel: Channel, form: Form) -> Log {
    Log { name, host, channel, form }
}

/// A folder of logs.
struct Story {
    folder: &'static str,
    /// Things that happen before, between and after the attacks.
    actions: usize,
    attacks: &'static [&'static str],
    logs: &'static [Log],
}

const STORIES: &[Story] = &[
    Story {
        folder: "lateral-movement",
        actions: 240,
        attacks: &["winrm", "rdp-loopback", "weak-tickets", "winrm-split", "share-task", "share-service"],
        logs: &[
            log("workstation-powershell.evtx", Site::WORKSTATION, Channel::PowerShell, Form::Evtx),
            log("workstation-security.xml", Site::WORKSTATION, Channel::Security, XML),
            log("dc-security.evtx", Site::DC, Channel::Security, Form::Evtx),
            log("dc-system.xml", Site::DC, Channel::System, XML),
        ],
    },
    Story {
        folder: "intrusion",
        actions: 150,
        attacks: &[
            "compiler",
            "script-connection",
            "long-command",
            "keystrokes",
            "archive",
            "linux-read",
            "network-provider",
            "sysvol-script",
            "history",
        ],
        logs: &[
            log("workstation-sysmon.evtx", Site::WORKSTATION, Channel::Sysmon, Form::Evtx),
            log("workstation-security.xml", Site::WORKSTATION, Channel::Security, XML),
            log("workstation-powershell.xml", Site::WORKSTATION, Channel::PowerShell, XML),
            log("dc-sysmon.evtx", Site::DC, Channel::Sysmon, Form::Evtx),
        ],
    },
    Story {
        folder: "benign",
        actions: 150,
        attacks: &[],
        logs: &[
            log("workstation-sysmon.evtx", Site::WORKSTATION, Channel::Sysmon, Form::Evtx),
            log(
                "workstation-security-utf16.xml",
                Site::WORKSTATION,
                Channel::Security,
                Form::Xml(Encoding::Utf16Le, Lines::OneElement),
            ),
            log(
                "workstation-powershell.xml",
                Site::WORKSTATION,
                Channel::PowerShell,
                Form::Xml(Encoding::Utf8Bom, Lines::OneElement),
            ),
            log("workstation-taskscheduler.xml", Site::WORKSTATION, Channel::TaskScheduler, XML),
            log("dc-security.evtx", Site::DC, Channel::Security, Form::Evtx),
            log("dc-system.xml", Site::DC, Channel::System, XML),
        ],
    },
];

/// All samples for `seed`, in order of their stories.
///
/// # Errors
/// `InvalidInput` if an event did not fit into EVTX, which no seed brings about.
pub fn files(seed: u64) -> io::Result<Vec<ExampleFile>> {
    let mut files = Vec::new();
    for (index, story) in STORIES.iter().enumerate() {
        let (site, events) = tell(story, seed.wrapping_add(index as u64));
        for log in story.logs {
            let of_log = |event: &&Event| {
                event.channel == log.channel.name() && event.computer == site.host(log.host).fqdn
            };
            let path = format!("{}/{}", story.folder, log.name);
            files.push(ExampleFile { path, content: store(events.iter().filter(of_log), log.form)? });
        }
    }
    Ok(files)
}

/// Plays a story: an attack after each stretch of background.
fn tell(story: &Story, seed: u64) -> (Site, Vec<Event>) {
    let mut site = Site::new(seed, 1);
    let mut events = Vec::new();
    let stretch = story.actions / (story.attacks.len() + 1);
    let mut attacks = story.attacks.iter().filter_map(|name| Attack::named(name));
    loop {
        for _ in 0..stretch {
            let host = if site.random.chance(350) { Site::DC } else { Site::WORKSTATION };
            background::act(&mut site, host, &mut events);
        }
        let Some(attack) = attacks.next() else { return (site, events) };
        let host = if attack.on_dc { Site::DC } else { Site::WORKSTATION };
        attack.play(&mut site, host, &mut events);
    }
}

fn store<'a>(events: impl Iterator<Item = &'a Event>, form: Form) -> io::Result<Vec<u8>> {
    match form {
        Form::Evtx => evtx::to_bytes(events),
        Form::Xml(encoding, lines) => {
            let mut writer = XmlWriter::new(Vec::new(), encoding, lines)?;
            events.into_iter().try_for_each(|event| writer.write(event))?;
            writer.finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attacks;

    #[test]
    fn the_samples_stay_small_and_none_is_empty() {
        let files = files(SEED).unwrap();
        let total: usize = files.iter().map(|file| file.content.len()).sum();
        let sizes: Vec<_> = files.iter().map(|file| (&file.path, file.content.len())).collect();
        assert!(total < 1_000_000, "{total}: {sizes:?}");
        assert!(files.iter().all(|file| file.content.len() > 1000), "{sizes:?}");
    }

    #[test]
    fn every_attack_is_in_a_story() {
        for attack in attacks::ALL {
            assert!(STORIES.iter().any(|story| story.attacks.contains(&attack.name)), "{}", attack.name);
        }
        let names = STORIES.iter().flat_map(|story| story.attacks);
        assert!(names.into_iter().all(|name| Attack::named(name).is_some()));
    }

    #[test]
    fn another_seed_gives_other_samples() {
        assert_eq!(files(1).unwrap(), files(1).unwrap());
        assert_ne!(files(1).unwrap(), files(2).unwrap());
    }
}
