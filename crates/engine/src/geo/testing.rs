//! A small database in MaxMind's format, written by hand: <https://maxmind.github.io/MaxMind-DB/>.

use super::GeoDb;

/// A value of the data section.
enum Data<'a> {
    Text(&'a str),
    Double(f64),
    Uint16(u16),
    Uint32(u32),
    Uint64(u64),
    Array(Vec<Data<'a>>),
    Map(Vec<(&'a str, Data<'a>)>),
}

use Data::{Array, Double, Map, Text, Uint16, Uint32, Uint64};

impl Data<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Text(text) => {
                control(2, text.len(), out);
                out.extend(text.as_bytes());
            }
            Double(number) => {
                control(3, 8, out);
                out.extend(number.to_be_bytes());
            }
            Uint16(number) => {
                control(5, 2, out);
                out.extend(number.to_be_bytes());
            }
            Uint32(number) => {
                control(6, 4, out);
                out.extend(number.to_be_bytes());
            }
            Map(members) => {
                control(7, members.len(), out);
                for (name, value) in members {
                    Text(name).write(out);
                    value.write(out);
                }
            }
            Uint64(number) => {
                control(9, 8, out);
                out.extend(number.to_be_bytes());
            }
            Array(items) => {
                control(11, items.len(), out);
                for item in items {
                    item.write(out);
                }
            }
        }
    }
}

/// Type and size; sizes below 29 only, which is all that is needed.
fn control(kind: u8, size: usize, out: &mut Vec<u8>) {
    assert!(size < 29);
    let size = size as u8;
    if kind < 8 {
        out.push(kind << 5 | size);
    } else {
        out.extend([size, kind - 7]);
    }
}

/// Names of one thing in some languages.
fn names<'a>(names: &[(&'a str, &'a str)]) -> Data<'a> {
    Map(vec![("names", Map(names.iter().map(|(language, name)| (*language, Text(name))).collect()))])
}

/// The database: one city in 203.0.113.0/24, one country in 198.51.100.0/24.
pub(crate) fn bytes() -> Vec<u8> {
    let city = Map(vec![
        ("city", names(&[("en", "Duckburg"), ("de", "Entenhausen")])),
        ("subdivisions", Array(vec![names(&[("en", "Calisota")]), names(&[("en", "County")])])),
        ("country", names(&[("en", "Nowhere")])),
        ("continent", names(&[("en", "North America"), ("de", "Nordamerika")])),
        (
            "location",
            Map(vec![
                ("latitude", Double(12.5)),
                ("longitude", Double(-0.25)),
                ("metro_code", Uint16(501)),
                ("time_zone", Text("America/New_York")),
            ]),
        ),
    ]);
    let country = Map(vec![("country", names(&[("en", "Elsewhere")]))]);
    let mut data = Vec::new();
    let mut offsets = Vec::new();
    for entry in [&city, &country] {
        offsets.push(data.len());
        entry.write(&mut data);
    }
    let tree = tree(&[([203, 0, 113], offsets[0]), ([198, 51, 100], offsets[1])]);
    let nodes = tree.len() as u32;
    let mut out = Vec::new();
    for [left, right] in &tree {
        for record in [left, right] {
            // A record past the nodes points into the data section, which begins after 16 zeros.
            let value = match record {
                Record::None => nodes,
                Record::Node(node) => *node as u32,
                Record::Data(offset) => nodes + 16 + *offset as u32,
            };
            out.extend(&value.to_be_bytes()[1..]);
        }
    }
    out.extend([0; 16]);
    out.extend(data);
    out.extend(b"\xab\xcd\xefMaxMind.com");
    Map(vec![
        ("binary_format_major_version", Uint16(2)),
        ("binary_format_minor_version", Uint16(0)),
        ("build_epoch", Uint64(1_700_000_000)),
        ("database_type", Text("Test-City")),
        ("description", Map(vec![("en", Text("made for tests"))])),
        ("ip_version", Uint16(4)),
        ("languages", Array(vec![Text("en"), Text("de")])),
        ("node_count", Uint32(nodes)),
        ("record_size", Uint16(24)),
    ])
    .write(&mut out);
    out
}

#[derive(Clone, Copy)]
enum Record {
    None,
    Node(usize),
    Data(usize),
}

/// The search tree of some networks of 24 bits.
fn tree(networks: &[([u8; 3], usize)]) -> Vec<[Record; 2]> {
    let mut nodes = vec![[Record::None; 2]];
    for (network, offset) in networks {
        let bits: Vec<usize> = network
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| usize::from(byte >> bit & 1)))
            .collect();
        let mut node = 0;
        for (depth, bit) in bits.iter().enumerate() {
            if depth == 23 {
                nodes[node][*bit] = Record::Data(*offset);
            } else if let Record::Node(next) = nodes[node][*bit] {
                node = next;
            } else {
                nodes.push([Record::None; 2]);
                nodes[node][*bit] = Record::Node(nodes.len() - 1);
                node = nodes.len() - 1;
            }
        }
    }
    nodes
}

/// The database, read.
pub(crate) fn database() -> GeoDb {
    GeoDb::of_bytes(bytes()).unwrap()
}
