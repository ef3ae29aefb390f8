//! Holds `src/` against its own rules: layering, sizes of files and functions, a first doc comment in each module.
//!
//! It reads tokens, not text, so comments, strings and doc links don't count. What it can't see is a module that hands on another
//! module's items under its own name (`pub use`); paths from the crate's root that skip the module (`crate::Thing`) are refused for that reason.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails on the spot")]

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// The order of the modules. One may use what stands in an earlier group, never what stands in its own or in a later one.
const LAYERS: &[&[&str]] = &[
    &["ids", "error", "keys"],
    &["wire", "net", "config"],
    &["shard_map", "catalog", "auth", "telemetry"],
    &["sql"],
    &["tenant", "router"],
    &["backend"],
    &["pool"],
    &["session", "lifecycle"],
    &["admin"],
    &["server"],
    &["cli"],
    &["main"],
];
/// This crate's name, which the binary writes where the library writes `crate`.
const CRATE: &str = "pgtenant";
const MAX_FILE_LINES: usize = 600;
const MAX_FUNCTION_LINES: usize = 80;

// --- the rules, applied to this crate ---

#[test]
fn modules_use_only_what_stands_left_of_them() {
    report(&check_tree(check_layers));
}

#[test]
fn files_and_functions_stay_small() {
    report(&check_tree(check_sizes));
}

#[test]
fn every_module_says_what_it_is_for() {
    report(&check_tree(check_first_doc));
}

fn check_tree(rule: fn(&SourceFile) -> Vec<Violation>) -> Vec<Violation> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    assert!(paths.iter().any(|path| path.ends_with("lib.rs")), "no source files below {}", root.display());
    let texts: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let mut files: Vec<SourceFile<'_>> =
        paths.iter().zip(&texts).map(|(path, text)| SourceFile::new(path.strip_prefix(&root).unwrap(), text)).collect();
    let only_in_tests: Vec<Vec<String>> = files.iter().flat_map(declared_for_tests).collect();
    for file in &mut files {
        let module = file.module();
        file.is_test |= only_in_tests.iter().any(|tests| module.starts_with(tests));
    }
    files.iter().flat_map(rule).collect()
}

/// The modules in files of their own that a file declares under `#[cfg(test)]`.
fn declared_for_tests(file: &SourceFile<'_>) -> Vec<Vec<String>> {
    let declared = (1..file.tokens.len()).filter(|&at| file.tokens[at].test && file.text(at - 1) == "mod" && file.text(at + 1) == ";");
    declared.map(|at| file.module().into_iter().chain([file.text(at).to_owned()]).collect()).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn report(violations: &[Violation]) {
    let lines: Vec<String> = violations.iter().map(Violation::to_string).collect();
    assert!(lines.is_empty(), "{} of the crate's rules are broken:\n{}", lines.len(), lines.join("\n"));
}

/// A rule that a file breaks.
struct Violation {
    path: PathBuf,
    line: usize,
    rule: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: {}", self.path.display(), self.line, self.rule)
    }
}

// --- a file, its tokens, and which of them are tests ---

/// A word, `::`, or one character of punctuation. Literals and lifetimes are one token with an empty text.
struct Token<'a> {
    text: &'a str,
    line: usize,
    test: bool,
}

struct SourceFile<'a> {
    path: PathBuf,
    is_test: bool,
    text: &'a str,
    tokens: Vec<Token<'a>>,
}

impl<'a> SourceFile<'a> {
    fn new(path: &Path, text: &'a str) -> Self {
        let mut tokens = tokenize(text);
        mark_tests(&mut tokens);
        let is_test = path.iter().any(|part| part == "tests" || part == "tests.rs");
        SourceFile { path: path.to_owned(), is_test, text, tokens }
    }

    /// The names of the modules around the file's items, from the crate's root: `pool/queue.rs` is `[pool, queue]`.
    fn module(&self) -> Vec<String> {
        let mut names: Vec<String> = self.path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if names.last().is_some_and(|last| last == "mod" || (names.len() == 1 && last == "lib")) {
            names.pop();
        }
        names
    }

    fn text(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| token.text)
    }

    fn violation(&self, line: usize, rule: impl Into<String>) -> Violation {
        Violation { path: self.path.clone(), line, rule: rule.into() }
    }

    /// The index after the bracket that closes the one at `open`.
    fn after_group(&self, open: usize) -> usize {
        after_group(&self.tokens, open)
    }
}

/// Marks the items under `#[cfg(test)]`, attribute included.
fn mark_tests(tokens: &mut [Token<'_>]) {
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].text != "#" || tokens.get(at + 1).is_none_or(|next| next.text != "[") {
            at += 1;
            continue;
        }
        let after_attribute = after_group(tokens, at + 1);
        if !is_cfg_test(&tokens[at..after_attribute]) {
            at = after_attribute;
            continue;
        }
        let end = after_item(tokens, after_attribute);
        tokens[at..end].iter_mut().for_each(|token| token.test = true);
        at = end;
    }
}

fn is_cfg_test(attribute: &[Token<'_>]) -> bool {
    let has = |word: &str| attribute.iter().any(|token| token.text == word);
    has("cfg") && has("test") && !has("not")
}

/// The index after the item that begins at `at`, further attributes included: its `;`, or its braces' end.
fn after_item(tokens: &[Token<'_>], mut at: usize) -> usize {
    while at < tokens.len() {
        match tokens[at].text {
            ";" => return at + 1,
            "{" => return after_group(tokens, at),
            "(" | "[" => at = after_group(tokens, at),
            _ => at += 1,
        }
    }
    at
}

fn after_group(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

fn tokenize(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (length, word) = match rest[0] {
            byte if byte.is_ascii_whitespace() => (1, None),
            b'/' if rest.starts_with(b"//") => (rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()), None),
            b'/' if rest.starts_with(b"/*") => (block_comment(rest), None),
            b'"' => (quoted(rest, b'"'), Some("")),
            b'\'' => (character_or_lifetime(rest), Some("")),
            byte if is_word_byte(byte) => match prefixed_literal(rest) {
                Some(length) => (length, Some("")),
                None => (word_length(rest), Some(&text[at..at + word_length(rest)])),
            },
            b':' if rest.starts_with(b"::") => (2, Some("::")),
            _ => (1, Some(&text[at..=at])),
        };
        if let Some(text) = word {
            tokens.push(Token { text, line, test: false });
        }
        line += rest[..length].iter().filter(|&&byte| byte == b'\n').count();
        at += length;
    }
    tokens
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn word_length(rest: &[u8]) -> usize {
    rest.iter().position(|&byte| !is_word_byte(byte)).unwrap_or(rest.len())
}

/// `b"…"`, `c"…"`, `b'…'`, `r"…"`, `br#"…"#`: their whole length.
fn prefixed_literal(rest: &[u8]) -> Option<usize> {
    let prefix = word_length(rest);
    let after = &rest[prefix..];
    match (&rest[..prefix], after.first()?) {
        (b"b" | b"c", b'"') => Some(prefix + quoted(after, b'"')),
        (b"b", b'\'') => Some(prefix + quoted(after, b'\'')),
        (b"r" | b"br" | b"cr", b'"' | b'#') => {
            let hashes = after.iter().take_while(|&&byte| byte == b'#').count();
            // `r#word` is a raw identifier.
            (after.get(hashes) == Some(&b'"')).then_some(())?;
            let end: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
            let body = &after[hashes + 1..];
            let length = body.windows(end.len()).position(|window| window == end).map_or(body.len(), |start| start + end.len());
            Some(prefix + hashes + 1 + length)
        }
        _ => None,
    }
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

fn character_or_lifetime(rest: &[u8]) -> usize {
    let word = word_length(&rest[1..]);
    // A lifetime's name has no quote behind it; `'é'` is one word of several bytes.
    if word > 0 && rest.get(1 + word) != Some(&b'\'') { 1 + word } else { quoted(rest, b'\'') }
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

// --- layering ---

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|group| group.contains(&module))
}

fn check_layers(file: &SourceFile<'_>) -> Vec<Violation> {
    let module = file.module();
    let Some(own) = module.first() else {
        return check_root(file);
    };
    let Some(own_layer) = layer(own) else {
        return vec![file.violation(1, format!("module `{own}` has no place in the layering of tests/architecture.rs"))];
    };
    let judge = |(used, line): (&str, usize)| match layer(used) {
        _ if used == own || used == "self" => None,
        None if own == "main" => None,
        None => Some(file.violation(line, format!("`crate::{used}` is no module of the layering: name the module that has it"))),
        Some(used_layer) if used_layer < own_layer => None,
        Some(_) => Some(file.violation(line, format!("`{own}` uses `{used}`, which doesn't stand left of it"))),
    };
    paths_from_root(file, &module).into_iter().filter_map(judge).collect()
}

/// `lib.rs` only declares: each module that it declares has its place.
fn check_root(file: &SourceFile<'_>) -> Vec<Violation> {
    let declared = (1..file.tokens.len()).filter(|&at| file.text(at - 1) == "mod" && matches!(file.text(at + 1), ";" | "{"));
    let homeless = declared.filter(|&at| layer(file.text(at)).is_none());
    homeless
        .map(|at| {
            file.violation(
                file.tokens[at].line,
                format!("module `{}` has no place in the layering of tests/architecture.rs", file.text(at)),
            )
        })
        .collect()
}

/// The top modules that a file's paths name, however they are written: `crate::x`, `crate::{x, y::z}`, `super::super::x`, `pgtenant::x`.
fn paths_from_root<'a>(file: &SourceFile<'a>, module: &[String]) -> Vec<(&'a str, usize)> {
    let mut found = Vec::new();
    // Where the inline modules end that are open here.
    let mut inline_ends: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < file.tokens.len() {
        inline_ends.retain(|&end| at < end);
        let mut next = at + 1;
        match file.text(at) {
            "mod" if file.text(at + 2) == "{" => inline_ends.push(file.after_group(at + 2)),
            "crate" | CRATE if file.text(at + 1) == "::" && (at == 0 || file.text(at - 1) != "::") => heads(file, at + 2, &mut found),
            "super" if file.text(at + 1) == "::" => {
                let mut ups = 0;
                next = at;
                while file.text(next) == "super" && file.text(next + 1) == "::" {
                    (ups, next) = (ups + 1, next + 2);
                }
                if ups >= module.len() + inline_ends.len() {
                    heads(file, next, &mut found);
                }
            }
            _ => {}
        }
        at = next;
    }
    found
}

/// The first names of the path or the braces at `at`.
fn heads<'a>(file: &SourceFile<'a>, at: usize, found: &mut Vec<(&'a str, usize)>) {
    if file.text(at) != "{" {
        found.push((file.text(at), file.tokens.get(at).map_or(0, |token| token.line)));
        return;
    }
    let end = file.after_group(at) - 1;
    let (mut index, mut expects_name) = (at + 1, true);
    while index < end {
        match file.text(index) {
            "{" => index = file.after_group(index) - 1,
            "," => expects_name = true,
            name if expects_name => {
                found.push((name, file.tokens[index].line));
                expects_name = false;
            }
            _ => {}
        }
        index += 1;
    }
}

// --- sizes ---

fn check_sizes(file: &SourceFile<'_>) -> Vec<Violation> {
    if file.is_test {
        return Vec::new();
    }
    let mut violations = Vec::new();
    let lines = file.text.lines().count().saturating_sub(test_lines(&file.tokens));
    if lines > MAX_FILE_LINES {
        violations.push(file.violation(1, format!("{lines} lines without tests, at most {MAX_FILE_LINES}")));
    }
    // `fn(u8)` is a type.
    let functions = (0..file.tokens.len()).filter(|&at| file.text(at) == "fn" && file.text(at + 1) != "(" && !file.tokens[at].test);
    for at in functions {
        let first = file.tokens[at].line;
        let lines = file.tokens[after_item(&file.tokens, at) - 1].line + 1 - first;
        if lines > MAX_FUNCTION_LINES {
            violations.push(file.violation(first, format!("fn {} has {lines} lines, at most {MAX_FUNCTION_LINES}", file.text(at + 1))));
        }
    }
    violations
}

/// How many lines the test items span.
fn test_lines(tokens: &[Token<'_>]) -> usize {
    let runs = tokens.chunk_by(|a, b| a.test == b.test).filter(|run| run[0].test);
    runs.map(|run| run[run.len() - 1].line + 1 - run[0].line).sum()
}

// --- the first doc comment ---

fn check_first_doc(file: &SourceFile<'_>) -> Vec<Violation> {
    if file.is_test || file.text.trim_start().starts_with("//!") {
        return Vec::new();
    }
    vec![file.violation(1, "the file doesn't begin with a `//!` comment that says what it is for")]
}

// --- the rules, applied to what breaks them ---

fn check(rule: fn(&SourceFile<'_>) -> Vec<Violation>, path: &str, text: &str) -> Vec<String> {
    rule(&SourceFile::new(Path::new(path), text)).iter().map(Violation::to_string).collect()
}

#[test]
fn layering_finds_every_way_to_write_a_path() {
    let broken = [
        ("wire/frame.rs", "use crate::pool::Pool;"),
        ("wire/frame.rs", "use crate::net::Stream;"),
        ("wire/mod.rs", "fn f() { crate::session::run(); }"),
        ("ids.rs", "use crate::error::Report;"),
        ("pool/mod.rs", "use crate::{wire::Frame, backend::{ServerConn, Dial}, session};"),
        ("pool/queue.rs", "use super::super::session::Session;"),
        ("pool/mod.rs", "use super::server;"),
        ("pool/queue.rs", "mod inner { use super::super::super::cli::Args; }"),
        ("pool/queue.rs", "macro_rules! m { () => { $crate::admin::x() } }"),
        ("pool/queue.rs", "use crate::ServerConn;"),
        ("pool/queue.rs", "#[cfg(test)] mod tests { use crate::session::Session; }"),
        ("pool/tests.rs", "use crate::session::Session;"),
        ("backend/mod.rs", "use pgtenant::pool::Pool;"),
        ("session/mod.rs", "use crate::lifecycle::Cluster;"),
        ("helpers.rs", "//! A drawer for everything."),
        ("lib.rs", "pub mod wire; mod helpers;"),
    ];
    for (path, text) in broken {
        assert_eq!(check(check_layers, path, text).len(), 1, "{path}: {text}");
    }
}

#[test]
fn layering_leaves_good_paths_alone() {
    let good = [
        ("pool/mod.rs", "use crate::{error::{Report, SqlState}, wire::Frame, backend::ServerConn, pool::queue::Queue};"),
        ("pool/queue.rs", "use super::Pool; use super::super::backend::Dial; pub(in crate::pool) struct Q; pub(super) fn f() {}"),
        ("pool/queue.rs", "mod inner { use super::super::session; } // pool::session, not the top module"),
        ("wire/frame.rs", "//! For [`crate::session`].\n/* crate::session::x */ const S: &str = \"crate::session::x\"; // crate::pool::y"),
        ("wire/frame.rs", r###"const S: &[u8] = br#"" crate::session::x"#; const C: char = '"'; const L: &'static str = "crate::pool";"###),
        ("wire/frame.rs", "use other::crate_thing::session; use std::net::TcpStream; fn f<'a>(c: char) { c == '\\''; }"),
        ("main.rs", "use pgtenant::{cli, server::Server}; fn main() { pgtenant::session::x(); }"),
        ("cli/serve.rs", "use crate::server::Server;"),
        ("lib.rs", "pub mod wire; pub mod session;"),
    ];
    for (path, text) in good {
        assert_eq!(check(check_layers, path, text), [""; 0], "{path}: {text}");
    }
}

#[test]
fn sizes_count_code_and_not_tests() {
    let function = |lines: usize| format!("//! D.\nfn long() {{\n{}}}\n", "    call([0; 2], '{', \"}\");\n".repeat(lines - 2));
    assert_eq!(check(check_sizes, "wire/a.rs", &function(80)), [""; 0]);
    assert_eq!(check(check_sizes, "wire/a.rs", &function(81)), ["src/wire/a.rs:2: fn long has 81 lines, at most 80"]);
    assert_eq!(check(check_sizes, "wire/a.rs", &format!("#[cfg(test)]\nmod tests {{\n{}}}", function(200))), [""; 0]);
    assert_eq!(check(check_sizes, "wire/a.rs", &function(200).replace("fn long", "#[cfg(not(test))] fn long")).len(), 1);
    assert_eq!(check(check_sizes, "wire/tests.rs", &function(700)), [""; 0]);

    let file = |lines: usize| "const X: u8 = 0;\n".repeat(lines);
    assert_eq!(check(check_sizes, "wire/a.rs", &file(600)), [""; 0]);
    assert_eq!(check(check_sizes, "wire/a.rs", &file(601)), ["src/wire/a.rs:1: 601 lines without tests, at most 600"]);
    let declaring = SourceFile::new(Path::new("wire/mod.rs"), "mod real; #[cfg(test)] mod properties;");
    assert_eq!(declared_for_tests(&declaring), [["wire", "properties"]]);
    let with_tests = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", file(600), file(500));
    assert_eq!(check(check_sizes, "wire/a.rs", &with_tests), [""; 0]);
}

#[test]
fn first_doc_is_asked_of_modules_and_not_of_tests() {
    assert_eq!(check(check_first_doc, "wire/a.rs", "//! What it is for.\nuse std::io;"), [""; 0]);
    assert_eq!(check(check_first_doc, "wire/tests.rs", "use super::*;"), [""; 0]);
    for text in ["", "use std::io;", "// Not a doc.\n//! Too late.", "/// Of an item.\nfn f() {}"] {
        assert_eq!(check(check_first_doc, "wire/a.rs", text).len(), 1, "{text}");
    }
}
