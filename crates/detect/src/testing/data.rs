//! Where the data of a test lies.
//!
//! Nothing is ever downloaded. A web address is that of the public dataset
//! (<https://github.com/splunk/attack_data>) and is looked for under the folder that the user named, by the part of its
//! path from `datasets/` on; it can't leave that folder.

use grotto_diag::input;
use grotto_knowledge::app::percent_decoded;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

/// The first line of a Git LFS pointer
/// (<https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>).
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Where data is looked for.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Copies of the public dataset, or of parts of it: their folders, or the folder `datasets` in them. The first that has a
    /// file gives it.
    pub attack_data: Vec<PathBuf>,
    /// Whether the rules are those that the program carries, whose data it carries too.
    pub builtin: bool,
}

/// Data that was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Data {
    /// A file.
    File(PathBuf),
    /// Bytes that the program carries, under their name.
    Builtin(&'static str),
}

impl Places {
    /// The data that a test of the rule in the file `rule` names.
    ///
    /// # Errors
    /// Why there is none, for people: which file is missing, or holds a pointer in place of data.
    pub fn find(&self, rule: &Path, named: &str) -> Result<Data, String> {
        let named = named.trim();
        if self.builtin {
            return crate::builtin::data(named)
                .map(|(name, _)| Data::Builtin(name))
                .ok_or_else(|| format!("the program does not carry {named}"));
        }
        let candidates = self.candidates(rule, named)?;
        let (mut wrong, mut missing) = (None, None);
        for path in candidates {
            match usable(&path) {
                Ok(()) => return Ok(Data::File(path)),
                Err(Some(problem)) => drop(wrong.get_or_insert(problem)),
                Err(None) => drop(missing.get_or_insert_with(|| format!("{} is not there", path.display()))),
            }
        }
        Err(wrong.or(missing).unwrap_or_else(|| format!("{named} is not there")))
    }

    /// The files that a name may stand for, best first.
    pub(crate) fn candidates(&self, rule: &Path, named: &str) -> Result<Vec<PathBuf>, String> {
        let lower = named.to_ascii_lowercase();
        if lower.starts_with("https://") || lower.starts_with("http://") {
            return self.of_address(named);
        }
        if lower.starts_with("file:") {
            return of_file_url(&named["file:".len()..]).map(|path| vec![path]);
        }
        if lower.contains("://") {
            return Err(format!("{named} is no address that grotto knows"));
        }
        let path = Path::new(named);
        if path.is_absolute() {
            return Ok(vec![path.to_owned()]);
        }
        // contentctl takes a relative path as one from the root of the content.
        let root =
            rule.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "detections"));
        let folders = rule.parent().into_iter().chain(root.and_then(Path::parent));
        Ok(folders.map(|folder| folder.join(path)).collect())
    }

    /// The files under the folders of the public dataset that a web address stands for.
    fn of_address(&self, address: &str) -> Result<Vec<PathBuf>, String> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let Some((_, below)) = path.split_once("/datasets/") else {
            return Err(format!("{address} has no datasets/ in it, so it can't be mapped to a file"));
        };
        let below = percent_decoded(below);
        let Some(below) = inside(&below) else { return Err(format!("{address} leads out of the folder")) };
        if self.attack_data.is_empty() {
            return Err(format!("datasets/{} is on the web; --attack-data names a copy", below.display()));
        }
        let mut candidates = Vec::new();
        for base in self.attack_data.iter().flat_map(|folder| [folder.join("datasets"), folder.clone()]) {
            let path = base.join(&below);
            if let (Ok(real), Ok(real_base)) = (path.canonicalize(), base.canonicalize())
                && !real.starts_with(&real_base)
            {
                return Err(format!("{} is a link that leads out of {}", path.display(), base.display()));
            }
            candidates.push(path);
        }
        Ok(candidates)
    }
}

/// The path of a `file:` URL, without its scheme: `///C:/x`, `//localhost/x`, `/x`.
fn of_file_url(rest: &str) -> Result<PathBuf, String> {
    let path = match rest.strip_prefix("//") {
        Some(with_host) => {
            let (host, path) = with_host.split_at(with_host.find('/').unwrap_or(with_host.len()));
            if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
                return Err(format!("file:{rest} lies on the machine {host}"));
            }
            path
        }
        None => rest,
    };
    let path = percent_decoded(path);
    // `/C:/x` is how a URL writes a path with a drive.
    let drive = path.strip_prefix('/').filter(|p| p.as_bytes().get(1) == Some(&b':'));
    let path = PathBuf::from(drive.unwrap_or(&path));
    if path.has_root() { Ok(path) } else { Err(format!("file:{rest} is no absolute path")) }
}

/// A path of plain names only, so that it stays in whatever folder it is joined to.
fn inside(path: &str) -> Option<PathBuf> {
    let plain = !path.is_empty()
        && !path.contains(['\\', '\0', ':'])
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    plain.then(|| PathBuf::from(path))
}

/// Whether a file holds data; `None` when it is not there, else why not.
fn usable(path: &Path) -> Result<(), Option<String>> {
    let Ok(metadata) = path.metadata() else { return Err(None) };
    if !metadata.is_file() {
        return Err(Some(format!("{} is no file", path.display())));
    }
    let mut head = Vec::new();
    let mut file = input::open(path).map_err(|problem| Some(problem.message))?;
    file.by_ref()
        .take(LFS.len() as u64)
        .read_to_end(&mut head)
        .map_err(|e| Some(input::unreadable(path, &e).message))?;
    if head == LFS {
        return Err(Some(format!(
            "{} is a Git LFS pointer, not the data: `git lfs pull` fetches it",
            path.display()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEDIA: &str = "https://media.githubusercontent.com/media/splunk/attack_data/master/datasets/";

    fn names(places: &Places, rule: &str, named: &str) -> Result<Vec<String>, String> {
        let paths = places.candidates(Path::new(rule), named)?;
        Ok(paths.iter().map(|path| path.display().to_string()).collect())
    }

    #[test]
    fn names_stand_for_files() {
        let places = Places { attack_data: vec!["/d".into()], builtin: false };
        let rule = "/c/detections/endpoint/r.yml";
        for (named, expected) in [
            ("a.log", &["/c/detections/endpoint/a.log", "/c/a.log"][..]),
            ("../../x/a.log", &["/c/detections/endpoint/../../x/a.log", "/c/../../x/a.log"]),
            ("/abs/a.log", &["/abs/a.log"]),
            ("file:///abs/a%20b.log", &["/abs/a b.log"]),
            ("file://localhost/abs/a.log", &["/abs/a.log"]),
            ("file:/abs/a.log", &["/abs/a.log"]),
            (
                "https://raw.githubusercontent.com/splunk/attack_data/master/datasets/t/a.log",
                &["/d/datasets/t/a.log", "/d/t/a.log"],
            ),
            (
                "https://github.com/splunk/attack_data/raw/master/datasets/t/a%20b.log?raw=true",
                &["/d/datasets/t/a b.log", "/d/t/a b.log"],
            ),
        ] {
            assert_eq!(names(&places, rule, named).unwrap(), expected, "{named}");
        }
        let url = format!("{MEDIA}t/a.log");
        assert_eq!(names(&places, rule, &url).unwrap(), ["/d/datasets/t/a.log", "/d/t/a.log"]);
        assert_eq!(names(&places, "/r.yml", "a.log").unwrap(), ["/a.log"]);
    }

    #[test]
    fn addresses_never_leave_the_folder() {
        let places = Places { attack_data: vec!["/d".into()], builtin: false };
        for below in
            ["../x", "a/../../x", "/etc/passwd", "%2e%2e/x", "a%2f..%2f..%2fx", "a\\..\\x", "C:/x", ""]
        {
            let problem = names(&places, "/r.yml", &format!("{MEDIA}{below}")).unwrap_err();
            assert!(problem.contains("leads out"), "{below}: {problem}");
        }
        for (named, why) in [
            ("https://example.com/a.log", "no datasets/"),
            ("ftp://example.com/datasets/a.log", "no address"),
            ("file://server/share/a.log", "machine server"),
            ("file:a.log", "no absolute path"),
        ] {
            assert!(names(&places, "/r.yml", named).unwrap_err().contains(why), "{named}");
        }
        let none = Places::default();
        assert!(names(&none, "/r.yml", &format!("{MEDIA}a.log")).unwrap_err().contains("--attack-data"));
    }

    #[cfg(unix)]
    #[test]
    fn links_in_the_dataset_do_not_lead_out_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir_all(data.join("datasets")).unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret"), data.join("datasets/a.log")).unwrap();
        let places = Places { attack_data: vec![data], builtin: false };
        let problem = places.find(Path::new("/r.yml"), &format!("{MEDIA}a.log")).unwrap_err();
        assert!(problem.contains("leads out"), "{problem}");
    }

    #[test]
    fn the_first_folder_that_has_a_file_gives_it() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        std::fs::create_dir_all(one.join("datasets")).unwrap();
        std::fs::create_dir_all(&two).unwrap();
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
        std::fs::write(one.join("datasets/pointer.log"), pointer).unwrap();
        std::fs::write(two.join("pointer.log"), "x").unwrap();
        std::fs::write(two.join("only.log"), "x").unwrap();
        let places = Places { attack_data: vec![one.clone(), two.clone()], builtin: false };
        for name in ["pointer.log", "only.log"] {
            let found = places.find(Path::new("/r.yml"), &format!("{MEDIA}{name}"));
            assert_eq!(found, Ok(Data::File(two.join(name))), "{name}");
        }
        let none = places.find(Path::new("/r.yml"), &format!("{MEDIA}none.log")).unwrap_err();
        assert_eq!(none, format!("{} is not there", one.join("datasets/none.log").display()));
    }

    #[test]
    fn pointers_and_folders_are_no_data() {
        let folder = tempfile::tempdir().unwrap();
        let rule = folder.path().join("r.yml");
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
        std::fs::write(folder.path().join("pointer.log"), pointer).unwrap();
        std::fs::write(folder.path().join("a.log"), "version of a log").unwrap();
        std::fs::create_dir(folder.path().join("folder")).unwrap();
        let places = Places::default();
        assert_eq!(places.find(&rule, "a.log"), Ok(Data::File(folder.path().join("a.log"))));
        for (named, why) in
            [("pointer.log", "Git LFS pointer"), ("none.log", "is not there"), ("folder", "is no file")]
        {
            let problem = places.find(&rule, named).unwrap_err();
            assert!(problem.contains(why) && problem.contains(named), "{problem}");
        }
    }

    #[test]
    fn the_program_carries_the_data_of_its_rules() {
        let places = Places { attack_data: Vec::new(), builtin: true };
        let named = "../../../examples/intrusion/workstation-sysmon.evtx";
        assert!(matches!(places.find(Path::new("r.yml"), named), Ok(Data::Builtin(_))));
        assert!(places.find(Path::new("r.yml"), "../../../../etc/passwd").is_err());
    }
}
