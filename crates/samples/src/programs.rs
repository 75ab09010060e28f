//! The programs that run on the company's machines, with what their files say about themselves.

/// A program file and ways in which it is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its path; `{user}` stands for the account.
    pub(crate) image: &'static str,
    /// `Description` of the file.
    pub(crate) description: &'static str,
    /// `Product` of the file.
    pub(crate) product: &'static str,
    /// `Company` of the file.
    pub(crate) company: &'static str,
    /// `OriginalFileName` of the file.
    pub(crate) original: &'static str,
    /// `FileVersion` of the file.
    pub(crate) version: &'static str,
    /// The program that usually starts it, as the end of a path.
    pub(crate) parent: &'static str,
    /// Whether it runs as the operating system and not as the user.
    pub(crate) system: bool,
    /// Command lines; `{n}` stands for a number, `{guid}` for a GUID, `{user}` for the account.
    pub(crate) commands: &'static [&'static str],
}

const WINDOWS: &str = "Microsoft® Windows® Operating System";
const MICROSOFT: &str = "Microsoft Corporation";
const WINDOWS_VERSION: &str = "10.0.22621.3958 (WinBuild.160101.0800)";
const SERVICES: &str = "\\services.exe";
const SVCHOST: &str = "\\svchost.exe";
const EXPLORER: &str = "\\explorer.exe";

/// A program that comes with Windows.
const fn windows(
    image: &'static str,
    (description, original): (&'static str, &'static str),
    (parent, system): (&'static str, bool),
    commands: &'static [&'static str],
) -> Program {
    Program {
        image,
        description,
        product: WINDOWS,
        company: MICROSOFT,
        original,
        version: WINDOWS_VERSION,
        parent,
        system,
        commands,
    }
}

/// A program that the user starts and that does not come with Windows.
const fn desktop(
    image: &'static str,
    (description, product, company): (&'static str, &'static str, &'static str),
    (original, version): (&'static str, &'static str),
    commands: &'static [&'static str],
) -> Program {
    Program {
        image,
        description,
        product,
        company,
        original,
        version,
        parent: EXPLORER,
        system: false,
        commands,
    }
}

/// All programs of an ordinary day.
pub(crate) const PROGRAMS: &[Program] = &[
    windows(
        "C:\\Windows\\System32\\svchost.exe",
        ("Host Process for Windows Services", "svchost.exe"),
        (SERVICES, true),
        &[
            "C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s BITS",
            "C:\\Windows\\system32\\svchost.exe -k wsappx -p -s ClipSVC",
            "C:\\Windows\\system32\\svchost.exe -k LocalService -p -s fdPHost",
            "C:\\Windows\\System32\\svchost.exe -k NetworkService -p -s DoSvc",
            "C:\\Windows\\system32\\svchost.exe -k appmodel -p -s StateRepository",
        ],
    ),
    windows(
        "C:\\Windows\\System32\\backgroundTaskHost.exe",
        ("Background Task Host", "backgroundTaskHost.exe"),
        (SVCHOST, false),
        &["\"C:\\Windows\\system32\\backgroundTaskHost.exe\" -ServerName:App.AppX{n}.mca"],
    ),
    windows(
        "C:\\Windows\\System32\\RuntimeBroker.exe",
        ("Runtime Broker", "RuntimeBroker.exe"),
        (SVCHOST, false),
        &["C:\\Windows\\System32\\RuntimeBroker.exe -Embedding"],
    ),
    windows(
        "C:\\Windows\\System32\\dllhost.exe",
        ("COM Surrogate", "dllhost.exe"),
        (SVCHOST, false),
        &["C:\\Windows\\system32\\DllHost.exe /Processid:{guid}"],
    ),
    windows(
        "C:\\Windows\\System32\\taskhostw.exe",
        ("Host Process for Windows Tasks", "taskhostw.exe"),
        (SVCHOST, false),
        &["taskhostw.exe", "taskhostw.exe KEYROAMING", "taskhostw.exe NGCKeyPregen"],
    ),
    windows(
        "C:\\Windows\\System32\\conhost.exe",
        ("Console Window Host", "CONHOST.EXE"),
        (SVCHOST, true),
        &["\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1"],
    ),
    windows(
        "C:\\Windows\\System32\\SearchProtocolHost.exe",
        ("Microsoft Windows Search Protocol Host", "SearchProtocolHost.exe"),
        (SVCHOST, true),
        &[
            "\"C:\\Windows\\system32\\SearchProtocolHost.exe\" Global\\UsGthrFltPipeMssGthrPipe{n}_ Global\\UsGthrCtrlFltPipeMssGthrPipe{n} 1 -2147483646 \"Software\\Microsoft\\Windows Search\"",
        ],
    ),
    windows(
        "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe",
        ("WMI Provider Host", "Wmiprvse.exe"),
        (SVCHOST, true),
        &["C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding"],
    ),
    windows(
        "C:\\Windows\\System32\\usoclient.exe",
        ("UsoClient", "UsoClient"),
        (SVCHOST, true),
        &["C:\\Windows\\system32\\usoclient.exe StartScan"],
    ),
    windows(
        "C:\\Windows\\System32\\gpupdate.exe",
        ("Microsoft® Group Policy Update Utility", "GPUpdate.exe"),
        (SVCHOST, true),
        &["gpupdate.exe /target:computer"],
    ),
    windows(
        "C:\\Windows\\System32\\cmd.exe",
        ("Windows Command Processor", "Cmd.Exe"),
        (EXPLORER, false),
        &[
            "\"C:\\Windows\\system32\\cmd.exe\" ",
            "C:\\Windows\\system32\\cmd.exe /c \"C:\\Program Files\\Harbor\\Inventory\\collect.cmd\"",
        ],
    ),
    windows(
        "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
        ("Windows PowerShell", "PowerShell.EXE"),
        (EXPLORER, false),
        &[
            "\"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\" ",
            "powershell.exe -NoProfile -File \"C:\\Program Files\\Harbor\\Inventory\\report.ps1\"",
        ],
    ),
    windows(
        "C:\\Windows\\System32\\notepad.exe",
        ("Notepad", "NOTEPAD.EXE"),
        (EXPLORER, false),
        &["\"C:\\Windows\\system32\\NOTEPAD.EXE\" C:\\Users\\{user}\\Documents\\notes-{n}.txt"],
    ),
    windows(
        "C:\\Windows\\System32\\mmc.exe",
        ("Microsoft Management Console", "mmc.exe"),
        (EXPLORER, false),
        &["\"C:\\Windows\\system32\\mmc.exe\" \"C:\\Windows\\system32\\dsa.msc\" "],
    ),
    windows(
        "C:\\Windows\\System32\\ipconfig.exe",
        ("IP Configuration Utility", "ipconfig.exe"),
        ("\\cmd.exe", false),
        &["ipconfig  /all"],
    ),
    desktop(
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
        ("Microsoft Outlook", "Microsoft Outlook", MICROSOFT),
        ("Outlook.exe", "16.0.17726.20160"),
        &["\"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE\" "],
    ),
    desktop(
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE",
        ("Microsoft Word", "Microsoft Office", MICROSOFT),
        ("WinWord.exe", "16.0.17726.20160"),
        &[
            "\"C:\\Program Files\\Microsoft Office\\Root\\Office16\\WINWORD.EXE\" /n \"C:\\Users\\{user}\\Documents\\minutes {n}.docx\" /o \"\"",
        ],
    ),
    desktop(
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE",
        ("Microsoft Excel", "Microsoft Office", MICROSOFT),
        ("Excel.exe", "16.0.17726.20160"),
        &[
            "\"C:\\Program Files\\Microsoft Office\\Root\\Office16\\EXCEL.EXE\" \"C:\\Users\\{user}\\Documents\\freight {n}.xlsx\"",
        ],
    ),
    desktop(
        "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
        ("Microsoft Edge", "Microsoft Edge", MICROSOFT),
        ("msedge.exe", "127.0.2651.98"),
        &[
            "\"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\" --type=renderer --lang=en-US --renderer-client-id={n} --launch-time-ticks={n} /prefetch:1",
        ],
    ),
    desktop(
        "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
        ("Firefox", "Firefox", "Mozilla Corporation"),
        ("firefox.exe", "129.0"),
        &[
            "\"C:\\Program Files\\Mozilla Firefox\\firefox.exe\" -contentproc --channel={n} -childID {n} -isForBrowser",
        ],
    ),
    desktop(
        "C:\\Program Files\\7-Zip\\7zFM.exe",
        ("7-Zip File Manager", "7-Zip", "Igor Pavlov"),
        ("7zFM.exe", "24.08"),
        &["\"C:\\Program Files\\7-Zip\\7zFM.exe\" \"C:\\Users\\{user}\\Downloads\\delivery-{n}.zip\""],
    ),
    desktop(
        "C:\\Users\\{user}\\AppData\\Local\\Microsoft\\Teams\\current\\Teams.exe",
        ("Microsoft Teams", "Microsoft Teams", MICROSOFT),
        ("Teams.exe", "1.7.00.21751"),
        &[
            "\"C:\\Users\\{user}\\AppData\\Local\\Microsoft\\Teams\\current\\Teams.exe\" --type=gpu-process --field-trial-handle={n}",
        ],
    ),
];

/// Programs that only attacks use here, so that their files have names of their own.
const OTHERS: &[Program] = &[
    windows(
        "C:\\Windows\\System32\\wscript.exe",
        ("Microsoft ® Windows Based Script Host", "wscript.exe"),
        (EXPLORER, false),
        &[],
    ),
    windows(
        "C:\\Windows\\System32\\wsl.exe",
        ("Microsoft Windows Subsystem for Linux Launcher", "wsl.exe"),
        (EXPLORER, false),
        &[],
    ),
    windows(
        "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe",
        ("Visual C# Command Line Compiler", "csc.exe"),
        (EXPLORER, false),
        &[],
    ),
    desktop(
        "C:\\Program Files\\7-Zip\\7z.exe",
        ("7-Zip Console", "7-Zip", "Igor Pavlov"),
        ("7z.exe", "24.08"),
        &[],
    ),
];

/// The program at a path, if its file says anything about itself.
pub(crate) fn at(image: &str) -> Option<&'static Program> {
    let name = file_name(image);
    PROGRAMS.iter().chain(OTHERS).find(|program| file_name(program.image).eq_ignore_ascii_case(name))
}

/// The last part of a path.
fn file_name(path: &str) -> &str {
    path.rsplit('\\').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_their_file_name() {
        assert_eq!(at("c:\\tools\\CSC.exe").map(|program| program.original), Some("csc.exe"));
        assert_eq!(at("C:\\Users\\Public\\x.exe"), None);
    }

    #[test]
    fn every_program_of_the_day_has_a_command_line() {
        for program in PROGRAMS {
            assert!(!program.commands.is_empty(), "{}", program.image);
            assert!(program.parent.starts_with('\\'), "{}", program.image);
        }
    }
}
