//! PgBouncer's files: `pgbouncer.ini` (its manual, "File format"; `lib/usual/cfparser.c`), `userlist.txt` (`src/loader.c`), and the words of
//! a host-based authentication file.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Files that include each other end here.
const DEEPEST: usize = 10;

/// A line's place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct At {
    pub(super) file: PathBuf,
    pub(super) line: usize,
}

/// `key = value` in a section.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    pub(super) at: At,
    pub(super) section: String,
    pub(super) key: String,
    pub(super) value: String,
}

/// Lines that aren't any of a file's, and why.
pub(super) type Wrong = Vec<(At, String)>;

/// What a file holds, and what isn't any of it.
#[derive(Default)]
pub(super) struct Ini {
    pub(super) entries: Vec<Entry>,
    pub(super) wrong: Wrong,
}

impl Ini {
    pub(super) fn read(file: &Path) -> io::Result<Ini> {
        let mut ini = Ini::default();
        ini.file(file, &mut String::new(), 0)?;
        Ok(ini)
    }

    fn file(&mut self, file: &Path, section: &mut String, depth: usize) -> io::Result<()> {
        let text = fs::read_to_string(file)?;
        for (number, line) in text.lines().enumerate() {
            let (line, at) = (line.trim(), At { file: file.to_owned(), line: number + 1 });
            if line.is_empty() || line.starts_with([';', '#']) {
                continue;
            }
            if let Some(name) = line.strip_prefix('[') {
                match name.strip_suffix(']') {
                    Some(name) => *section = name.trim().to_owned(),
                    None => self.wrong.push((at, "a section's name doesn't end".to_owned())),
                }
            } else if let Some(included) = line.strip_prefix("%include") {
                // PgBouncer's are relative to where it runs; the including file's folder is where people keep them.
                let path = file.parent().unwrap_or(Path::new("")).join(included.trim());
                if depth >= DEEPEST {
                    self.wrong.push((at, "too many files include each other".to_owned()));
                } else if let Err(error) = self.file(&path, section, depth + 1) {
                    self.wrong.push((at, format!("{} can't be read: {error}", path.display())));
                }
            } else if let Some((key, value)) = key_and_value(line) {
                self.entries.push(Entry { at, section: section.clone(), key, value });
            } else {
                self.wrong.push((at, "not `key = value`".to_owned()));
            }
        }
        Ok(())
    }
}

/// A key may stand in quotes (names of databases).
fn key_and_value(line: &str) -> Option<(String, String)> {
    let (key, value) = match line.strip_prefix('"') {
        Some(rest) => {
            let (key, rest) = quoted(rest, '"')?;
            (key, rest.trim_start().strip_prefix('=')?)
        }
        None => {
            let (key, value) = line.split_once('=')?;
            (key.trim().to_owned(), value)
        }
    };
    (!key.is_empty()).then(|| (key, value.trim().to_owned()))
}

/// What stands before the closing quote, where two of them are one, and what follows.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let (mut out, mut rest) = (String::new(), text);
    loop {
        let (part, after) = rest.split_once(quote)?;
        out.push_str(part);
        match after.strip_prefix(quote) {
            Some(more) => {
                out.push(quote);
                rest = more;
            }
            None => return Some((out, after)),
        }
    }
}

/// The pairs of a database's or a user's line; what is no pair as an error.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let (mut pairs, mut rest) = (Vec::new(), text.trim());
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').ok_or_else(|| format!("`{rest}` isn't key=value"))?;
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('\'') {
            Some(inside) => quoted(inside, '\'').ok_or_else(|| format!("the value of `{}` doesn't end", key.trim()))?,
            None => {
                let (value, after) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
                (value.to_owned(), after)
            }
        };
        pairs.push((key.trim().to_owned(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

/// A login of `auth_file`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct User {
    pub(super) at: At,
    pub(super) name: String,
    pub(super) secret: Known,
}

/// What is known of a password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Known {
    Plain(String),
    /// md5 or SCRAM-SHA-256: enough to check who comes, not to log in elsewhere.
    Hash(String),
    Nothing,
}

impl Known {
    pub(super) fn of(secret: &str) -> Known {
        let is_md5 = secret.strip_prefix("md5").is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match secret {
            "" => Known::Nothing,
            _ if secret.starts_with("SCRAM-SHA-256$") || is_md5 => Known::Hash(secret.to_owned()),
            _ => Known::Plain(secret.to_owned()),
        }
    }
}

/// Reads `auth_file`: `"name" "password"` in each line.
pub(super) fn users(file: &Path) -> io::Result<(Vec<User>, Wrong)> {
    let (mut users, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in fs::read_to_string(file)?.lines().enumerate() {
        let (line, at) = (line.trim(), At { file: file.to_owned(), line: number + 1 });
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        let read = line.strip_prefix('"').and_then(|rest| quoted(rest, '"')).and_then(|(name, rest)| {
            let (secret, _) = quoted(rest.trim_start().strip_prefix('"')?, '"')?;
            Some((name, secret))
        });
        match read {
            Some((name, secret)) if !name.is_empty() => users.push(User { at, name, secret: Known::of(&secret) }),
            _ => wrong.push((at, "not \"name\" \"password\"".to_owned())),
        }
    }
    Ok((users, wrong))
}

/// The words of each line of `auth_hba_file`.
pub(super) fn hba(file: &Path) -> io::Result<Vec<(At, Vec<String>)>> {
    let text = fs::read_to_string(file)?;
    let lines = text.lines().enumerate().map(|(number, line)| {
        let line = line.split('#').next().unwrap_or_default();
        let words = line.split_whitespace().map(|word| word.trim_matches('"').to_owned()).collect();
        (At { file: file.to_owned(), line: number + 1 }, words)
    });
    Ok(lines.filter(|(_, words): &(At, Vec<String>)| !words.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_as_pgbouncer_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let text = "; comment\n[databases]\n\"a \"\"b\"\"\" = host=h\nplain=dbname=d port=1\n%include more.ini\nnonsense\n[pgbouncer]\n  listen_port = 6432 \n";
        fs::write(folder.path().join("p.ini"), text).unwrap();
        fs::write(folder.path().join("more.ini"), "third = user=u\n").unwrap();
        let ini = Ini::read(&folder.path().join("p.ini")).unwrap();
        let told: Vec<_> =
            ini.entries.iter().map(|entry| (entry.section.as_str(), entry.key.as_str(), entry.value.as_str(), entry.at.line)).collect();
        assert_eq!(
            told,
            [
                ("databases", "a \"b\"", "host=h", 3),
                ("databases", "plain", "dbname=d port=1", 4),
                ("databases", "third", "user=u", 1),
                ("pgbouncer", "listen_port", "6432", 8),
            ]
        );
        assert_eq!(ini.wrong.len(), 1);
    }

    #[test]
    fn pairs_have_quotes() {
        let own = |list: &[(&str, &str)]| list.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
        assert_eq!(pairs("host=h password='it''s x' port = 1").unwrap(), own(&[("host", "h"), ("password", "it's x"), ("port", "1")]));
        assert!(pairs("host").is_err() && pairs("password='x").is_err() && pairs("").unwrap().is_empty());
    }

    #[test]
    fn passwords_are_plain_or_hashes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("userlist.txt");
        fs::write(&file, "\"a\" \"x\"\"y\"\n\"b\" \"md5d41d8cd98f00b204e9800998ecf8427e\" \"more\"\n\"c\" \"\"\nd e\n").unwrap();
        let (users, wrong) = users(&file).unwrap();
        assert_eq!(users[0].secret, Known::Plain("x\"y".to_owned()));
        assert!(matches!(users[1].secret, Known::Hash(_)) && users[2].secret == Known::Nothing);
        assert_eq!((users.len(), wrong[0].0.line), (3, 4));
    }
}
