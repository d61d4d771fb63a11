//! A picture of black and white dots as a PNG.
//!
//! Written by hand: a library brings a compressor that weighs more than the page's checkout, and a canvas is answered
//! with noise by browsers that guard against being recognised.

/// The most that one block of uncompressed data holds.
const BLOCK: usize = 0xFFFF;

/// A square picture of `side` dots, white where `is_white`, line by line.
#[must_use]
pub(super) fn square(side: usize, is_white: impl Fn(usize, usize) -> bool) -> Vec<u8> {
    let mut lines = Vec::with_capacity(side * (side / 8 + 2));
    for y in 0..side {
        // How the line was filtered: not at all.
        lines.push(0);
        for from in (0..side).step_by(8) {
            let bit = |at: usize| u8::from(from + at < side && is_white(from + at, y)) << (7 - at);
            lines.push((0..8).map(bit).sum());
        }
    }
    let length = u32::try_from(side).unwrap_or_default().to_be_bytes();
    // One bit a dot, in greys; no further choices.
    let header = [&length[..], &length, &[1, 0, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"IDAT", &stored(&lines));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
    let from = png.len();
    png.extend(kind);
    png.extend(data);
    let sum = crc(&png[from..]);
    png.extend(sum.to_be_bytes());
}

/// The data as zlib's format holds what is not compressed.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut zlib = vec![0x78, 0x01];
    let blocks = data.chunks(BLOCK).count();
    for (place, block) in data.chunks(BLOCK).enumerate() {
        let length = u16::try_from(block.len()).unwrap_or_default();
        zlib.push(u8::from(place + 1 == blocks));
        zlib.extend(length.to_le_bytes());
        zlib.extend((!length).to_le_bytes());
        zlib.extend(block);
    }
    zlib.extend(adler(data).to_be_bytes());
    zlib
}

fn crc(data: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in data {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg());
        }
    }
    !sum
}

fn adler(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_those_of_the_formats() {
        assert_eq!(crc(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc(b"IEND"), 0xAE42_6082);
        assert_eq!(adler(b"Wikipedia"), 0x11E6_0398);
    }

    #[test]
    fn a_picture_is_one_bit_a_dot() {
        let png = square(9, |x, y| x == y);
        assert_eq!(
            png.get(16..29),
            Some(&[0, 0, 0, 9, 0, 0, 0, 9, 1, 0, 0, 0, 0][..])
        );
        let lines: Vec<u8> = (0..9_u8)
            .flat_map(|y| {
                [
                    0,
                    if y < 8 { 0x80 >> y } else { 0 },
                    if y < 8 { 0 } else { 0x80 },
                ]
            })
            .collect();
        let at = png.windows(lines.len()).position(|part| part == lines);
        assert!(at.is_some(), "{png:?}");
    }

    #[test]
    fn a_large_picture_has_several_blocks() {
        let data = vec![7; BLOCK + 1];
        let zlib = stored(&data);
        assert_eq!(zlib[2..7], [0, 0xFF, 0xFF, 0, 0]);
        assert_eq!(zlib[7 + BLOCK..12 + BLOCK], [1, 1, 0, 0xFE, 0xFF]);
        assert_eq!(zlib.len(), 2 + 5 + BLOCK + 5 + 1 + 4);
    }
}
