use super::*;
use grotto_events::Cell;
use grotto_samples::event::{Event, Payload, Provider};
use grotto_samples::evtx;
use grotto_samples::time::FileTime;
use std::io::Write;
use std::path::PathBuf;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = File::options().create(true).append(true).open(self.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    fn follow(&self, marks: Marks) -> Follow {
        let paths = vec![self.0.path().display().to_string()];
        Follow::new(paths, Arc::default(), Limits::default(), marks)
    }
}

/// The values of a field in what is new.
fn look(follow: &mut Follow, field: &str) -> Vec<String> {
    let news = follow.look();
    assert_eq!(news.report.failed + news.report.lost, 0, "{:?}", news.report);
    let of_batch = |batch: &Batch| -> Vec<String> {
        let text = |row| match batch.cell(field, row) {
            Cell::Text(text) => text.to_owned(),
            other => format!("{other:?}"),
        };
        (0..batch.rows()).map(text).collect()
    };
    news.batches.iter().flat_map(of_batch).collect()
}

fn line(n: usize) -> String {
    format!("{{\"n\": \"{n}\", \"time\": \"2024-01-01T00:00:{n:02}Z\"}}\n")
}

#[test]
fn lines_are_read_once_and_when_they_are_whole() {
    let folder = Folder::new();
    let mut follow = folder.follow(Marks::default());
    assert!(look(&mut follow, "n").is_empty());
    folder.append("a.json", &(line(1) + &line(2)));
    assert_eq!(look(&mut follow, "n"), ["1", "2"]);
    assert!(look(&mut follow, "n").is_empty());
    let (start, end) = (&line(3)[..9], &line(3)[9..]);
    folder.append("a.json", start);
    assert!(look(&mut follow, "n").is_empty());
    folder.append("a.json", end);
    folder.append("b.json", &line(4));
    assert_eq!(look(&mut follow, "n"), ["3", "4"]);
    // The last line needs no end once nobody writes to it any more.
    folder.append("b.json", line(5).trim_end());
    assert!(look(&mut follow, "n").is_empty());
    assert_eq!(look(&mut follow, "n"), ["5"]);
}

#[test]
fn a_follower_that_starts_again_goes_on_where_the_marks_are() {
    let folder = Folder::new();
    let mut follow = folder.follow(Marks::default());
    folder.append("a.json", &line(1));
    assert_eq!(look(&mut follow, "n"), ["1"]);
    let marks: Marks = serde_json::from_str(&serde_json::to_string(follow.marks()).unwrap()).unwrap();
    assert_eq!(&marks, follow.marks());
    folder.append("a.json", &line(2));
    let mut again = folder.follow(marks);
    assert_eq!(look(&mut again.past(), "n"), ["1"]);
    assert_eq!(look(&mut again, "n"), ["2"]);
    assert_eq!(look(&mut again.past(), "n"), ["1", "2"]);
}

#[test]
fn rotated_files_are_known_again_and_cut_ones_begin_anew() {
    let folder = Folder::new();
    let mut follow = folder.follow(Marks::default());
    folder.append("a.json", &(line(1) + &line(2)));
    assert_eq!(look(&mut follow, "n"), ["1", "2"]);
    // Renamed after a last line, with a new file in its place.
    folder.append("a.json", &line(3));
    std::fs::rename(folder.path("a.json"), folder.path("a.1.json")).unwrap();
    folder.append("a.json", &line(4));
    assert_eq!(look(&mut follow, "n"), ["3", "4"]);
    assert!(look(&mut follow, "n").is_empty());
    // Cut in place.
    folder.put("a.json", line(5));
    assert_eq!(look(&mut follow, "n"), ["5"]);
    folder.put("a.json", line(6) + &line(7) + &line(8));
    assert_eq!(look(&mut follow, "n"), ["6", "7", "8"]);
    std::fs::remove_file(folder.path("a.1.json")).unwrap();
    assert!(look(&mut follow, "n").is_empty());
}

#[test]
fn rows_of_a_table_keep_its_header() {
    let folder = Folder::new();
    let mut follow = folder.follow(Marks::default());
    folder.append("a.csv", "_time,n\n2024-01-01T00:00:00Z,1\n");
    assert_eq!(look(&mut follow, "n"), ["1"]);
    folder.append("a.csv", "2024-01-01T00:00:01Z,2\n");
    assert_eq!(look(&mut follow, "n"), ["2"]);
}

#[test]
fn event_logs_grow_by_records_and_by_chunks() {
    let folder = Folder::new();
    let mut follow = folder.follow(Marks::default());
    let events: Vec<_> = (1..=600_u64)
        .map(|id| {
            let fields = [("Text", format!("what happened in event {id}, at some length").into())];
            let provider = Provider {
                name: "Microsoft-Windows-Security-Auditing".into(),
                guid: None,
                source_name: None,
            };
            Event { provider, id: 4688, record_id: id, data: Payload::named(fields), ..Event::default() }
        })
        .collect();
    let mut next = 1;
    for count in [3, 4, 200, 201, 600] {
        let mut bytes = evtx::to_bytes(&events[..count]).unwrap();
        // The header of a log that is open does not say how many chunks there are.
        bytes[42..44].copy_from_slice(&1_u16.to_le_bytes());
        folder.put("Security.evtx", bytes);
        let expected: Vec<String> = (next..=count).map(|id| id.to_string()).collect();
        let mut ids = look(&mut follow, "EventRecordID");
        ids.sort_by_key(|id| id.parse::<usize>().unwrap());
        assert_eq!(ids, expected, "after {count}");
        next = count + 1;
    }
    assert!(look(&mut follow, "EventRecordID").is_empty());
    assert_eq!(look(&mut follow.past(), "EventRecordID").len(), 600);
    // Archived under another name, and a new log that goes on with the numbers.
    std::fs::rename(folder.path("Security.evtx"), folder.path("Archive-Security.evtx")).unwrap();
    let mut later = events[..2].to_vec();
    (later[0].record_id, later[1].record_id) = (601, 602);
    folder.put("Security.evtx", evtx::to_bytes(&later).unwrap());
    assert_eq!(look(&mut follow, "EventRecordID"), ["601", "602"]);
    // Cleared: the numbers start again.
    let data = Payload::named([("Text", "the first event of a log that was cleared".to_owned().into())]);
    let cleared = Event { data, time: FileTime::from_unix(1), ..events[0].clone() };
    folder.put("Security.evtx", evtx::to_bytes(&[cleared]).unwrap());
    assert_eq!(look(&mut follow, "EventRecordID"), ["1"]);
}

#[test]
fn what_is_packed_is_read_when_it_is_done() {
    let folder = Folder::new();
    let mut follow = folder.follow(Marks::default());
    folder.put("a.json", format!("[{}, {}]", line(1).trim(), line(2).trim()));
    assert!(look(&mut follow, "n").is_empty());
    assert_eq!(look(&mut follow, "n"), ["1", "2"]);
    assert!(look(&mut follow, "n").is_empty());
}
