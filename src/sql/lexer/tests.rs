use super::*;

fn tokens(text: &str) -> Vec<String> {
    Lexer::new(text.as_bytes())
        .map(|token| {
            let letter = match token.kind {
                TokenKind::Word => 'w',
                TokenKind::Quoted => 'q',
                TokenKind::UnicodeQuoted => 'u',
                TokenKind::String => 's',
                TokenKind::Number => 'n',
                TokenKind::Parameter => 'p',
                TokenKind::Symbol(_) => 'o',
                TokenKind::Unterminated => '!',
            };
            format!("{letter} {}", &text[token.span()])
        })
        .collect()
}

#[test]
fn tokens_as_the_scanner_cuts_them() {
    let table: &[(&str, &[&str])] = &[
        ("", &[]),
        ("a1$b _x é", &["w a1$b", "w _x", "w é"]),
        ("'it''s' ''", &["s 'it''s'", "s ''"]),
        (r"'\' x", &[r"s '\'", "w x"]),
        (r"E'\'' x", &[r"s E'\''", "w x"]),
        ("e'a'\n'b\\'' x", &["s e'a'\n'b\\''", "w x"]),
        ("e'a' -- c\n 'b\\'' x", &["s e'a' -- c\n 'b\\''", "w x"]),
        ("e'a' 'b' x", &["s e'a'", "s 'b'", "w x"]),
        ("e'a' /*\n*/ 'b\\' x", &["s e'a'", "s 'b\\'", "w x"]),
        ("some'x'", &["w some", "s 'x'"]),
        ("B'01' x'ff' N'a' U&'d\\0061'", &["s B'01'", "s x'ff'", "s N'a'", "s U&'d\\0061'"]),
        ("\"a\"\"b\" U&\"a\" u & b", &["q \"a\"\"b\"", "u U&\"a\"", "w u", "o &", "w b"]),
        ("$$a'b$$ $t$ $$ $t$ $1 $t", &["s $$a'b$$", "s $t$ $$ $t$", "p $1", "o $", "w t"]),
        ("$1a$ x $1a$", &["p $1", "w a$", "w x", "p $1", "w a$"]),
        ("a$$b$$", &["w a$$b$$"]),
        ("1.5e10 0x1F 1_0", &["n 1.5", "w e10", "n 0", "w x1F", "n 1", "w _0"]),
        ("a--b\n-c", &["w a", "o -", "w c"]),
        ("/* a /* b */ c */ d /**/ e /*/ */ f", &["w d", "w e", "w f"]),
        ("+/* x */*//* y */-", &["o +", "o *", "o /", "o -"]),
        ("'a", &["! 'a"]),
        ("x /* a /* b */", &["w x", "!  /* a /* b */"]),
        ("$a$ b $A$", &["! $a$ b $A$"]),
        ("e'\\", &["! e'\\"]),
        ("\"a", &["! \"a"]),
    ];
    for (text, expected) in table {
        assert_eq!(tokens(text), *expected, "{text}");
    }
}

#[test]
fn names_fold_and_are_cut() {
    let name = |text: &str| Lexer::new(text.as_bytes()).next().and_then(|token| token.name(text.as_bytes()).map(Cow::into_owned));
    assert_eq!(name("FooÉ").as_deref(), Some("fooÉ"));
    assert_eq!(name("\"Foo\"\"x\"").as_deref(), Some("Foo\"x"));
    assert_eq!(name(&"a".repeat(64)), Some("a".repeat(63)));
    assert_eq!(name(&"é".repeat(64)), Some("é".repeat(31)));
    assert_eq!(name("U&\"x\""), None);
    assert_eq!(name("'x'"), None);
}
