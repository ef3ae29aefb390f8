//! Runs a step on both sides and says where the answers differ.

use std::fmt::Write as _;

use super::script::{Step, Way};
use crate::support::wire::*;

/// An answer without what may differ between two databases.
#[derive(PartialEq, Eq, Debug, Clone, Default)]
pub struct Answer {
    pub lines: Vec<String>,
    /// SQLSTATE of the first error; "" where there is none.
    pub state: String,
    pub text: String,
    /// The error's position.
    pub position: String,
}

/// Sends a step and reads to its ReadyForQuery.
pub async fn ask(wire: &mut Wire, step: &Step) -> Answer {
    let mut messages = Vec::new();
    match &step.way {
        Way::Simple => messages = wire.query(&step.sql).await,
        Way::CopyIn(data) => {
            wire.send(&query(&step.sql)).await;
            while let Some(message) = wire.message().await {
                let tag = message.tag;
                messages.push(message);
                if tag == b'G' {
                    wire.send(&[frame(b'd', data.as_bytes()), frame(b'c', b"")].concat()).await;
                }
                if tag == b'Z' {
                    break;
                }
            }
        }
        Way::Extended { parameters, typed, binary, rows, name, describe: described } => {
            let mut bytes = Vec::new();
            if !name.is_empty() {
                bytes.extend(close(b'S', name));
            }
            let mut body = format!("{name}\0{}\0", step.sql).into_bytes();
            let types = if *typed { parameters.as_slice() } else { &[] };
            body.extend((types.len() as u16).to_be_bytes());
            body.extend(types.iter().flat_map(|parameter| parameter.ty.oid().to_be_bytes()));
            bytes.extend(frame(b'P', &body));
            if *described == b'S' {
                bytes.extend(describe(b'S', name));
            }
            let mut body = format!("\0{name}\0\0\0").into_bytes();
            body.extend((parameters.len() as u16).to_be_bytes());
            for parameter in parameters {
                match &parameter.value {
                    Some(value) => {
                        body.extend((value.len() as u32).to_be_bytes());
                        body.extend(value.as_bytes());
                    }
                    None => body.extend((-1_i32).to_be_bytes()),
                }
            }
            body.extend(if *binary { [0, 1, 0, 1].as_slice() } else { &[0, 0] });
            bytes.extend(frame(b'B', &body));
            if *described == b'P' {
                bytes.extend(describe(b'P', ""));
            }
            bytes.extend(execute("", *rows));
            bytes.extend(sync());
            wire.send(&bytes).await;
            messages = wire.ready().await;
        }
    }
    answer(&messages, step.promise.ordered)
}

/// Types beyond the built-in ones have other oids in other databases.
fn type_of(oid: u32) -> String {
    if oid >= 16_384 { "own".to_owned() } else { oid.to_string() }
}

fn number(bytes: &[u8], at: usize, width: usize) -> u32 {
    bytes[at..at + width].iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// RowDescription: names, types, sizes, formats, and which columns are a table's own.
fn columns(body: &[u8]) -> String {
    let mut text = String::from("T");
    let mut at = 2;
    while at < body.len() {
        let end = body[at..].iter().position(|byte| *byte == 0).map_or(body.len(), |length| at + length);
        let name = String::from_utf8_lossy(&body[at..end]).into_owned();
        let fields = &body[end + 1..];
        let (table, column) = (number(fields, 0, 4), number(fields, 4, 2));
        let (ty, modifier, format) = (type_of(number(fields, 6, 4)), number(fields, 12, 4), number(fields, 16, 2));
        let _ = write!(text, " {name}:{ty}:{modifier}:{format}:{}.{column}", u8::from(table != 0));
        at = end + 19;
    }
    text
}

/// A row, readable where it is text.
fn row(body: &[u8]) -> String {
    let mut text = String::from("D");
    let mut at = 2;
    while at + 4 <= body.len() {
        let length = number(body, at, 4) as i32;
        at += 4;
        match usize::try_from(length) {
            Ok(length) => {
                let _ = write!(text, " [{}]", String::from_utf8_lossy(&body[at..at + length]));
                at += length;
            }
            Err(_) => text.push_str(" NULL"),
        }
    }
    text
}

fn answer(messages: &[Message], ordered: bool) -> Answer {
    let mut answer = Answer::default();
    let mut rows: Vec<String> = Vec::new();
    for message in messages {
        let line = match message.tag {
            b'D' => {
                rows.push(row(&message.body));
                continue;
            }
            b'd' => {
                rows.push(format!("d {}", String::from_utf8_lossy(&message.body)));
                continue;
            }
            b'S' => continue,
            b'T' => columns(&message.body),
            b't' => {
                let types: Vec<String> = (2..message.body.len()).step_by(4).map(|at| type_of(number(&message.body, at, 4))).collect();
                format!("t {}", types.join(" "))
            }
            b'E' => {
                if answer.state.is_empty() {
                    answer.state = message.state().to_owned();
                    answer.position = message.field(b'P').to_owned();
                    answer.text = format!("{}: {} {}", message.field(b'M'), message.field(b'D'), message.field(b'H'));
                }
                format!("E {} at {}", message.state(), message.field(b'P'))
            }
            b'N' => format!("N {}", message.state()),
            tag => format!("{} {}", char::from(tag), String::from_utf8_lossy(&message.body)),
        };
        flush_rows(&mut rows, ordered, &mut answer.lines);
        answer.lines.push(line);
    }
    flush_rows(&mut rows, ordered, &mut answer.lines);
    answer
}

fn flush_rows(rows: &mut Vec<String>, ordered: bool, lines: &mut Vec<String>) {
    if !ordered {
        rows.sort();
    }
    lines.append(rows);
}

/// Without which table's which column it is.
fn without_origins(answer: &Answer) -> Vec<String> {
    let cut = |word: &str| word.rsplit_once(':').map_or_else(|| word.to_owned(), |(rest, _)| rest.replace(":2249:", ":own:"));
    let line = |line: &String| if line.starts_with("T ") { line.split(' ').map(cut).collect::<Vec<_>>().join(" ") } else { line.clone() };
    answer.lines.iter().map(line).collect()
}

/// What differs between the proxy's answer and that of the database of the tenant alone.
pub fn difference(step: &Step, proxied: &Answer, alone: &Answer) -> Option<String> {
    if proxied.lines == alone.lines {
        return None;
    }
    // Both fail alike: in the extended protocol the gate says at Parse what PostgreSQL says at Bind or Execute.
    if matches!(step.way, Way::Extended { .. })
        && !alone.state.is_empty()
        && proxied.state == alone.state
        && proxied.position == alone.position
    {
        return None;
    }
    // In a read-only transaction the gate may have another reason, and COPY FROM is refused when its first row comes.
    if alone.state == "25006" && !proxied.state.is_empty() {
        return None;
    }
    // Of a text of several statements the gate refuses all before any has run.
    if step.sql.contains("; ") && !alone.state.is_empty() && !proxied.state.is_empty() && proxied.lines.len() <= alone.lines.len() {
        return None;
    }
    // An inlined view's columns come from other places.
    if step.promise.view && without_origins(proxied) == without_origins(alone) {
        return None;
    }
    // A foreign key of the statement's own making may be refused before anything is looked at.
    if step.promise.foreign && proxied.state == "42501" {
        return None;
    }
    let first =
        proxied.lines.iter().zip(&alone.lines).position(|(one, other)| one != other).unwrap_or(proxied.lines.len().min(alone.lines.len()));
    let show = |answer: &Answer| {
        format!("{} (of {}) {}", answer.lines.get(first).map_or("nothing", String::as_str), answer.lines.len(), answer.text)
    };
    Some(format!("line {first}\n  proxied: {}\n  alone:   {}", show(proxied), show(alone)))
}

/// A statement to paste into psql.
pub fn paste(step: &Step) -> String {
    let parameters = match &step.way {
        Way::Extended { parameters, typed, binary, rows, name, .. } => {
            let list: Vec<String> = parameters.iter().map(|parameter| format!("{:?} {:?}", parameter.ty, parameter.value)).collect();
            format!("   -- extended {name:?} typed={typed} binary={binary} rows={rows} parameters: [{}]", list.join(", "))
        }
        Way::CopyIn(data) => format!("   -- data: {data:?}"),
        Way::Simple => String::new(),
    };
    format!("{};{parameters}", step.sql)
}
