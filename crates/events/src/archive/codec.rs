//! Streams that are packed: one decoder for each way of packing.

use bzip2::read::MultiBzDecoder;
use deflate64::Deflate64Decoder;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, BufReader, Read};

/// How much of the packed stream is read at a time.
const BLOCK: usize = 64 << 10;

/// What a decoder may need for its window. The window is as large as the stream says, so that it needs a limit; both
/// tools pack with less than this unless told otherwise.
const MAX_WINDOW: u64 = 128 << 20;

/// A way of packing a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    /// Not packed at all.
    Stored,
    /// gzip, of one member or several.
    Gzip,
    /// Zstandard, of one frame or several.
    Zstd,
    /// xz, of one stream or several.
    Xz,
    /// bzip2, of one stream or several.
    Bzip2,
    /// Deflate without a wrapper, in zip archives.
    Deflate,
    /// Deflate with a larger window, in the zip archives that Windows makes of large files.
    Deflate64,
}

impl Codec {
    /// A reader of the unpacked stream. An error of the packed data is an error of the reader.
    pub(crate) fn reader<'r>(self, packed: impl Read + Send + 'r) -> Box<dyn Read + Send + 'r> {
        let packed = BufReader::with_capacity(BLOCK, packed);
        match self {
            Self::Stored => Box::new(packed),
            Self::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Self::Zstd => Box::new(Zstd::new(packed)),
            Self::Xz => Box::new(XzReader::new_mem_limit(packed, true, (MAX_WINDOW >> 10) as u32)),
            Self::Bzip2 => Box::new(MultiBzDecoder::new(packed)),
            Self::Deflate => Box::new(DeflateDecoder::new(packed)),
            Self::Deflate64 => Box::new(Deflate64Decoder::with_buffer(packed)),
        }
    }
}

/// All frames of a Zstandard stream, one after the other.
struct Zstd<R> {
    packed: R,
    decoder: FrameDecoder,
    /// Whether a frame is open.
    inside: bool,
}

impl<R: BufRead> Zstd<R> {
    fn new(packed: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        Self { packed, decoder, inside: false }
    }

    /// Starts the next frame; `false` at the end of the stream.
    fn enter(&mut self) -> io::Result<bool> {
        while !self.packed.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.packed) {
                Ok(()) => {
                    self.inside = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut (&mut self.packed).take(length.into()), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }

    /// Ends the frame, whose checksum has to be right if it has one.
    fn leave(&mut self) -> io::Result<()> {
        self.inside = false;
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(said), Some(is)) if said != is => Err(io::Error::other("the checksum is wrong")),
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.inside && !self.enter()? {
                return Ok(0);
            }
            if self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.packed, one).map_err(io::Error::other)?;
            }
            let n = self.decoder.read(buffer)?;
            if n > 0 {
                return Ok(n);
            }
            if self.decoder.is_finished() {
                self.leave()?;
            }
        }
    }
}
