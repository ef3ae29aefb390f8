//! Messages that the proxy makes itself. PostgreSQL manual 55.7.

use super::{
    messages::{Target, TransactionStatus},
    startup::Version,
    tag::{client, server},
};
use crate::error::{Report, Severity};

/// Appends a frame whose body `write` makes; the length is filled in behind it.
pub fn frame(out: &mut Vec<u8>, tag: u8, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(tag);
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    write(out);
    let length = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

fn cstr(out: &mut Vec<u8>, text: &[u8]) {
    // A NUL would end the string early and shift what follows.
    out.extend(text.iter().copied().filter(|&byte| byte != 0));
    out.push(0);
}

/// RowDescription (B) of one column of type text.
pub fn text_description(out: &mut Vec<u8>, name: &str) {
    frame(out, server::ROW_DESCRIPTION, |out| {
        out.extend_from_slice(&[0, 1]);
        cstr(out, name.as_bytes());
        // No table and no column of one; text; of any length; no modifier; as text.
        out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0]);
    });
}

/// DataRow (B) of one column. Text is the same in both formats.
pub fn text_row(out: &mut Vec<u8>, value: &str) {
    frame(out, server::DATA_ROW, |out| {
        out.extend_from_slice(&[0, 1]);
        out.extend_from_slice(&(value.len() as u32).to_be_bytes());
        out.extend_from_slice(value.as_bytes());
    });
}

/// ParameterDescription (B).
pub fn parameter_description(out: &mut Vec<u8>, types: &[u32]) {
    frame(out, server::PARAMETER_DESCRIPTION, |out| {
        out.extend_from_slice(&(types.len() as u16).to_be_bytes());
        for oid in types {
            out.extend_from_slice(&oid.to_be_bytes());
        }
    });
}

/// ReadyForQuery (B).
pub fn ready(out: &mut Vec<u8>, status: TransactionStatus) {
    out.extend_from_slice(&[server::READY, 0, 0, 0, 5, status.byte()]);
}

/// A message without a body: ParseComplete, BindComplete, CloseComplete, NoData, …; Sync, Flush, Terminate.
pub fn empty(out: &mut Vec<u8>, tag: u8) {
    out.extend_from_slice(&[tag, 0, 0, 0, 4]);
}

/// CommandComplete (B).
pub fn command_complete(out: &mut Vec<u8>, command: &str) {
    frame(out, server::COMMAND_COMPLETE, |out| cstr(out, command.as_bytes()));
}

/// ErrorResponse (B). Manual 55.8 for the fields.
pub fn error(out: &mut Vec<u8>, severity: Severity, report: &Report) {
    error_or_notice(out, server::ERROR, severity.as_str(), report);
}

/// The body of an ErrorResponse (B).
pub fn error_body(out: &mut Vec<u8>, severity: Severity, report: &Report) {
    fields(out, severity.as_str(), report);
}

/// NoticeResponse (B) with severity WARNING.
pub fn warning(out: &mut Vec<u8>, report: &Report) {
    error_or_notice(out, server::NOTICE, "WARNING", report);
}

fn error_or_notice(out: &mut Vec<u8>, tag: u8, severity: &str, report: &Report) {
    frame(out, tag, |out| fields(out, severity, report));
}

fn fields(out: &mut Vec<u8>, severity: &str, report: &Report) {
    let mut field = |kind: u8, text: &str| {
        out.push(kind);
        cstr(out, text.as_bytes());
    };
    field(b'S', severity);
    field(b'V', severity);
    field(b'C', report.state.as_str());
    field(b'M', &report.message);
    if let Some(detail) = &report.detail {
        field(b'D', detail);
    }
    if let Some(hint) = &report.hint {
        field(b'H', hint);
    }
    if let Some(position) = report.position {
        field(b'P', &position.to_string());
    }
    out.push(0);
}

/// ParameterStatus (B).
pub fn parameter_status(out: &mut Vec<u8>, name: &str, value: &str) {
    frame(out, server::PARAMETER_STATUS, |out| {
        cstr(out, name.as_bytes());
        cstr(out, value.as_bytes());
    });
}

/// BackendKeyData (B): 4 bytes of key in protocol 3.0, up to 256 in 3.2.
pub fn backend_key(out: &mut Vec<u8>, process: u32, key: &[u8]) {
    frame(out, server::BACKEND_KEY, |out| {
        out.extend_from_slice(&process.to_be_bytes());
        out.extend_from_slice(key);
    });
}

/// NegotiateProtocolVersion (B): the newest version that is spoken, and the protocol options that aren't known.
pub fn negotiate_version(out: &mut Vec<u8>, newest: Version, unknown: &[&str]) {
    frame(out, server::NEGOTIATE_VERSION, |out| {
        out.extend_from_slice(&(u32::from(newest.major) << 16 | u32::from(newest.minor)).to_be_bytes());
        out.extend_from_slice(&(unknown.len() as u32).to_be_bytes());
        for name in unknown {
            cstr(out, name.as_bytes());
        }
    });
}

/// An authentication request (B): its code, and what belongs to it.
pub fn authentication(out: &mut Vec<u8>, code: u32, data: &[u8]) {
    frame(out, server::AUTHENTICATION, |out| {
        out.extend_from_slice(&code.to_be_bytes());
        out.extend_from_slice(data);
    });
}

/// Query (F).
#[inline]
pub fn query(out: &mut Vec<u8>, text: &[u8]) {
    out.push(client::QUERY);
    out.extend_from_slice(&(text.len() as u32 + 5).to_be_bytes());
    out.extend_from_slice(text);
    out.push(0);
}

/// Parse (F); `types` as in [`super::messages::Parse::types`].
pub fn parse(out: &mut Vec<u8>, name: &[u8], text: &[u8], types: &[u8]) {
    frame(out, client::PARSE, |out| {
        cstr(out, name);
        cstr(out, text);
        out.extend_from_slice(types);
    });
}

/// Parse, Bind, Execute and Close (F) that run a text without parameters or results; the unnamed statement is it then.
pub fn run(out: &mut Vec<u8>, portal: &[u8], text: &[u8]) {
    parse(out, b"", text, b"\0\0");
    bind_head(out, portal, b"", 6);
    out.extend_from_slice(&[0; 6]);
    frame(out, client::EXECUTE, |out| {
        cstr(out, portal);
        out.extend_from_slice(&[0; 4]);
    });
    named(out, client::CLOSE, Target::Portal, portal);
}

/// The head of Bind (F): `tail` more bytes of body follow, which the caller sends.
pub fn bind_head(out: &mut Vec<u8>, portal: &[u8], statement: &[u8], tail: usize) {
    out.push(client::BIND);
    let length = 4 + portal.len() + 1 + statement.len() + 1 + tail;
    out.extend_from_slice(&(length as u32).to_be_bytes());
    cstr(out, portal);
    cstr(out, statement);
}

/// Describe (F) or Close (F).
pub fn named(out: &mut Vec<u8>, tag: u8, target: Target, name: &[u8]) {
    frame(out, tag, |out| {
        out.push(match target {
            Target::Statement => b'S',
            Target::Portal => b'P',
        });
        cstr(out, name);
    });
}

/// Password, SASLInitialResponse or SASLResponse (F).
pub fn password(out: &mut Vec<u8>, data: &[u8]) {
    frame(out, client::PASSWORD, |out| out.extend_from_slice(data));
}

/// StartupMessage (F), protocol 3.0.
pub fn startup(out: &mut Vec<u8>, parameters: &[(&str, &str)]) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&(3u32 << 16).to_be_bytes());
    for (name, value) in parameters {
        cstr(out, name.as_bytes());
        cstr(out, value.as_bytes());
    }
    out.push(0);
    let length = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// CancelRequest (F).
pub fn cancel(out: &mut Vec<u8>, process: u32, key: &[u8]) {
    out.extend_from_slice(&(12 + key.len() as u32).to_be_bytes());
    out.extend_from_slice(&super::startup::CANCEL_REQUEST.to_be_bytes());
    out.extend_from_slice(&process.to_be_bytes());
    out.extend_from_slice(key);
}

#[cfg(test)]
mod tests {
    use super::super::{frame::split_frame, messages::ErrorFields, startup};
    use super::*;
    use crate::error::SqlState;

    #[test]
    fn an_error_reads_back() {
        let mut out = Vec::new();
        let report = Report::new(SqlState::TOO_MANY_CONNECTIONS, "tenant is full").with_detail("5 of 5").with_hint("wait");
        error(&mut out, Severity::Fatal, &report);
        let (frame, rest) = split_frame(&out, 1000).unwrap().unwrap();
        assert!(rest.is_empty());
        let fields = ErrorFields::read(frame.body);
        assert_eq!(
            (fields.code, fields.message, fields.severity),
            (b"53300".as_slice(), b"tenant is full".as_slice(), b"FATAL".as_slice())
        );
        assert!(frame.body.ends_with(b"D5 of 5\0Hwait\0\0"));
    }

    #[test]
    fn startup_and_cancel_read_back() {
        let mut out = Vec::new();
        startup(&mut out, &[("user", "a")]);
        assert!(matches!(startup::read(&out), Ok(startup::FirstPacket::Startup(s)) if s.parameters == [("user", "a")]));
        out.clear();
        cancel(&mut out, 9, b"keykey");
        assert_eq!(startup::read(&out), Ok(startup::FirstPacket::Cancel { process: 9, key: b"keykey" }));
    }

    #[test]
    fn bind_head_counts_what_follows() {
        let mut out = Vec::new();
        bind_head(&mut out, b"", b"pt1", 6);
        out.extend_from_slice(&[0; 6]);
        let (frame, rest) = split_frame(&out, 1000).unwrap().unwrap();
        assert!(rest.is_empty());
        assert_eq!(frame.body, b"\0pt1\0\0\0\0\0\0\0");
    }
}
