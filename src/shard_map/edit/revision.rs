//! The line of a map's text that counts its versions.

/// What a map's text says besides its version, and the version; 0 where it says none.
pub fn split_revision(text: &str) -> (String, u64) {
    let Some((line, number)) = find(text) else { return (text.to_owned(), 0) };
    let mut rest = String::with_capacity(text.len());
    rest.push_str(text.get(..line.start).unwrap_or_default());
    rest.push_str(text.get(line.end..).unwrap_or_default());
    (rest, number)
}

/// A map's text as that version.
pub fn with_revision(text: &str, revision: u64) -> String {
    let (rest, _) = split_revision(text);
    let mut at = 0;
    for line in head(&rest) {
        at += line.len();
        if key(line) == Some("version") {
            let line_break = if line.ends_with('\n') { "" } else { "\n" };
            let (before, after) = rest.split_at(at);
            return format!("{before}{line_break}revision = {revision}\n{after}");
        }
    }
    format!("revision = {revision}\n{rest}")
}

/// The lines before the first section.
fn head(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n').take_while(|line| !line.trim_start().starts_with('['))
}

fn key(line: &str) -> Option<&str> {
    line.split_once('=').map(|(key, _)| key.trim())
}

fn find(text: &str) -> Option<(std::ops::Range<usize>, u64)> {
    let mut at = 0;
    for line in head(text) {
        if let Some((_, value)) = line.split_once('=').filter(|(key, _)| key.trim() == "revision") {
            let number = value.split('#').next().unwrap_or_default().trim().parse().ok()?;
            return Some((at..at + line.len(), number));
        }
        at += line.len();
    }
    None
}
