//! Reading numbers and names out of a chunk, never past its end.

/// A place in a chunk from which reading goes on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'c> {
    pub(super) data: &'c [u8],
    pub(super) at: usize,
}

impl<'c> Cursor<'c> {
    /// Reading from `at` on.
    pub(super) fn new(data: &'c [u8], at: usize) -> Self {
        Self { data, at }
    }

    /// The next `n` bytes.
    pub(super) fn take(&mut self, n: usize) -> Option<&'c [u8]> {
        let end = self.at.checked_add(n)?;
        let bytes = self.data.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    /// The next byte.
    pub(super) fn u8(&mut self) -> Option<u8> {
        let byte = *self.data.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// The next two bytes, the lower first.
    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|b| u16::from_le_bytes([b[0], b[1]]))
    }

    /// The next four bytes, the lowest first.
    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
}

/// The four bytes at `at` as a number.
pub(super) fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Cursor::new(data, at).u32()
}

/// The entry of the table of names at `at`: where the next one of its chain is (0 for none), and the name as UTF-16.
pub(super) fn name_at(data: &[u8], at: usize) -> Option<(u32, &[u8])> {
    let mut cursor = Cursor::new(data, at);
    let next = cursor.u32()?;
    let _hash = cursor.u16()?;
    let length = usize::from(cursor.u16()?);
    let name = cursor.take(2 * length)?;
    // A NUL follows.
    cursor.take(2)?;
    Some((next, name))
}

/// UTF-16 that is a plain XML name of ASCII letters and digits, as text; `None` for anything else.
pub(super) fn plain_name(utf16: &[u8]) -> Option<String> {
    let plain = |pair: &[u8]| {
        (pair[1] == 0 && (pair[0].is_ascii_alphanumeric() || matches!(pair[0], b'_' | b'-' | b'.' | b':')))
            .then_some(char::from(pair[0]))
    };
    utf16.chunks_exact(2).map(plain).collect::<Option<String>>().filter(|name| !name.is_empty())
}
