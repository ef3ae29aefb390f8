use super::*;

/// Renames every prepared statement of a text to `new`.
fn renamed(text: &str, new: &str) -> Option<String> {
    let script = parse(text).ok()?;
    let renames: Vec<(Range<usize>, &str)> = script.effects().filter_map(name_use).map(|name| (name.span.clone(), new)).collect();
    rename(text, &renames)
}

#[test]
fn names_are_put_in_place() {
    let table = [
        ("EXECUTE foo(1)", "EXECUTE \"n\"(1)"),
        ("execute\"foo\"(1)", "execute\"n\"(1)"),
        ("/*foo*/ prepare foo(int) as select 'foo', foo from foo", "/*foo*/ prepare \"n\"(int) as select 'foo', foo from foo"),
        ("prepare U&\"d!0061t\" uescape /*!*/ '!' as select 1", "prepare \"n\" as select 1"),
        ("deallocate prepare prepare;", "deallocate prepare \"n\";"),
        ("explain (analyze) execute execute", "explain (analyze) execute \"n\""),
        ("create table execute as execute execute(1)", "create table execute as execute \"n\"(1)"),
        ("prepare a as select 1; execute a; deallocate a", "prepare \"n\" as select 1; execute \"n\"; deallocate \"n\""),
        ("select 1", "select 1"),
    ];
    for (text, expected) in table {
        assert_eq!(renamed(text, "n").as_deref(), Some(expected), "{text}");
    }
    assert_eq!(renamed("execute é", "a\"b ü").as_deref(), Some("execute \"a\"\"b ü\""));
}

#[test]
fn wrong_places_are_refused() {
    let text = "execute foo(bar)";
    for span in [8..10, 8..12, 12..15, 0..7, 7..11, 20..30, 11..11] {
        assert_eq!(rename(text, &[(span.clone(), "n")]), None, "{span:?}");
    }
    assert_eq!(rename(text, &[(8..11, "n"), (8..11, "m")]), None);
    // A name that the server would cut isn't the name that we mean.
    assert_eq!(rename(text, &[(8..11, "n".repeat(64))]), None);
    assert_eq!(rename(text, &[(8..11, "")]), None);
}

#[test]
fn splicing_keeps_the_rest() {
    assert_eq!(splice("abc", 1..2, "xyz"), "axyzc");
    assert_eq!(splice("abc", 3..3, "x"), "abcx");
    assert_eq!(splice("é", 1..2, "x"), "é");
}
