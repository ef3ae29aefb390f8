//! Frames made and read by hand, so that the crate's own writers and readers are not their own witnesses.

use std::fmt;

pub fn frame(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend_from_slice(&(body.len() as u32 + 4).to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

pub fn cstrs(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().flat_map(|part| [part, b"\0".as_slice()].concat()).collect()
}

pub fn query(text: &str) -> Vec<u8> {
    frame(b'Q', &cstrs(&[text.as_bytes()]))
}

pub fn parse(name: &str, text: &str) -> Vec<u8> {
    frame(b'P', &[cstrs(&[name.as_bytes(), text.as_bytes()]), vec![0, 0]].concat())
}

pub fn bind(portal: &str, statement: &str, parameter: &[u8]) -> Vec<u8> {
    let mut body = cstrs(&[portal.as_bytes(), statement.as_bytes()]);
    body.extend_from_slice(&[0, 0, 0, 1]);
    body.extend_from_slice(&(parameter.len() as u32).to_be_bytes());
    body.extend_from_slice(parameter);
    body.extend_from_slice(&[0, 0]);
    frame(b'B', &body)
}

pub fn describe(kind: u8, name: &str) -> Vec<u8> {
    frame(b'D', &[vec![kind], cstrs(&[name.as_bytes()])].concat())
}

pub fn close(kind: u8, name: &str) -> Vec<u8> {
    frame(b'C', &[vec![kind], cstrs(&[name.as_bytes()])].concat())
}

pub fn execute(portal: &str, rows: u32) -> Vec<u8> {
    frame(b'E', &[cstrs(&[portal.as_bytes()]), rows.to_be_bytes().to_vec()].concat())
}

pub fn sync() -> Vec<u8> {
    frame(b'S', b"")
}

pub fn flush() -> Vec<u8> {
    frame(b'H', b"")
}

pub fn copy_data(data: &[u8]) -> Vec<u8> {
    frame(b'd', data)
}

pub fn copy_done() -> Vec<u8> {
    frame(b'c', b"")
}

pub fn copy_fail() -> Vec<u8> {
    frame(b'f', b"no more\0")
}

/// Parse, Bind, Describe, Execute of one text, unnamed.
pub fn run_unnamed(text: &str) -> Vec<u8> {
    [parse("", text), bind("", "", b"x"), describe(b'P', ""), execute("", 0)].concat()
}

/// A frame as a test compares it.
#[derive(Clone, PartialEq, Eq)]
pub struct Seen {
    pub tag: u8,
    pub body: Vec<u8>,
}

impl Seen {
    /// A field of an ErrorResponse or NoticeResponse.
    pub fn field(&self, kind: u8) -> String {
        let mut rest = self.body.as_slice();
        while let Some((&found, tail)) = rest.split_first() {
            let Some(end) = tail.iter().position(|byte| *byte == 0) else { break };
            if found == kind {
                return String::from_utf8_lossy(&tail[..end]).into_owned();
            }
            rest = &tail[end + 1..];
        }
        String::new()
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tag {
            b'E' | b'N' => write!(f, "{}({} {})", char::from(self.tag), self.field(b'C'), self.field(b'M')),
            tag => {
                write!(f, "{}({})", char::from(tag), self.body.iter().take(60).copied().map(char::from).collect::<String>().escape_debug())
            }
        }
    }
}

/// Takes all whole frames off the front.
pub fn take_frames(bytes: &mut Vec<u8>) -> Vec<Seen> {
    let mut frames = Vec::new();
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 5) {
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let Some(body) = bytes.get(at + 5..at + 1 + length) else { break };
        frames.push(Seen { tag: head[0], body: body.to_vec() });
        at += 1 + length;
    }
    bytes.drain(..at);
    frames
}

/// The frames of complete bytes.
pub fn frames_of(bytes: &[u8]) -> Vec<Seen> {
    let mut bytes = bytes.to_vec();
    let frames = take_frames(&mut bytes);
    assert!(bytes.is_empty(), "unfinished frame: {bytes:?}");
    frames
}

/// The types of frames, as a word.
pub fn tags(frames: &[Seen]) -> String {
    frames.iter().map(|frame| char::from(frame.tag)).collect()
}
