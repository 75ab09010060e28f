//! Into a machine, looking around, staying, and hiding the traces.

use super::Attack;
use crate::event::Event;
use crate::kinds::powershell::Script;
use crate::kinds::sysmon::Connection;
use crate::kinds::{powershell, security, sysmon};
use crate::site::{HostId, Process, Site};
use crate::value::Text;
use std::sync::Arc;

/// Starts a program in the name of the machine's user, with the events that tell of it.
fn run(
    site: &mut Site,
    host: HostId,
    parent: &Process,
    (image, command): (&'static str, Text),
    events: &mut Vec<Event>,
) -> Arc<Process> {
    let (user, logon_id) = (site.host(host).owner.qualified(), site.host(host).logon_id);
    let process = site.start(host, image.into(), command, user.into(), logon_id);
    events.push(sysmon::process_create(site, host, &process, parent));
    events.push(security::process_created(site, host, &process, parent));
    site.wait(120);
    process
}

/// The script that a mail brought, running.
fn mailed_script(site: &mut Site, host: HostId, events: &mut Vec<Event>) -> Arc<Process> {
    let parent = site.running(host, "\\explorer.exe");
    let path = format!("C:\\Users\\{}\\Downloads\\invoice.js", site.host(host).owner.name);
    let command = format!("\"C:\\Windows\\System32\\WScript.exe\" \"{path}\" ");
    run(site, host, &parent, ("C:\\Windows\\System32\\wscript.exe", command.into()), events)
}

/// A script has the C# compiler build its next stage.
pub(super) const COMPILER: Attack = Attack {
    name: "compiler",
    rules: &["compiler_started_by_office_or_script_host"],
    on_dc: false,
    play: |site, host, events| {
        let script = mailed_script(site, host, events);
        let image = "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe";
        let name = site.random.hex(6);
        let command = format!("\"{image}\" /noconfig /fullpaths @\"C:\\Users\\Public\\{name}.cmdline\"");
        run(site, host, &script, (image, command.into()), events);
        events.push(sysmon::file_create(
            site,
            host,
            &script,
            format!("C:\\Users\\Public\\{name}.dll").into(),
        ));
    },
};

/// A script speaks with a server on a port that no browser uses.
pub(super) const SCRIPT_CONNECTION: Attack = Attack {
    name: "script-connection",
    rules: &["script_host_connects_out_on_uncommon_port"],
    on_dc: false,
    play: |site, host, events| {
        let script = mailed_script(site, host, events);
        for _ in 0..3 {
            let server = Connection {
                initiated: true,
                protocol: "tcp",
                ip: "203.0.113.77".into(),
                name: "-".into(),
                port: 4444,
            };
            events.push(sysmon::connection(site, host, &script, &server));
            site.wait(5000);
        }
    },
};

/// A script hides what it does in a command line that nobody reads.
pub(super) const LONG_COMMAND: Attack = Attack {
    name: "long-command",
    rules: &["very_long_command_line_from_script_host_or_shell"],
    on_dc: false,
    play: |site, host, events| {
        let script = mailed_script(site, host, events);
        let code = site.random.hex(2400);
        let command = format!("powershell.exe -NoProfile -WindowStyle Hidden -EncodedCommand {code}");
        let image = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
        run(site, host, &script, (image, command.into()), events);
    },
};

/// A script block watches the keyboard.
pub(super) const KEYSTROKES: Attack = Attack {
    name: "keystrokes",
    rules: &["keystroke_polling_in_powershell_script_block"],
    on_dc: false,
    play: |site, host, events| {
        let person = site.host(host).owner;
        let text = "$api = Add-Type -PassThru -Name Keys -MemberDefinition '[DllImport(\"user32.dll\")] \
                    public static extern short GetAsyncKeyState(int key);'\r\n\
                    while ($true) { 8..254 | ForEach-Object { $api::GetAsyncKeyState($_) } }";
        events.extend(powershell::script_block(site, host, person, Script::typed(text)));
    },
};

/// Everything that people keep goes into an archive with a password.
pub(super) const ARCHIVE: Attack = Attack {
    name: "archive",
    rules: &["password_protected_archive_of_user_folders"],
    on_dc: false,
    play: |site, host, events| {
        let parent = site.running(host, "\\explorer.exe");
        let command = format!(
            "\"C:\\Program Files\\7-Zip\\7z.exe\" a -pTideIsHigh -mhe=on C:\\ProgramData\\logs.7z \"C:\\Users\\{}\\Documents\"",
            site.host(host).owner.name
        );
        let zip = run(site, host, &parent, ("C:\\Program Files\\7-Zip\\7z.exe", command.into()), events);
        events.push(sysmon::file_create(site, host, &zip, "C:\\ProgramData\\logs.7z".into()));
    },
};

/// The Linux subsystem reads what Windows programs may not.
pub(super) const LINUX_READ: Attack = Attack {
    name: "linux-read",
    rules: &["linux_subsystem_reads_windows_credential_files"],
    on_dc: false,
    play: |site, host, events| {
        let parent = site.running(host, "\\explorer.exe");
        let command = "wsl.exe -e cp /mnt/c/Windows/System32/config/SAM /mnt/c/Users/Public/tide.bin";
        run(site, host, &parent, ("C:\\Windows\\System32\\wsl.exe", command.into()), events);
    },
};

/// A library that is told every password at logon.
pub(super) const NETWORK_PROVIDER: Attack = Attack {
    name: "network-provider",
    rules: &["network_logon_provider_library_registered"],
    on_dc: true,
    play: |site, host, events| {
        let process = site.running(host, "\\svchost.exe");
        let library = "C:\\Windows\\System32\\tidenp.dll";
        events.push(sysmon::file_create(site, host, &process, library.into()));
        site.wait(300);
        let key = "HKLM\\System\\CurrentControlSet\\Services\\TideNp\\NetworkProvider";
        for (name, details) in [("Name", "Tide Network"), ("ProviderPath", library)] {
            let path = format!("{key}\\{name}");
            events.push(sysmon::registry_value(site, host, &process, path.into(), details.into()));
        }
    },
};

/// A logon script for the whole domain.
pub(super) const SYSVOL_SCRIPT: Attack = Attack {
    name: "sysvol-script",
    rules: &["executable_script_placed_in_sysvol"],
    on_dc: true,
    play: |site, host, events| {
        let process = site.running(host, "\\explorer.exe");
        let policy = site.new_guid().to_string().to_ascii_uppercase();
        let path =
            format!("C:\\Windows\\SYSVOL\\domain\\Policies\\{policy}\\User\\Scripts\\Logon\\welcome.ps1");
        events.push(sysmon::file_create(site, host, &process, path.into()));
    },
};

/// PowerShell is told to forget.
pub(super) const HISTORY: Attack = Attack {
    name: "history",
    rules: &["powershell_command_history_removed_or_turned_off"],
    on_dc: false,
    play: |site, host, events| {
        let person = site.host(host).owner;
        for text in [
            "Set-PSReadLineOption -HistorySaveStyle SaveNothing",
            "Remove-Item (Get-PSReadLineOption).HistorySavePath -Force",
        ] {
            events.extend(powershell::script_block(site, host, person, Script::typed(text)));
            site.wait(2500);
        }
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    fn play(attack: &Attack, id: u16, field: &str) -> Vec<String> {
        let mut events = Vec::new();
        let host = if attack.on_dc { Site::DC } else { Site::WORKSTATION };
        attack.play(&mut Site::new(31, 1), host, &mut events);
        let of_kind = events.iter().filter(|event| event.id == id);
        of_kind.filter_map(|event| event.data.get(field)).map(ToString::to_string).collect()
    }

    #[test]
    fn each_attack_leaves_its_trace_where_it_is_looked_for() {
        let cases = [
            (COMPILER, 1, "ParentImage", "C:\\Windows\\System32\\wscript.exe"),
            (SCRIPT_CONNECTION, 3, "DestinationPort", "4444"),
            (LINUX_READ, 4688, "NewProcessName", "C:\\Windows\\System32\\wsl.exe"),
            (NETWORK_PROVIDER, 13, "Details", "C:\\Windows\\System32\\tidenp.dll"),
            (ARCHIVE, 11, "TargetFilename", "C:\\ProgramData\\logs.7z"),
            (HISTORY, 4104, "ScriptBlockText", "Remove-Item (Get-PSReadLineOption).HistorySavePath -Force"),
        ];
        for (attack, id, field, value) in cases {
            let values = play(&attack, id, field);
            assert!(values.iter().any(|found| found == value), "{}: {values:?}", attack.name);
        }
        assert!(
            play(&SYSVOL_SCRIPT, 11, "TargetFilename")[0].ends_with("}\\User\\Scripts\\Logon\\welcome.ps1")
        );
        assert!(play(&KEYSTROKES, 4104, "ScriptBlockText")[0].contains("GetAsyncKeyState"));
    }

    #[test]
    fn the_long_command_line_is_long_in_both_logs() {
        for id in [1, 4688] {
            let longest = play(&LONG_COMMAND, id, "CommandLine").iter().map(String::len).max();
            assert!(longest > Some(2400), "{id}: {longest:?}");
        }
    }
}
