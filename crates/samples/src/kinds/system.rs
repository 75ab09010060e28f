//! What the service control manager and the task scheduler write.

use super::{
    SERVICE_INSTALLED, SERVICE_START_TYPE, SERVICE_STATE, TASK_ACTION_ENDED, TASK_ACTION_STARTED,
    TASK_REGISTERED,
};
use crate::event::{Event, Payload};
use crate::site::{HostId, Person, Site};
use crate::value::{Sid, Value};

/// System 7036: a service was started or stopped.
pub(crate) fn service_state(
    site: &mut Site,
    host: HostId,
    (display, name): (&'static str, &'static str),
    running: bool,
) -> Event {
    // The service's short name and its new state, as UTF-16 with a zero at the end.
    let state = if running { 4 } else { 1 };
    let bytes = format!("{name}/{state}\0").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let fields = vec![
        (Some("param1".into()), display.into()),
        (Some("param2".into()), if running { "running" } else { "stopped" }.into()),
    ];
    site.event(host, &SERVICE_STATE, Payload::EventData { name: None, fields, binary: Some(bytes) })
}

/// System 7040: a service will start another way from now on.
pub(crate) fn start_type(
    site: &mut Site,
    host: HostId,
    (display, name): (&'static str, &'static str),
    (from, to): (&'static str, &'static str),
) -> Event {
    let data = Payload::named([
        ("param1", display.into()),
        ("param2", from.into()),
        ("param3", to.into()),
        ("param4", name.into()),
    ]);
    let mut event = site.event(host, &SERVICE_START_TYPE, data);
    event.user = Some(Sid::LOCAL_SYSTEM);
    event
}

/// System 7045: `person` installed a service.
pub(crate) fn installed(site: &mut Site, host: HostId, person: Person, name: Value, command: Value) -> Event {
    let data = Payload::named([
        ("ServiceName", name),
        ("ImagePath", command),
        ("ServiceType", "user mode service".into()),
        ("StartType", "demand start".into()),
        ("AccountName", "LocalSystem".into()),
    ]);
    let mut event = site.event(host, &SERVICE_INSTALLED, data);
    event.user = Some(person.sid());
    event
}

/// `EventData` with the name of its template, as the scheduler writes it.
fn task_data(template: &'static str, fields: impl IntoIterator<Item = (&'static str, Value)>) -> Payload {
    let fields = fields.into_iter().map(|(name, value)| (Some(name.into()), value)).collect();
    Payload::EventData { name: Some(template.into()), fields, binary: None }
}

/// TaskScheduler 106: `person` registered a task.
pub(crate) fn task_registered(site: &mut Site, host: HostId, person: Person, task: &'static str) -> Event {
    let fields = [("TaskName", task.into()), ("UserContext", person.qualified().into())];
    site.event(host, &TASK_REGISTERED, task_data("TaskRegisteredEvent", fields))
}

/// TaskScheduler 200 and 201: a task ran.
pub(crate) fn task_run(
    site: &mut Site,
    host: HostId,
    task: &'static str,
    action: &'static str,
) -> [Event; 2] {
    let instance = site.new_guid();
    let engine = 4 * site.random.between(200, 3000) as u32;
    let start = [
        ("TaskName", task.into()),
        ("ActionName", action.into()),
        ("TaskInstanceId", instance.into()),
        ("EnginePID", engine.into()),
    ];
    let started = site.event(host, &TASK_ACTION_STARTED, task_data("ActionStart", start));
    let pause = site.random.between(50, 4000);
    site.wait(pause);
    let end = [
        ("TaskName", task.into()),
        ("TaskInstanceId", instance.into()),
        ("ActionName", action.into()),
        ("ResultCode", 0_u32.into()),
        ("EnginePID", engine.into()),
    ];
    let ended = site.event(host, &TASK_ACTION_ENDED, task_data("ActionSuccess", end));
    [started, ended]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::PEOPLE;
    use crate::xml;

    #[test]
    fn a_state_is_repeated_in_binary() {
        let mut site = Site::new(8, 1);
        let event = service_state(&mut site, 1, ("Windows Error Reporting Service", "WerSvc"), true);
        let text = xml::to_string(&event);
        // As recorded by Windows for this service.
        assert!(text.contains("<Binary>5700650072005300760063002F0034000000</Binary>"), "{text}");
        assert!(text.contains("<EventID Qualifiers='16384'>7036</EventID>"), "{text}");
    }

    #[test]
    fn the_two_events_of_a_run_share_their_instance() {
        let mut site = Site::new(8, 1);
        let [started, ended] = task_run(&mut site, 1, "\\Demo", "C:\\a.exe");
        assert_eq!(started.data.get("TaskInstanceId"), ended.data.get("TaskInstanceId"));
        assert!(xml::to_string(&ended).contains("<EventData Name='ActionSuccess'>"));
        assert!(started.time < ended.time);
    }

    #[test]
    fn services_are_installed_in_somebodys_name() {
        let mut site = Site::new(8, 1);
        let event = installed(&mut site, 0, PEOPLE[0], "Demo".into(), "C:\\a.exe".into());
        assert_eq!(event.user, Some(PEOPLE[0].sid()));
        let changed = start_type(&mut site, 0, ("BITS", "BITS"), ("auto start", "demand start"));
        assert_eq!(changed.data.get("param4"), Some(&"BITS".into()));
        let registered = task_registered(&mut site, 0, PEOPLE[0], "\\Demo");
        assert_eq!(registered.data.get("UserContext"), Some(&"HARBOR\\adm-lund".into()));
    }
}
