//! The same statement in other words: white space, comments, letters' case, quotes.
//!
//! It reads what the generator prints and nothing else: key words in capitals, names in small letters, strings with `''`.

use super::dice::Dice;

/// A piece of a canonical text.
enum Token<'a> {
    Space,
    Word(&'a str),
    String(&'a str),
    Other(&'a str),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut list = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ' ' | '\n' => rest.find(|c| c != ' ' && c != '\n'),
            '\'' | '"' => {
                let mut at = 1;
                while let Some(end) = rest[at..].find(first) {
                    at += end + 1;
                    if !rest[at..].starts_with(first) {
                        break;
                    }
                    at += 1;
                }
                Some(at)
            }
            c if c.is_ascii_alphabetic() || c == '_' => rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_'),
            c if c.is_ascii_digit() || c == '$' => rest[1..].find(|c: char| !c.is_ascii_digit() && c != '.').map(|at| at + 1),
            _ => Some(first.len_utf8()),
        };
        let (token, after) = rest.split_at(length.unwrap_or(rest.len()));
        list.push(match first {
            ' ' | '\n' => Token::Space,
            '\'' => Token::String(token),
            c if c.is_ascii_alphabetic() || c == '_' => Token::Word(token),
            _ => Token::Other(token),
        });
        rest = after;
    }
    list
}

/// Names of tables and columns, and the generator's aliases: what may stand in quotes.
fn is_name(word: &str) -> bool {
    const NAMES: &str = " memos clients jobs steps readings ledger memos_old readings_2024 regions open_jobs tenant_id id body title email region \
        credit born tags client_id state cost due extra marks job_id n what hours done day measured amount booked paid kept code label job client \
        price open_since nowhere ";
    let made = word.len() > 1 && word.starts_with(|c: char| c.is_ascii_lowercase()) && word[1..].bytes().all(|byte| byte.is_ascii_digit());
    made || NAMES.contains(&format!(" {word} "))
}

/// Another spelling of a canonical text.
pub fn respell(dice: &mut Dice, text: &str) -> String {
    let mut out = String::new();
    let loud = dice.below(4);
    for token in tokens(text) {
        match token {
            Token::Space => out.push_str(space(dice, loud)),
            Token::Word(word) if loud == 0 => out.push_str(word),
            Token::Word(word) if is_name(word) => match dice.below(10) {
                0..7 => out.push_str(word),
                7 => out.push_str(&word.to_ascii_uppercase()),
                8 => out.push_str(&format!("\"{word}\"")),
                _ => out.push_str(&format!("U&\"\\{:04x}{}\"", word.as_bytes()[0], &word[1..])),
            },
            Token::Word(word) => match dice.below(4) {
                0 | 1 => out.push_str(word),
                2 => out.push_str(&word.to_ascii_lowercase()),
                _ => out.extend(
                    word.chars().enumerate().map(|(at, c)| if at % 2 == 0 { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }),
                ),
            },
            Token::String(string)
                if loud > 0 && string.len() > 1 && string.ends_with('\'') && !string.contains("''") && !string.contains('\\') =>
            {
                match dice.below(8) {
                    0..5 => out.push_str(string),
                    5 => out.push_str(&format!("E{string}")),
                    6 => out.push_str(&format!("$q${}$q$", &string[1..string.len() - 1])),
                    _ => out.push_str(&format!("U&{string}")),
                }
            }
            Token::String(string) => out.push_str(string),
            Token::Other(other) => out.push_str(other),
        }
    }
    if loud == 3 {
        out = format!("{}{out}{}", dice.pick(&["", "/* é中 */ ", "-- first\n", "\n\n"]), dice.pick(&["", ";", " ; ", " -- last", "/**/"]));
    }
    out
}

fn space(dice: &mut Dice, loud: usize) -> &'static str {
    if loud < 2 {
        return " ";
    }
    dice.pick(&[" ", " ", " ", " ", " ", "  ", "\n", "\t", " /* c */ ", "/**/ ", " --x\n", " /* a /* b */ ' */ ", " /* ü */ ", "\r\n"])
}
