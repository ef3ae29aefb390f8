//! From a line to its values: `CopyReadAttributesText` and `CopyReadAttributesCSV`.

use crate::{error::Report, sql::copy_from::CopyOptions};

use super::{CopyField, CopyRow, bad, not_utf8};

/// Lines of text: what a backslash means is undone.
pub(super) fn text(line: &[u8], options: &CopyOptions, row: &mut CopyRow) -> Result<(), Report> {
    let mut rest = line;
    loop {
        let (raw, more) = raw_field(rest, options.delimiter);
        match sign(raw, options) {
            Some(sign) => row.fields.push(sign),
            None if memchr::memchr(b'\\', raw).is_none() => row.push(raw),
            None => unescape(raw, row)?,
        }
        match more {
            Some(more) => rest = more,
            None => return Ok(()),
        }
    }
}

/// Up to the delimiter, and what stands behind it.
fn raw_field(rest: &[u8], delimiter: u8) -> (&[u8], Option<&[u8]>) {
    let mut from = 0;
    while let Some(offset) = rest.get(from..).and_then(|rest| memchr::memchr2(delimiter, b'\\', rest)) {
        let at = from + offset;
        if rest.get(at) == Some(&delimiter) {
            return (rest.get(..at).unwrap_or_default(), rest.get(at + 1..));
        }
        from = at + 2;
    }
    (rest, None)
}

/// NULL or DEFAULT, where a value as it was written is one of their signs.
fn sign(raw: &[u8], options: &CopyOptions) -> Option<CopyField> {
    if raw == options.null.as_bytes() {
        Some(CopyField::Null)
    } else if options.default.as_ref().is_some_and(|default| raw == default.as_bytes()) {
        Some(CopyField::Default)
    } else {
        None
    }
}

fn unescape(raw: &[u8], row: &mut CopyRow) -> Result<(), Report> {
    let start = row.bytes.len();
    let mut by_number = false;
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            row.bytes.push(byte);
            continue;
        }
        let Some(escaped) = bytes.next() else {
            row.bytes.push(byte);
            break;
        };
        let meant = match escaped {
            b'0'..=b'7' => {
                by_number = true;
                let mut value = u32::from(escaped - b'0');
                for _ in 0..2 {
                    let Some(digit) = bytes.next_if(|byte| matches!(byte, b'0'..=b'7')) else { break };
                    value = value << 3 | u32::from(digit - b'0');
                }
                (value & 0xff) as u8
            }
            b'x' if bytes.peek().is_some_and(u8::is_ascii_hexdigit) => {
                by_number = true;
                let mut value = 0;
                for _ in 0..2 {
                    let Some(digit) = bytes.next_if(u8::is_ascii_hexdigit) else { break };
                    value = value << 4 | char::from(digit).to_digit(16).unwrap_or(0);
                }
                (value & 0xff) as u8
            }
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            other => other,
        };
        row.bytes.push(meant);
    }
    if by_number && let Some(report) = row.bytes.get(start..).and_then(not_utf8) {
        return Err(report);
    }
    row.fields.push(CopyField::Value(start..row.bytes.len()));
    Ok(())
}

/// Lines of CSV. Signs count where no part was quoted (NULL), and as they were written.
pub(super) fn csv(line: &[u8], options: &CopyOptions, row: &mut CopyRow) -> Result<(), Report> {
    let mut at = 0;
    loop {
        let (begin, start) = (at, row.bytes.len());
        let mut quoted = false;
        let more = loop {
            match line.get(at) {
                None => break false,
                Some(&byte) if byte == options.delimiter => break true,
                Some(&byte) if byte == options.quote => {
                    quoted = true;
                    at = quoted_part(line, at + 1, options, row)?;
                }
                Some(&byte) => {
                    row.bytes.push(byte);
                    at += 1;
                }
            }
        };
        let raw = line.get(begin..at).unwrap_or_default();
        match sign(raw, options) {
            Some(sign) if !quoted => {
                row.bytes.truncate(start);
                row.fields.push(sign);
            }
            _ => row.fields.push(CopyField::Value(start..row.bytes.len())),
        }
        if !more {
            return Ok(());
        }
        at += 1;
    }
}

/// What stands between quotes, and the place behind the second.
fn quoted_part(line: &[u8], mut at: usize, options: &CopyOptions, row: &mut CopyRow) -> Result<usize, Report> {
    loop {
        let Some(&byte) = line.get(at) else { return Err(bad("unterminated CSV quoted field")) };
        at += 1;
        if byte == options.escape
            && let Some(&next) = line.get(at)
            && (next == options.escape || next == options.quote)
        {
            row.bytes.push(next);
            at += 1;
        } else if byte == options.quote {
            return Ok(at);
        } else {
            row.bytes.push(byte);
        }
    }
}
