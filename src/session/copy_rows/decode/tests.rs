use proptest::prelude::*;

use super::*;
use crate::sql::copy_from::copy_from;

fn columns(names: &str) -> Vec<CopyColumn> {
    names.split(' ').map(|name| CopyColumn { name: name.into(), has_default: name.ends_with('d') }).collect()
}

type Rows = Vec<Vec<Option<String>>>;

/// Rows of `data` that comes in pieces, or the complaint and its place. Defaults read as `<default>`.
fn decoded(names: &str, options: &str, pieces: &[&[u8]]) -> Result<Rows, String> {
    let copy = copy_from(&format!("COPY t FROM STDIN {options}")).unwrap().unwrap();
    let mut decoder = Decoder::new(columns(names), copy.options, true);
    let (mut rows, mut row) = (Vec::new(), CopyRow::default());
    let told = |failure: CopyFailure| format!("{} {} [{}]", failure.report.state, failure.report.message, failure.place);
    for at in 0..=pieces.len() {
        match pieces.get(at) {
            Some(piece) => decoder.push(piece),
            None => decoder.finish(),
        }
        while decoder.next(&mut row).map_err(told)? {
            let text = |field: &CopyField| match field {
                CopyField::Null => None,
                CopyField::Default => Some("<default>".to_owned()),
                value => Some(String::from_utf8(row.bytes(value).unwrap().to_vec()).unwrap()),
            };
            rows.push(row.fields.iter().map(text).collect());
        }
    }
    Ok(rows)
}

fn rows(names: &str, options: &str, data: &str) -> Result<Rows, String> {
    decoded(names, options, &[data.as_bytes()])
}

fn values(rows: &[&[&str]]) -> Result<Rows, String> {
    let text = |value: &&str| if *value == "-" { None } else { Some((*value).to_owned()) };
    Ok(rows.iter().map(|row| row.iter().map(text).collect()).collect())
}

#[test]
fn text_is_read() {
    for (data, expected) in [
        ("1\tx\n2\t\\N\n", &[&["1", "x"][..], &["2", "-"]][..]),
        ("1\tx", &[&["1", "x"]]),
        ("1\t\n", &[&["1", ""]]),
        ("1\tx\r\n2\ty\r\n", &[&["1", "x"], &["2", "y"]]),
        ("1\tx\r2\ty\r", &[&["1", "x"], &["2", "y"]]),
        ("a\\tb\tc\\nd\\\\\n", &[&["a\tb", "c\nd\\"]]),
        ("a\\\tb\tc\\\nd\n", &[&["a\tb", "c\nd"]]),
        ("\\101\\x42\\x4\t\\8\\q\\x\n", &[&["AB\u{4}", "8qx"]]),
        ("\\\\N\t\\N\n", &[&["\\N", "-"]]),
        ("1\tx\n\\.\nignored\n", &[&["1", "x"]]),
        ("1\tx\n\\.", &[&["1", "x"]]),
        ("", &[]),
    ] {
        assert_eq!(rows("a b", "", data), values(expected), "{data:?}");
    }
    assert_eq!(rows("a b", "(DELIMITER '|', NULL '')", "|x\n\\||y\n"), values(&[&["-", "x"], &["|", "y"]]));
    assert_eq!(rows("a d", "(DEFAULT '\\D')", "\\D\\D\t\\D\n"), values(&[&["DD", "<default>"]]));
    assert_eq!(rows("a b", "(HEADER)", "x\ty\tz\n1\t2\n"), values(&[&["1", "2"]]));
    assert_eq!(rows("a b", "(HEADER match)", "a\tb\n1\t2\n"), values(&[&["1", "2"]]));
}

#[test]
fn csv_is_read() {
    for (data, expected) in [
        ("1,x\n2,\n", &[&["1", "x"][..], &["2", "-"]][..]),
        ("\"\",\"a,\"\"b\"\"\"\n", &[&["", "a,\"b\""]]),
        ("a\"b\"c,\"x\ny\"\nz,1\n", &[&["abc", "x\ny"], &["z", "1"]]),
        ("\\,\\N\n", &[&["\\", "\\N"]]),
        ("a,b\r\n\"c\r\nd\",e\r\n", &[&["a", "b"], &["c\r\nd", "e"]]),
        ("1,2\n\\.\nrest", &[&["1", "2"]]),
        ("1,2\n\\.x,2\n", &[&["1", "2"], &["\\.x", "2"]]),
        (" a , b \n", &[&[" a ", " b "]]),
    ] {
        assert_eq!(rows("a b", "CSV", data), values(expected), "{data:?}");
    }
    assert_eq!(rows("a b", "(FORMAT csv, ESCAPE '\\')", "\"a\\\"\\\\b\",\"c\\d\"\n"), values(&[&["a\"\\b", "c\\d"]]));
    assert_eq!(rows("a b", "(FORMAT csv, QUOTE '''', DELIMITER ';')", "'x;''y';\"z\n"), values(&[&["x;'y", "\"z"]]));
    assert_eq!(rows("a b", "(FORMAT csv, FORCE_NULL (a), FORCE_NOT_NULL (b))", "\"\",\n"), values(&[&["-", ""]]));
    assert_eq!(rows("a b", "(FORMAT csv, NULL 'nil', FORCE_NULL *, FORCE_NOT_NULL (b))", "\"nil\",nil\n"), values(&[&["-", "nil"]]));
    assert_eq!(rows("a", "CSV", "\n1\n"), values(&[&["-"], &["1"]]), "an empty line is a row of one NULL");
    assert_eq!(rows("a d", "(FORMAT csv, DEFAULT '\\D')", "\"\\D\",\\D\n"), values(&[&["\\D", "<default>"]]));
}

#[test]
fn what_is_not_in_the_format_is_told_with_its_place() {
    for (names, options, data, failure) in [
        ("a b", "", "1\t2\n3\n", "22P04 missing data for column \"b\" [line 2: \"3\"]"),
        ("a b", "", "1\t2\t3\n", "22P04 extra data after last expected column [line 1: \"1\t2\t3\"]"),
        ("a b", "", "1\t2\n1\t2\r\n", "22P04 literal carriage return found in data [line 2: \"1\t2\"]"),
        ("a b", "", "1\t2\r\n1\t2\n", "22P04 literal newline found in data [line 2: \"1\t2\"]"),
        ("a b", "", "1\t2\\.\n", "22P04 end-of-copy marker is not alone on its line [line 1: \"1\t2\\.\"]"),
        ("a b", "", "1\t\\xff\n", "22021 invalid byte sequence for encoding \"UTF8\": 0xff [line 1: \"1\t\\xff\"]"),
        ("a b", "", "1\t\\0\n", "22021 invalid byte sequence for encoding \"UTF8\": 0x00 [line 1: \"1\t\\0\"]"),
        ("a b", "(DEFAULT 'x')", "1\tx\n", "22P04 unexpected default marker in COPY data [line 1: \"1\tx\"]"),
        ("a b", "CSV", "1,\"2\n", "22P04 unterminated CSV quoted field [line 1: \"1,\"2\"]"),
        ("a b", "CSV", "\"x\ny\",2\n3\n", "22P04 missing data for column \"b\" [line 2: \"3\"]"),
        ("a b", "CSV", "1,2\n\"x\ny\",2\n3\n", "22P04 missing data for column \"b\" [line 4: \"3\"]"),
        ("a b", "CSV", "1,2\n3,4\r\n", "22P04 unquoted carriage return found in data [line 2: \"3,4\"]"),
        ("a b", "(HEADER match)", "", "22P04 wrong number of fields in header line: got 1, expected 2 [line 1]"),
        ("a b", "(HEADER match)", "a\n", "22P04 wrong number of fields in header line: got 1, expected 2 [line 1]"),
        ("a b", "(HEADER match)", "a\tc\n", "22P04 column name mismatch in header line field 2: got \"c\", expected \"b\" [line 1]"),
    ] {
        assert_eq!(rows(names, options, data), Err(failure.to_owned()), "{data:?}");
    }
    assert_eq!(decoded("a", "", &[b"\xc3\x28\n"]), Err("22021 invalid byte sequence for encoding \"UTF8\": 0xc3 [line 1]".to_owned()));
    let long = format!("{}\t{}\n", "x".repeat(90), "y".repeat(90));
    let failure = rows("a", "", &long).unwrap_err();
    assert!(failure.ends_with("yyyyyyyyy...\"]") && failure.len() < 200, "{failure}");
}

fn binary(rows: &[&[Option<&[u8]>]]) -> Vec<u8> {
    let mut data = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\x03ext".to_vec();
    for row in rows {
        data.extend_from_slice(&(row.len() as i16).to_be_bytes());
        for value in *row {
            data.extend_from_slice(&value.map_or(-1, |value| value.len() as i32).to_be_bytes());
            data.extend_from_slice(value.unwrap_or_default());
        }
    }
    data.extend_from_slice(&[0xff, 0xff]);
    data
}

#[test]
fn bytes_are_read() {
    let data = binary(&[&[Some(b"abc"), None], &[Some(b""), Some(b"x")]]);
    let expected = values(&[&["abc", "-"], &["", "x"]]);
    assert_eq!(decoded("a b", "BINARY", &[&data]), expected);
    let bytes: Vec<&[u8]> = data.chunks(1).collect();
    assert_eq!(decoded("a b", "BINARY", &bytes), expected);
    assert_eq!(decoded("a b", "BINARY", &[&data[..data.len() - 2]]), expected, "the trailer may be missing");
    let mut with_flag = data.clone();
    with_flag[12] = 1;
    for (data, failure) in [
        (&b"PGCOPX"[..], "22P04 COPY file signature not recognized [line 1]"),
        (&with_flag, "22P04 invalid COPY file header (WITH OIDS) [line 1]"),
        (&data[..data.len() - 5], "22P04 unexpected EOF in COPY data [line 2]"),
        (&binary(&[&[Some(b"1")]]), "22P04 row field count is 1, expected 2 [line 1]"),
        (&[&data[..], b"x"].concat(), "22P04 received copy data after EOF marker [line 2]"),
    ] {
        assert_eq!(decoded("a b", "BINARY", &[data]), Err(failure.to_owned()));
    }
}

#[test]
fn a_row_without_end_is_refused_in_time() {
    let mut decoder = Decoder::new(columns("a"), CopyOptions::default(), true);
    let (piece, mut row) = (vec![b'x'; 1 << 20], CopyRow::default());
    for pieces in 0_usize.. {
        decoder.push(&piece);
        match decoder.next(&mut row) {
            Ok(false) => assert!(pieces * piece.len() <= MAX_ROW),
            other => {
                assert_eq!(other.unwrap_err().report.state, SqlState::PROGRAM_LIMIT_EXCEEDED);
                return;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Where messages are cut makes no difference, and what is wrong is an error and no panic.
    #[test]
    fn cuts_do_not_matter(
        data in prop::collection::vec(prop::sample::select(b"ab\\\\..,,\"\"\t\n\n\rN\xc3\xa4x4".to_vec()), 0..60),
        cuts in prop::collection::vec(0_usize..60, 0..6),
        options in prop::sample::select(vec!["", "CSV", "(FORMAT csv, ESCAPE '\\')", "(DELIMITER ',', NULL 'a')", "(FORMAT csv, HEADER, FORCE_NULL *)", "BINARY"]),
    ) {
        let data = if options == "BINARY" { [binary(&[&[Some(b"x"), None]]), data].concat() } else { data };
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut < data.len()).chain([0, data.len()]).collect();
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &data[pair[0]..pair[1]]).collect();
        let place = |outcome: Result<Rows, String>| outcome.map_err(|told| told.split(" [").next().unwrap().to_owned());
        prop_assert_eq!(place(decoded("a b", options, &pieces)), place(decoded("a b", options, &[&data])));
    }
}
