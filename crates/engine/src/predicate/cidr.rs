//! Blocks of IP addresses.

use std::net::IpAddr;

/// A block of IP addresses such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr {
    bits: u128,
    length: u32,
    width: u32,
}

impl Cidr {
    /// The block that a text writes, `None` if it writes none.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (bits, width) = bits(address.parse().ok()?);
        let digits = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
        let length: u32 = digits.then(|| length.parse().ok())??;
        (length <= width).then_some(Self { bits, length, width })
    }

    /// How many bits its addresses have: 32 or 128.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// How many bits its addresses share.
    pub fn length(&self) -> u32 {
        self.length
    }

    /// The bits that its addresses share, as a number.
    pub fn shared(&self) -> u128 {
        self.bits.checked_shr(self.width - self.length).unwrap_or(0)
    }

    /// Whether an address lies in the block; what is no address does not.
    pub fn holds(&self, address: &str) -> bool {
        let Ok(address) = address.trim().parse() else { return false };
        let (bits, width) = bits(address);
        let shift = self.width - self.length;
        width == self.width && bits.checked_shr(shift) == self.bits.checked_shr(shift)
    }
}

/// The bits of an address and how many there are.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(v4) => (u32::from(v4).into(), 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks() {
        for (block, address, holds) in [
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("192.168.1.7/32", "192.168.1.7", true),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "fe80::1", true),
            ("2001:db8::/33", "2001:db8:8000::", false),
            ("10.0.0.0/8", "10.0.0", false),
            ("10.0.0.0/8", "", false),
        ] {
            assert_eq!(Cidr::parse(block).expect("a block").holds(address), holds, "{block} {address}");
        }
    }

    #[test]
    fn what_is_no_block() {
        for text in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "a/b", "10.0.0.0/", "10.0.0.0/+8", "::/129", "/"]
        {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
    }
}
