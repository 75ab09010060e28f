//! The small change of an ordinary day: files, keys, names and scripts.

/// Libraries that programs load.
pub(crate) const LIBRARIES: &[&str] = &[
    "C:\\Windows\\System32\\ntdll.dll",
    "C:\\Windows\\System32\\kernel32.dll",
    "C:\\Windows\\System32\\combase.dll",
    "C:\\Windows\\System32\\rpcrt4.dll",
    "C:\\Windows\\System32\\bcryptprimitives.dll",
    "C:\\Windows\\System32\\urlmon.dll",
    "C:\\Windows\\System32\\winhttp.dll",
    "C:\\Windows\\System32\\propsys.dll",
];

/// Files that come and go.
pub(crate) const FILES: &[&str] = &[
    "C:\\Users\\{user}\\AppData\\Local\\Temp\\~DF{n}.TMP",
    "C:\\Users\\{user}\\AppData\\Local\\Microsoft\\Edge\\User Data\\Default\\Cache\\Cache_Data\\f_{n}",
    "C:\\Users\\{user}\\Documents\\~$minutes {n}.docx",
    "C:\\Users\\{user}\\Downloads\\delivery-{n}.zip",
    "C:\\Users\\{user}\\AppData\\Roaming\\Microsoft\\Windows\\Recent\\freight {n}.lnk",
    "C:\\Windows\\Prefetch\\SVCHOST.EXE-{n}.pf",
    "C:\\Windows\\SoftwareDistribution\\Download\\{n}\\update.cab",
    "C:\\ProgramData\\Microsoft\\Windows Defender\\Scans\\History\\{n}.bin",
];

/// Registry keys that come and go.
pub(crate) const KEYS: &[&str] = &[
    "HKU\\{user}\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\.docx",
    "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Diagnostics\\DiagTrack\\{n}",
    "HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\{n}",
    "HKU\\{user}\\Software\\Microsoft\\Office\\16.0\\Common\\Internet\\WebServiceCache\\{n}",
];

/// Registry values and what they are set to.
pub(crate) const VALUES: &[(&str, &str)] = &[
    (
        "HKLM\\System\\CurrentControlSet\\Services\\W32Time\\SecureTimeLimits\\SecureTimeHigh",
        "QWORD (0x01d{n}-0x000{n})",
    ),
    (
        "HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\{n}\\Version",
        "DWORD (0x00000001)",
    ),
    (
        "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Orchestrator\\LastScan",
        "Binary Data",
    ),
    (
        "HKU\\{user}\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist\\Count\\{n}",
        "Binary Data",
    ),
    (
        "HKU\\{user}\\Software\\Microsoft\\Office\\16.0\\Word\\Reading Locations\\Document {n}\\Position",
        "{n} {n}",
    ),
    (
        "HKLM\\SOFTWARE\\Microsoft\\Windows Search\\CrawlScopeManager\\Windows\\SystemIndex\\LastRun",
        "DWORD (0x000{n})",
    ),
];

/// Names that programs look up.
pub(crate) const NAMES: &[&str] = &[
    "hrb-dc01.harbor.example",
    "_ldap._tcp.dc._msdcs.harbor.example",
    "mail.harbor.example",
    "settings-win.data.microsoft.com",
    "edge.microsoft.com",
    "tides.example.org",
    "wpad",
];

/// Scripts and the files that they stand in.
pub(crate) const SCRIPTS: &[(&str, &str)] = &[
    ("prompt", ""),
    ("Get-Service -Name Spooler | Select-Object Status, StartType", ""),
    (
        "Get-ChildItem -Path C:\\Users\\{user}\\Documents -Filter *.xlsx | Measure-Object -Property Length -Sum",
        "",
    ),
    ("Set-StrictMode -Version 1; $PSItem.Exception.Message", ""),
    ("{ $_.FreeSpace / 1GB -lt {n} }", ""),
    (
        "$berths = Import-Csv 'C:\\Program Files\\Harbor\\Inventory\\berths.csv'\r\nforeach ($berth in $berths) {\r\n    \
         if ($berth.Ships -gt $berth.Places) { Write-Warning \"Berth $($berth.Name) is full\" }\r\n}\r\n",
        "C:\\Program Files\\Harbor\\Inventory\\report.ps1",
    ),
    (
        "param([string]$Name)\r\n# Local inventory only, nothing leaves this machine.\r\n\
         Get-CimInstance Win32_ComputerSystem | Export-Clixml \"C:\\ProgramData\\Harbor\\$Name-{n}.xml\"\r\n",
        "C:\\Program Files\\Harbor\\Inventory\\collect.ps1",
    ),
];

/// Cmdlets and how their parameters are bound.
pub(crate) const PIPELINES: &[(&str, &str)] = &[
    ("Get-Service", "ParameterBinding(Get-Service): name=\"Name\"; value=\"Spooler\"\r\n"),
    (
        "Import-Csv",
        "ParameterBinding(Import-Csv): name=\"Path\"; value=\"C:\\Program Files\\Harbor\\Inventory\\berths.csv\"\r\n",
    ),
    ("Set-StrictMode", "ParameterBinding(Set-StrictMode): name=\"Version\"; value=\"1\"\r\n"),
    ("PSConsoleHostReadLine", ""),
];

/// Services that start and stop, with their short names.
pub(crate) const SERVICES: &[(&str, &str)] = &[
    ("Windows Error Reporting Service", "WerSvc"),
    ("Windows Modules Installer", "TrustedInstaller"),
    ("Background Intelligent Transfer Service", "BITS"),
    ("WinHTTP Web Proxy Auto-Discovery Service", "WinHttpAutoProxySvc"),
    ("Microsoft Account Sign-in Assistant", "wlidsvc"),
];

/// Tasks that run, with their programs.
pub(crate) const TASKS: &[(&str, &str)] = &[
    ("\\Microsoft\\Windows\\UpdateOrchestrator\\Schedule Scan", "C:\\Windows\\system32\\usoclient.exe"),
    ("\\Microsoft\\Windows\\Defrag\\ScheduledDefrag", "%windir%\\system32\\defrag.exe"),
    ("\\Harbor\\Inventory Report", "C:\\Program Files\\Harbor\\Inventory\\agent.exe"),
    (
        "\\MicrosoftEdgeUpdateTaskMachineUA",
        "C:\\Program Files (x86)\\Microsoft\\EdgeUpdate\\MicrosoftEdgeUpdate.exe",
    ),
];
