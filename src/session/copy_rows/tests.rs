#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::{
    catalog::{Column, Identity, Relation, RelationKind},
    sql::copy_from::copy_from,
};

fn relation() -> Relation {
    let mut note = Column::new("note", "text");
    note.has_default = true;
    let mut sum = Column::new("sum", "integer");
    sum.generated = true;
    Relation::table(1, "public", "or\"ders", vec![Column::new("tenant_id", "text"), Column::new("id", "integer"), note, sum])
}

fn begin(copy: &str) -> CopyRows {
    let copy = copy_from(copy).unwrap().unwrap();
    let target = Target::new(&copy, &relation()).unwrap();
    CopyRows::new(copy, target, true)
}

fn checked() -> Result<Checked, Report> {
    Ok(Checked { text: "I".into(), appended: Some(Box::from(&b"acme"[..])) })
}

/// Writes until something other than the gate is needed; the gate says yes.
fn write(rows: &mut CopyRows, out: &mut Vec<u8>) -> (Vec<String>, Need) {
    let mut texts = Vec::new();
    loop {
        match rows.write(out) {
            Need::Check(text) => {
                texts.push(text);
                rows.checked(checked(), out);
            }
            need => return (texts, need),
        }
    }
}

fn frames(mut bytes: &[u8]) -> Vec<(char, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [tag, rest @ ..] = bytes {
        let length = u32::from_be_bytes(*rest.first_chunk().unwrap()) as usize;
        frames.push((char::from(*tag), rest[4..length].to_vec()));
        bytes = &rest[length..];
    }
    frames
}

fn tags(bytes: &[u8]) -> String {
    frames(bytes).iter().map(|(tag, _)| *tag).collect()
}

fn told(rows: &CopyRows) -> Vec<String> {
    let mut out = Vec::new();
    rows.conclude(&mut out);
    let (_, body) = frames(&out).remove(0);
    body.split(|byte| *byte == 0).filter(|field| !field.is_empty()).map(|field| String::from_utf8_lossy(field).into_owned()).collect()
}

#[test]
fn rows_become_binds_of_one_statement() {
    let (mut rows, mut out) = (begin("COPY orders (tenant_id, id, note) FROM STDIN (DEFAULT '\\D')"), Vec::new());
    let insert = "INSERT INTO \"public\".\"or\"\"ders\" (\"tenant_id\", \"id\", \"note\") VALUES ($1, $2, $3)";
    assert_eq!(write(&mut rows, &mut out), (vec![insert.to_owned()], Need::Data));
    assert_eq!(tags(&out), "P");
    assert!(!rows.is_prepared());
    rows.reply(server::PARSE_COMPLETE, b"");
    assert!(rows.is_prepared());
    out.clear();
    rows.greet(&mut out);
    assert_eq!(frames(&out), [('G', vec![0, 0, 3, 0, 0, 0, 0, 0, 0])]);
    out.clear();
    rows.data(b"acme\t1\tx\nacme\t2\t\\N\nac");
    assert_eq!(write(&mut rows, &mut out), (vec![], Need::Data));
    let sent = frames(&out);
    assert_eq!(tags(&out), "BEBE");
    let values = b"\0\x04\0\0\0\x04acme\0\0\0\x011\0\0\0\x01x\0\0\0\x04acme\0\0";
    assert_eq!(sent[0].1, [&[0, 0, 0, 0][..], values].concat());
    assert!(sent[2].1.windows(4).any(|bytes| bytes == [0xff; 4]), "NULL");
    out.clear();
    rows.data(b"me\t3\t\\D\n");
    rows.done();
    let (texts, need) = write(&mut rows, &mut out);
    assert!(need == Need::End && texts[0].ends_with("VALUES ($1, $2, DEFAULT)"), "{texts:?}");
    assert_eq!(tags(&out), "PBE");
    assert!(!rows.is_settled());
    for (tag, body) in
        [(b'2', &b""[..]), (b'C', b"INSERT 0 1\0"), (b'2', b""), (b'C', b"INSERT 0 0\0"), (b'1', b""), (b'2', b""), (b'C', b"INSERT 0 1\0")]
    {
        assert!(rows.reply(tag, body));
    }
    assert!(!rows.reply(b'N', b""), "notices are the client's");
    assert!(rows.is_settled());
    assert_eq!(told(&rows), ["COPY 2"], "a trigger has swallowed one");
}

#[test]
fn what_is_on_its_way_is_bounded() {
    let (mut rows, mut out) = (begin("COPY orders (id) FROM STDIN"), Vec::new());
    rows.data("7\n".repeat(3 * WINDOW_ROWS).as_bytes());
    rows.done();
    assert_eq!(write(&mut rows, &mut out).1, Need::Replies);
    assert_eq!(tags(&out), format!("P{}H", "BE".repeat(WINDOW_ROWS)));
    assert_eq!(write(&mut rows, &mut out).1, Need::Replies);
    out.clear();
    for _ in 0..10 {
        rows.reply(server::COMMAND_COMPLETE, b"INSERT 0 1\0");
    }
    assert_eq!(write(&mut rows, &mut out).1, Need::Replies);
    assert_eq!(tags(&out), format!("{}H", "BE".repeat(10)));
    let mut rows = begin("COPY orders (id) FROM STDIN");
    rows.data(format!("{}\n", "x".repeat(WINDOW_BYTES / 4)).repeat(100).as_bytes());
    out.clear();
    assert_eq!(write(&mut rows, &mut out).1, Need::Replies);
    assert!(out.len() < 2 * WINDOW_BYTES, "{}", out.len());
}

#[test]
fn a_refused_row_is_told_with_its_line() {
    let (mut rows, mut out) = (begin("COPY orders (id) FROM STDIN"), Vec::new());
    rows.data(b"1\n2\nx\n4\t5\n");
    rows.done();
    assert_eq!(write(&mut rows, &mut out).1, Need::End, "the fourth line isn't in the format");
    assert_eq!(tags(&out), "PBEBEBEP", "so that the server undoes the others");
    assert!(!rows.is_settled(), "one before it may fail, too");
    for (tag, body) in [(b'1', &b""[..]), (b'2', b""), (b'C', b"INSERT 0 1\0"), (b'2', b""), (b'C', b"INSERT 0 1\0")] {
        rows.reply(tag, body);
    }
    rows.reply(b'E', b"SERROR\0VERROR\0C22P02\0Minvalid input\0P7\0Wunnamed portal\0nname\0\0");
    assert!(rows.is_settled());
    assert_eq!(told(&rows), ["SERROR", "VERROR", "C22P02", "Minvalid input", "nname", "WCOPY or\"ders, line 3"]);
}

#[test]
fn a_line_that_is_not_in_the_format_undoes_all() {
    let (mut rows, mut out) = (begin("COPY orders (id) FROM STDIN"), Vec::new());
    rows.data(b"1\n4\t5\n");
    assert_eq!(write(&mut rows, &mut out).1, Need::End);
    rows.data(b"more\n");
    rows.done();
    for (tag, body) in [(b'1', &b""[..]), (b'2', b""), (b'C', b"INSERT 0 1\0")] {
        rows.reply(tag, body);
    }
    assert!(rows.is_settled());
    rows.reply(b'E', b"SERROR\0C42601\0Msyntax error\0\0");
    let told = told(&rows);
    assert_eq!(told[2..], ["C22P04", "Mextra data after last expected column", "WCOPY or\"ders, line 2: \"4\t5\""]);
}

#[test]
fn the_client_may_give_up_and_the_gate_may_say_no() {
    let (mut rows, mut out) = (begin("COPY orders (id) FROM STDIN"), Vec::new());
    rows.data(b"1\n2");
    write(&mut rows, &mut out);
    rows.give_up("enough");
    assert_eq!(write(&mut rows, &mut out).1, Need::End);
    assert_eq!(tags(&out), "PBEP");
    rows.reply(b'1', b"");
    rows.reply(b'C', b"INSERT 0 1\0");
    assert_eq!(told(&rows)[2..], ["C57014", "MCOPY from stdin failed: enough", "WCOPY or\"ders, line 2"]);

    let mut rows = begin("COPY orders (id) FROM STDIN");
    out.clear();
    let Need::Check(_) = rows.write(&mut out) else { panic!("first of all") };
    rows.checked(Err(Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "no")), &mut out);
    assert_eq!(told(&rows)[2..], ["C42501", "Mno"]);

    let mut rows = begin("COPY orders (id) FROM STDIN");
    write(&mut rows, &mut out);
    rows.reply(b'E', b"SERROR\0C42501\0Mpermission denied\0P13\0\0");
    assert!(rows.is_settled() && !rows.is_prepared());
    assert_eq!(told(&rows), ["SERROR", "C42501", "Mpermission denied"], "about no row");
}

#[test]
fn bytes_go_as_bytes_and_the_tenant_as_text() {
    let (mut rows, mut out) = (begin("COPY orders (id) FROM STDIN BINARY"), Vec::new());
    rows.data(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x04\0\0\0\x07\xff\xff");
    rows.done();
    assert_eq!(write(&mut rows, &mut out).1, Need::End);
    let values = b"\0\x02\0\0\0\x04\0\0\0\x07\0\0\0\x04acme\0\0";
    assert_eq!(frames(&out)[1].1, [&[0, 0, 0, 2, 0, 1, 0, 0][..], values].concat());
}

#[test]
fn tables_and_columns_must_fit() {
    let target = |copy: &str, relation: &Relation| {
        let target = Target::new(&copy_from(copy).unwrap().unwrap(), relation);
        target.map(|target| target.insert(&[])).map_err(|report| format!("{} {}", report.state, report.message))
    };
    let plain = relation();
    assert_eq!(
        target("COPY t FROM STDIN", &plain),
        Ok("INSERT INTO \"public\".\"or\"\"ders\" (\"tenant_id\", \"id\", \"note\") VALUES ($1, $2, $3)".to_owned())
    );
    for (copy, refused) in [
        ("COPY t (nope) FROM STDIN", "42703 column \"nope\" of relation \"or\"ders\" does not exist"),
        ("COPY t (id, id) FROM STDIN", "42701 column \"id\" specified more than once"),
        ("COPY t (sum) FROM STDIN", "42P10 column \"sum\" is a generated column"),
        ("COPY t (id) FROM STDIN (FORMAT csv, FORCE_NULL (note))", "42P10 FORCE_NULL column \"note\" not referenced by COPY"),
    ] {
        assert_eq!(target(copy, &plain), Err(refused.to_owned()));
    }
    let mut view = relation();
    view.kind = RelationKind::View;
    assert_eq!(target("COPY t FROM STDIN", &view), Err("42809 cannot copy to view \"or\"ders\"".to_owned()));
    let mut ruled = relation();
    ruled.has_rules = true;
    assert!(target("COPY t FROM STDIN", &ruled).is_err());
    let mut identity = relation();
    identity.columns[1].identity = Some(Identity::Always);
    assert!(target("COPY t FROM STDIN", &identity).unwrap().contains(") OVERRIDING SYSTEM VALUE VALUES ("));
}
