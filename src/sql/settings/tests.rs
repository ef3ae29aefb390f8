use super::*;

#[test]
fn the_table_is_sorted_for_the_search() {
    let key = |entry: &Tracked| entry.name.to_ascii_lowercase();
    assert!(TRACKED.is_sorted_by(|a, b| key(a) < key(b)));
}

#[test]
fn names_in_any_case_and_old_names() {
    let table = [
        ("datestyle", Some("DateStyle")),
        ("TIMEZONE", Some("TimeZone")),
        ("Work_Mem", Some("work_mem")),
        ("sort_mem", Some("work_mem")),
        ("VACUUM_MEM", Some("maintenance_work_mem")),
        ("search_path", Some("search_path")),
        ("synchronous_commit", Some("synchronous_commit")),
        ("xmloption", Some("xmloption")),
        ("application_name", Some("application_name")),
        ("role", None),
        ("session_authorization", None),
        ("row_security", None),
        ("standard_conforming_strings", None),
        ("enable_", None),
        ("geqo_", None),
        ("jit_provider", None),
        ("app.tenant", None),
        ("", None),
    ];
    for (name, expected) in table {
        assert_eq!(tracked(name).map(|entry| entry.name), expected, "{name}");
        assert_eq!(is_tracked_setting(name), expected.is_some(), "{name}");
    }
    assert_eq!(canonical_setting_name("App.Tenant"), "app.tenant");
}

#[test]
fn every_tracked_setting_finds_itself() {
    for entry in tracked_settings() {
        assert_eq!(tracked(&entry.name.to_ascii_uppercase()), Some(entry));
        assert!((13..=18).contains(&entry.since));
    }
}

#[test]
fn sets_are_rendered_to_be_read_back() {
    let table: &[(&str, &[&str], &str)] = &[
        ("work_mem", &["64MB"], "SET work_mem TO '64MB'"),
        ("datestyle", &["iso", "mdy"], "SET \"DateStyle\" TO 'iso', 'mdy'"),
        ("search_path", &[], "SET search_path TO ''"),
        ("search_path", &["a", "it's"], "SET search_path TO 'a', 'it''s'"),
        ("application_name", &["a\\'; DROP"], "SET application_name TO E'a\\\\''; DROP'"),
        ("app.X\"y", &["1"], "SET app.\"x\"\"y\" TO '1'"),
    ];
    for (name, values, expected) in table {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        assert_eq!(render_set(&SettingName::new(name), &values), *expected);
    }
}

#[test]
fn rendered_sets_parse_to_the_same() {
    use crate::sql::{Effect, SetTo, parse};
    for values in [vec!["a\\'b".to_owned()], vec!["'".to_owned(), "\"x\"".to_owned()], vec!["ä;--".to_owned()]] {
        let text = render_set(&SettingName::new("search_path"), &values);
        let script = parse(&text).unwrap();
        let [Effect::Set(set)] = script.effects().collect::<Vec<_>>()[..] else { panic!("{text}") };
        assert_eq!(set.to, SetTo::Values(values), "{text}");
    }
}

#[test]
fn lists_of_names_are_cut_as_the_server_does() {
    let table: &[(&str, Option<&[&str]>)] = &[
        ("", Some(&[])),
        ("  ", Some(&[])),
        ("a", Some(&["a"])),
        (" A , \"B c\"\"d\" ,e", Some(&["a", "B c\"d", "e"])),
        ("\"$user\", public", Some(&["$user", "public"])),
        ("\"\"", Some(&[""])),
        ("a,,b", None),
        ("a,", None),
        ("a b", None),
        ("\"a", None),
    ];
    for (list, expected) in table {
        let expected = expected.map(|names| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(split_names(list), expected, "{list}");
    }
}

#[test]
fn spellings_of_utf8() {
    for (name, expected) in [("UTF8", true), ("utf-8", true), ("Unicode", true), ("latin1", false), ("UTF16", false), ("", false)] {
        assert_eq!(is_utf8_encoding(name), expected, "{name}");
    }
}
