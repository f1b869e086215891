//! As much of OpenStreetMap's PBF as counting needs: blocks, string tables, ids of ways, relations with their members.
//!
//! Lengths come from the file and are believed only within bounds; whatever does not fit ends the reading with a word.

use flate2::read::ZlibDecoder;
use std::io::Read;

/// Limits of the format.
const MAX_HEADER: usize = 64 << 10;
const MAX_BLOB: usize = 32 << 20;
const MAX_UNPACKED: u64 = 64 << 20;

/// One field of a message.
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message, one after another; ends at the first byte that makes no sense.
struct Fields<'a>(&'a [u8]);

fn varint(t: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for k in 0..10 {
        let (first, rest) = t.split_first()?;
        *t = rest;
        value |= u64::from(first & 0x7f) << (7 * k);
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn zigzag(v: u64) -> i64 {
    (v >> 1) as i64 ^ -((v & 1) as i64)
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Field<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = varint(&mut self.0)?;
        let take = |t: &mut &'a [u8], n: usize| {
            let (head, rest) = t.split_at_checked(n)?;
            *t = rest;
            Some(head)
        };
        let value = match key & 7 {
            0 => Field::Number(varint(&mut self.0)?),
            1 => Field::Bytes(take(&mut self.0, 8)?),
            2 => {
                let n = usize::try_from(varint(&mut self.0)?).ok()?;
                Field::Bytes(take(&mut self.0, n)?)
            }
            5 => Field::Bytes(take(&mut self.0, 4)?),
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

fn bytes(message: &[u8], wanted: u64) -> Option<&[u8]> {
    Fields(message).find_map(|(n, f)| match f {
        Field::Bytes(b) if n == wanted => Some(b),
        _ => None,
    })
}

fn number(message: &[u8], wanted: u64) -> Option<u64> {
    Fields(message).find_map(|(n, f)| match f {
        Field::Number(v) if n == wanted => Some(v),
        _ => None,
    })
}

fn packed(message: &[u8], wanted: u64) -> Vec<u64> {
    let mut t = bytes(message, wanted).unwrap_or_default();
    std::iter::from_fn(|| varint(&mut t)).collect()
}

/// Calls `visit` with the type and the content of every block until it returns `false`.
pub(super) fn blocks(mut file: impl Read, mut visit: impl FnMut(&[u8], &[u8]) -> bool) -> Result<(), String> {
    loop {
        let mut size = [0u8; 4];
        match file.read_exact(&mut size) {
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other.map_err(|e| e.to_string())?,
        }
        let mut read = |n: usize, most: usize| {
            if n > most {
                return Err("block size".to_string());
            }
            let mut out = vec![0; n];
            file.read_exact(&mut out).map_err(|e| e.to_string())?;
            Ok(out)
        };
        let header = read(u32::from_be_bytes(size) as usize, MAX_HEADER)?;
        let length = number(&header, 3).and_then(|n| usize::try_from(n).ok()).ok_or("block header")?;
        let blob = read(length, MAX_BLOB)?;
        let mut content = vec![];
        if let Some(raw) = bytes(&blob, 1) {
            content.extend_from_slice(raw);
        } else {
            let zipped = bytes(&blob, 3).ok_or("compression")?;
            let mut unzip = ZlibDecoder::new(zipped).take(MAX_UNPACKED + 1);
            unzip.read_to_end(&mut content).map_err(|e| e.to_string())?;
            if content.len() as u64 > MAX_UNPACKED {
                return Err("block size".into());
            }
        }
        if !visit(bytes(&header, 1).unwrap_or_default(), &content) {
            return Ok(());
        }
    }
}

/// Seconds since 1970 that the header states as the day of the data.
pub(super) fn replication_seconds(header: &[u8]) -> Option<i64> {
    number(header, 32).map(|v| v as i64)
}

/// A relation as it lies in its block.
pub(super) struct RawRelation<'a> {
    pub id: i64,
    pub tags: Vec<(&'a [u8], &'a [u8])>,
    pub ways: Vec<i64>,
}

/// Ids of the ways, and the relations, of one block of data.
pub(super) fn elements<'a>(block: &'a [u8], mut way: impl FnMut(i64), mut relation: impl FnMut(RawRelation<'a>)) {
    let texts: Vec<&[u8]> = Fields(bytes(block, 1).unwrap_or_default())
        .filter_map(|(n, f)| match f {
            Field::Bytes(b) if n == 1 => Some(b),
            _ => None,
        })
        .collect();
    let text = |k: u64| usize::try_from(k).ok().and_then(|k| texts.get(k).copied()).unwrap_or_default();
    for (_, group) in Fields(block).filter(|(n, _)| *n == 2) {
        let Field::Bytes(group) = group else { continue };
        for (n, element) in Fields(group) {
            let Field::Bytes(element) = element else { continue };
            match n {
                3 => way(number(element, 1).unwrap_or_default() as i64),
                4 => {
                    let (keys, values) = (packed(element, 2), packed(element, 3));
                    let mut at = 0i64;
                    let members = packed(element, 9).into_iter().map(|step| {
                        at = at.wrapping_add(zigzag(step));
                        at
                    });
                    let of_ways = members.zip(packed(element, 10)).filter(|(_, kind)| *kind == 1);
                    relation(RawRelation {
                        id: number(element, 1).unwrap_or_default() as i64,
                        tags: keys.into_iter().zip(values).map(|(k, v)| (text(k), text(v))).collect(),
                        ways: of_ways.map(|(id, _)| id).collect(),
                    });
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_the_format_packs_them() {
        assert_eq!(varint(&mut &[0xac, 0x02][..]), Some(300));
        assert_eq!((zigzag(0), zigzag(1), zigzag(2), zigzag(u64::MAX)), (0, -1, 1, i64::MIN));
        assert_eq!(varint(&mut &[0x80; 20][..]), None);
        assert_eq!(varint(&mut &[0x80][..]), None);
    }

    #[test]
    fn any_bytes_end_in_words_or_in_nothing() {
        assert!(blocks(&[0xff, 0xff, 0xff, 0xff, 1][..], |_, _| true).is_err());
        assert!(blocks(&[0, 0, 0, 2, 0x18, 0x05, 1][..], |_, _| true).is_err());
        assert!(blocks(&[][..], |_, _| true).is_ok());
        for seed in 0..200u64 {
            let noise: Vec<u8> = (0..300u64)
                .map(|k| (k.wrapping_mul(seed * 2_654_435_761 + 97) >> 7) as u8)
                .collect();
            elements(&noise, |_| (), |_| ());
        }
    }
}
