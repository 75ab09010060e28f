//! JSON: lines, values one after the other, arrays, and the arrays that wrapper objects hold. What a record is, is for
//! [`shapes`](crate::shapes) to say.

mod records;
pub(crate) mod value;

use super::{LogFormat, text_parts, with_text};
use crate::Input;
use crate::detect::Head;
use crate::part::{Extent, Output};
use crate::shapes::{Record, Shapes};
use grotto_diag::Diagnostic;
use memchr::{memchr_iter, memmem};
use records::{Frame, Item, MAX_RECORD, Records};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::{self, Read};
use value::{Json, Members, Parser};

/// How much is read at a time to count lines.
const STEP: u64 = 64 << 10;

/// How many characters of a bad record are shown.
const SHOWN: usize = 80;

/// The format.
pub(super) struct JsonRecords;

impl LogFormat for JsonRecords {
    fn name(&self) -> &'static str {
        "JSON"
    }

    fn shape(&self) -> &'static str {
        "JSON lines, objects and arrays (Windows events of evtx_dump, Winlogbeat, NXLog, Get-WinEvent, EvtxECmd or Azure \
         Monitor; results of Splunk searches and events for its HTTP event collector; any other objects)"
    }

    fn matches(&self, head: &Head) -> bool {
        let text = head.text.as_bytes();
        let mut parser = Parser::new(text, 0);
        match parser.peek() {
            // An array of objects; other things in brackets are lines of some log.
            Ok(b'[') => parser.expect(b'[', "").is_ok() && is_object(&mut parser),
            Ok(b'{') => is_object(&mut parser),
            _ => false,
        }
    }

    fn split(&self, input: &Input, head: &Head, len: u64) -> Result<Vec<Extent>, Diagnostic> {
        // Only where a line feed ends a record can a part start anywhere.
        if !is_lines(&head.text) {
            return Ok(vec![Extent { start: 0, end: Some(len), lack: None }]);
        }
        text_parts(input, head, len, MAX_RECORD, certain_start)
    }

    fn read(&self, reader: &mut dyn Read, extent: Extent, output: &mut Output<'_>) -> io::Result<()> {
        with_text(reader, extent, |reader| events(&mut Records::new(reader), extent.start, output))
    }
}

/// Reads all records of a stream that starts at `offset` of the input.
fn events(records: &mut Records<'_>, offset: u64, output: &mut Output<'_>) -> io::Result<()> {
    let mut shapes = Shapes::default();
    let mut not_text = 0u64;
    let input = output.input().clone();
    // Parts know where they start, not how many lines are before them; nobody asks unless something is wrong.
    let before = OnceCell::new();
    let open = records.each(&mut |item, lines| {
        let line = || before.get_or_init(|| lines_before(&input, offset)) + lines + 1;
        match item {
            Item::Record { value, text, frame, garbled } => {
                not_text += u64::from(garbled);
                let Some(members) = members(value, frame) else {
                    let message =
                        format!("line {} holds no object but {}", line(), crate::detect::shown(text, SHOWN));
                    return output.failed("json/no-object", &message);
                };
                // A row of a table is no record without the names of its columns.
                let raw = frame.is_none_or(|frame| frame.columns.is_none()).then_some(text);
                let record = Record { members: &members, raw, sourcetype: "_json" };
                shapes.record(record, output, &|| format!("the record at line {}", line()));
            }
            Item::Bad { what, text } => {
                let message = format!("line {} is no JSON ({what}): {}", line(), start(text));
                output.failed("json/bad-record", &message);
            }
            Item::Cut { text } => {
                let shown = crate::detect::shown(text, SHOWN);
                output.failed("json/cut", &format!("the record at line {} has no end: {shown}", line()));
            }
            Item::TooLong => {
                let message = format!("the record at line {} is longer than {MAX_RECORD} bytes", line());
                output.failed("json/too-long", &message);
            }
        }
    })?;
    if open {
        output.note("json/open-array", "the array of events has no end; what is there of it was read");
    }
    if not_text > 0 {
        let message = format!("{not_text} records hold bytes that are not UTF-8; they are read as U+FFFD");
        output.note("json/not-utf8", &message);
    }
    shapes.finish(output);
    Ok(())
}

/// The start of a bad record: its line, or more where that is next to nothing.
fn start(text: &[u8]) -> String {
    let line = text.iter().position(|b| *b == b'\n').filter(|at| *at > 8).unwrap_or(text.len());
    crate::detect::shown(&text[..line], SHOWN)
}

/// The number of line feeds before a place of an input.
fn lines_before(input: &Input, offset: u64) -> u64 {
    let mut block = vec![0; STEP as usize];
    let mut lines = 0;
    if let Some(reader) = (offset > 0).then(|| input.open(0).ok()).flatten() {
        let mut reader = reader.take(offset);
        while let Ok(n @ 1..) = reader.read(&mut block) {
            lines += memchr_iter(b'\n', &block[..n]).count() as u64;
        }
    }
    lines
}

/// The members of a record; of a row of a table, its cells under the names of their columns.
fn members<'b>(value: Json<'b>, frame: Option<&'b Frame>) -> Option<Members<'b>> {
    match (value, frame.and_then(|frame| frame.columns.as_ref())) {
        (Json::Object(members), _) => Some(members),
        (Json::Array(cells), Some(columns)) => {
            Some(columns.iter().map(|name| Cow::Borrowed(name.as_str())).zip(cells).collect())
        }
        _ => None,
    }
}

/// Whether an object starts here. The name of a member is proof enough: one bad record must not hide the rest.
fn is_object(parser: &mut Parser<'_>) -> bool {
    if parser.expect(b'{', "").is_err() {
        return false;
    }
    match parser.peek() {
        Ok(b'}') => true,
        Ok(_) => parser.name().is_ok(),
        Err(_) => false,
    }
}

/// Whether the first records of a text are on lines of their own, more than one of them.
fn is_lines(text: &str) -> bool {
    let mut lines = text.lines();
    let whole = |line: &str| value::whole(line).is_some_and(|value| value.members().is_some());
    let first = lines.next().is_some_and(whole);
    first && lines.next().is_some_and(|line| line.starts_with('{'))
}

/// Where the first line after a place in a line starts that holds a record.
fn certain_start(text: &[u8]) -> Option<usize> {
    memmem::find(text, b"\n{").map(|line| line + 1)
}

#[cfg(test)]
mod tests;
