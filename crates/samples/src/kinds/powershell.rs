//! What PowerShell writes: script blocks and pipeline details.

use super::{POWERSHELL_PIPELINE, POWERSHELL_SCRIPT_BLOCK};
use crate::event::{Event, Payload};
use crate::site::{HostId, Person, Site};
use crate::value::Value;

/// Words that make PowerShell log a script block as a warning even when nobody asked for script block logging;
/// a small part of its list.
const SUSPICIOUS: &[&str] =
    &["Invoke-Command", "DownloadString", "FromBase64String", "VirtualAlloc", "-EncodedCommand"];

/// A script and the places where PowerShell breaks it into several events.
pub(crate) struct Script {
    /// Its parts in order; one for all but long scripts.
    pub(crate) parts: Vec<String>,
    /// The file that it stands in, empty for one that was typed.
    pub(crate) path: &'static str,
}

impl Script {
    /// A script that somebody typed and that fits into one event.
    pub(crate) fn typed(text: impl Into<String>) -> Self {
        Self { parts: vec![text.into()], path: "" }
    }
}

/// The number of the PowerShell that runs on `host`, which is started if there is none.
fn engine(site: &mut Site, host: HostId, person: Person) -> u32 {
    let image = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
    let running = site.running(host, "\\powershell.exe");
    if running.image == image {
        return running.id;
    }
    let logon_id = site.host(host).logon_id;
    site.start(host, image.into(), format!("\"{image}\" ").into(), person.qualified().into(), logon_id).id
}

/// PowerShell 4104, one event a part.
pub(crate) fn script_block(site: &mut Site, host: HostId, person: Person, script: Script) -> Vec<Event> {
    // The id of a script block is text, without braces.
    let id = site.new_guid().to_string().trim_matches(['{', '}']).to_owned();
    let activity = site.new_guid();
    let process = engine(site, host, person);
    let total = script.parts.len() as i32;
    let warn = SUSPICIOUS.iter().any(|word| script.parts.iter().any(|part| part.contains(word)));
    let mut events = Vec::with_capacity(script.parts.len());
    for (number, part) in (1..).zip(script.parts) {
        let data = Payload::named([
            ("MessageNumber", Value::I32(number)),
            ("MessageTotal", Value::I32(total)),
            ("ScriptBlockText", part.into()),
            ("ScriptBlockId", id.clone().into()),
            ("Path", script.path.into()),
        ]);
        let mut event = site.event(host, &POWERSHELL_SCRIPT_BLOCK, data);
        event.level = if warn { 3 } else { event.level };
        event.process_id = process;
        event.activity_id = Some(activity);
        event.user = Some(person.sid());
        events.push(event);
    }
    events
}

/// PowerShell 4103: `command` ran with `parameters`.
pub(crate) fn pipeline(
    site: &mut Site,
    host: HostId,
    person: Person,
    (command, parameters): (&'static str, &'static str),
) -> Event {
    let (host_id, space) = (site.new_guid().to_string(), site.new_guid().to_string());
    let braces = ['{', '}'];
    let version = "5.1.22621.3958";
    let context = format!(
        "        Severity = Informational\r\n        Host Name = ConsoleHost\r\n        Host Version = {version}\r\n        \
         Host ID = {}\r\n        Host Application = C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\r\n        \
         Engine Version = {version}\r\n        Runspace ID = {}\r\n        Pipeline ID = {}\r\n        \
         Command Name = {command}\r\n        Command Type = Cmdlet\r\n        Script Name = \r\n        \
         Command Path = \r\n        Sequence Number = {}\r\n        User = {}\r\n        Connected User = \r\n        \
         Shell ID = Microsoft.PowerShell\r\n",
        host_id.trim_matches(braces),
        space.trim_matches(braces),
        site.random.between(2, 90),
        site.random.between(15, 400),
        person.qualified(),
    );
    let payload = format!("CommandInvocation({command}): \"{command}\"\r\n{parameters}");
    let data = Payload::named([
        ("ContextInfo", context.into()),
        ("UserData", "".into()),
        ("Payload", payload.into()),
    ]);
    let activity = site.new_guid();
    let process = engine(site, host, person);
    let mut event = site.event(host, &POWERSHELL_PIPELINE, data);
    event.activity_id = Some(activity);
    event.process_id = process;
    event.user = Some(person.sid());
    event
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::PEOPLE;

    #[test]
    fn parts_of_a_script_share_id_and_activity() {
        let mut site = Site::new(6, 1);
        let script = Script { parts: vec!["Get-".to_owned(), "Date".to_owned()], path: "" };
        let events = script_block(&mut site, 1, PEOPLE[1], script);
        assert_eq!(events.len(), 2);
        assert_eq!(events[0].data.get("ScriptBlockId"), events[1].data.get("ScriptBlockId"));
        assert_eq!(events[0].activity_id, events[1].activity_id);
        assert_eq!(events[1].data.get("MessageNumber"), Some(&Value::I32(2)));
        assert_eq!(events[1].data.get("MessageTotal"), Some(&Value::I32(2)));
        assert_eq!(events[0].data.get("Path"), Some(&"".into()));
        assert_eq!(events[0].level, 5);
    }

    #[test]
    fn suspicious_words_raise_the_level() {
        let mut site = Site::new(6, 1);
        let events = script_block(&mut site, 1, PEOPLE[1], Script::typed("Invoke-Command { hostname }"));
        assert_eq!(events[0].level, 3);
        assert_eq!(events[0].user, Some(PEOPLE[1].sid()));
    }

    #[test]
    fn a_pipeline_names_its_command() {
        let mut site = Site::new(6, 1);
        let parameters = "ParameterBinding(Get-Item): name=\"Path\"; value=\"C:\\\"\r\n";
        let event = pipeline(&mut site, 1, PEOPLE[1], ("Get-Item", parameters));
        let payload = event.data.get("Payload").map(ToString::to_string).unwrap();
        assert!(payload.starts_with("CommandInvocation(Get-Item): \"Get-Item\"\r\nParameterBinding"));
    }
}
