//! One JSON value, read from the bytes at hand without copying: texts without escapes are borrowed, numbers stay as they
//! are written, members keep their order and may occur twice.
//!
//! It reads what RFC 8259 allows, and control characters other than line feeds inside texts, which careless exporters
//! leave there: nothing can be misread because of them. A line feed ends what is one record a line, so that a text whose
//! end is missing costs one line.

use memchr::memchr3;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Values nested deeper than this are refused.
const MAX_DEPTH: usize = 128;

/// Members of an object, in order.
pub(crate) type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it is written.
    Number(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// Elements.
    Array(Vec<Json<'a>>),
    /// Members.
    Object(Members<'a>),
}

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParseError {
    /// The bytes end before the value does.
    Cut,
    /// They are no JSON: what is wrong, and where.
    Bad(&'static str, usize),
}

type Result<T> = std::result::Result<T, ParseError>;

impl<'a> Json<'a> {
    /// The members of an object.
    pub(crate) fn members(&self) -> Option<&Members<'a>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The text of a value that is neither object nor array; `null` has none.
    pub(crate) fn scalar(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Null | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// Writes the value without blanks.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Text(text) => write_text(text, out),
            Self::Array(elements) => {
                out.push('[');
                for (i, element) in elements.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    element.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (i, (name, value)) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
            scalar => out.push_str(scalar.scalar().unwrap_or_default()),
        }
    }
}

/// The value of a member.
pub(crate) fn get<'v, 'a>(members: &'v Members<'a>, name: &str) -> Option<&'v Json<'a>> {
    members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Writes a text in quotes, with its escapes.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..'\u{20}' => {
                // Writing to a text can't fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// Reads values, one after the other.
#[derive(Debug)]
pub(crate) struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    /// Whether a text held bytes that are not UTF-8; they are read as U+FFFD.
    pub(crate) garbled: bool,
}

impl<'a> Parser<'a> {
    /// A parser that starts at a place in some bytes.
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, depth: 0, garbled: false }
    }

    /// The next byte to read.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// The next byte that is no blank, which stays unread.
    pub(crate) fn peek(&mut self) -> Result<u8> {
        while let Some(b) = self.bytes.get(self.at) {
            if !matches!(b, b' ' | b'\t' | b'\r' | b'\n') {
                return Ok(*b);
            }
            self.at += 1;
        }
        Err(ParseError::Cut)
    }

    /// Reads this byte, after blanks.
    pub(crate) fn expect(&mut self, byte: u8, what: &'static str) -> Result<()> {
        if self.peek()? != byte {
            return Err(ParseError::Bad(what, self.at));
        }
        self.at += 1;
        Ok(())
    }

    /// Reads the name of a member and the colon.
    pub(crate) fn name(&mut self) -> Result<Cow<'a, str>> {
        self.expect(b'"', "there should be the name of a member in quotes")?;
        let name = self.text()?;
        self.expect(b':', "there should be a colon")?;
        Ok(name)
    }

    /// Reads a value, after blanks.
    pub(crate) fn value(&mut self) -> Result<Json<'a>> {
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.text().map(Json::Text)
            }
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::array),
            b't' => self.word(b"true", Json::Bool(true)),
            b'f' => self.word(b"false", Json::Bool(false)),
            b'n' => self.word(b"null", Json::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(ParseError::Bad("there should be a value", self.at)),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Json<'a>>) -> Result<Json<'a>> {
        if self.depth == MAX_DEPTH {
            return Err(ParseError::Bad("values are nested more than 128 deep", self.at));
        }
        self.at += 1;
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Json<'a>> {
        let mut members = Members::new();
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(Json::Object(members));
        }
        loop {
            let name = self.name()?;
            members.push((name, self.value()?));
            if self.ends(b'}', "there should be a comma or the end of the object")? {
                return Ok(Json::Object(members));
            }
        }
    }

    fn array(&mut self) -> Result<Json<'a>> {
        let mut elements = Vec::new();
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(Json::Array(elements));
        }
        loop {
            elements.push(self.value()?);
            if self.ends(b']', "there should be a comma or the end of the array")? {
                return Ok(Json::Array(elements));
            }
        }
    }

    /// Reads a comma (no end) or the end.
    fn ends(&mut self, end: u8, what: &'static str) -> Result<bool> {
        let byte = self.peek()?;
        if byte != b',' && byte != end {
            return Err(ParseError::Bad(what, self.at));
        }
        self.at += 1;
        Ok(byte == end)
    }

    fn word(&mut self, word: &[u8], value: Json<'a>) -> Result<Json<'a>> {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        if word.starts_with(rest) {
            return Err(ParseError::Cut);
        }
        Err(ParseError::Bad("there should be a value", self.at))
    }

    fn number(&mut self) -> Result<Json<'a>> {
        let start = self.at;
        let rest = &self.bytes[start..];
        let len = rest.iter().position(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        let len = len.ok_or(ParseError::Cut)?;
        self.at += len;
        match std::str::from_utf8(&rest[..len]) {
            Ok(text) if is_number(text.as_bytes()) => Ok(Json::Number(text)),
            _ => Err(ParseError::Bad("this is no number", start)),
        }
    }

    /// The text whose opening quote was read.
    fn text(&mut self) -> Result<Cow<'a, str>> {
        let start = self.at;
        let end = self.special()?;
        if self.bytes[end] == b'"' {
            self.at = end + 1;
            let bytes = &self.bytes[start..end];
            return Ok(std::str::from_utf8(bytes).map_or_else(
                |_| {
                    self.garbled = true;
                    String::from_utf8_lossy(bytes)
                },
                Cow::Borrowed,
            ));
        }
        let mut out = Vec::with_capacity(2 * (end - start) + 16);
        let mut copied = start;
        loop {
            let at = self.special()?;
            out.extend_from_slice(&self.bytes[copied..at]);
            self.at = at + 1;
            if self.bytes[at] == b'"' {
                break;
            }
            self.escape(&mut out)?;
            copied = self.at;
        }
        let text = String::from_utf8(out).unwrap_or_else(|error| {
            self.garbled = true;
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        });
        Ok(Cow::Owned(text))
    }

    /// Where the next quote or backslash is.
    fn special(&self) -> Result<usize> {
        let found = memchr3(b'"', b'\\', b'\n', &self.bytes[self.at..]).ok_or(ParseError::Cut)?;
        let at = self.at + found;
        if self.bytes[at] == b'\n' {
            return Err(ParseError::Bad("a text is not closed on its line", self.at));
        }
        Ok(at)
    }

    /// Reads an escape whose backslash was read.
    fn escape(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let byte = *self.bytes.get(self.at).ok_or(ParseError::Cut)?;
        self.at += 1;
        let plain = match byte {
            b'"' | b'\\' | b'/' => byte,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'u' => {
                let character = self.unicode()?;
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return Err(ParseError::Bad("there is no such escape", self.at - 1)),
        };
        out.push(plain);
        Ok(())
    }

    /// The character of `\uXXXX`, or of two of them; half a pair is U+FFFD.
    fn unicode(&mut self) -> Result<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        match &self.bytes[self.at..] {
            [b'\\', b'u', ..] => {}
            [] | [b'\\'] => return Err(ParseError::Cut),
            _ => return Ok(char::REPLACEMENT_CHARACTER),
        }
        let back = self.at;
        self.at += 2;
        let second = self.hex()?;
        if !(0xdc00..0xe000).contains(&second) {
            self.at = back;
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32> {
        let digits = self.bytes.get(self.at..self.at + 4).ok_or(ParseError::Cut)?;
        let mut code = 0;
        for digit in digits {
            let value = char::from(*digit).to_digit(16);
            code = code * 16 + value.ok_or(ParseError::Bad("there is no such escape", self.at))?;
        }
        self.at += 4;
        Ok(code)
    }
}

/// Whether some bytes are a number by JSON's grammar.
pub(crate) fn is_number(bytes: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    let mut rest = &rest[whole..];
    if let [b'.', fraction @ ..] = rest {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let count = digits(exponent);
        return count > 0 && count == exponent.len();
    }
    rest.is_empty()
}

/// Reads a text that is one value and nothing else.
pub(crate) fn whole(text: &str) -> Option<Json<'_>> {
    let mut parser = Parser::new(text.as_bytes(), 0);
    let value = parser.value().ok()?;
    (parser.peek() == Err(ParseError::Cut)).then_some(value)
}

#[cfg(test)]
mod tests;
