//! `COPY table FROM STDIN` as it was written: which table, which columns, in which format.
//!
//! PostgreSQL manual, "COPY"; `ProcessCopyOptions` in `src/backend/commands/copy.c`, whose complaints these are.

use std::panic::catch_unwind;

use pg_raw_parse::{Node, nodes};

use super::{lexer::Lexer, literal::Literal, parse::tree_of};
use crate::error::{Report, SqlState};

/// A COPY from the client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopyFrom {
    /// The table's schema, where it was named.
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// The columns, where they were named.
    pub columns: Vec<String>,
    /// How rows are written.
    pub options: CopyOptions,
}

/// How rows are written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopyOptions {
    /// Lines of text, CSV, or PostgreSQL's own bytes.
    pub format: CopyFormat,
    /// Between two columns.
    pub delimiter: u8,
    /// What stands for NULL.
    pub null: String,
    /// What stands for a column's default (PostgreSQL 16).
    pub default: Option<String>,
    /// Around values of CSV.
    pub quote: u8,
    /// Before a quote within a value of CSV.
    pub escape: u8,
    /// Whether the first line names the columns.
    pub header: CopyHeader,
    /// Columns that are NULL even where its sign is quoted.
    pub force_null: CopyColumns,
    /// Columns that are never NULL.
    pub force_not_null: CopyColumns,
}

/// A format of COPY.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum CopyFormat {
    /// A line per row, with backslashes.
    #[default]
    Text,
    /// Comma-separated values.
    Csv,
    /// PostgreSQL's own bytes.
    Binary,
}

/// What the first line is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum CopyHeader {
    /// A row.
    #[default]
    Absent,
    /// Passed over.
    Present,
    /// The columns' names, or else it is an error.
    Match,
}

/// Columns that an option is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CopyColumns {
    /// `*` (PostgreSQL 17).
    All,
    /// These, perhaps none.
    Some(Vec<String>),
}

impl Default for CopyColumns {
    fn default() -> Self {
        CopyColumns::Some(Vec::new())
    }
}

impl Default for CopyOptions {
    fn default() -> Self {
        CopyOptions {
            format: CopyFormat::Text,
            delimiter: b'\t',
            null: "\\N".to_owned(),
            default: None,
            quote: b'"',
            escape: b'"',
            header: CopyHeader::Absent,
            force_null: CopyColumns::default(),
            force_not_null: CopyColumns::default(),
        }
    }
}

/// Reads a text that is a single `COPY table FROM STDIN`; `None` for all others.
///
/// # Errors
/// What PostgreSQL says to such options, and what can't be done here.
pub fn copy_from(text: &str) -> Result<Option<CopyFrom>, Report> {
    let first = Lexer::new(text.as_bytes()).find(|token| !token.is_symbol(b';'));
    let is_copy = first.is_some_and(|first| first.is_word(text.as_bytes(), "copy"));
    // The grammar's crate panics where it meets what it doesn't know.
    let parsed = if is_copy { catch_unwind(|| tree_of(text)).ok().and_then(Result::ok) } else { None };
    let Some(tree) = parsed else { return Ok(None) };
    let mut statements = tree.iter();
    let (Some(raw), None) = (statements.next(), statements.next()) else { return Ok(None) };
    match raw.stmt() {
        Node::CopyStmt(copy) if copy.is_from && !copy.is_program && copy.filename().is_none() => read(copy).map(Some),
        _ => Ok(None),
    }
}

/// Reads one that is `FROM STDIN`.
fn read(copy: &nodes::CopyStmt) -> Result<CopyFrom, Report> {
    if !matches!(copy.where_clause(), Node::None) {
        return Err(unsupported("COPY FROM with WHERE is not available for tables that tenants share")
            .with_hint("Copy into a table of your own and select from it, or leave out the rows before."));
    }
    let relation = copy.relation().ok_or_else(|| syntax("COPY without a table"))?;
    let options = options(copy)?;
    Ok(CopyFrom {
        schema: relation.schemaname().map(str::to_owned),
        table: relation.relname().unwrap_or_default().to_owned(),
        columns: copy.attlist().iter().filter_map(text_of).collect(),
        options,
    })
}

/// What was said, before what it means is known.
#[derive(Default)]
struct Said {
    format: Option<CopyFormat>,
    delimiter: Option<String>,
    null: Option<String>,
    default: Option<String>,
    quote: Option<String>,
    escape: Option<String>,
    header: Option<CopyHeader>,
    force_null: Option<CopyColumns>,
    force_not_null: Option<CopyColumns>,
}

fn options(copy: &nodes::CopyStmt) -> Result<CopyOptions, Report> {
    let mut said = Said::default();
    let mut seen = Vec::new();
    for option in copy.options().iter() {
        let name = option.defname().unwrap_or_default();
        if seen.contains(&name) {
            return Err(syntax("conflicting or redundant options"));
        }
        seen.push(name);
        said.take(name, option.arg())?;
    }
    said.settle()
}

impl Said {
    fn take(&mut self, name: &str, argument: Node<'_>) -> Result<(), Report> {
        match name {
            "format" => {
                self.format = Some(match text(name, argument)?.as_str() {
                    "text" => CopyFormat::Text,
                    "csv" => CopyFormat::Csv,
                    "binary" => CopyFormat::Binary,
                    other => return Err(wrong_value(format!("COPY format \"{other}\" not recognized"))),
                });
            }
            "delimiter" => self.delimiter = Some(text(name, argument)?),
            "null" => self.null = Some(text(name, argument)?),
            "default" => self.default = Some(text(name, argument)?),
            "quote" => self.quote = Some(text(name, argument)?),
            "escape" => self.escape = Some(text(name, argument)?),
            "header" => self.header = Some(header(argument)?),
            "force_null" => self.force_null = Some(columns(name, argument)?),
            "force_not_null" => self.force_not_null = Some(columns(name, argument)?),
            "encoding" => {
                let encoding = text(name, argument)?;
                let plain: String = encoding.chars().filter(char::is_ascii_alphanumeric).collect();
                if !["utf8", "unicode"].contains(&plain.to_ascii_lowercase().as_str()) {
                    return Err(unsupported(format!("COPY with encoding \"{encoding}\" is not available for tables that tenants share"))
                        .with_hint("Convert the data to UTF8 before."));
                }
            }
            "freeze" if flag(argument) == Some(false) => {}
            "freeze" => {
                let message = "cannot perform COPY FREEZE because the table was not created or truncated in the current subtransaction";
                return Err(Report::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message));
            }
            "on_error" if text(name, argument)?.eq_ignore_ascii_case("stop") => {}
            "log_verbosity" => {}
            "on_error" | "reject_limit" => {
                return Err(unsupported(format!("COPY with {name} is not available for tables that tenants share"))
                    .with_hint("Remove the rows that fail, or copy in smaller parts."));
            }
            "force_quote" => return Err(wrong_value("COPY FORCE_QUOTE cannot be used with COPY FROM".to_owned())),
            other => return Err(syntax(format!("option \"{other}\" not recognized"))),
        }
        Ok(())
    }

    fn settle(self) -> Result<CopyOptions, Report> {
        let format = self.format.unwrap_or_default();
        let csv = format == CopyFormat::Csv;
        if format == CopyFormat::Binary {
            let given = [("DELIMITER", self.delimiter.is_some()), ("NULL", self.null.is_some()), ("DEFAULT", self.default.is_some())];
            if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
                return Err(syntax(format!("cannot specify {name} in BINARY mode")));
            }
            if self.header.is_some_and(|header| header != CopyHeader::Absent) {
                return Err(unsupported("cannot specify HEADER in BINARY mode"));
            }
        }
        let only_csv = [
            ("QUOTE", self.quote.is_some()),
            ("ESCAPE", self.escape.is_some()),
            ("FORCE_NOT_NULL", self.force_not_null.is_some()),
            ("FORCE_NULL", self.force_null.is_some()),
        ];
        if let Some((name, _)) = only_csv.iter().find(|(_, given)| *given && !csv) {
            return Err(unsupported(format!("COPY {name} requires CSV mode")));
        }
        let delimiter = one_byte("delimiter", self.delimiter.as_deref(), if csv { b',' } else { b'\t' })?;
        let quote = one_byte("quote", self.quote.as_deref(), b'"')?;
        let escape = one_byte("escape", self.escape.as_deref(), quote)?;
        let null = self.null.unwrap_or_else(|| if csv { String::new() } else { "\\N".to_owned() });
        let options = CopyOptions {
            format,
            delimiter,
            null,
            default: self.default,
            quote,
            escape,
            header: self.header.unwrap_or_default(),
            force_null: self.force_null.unwrap_or_default(),
            force_not_null: self.force_not_null.unwrap_or_default(),
        };
        options.check()?;
        Ok(options)
    }
}

impl CopyOptions {
    /// What can't stand together.
    fn check(&self) -> Result<(), Report> {
        let csv = self.format == CopyFormat::Csv;
        if matches!(self.delimiter, b'\n' | b'\r') {
            return Err(wrong_value("COPY delimiter cannot be newline or carriage return".to_owned()));
        }
        let breaks_lines = |text: &str| text.contains(['\n', '\r']);
        if breaks_lines(&self.null) {
            return Err(wrong_value("COPY null representation cannot use newline or carriage return".to_owned()));
        }
        if !csv && memchr::memchr(self.delimiter, b"\\.abcdefghijklmnopqrstuvwxyz0123456789").is_some() {
            return Err(wrong_value(format!("COPY delimiter cannot be \"{}\"", char::from(self.delimiter))));
        }
        if csv && self.delimiter == self.quote {
            return Err(wrong_value("COPY delimiter and quote must be different".to_owned()));
        }
        let holds = |text: &str, byte: u8| memchr::memchr(byte, text.as_bytes()).is_some();
        let signs = [("NULL", Some(&self.null)), ("DEFAULT", self.default.as_ref())];
        for (name, sign) in signs.into_iter().filter_map(|(name, sign)| Some((name, sign?))) {
            if self.format != CopyFormat::Binary && holds(sign, self.delimiter) {
                return Err(wrong_value(format!("COPY delimiter character must not appear in the {name} specification")));
            }
            if csv && holds(sign, self.quote) {
                return Err(wrong_value(format!("CSV quote character must not appear in the {name} specification")));
            }
        }
        match &self.default {
            Some(default) if breaks_lines(default) => {
                Err(wrong_value("COPY default representation cannot use newline or carriage return".to_owned()))
            }
            Some(default) if *default == self.null => {
                Err(wrong_value("NULL specification and DEFAULT specification cannot be the same".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

fn one_byte(what: &str, said: Option<&str>, otherwise: u8) -> Result<u8, Report> {
    match said.map(str::as_bytes) {
        None => Ok(otherwise),
        Some(&[byte]) => Ok(byte),
        Some(_) => Err(unsupported(format!("COPY {what} must be a single one-byte character"))),
    }
}

/// A word or string, however the grammar keeps it.
fn text_of(node: Node<'_>) -> Option<String> {
    match node {
        Node::String(text) => text.sval().map(str::to_owned),
        Node::Integer(number) => Some(number.ival.to_string()),
        Node::Float(number) => number.fval().map(str::to_owned),
        Node::Boolean(value) => Some(if value.boolval { "true" } else { "false" }.to_owned()),
        Node::TypeName(name) => name.names().iter().next_back().and_then(|last| last.sval()).map(str::to_owned),
        other => match Literal::read(other)? {
            Literal::Text(text) => Some(text),
            Literal::Bool(value) => Some(value.to_string()),
            Literal::Null => None,
        },
    }
}

fn text(name: &str, argument: Node<'_>) -> Result<String, Report> {
    text_of(argument).ok_or_else(|| syntax(format!("{name} requires a parameter")))
}

/// As `defGetBoolean` reads it: nothing is true.
fn flag(argument: Node<'_>) -> Option<bool> {
    if matches!(argument, Node::None) {
        return Some(true);
    }
    match text_of(argument)?.to_ascii_lowercase().as_str() {
        "true" | "on" | "1" => Some(true),
        "false" | "off" | "0" => Some(false),
        _ => None,
    }
}

fn header(argument: Node<'_>) -> Result<CopyHeader, Report> {
    match flag(argument) {
        Some(true) => Ok(CopyHeader::Present),
        Some(false) => Ok(CopyHeader::Absent),
        None if text_of(argument).is_some_and(|word| word.eq_ignore_ascii_case("match")) => Ok(CopyHeader::Match),
        None => Err(syntax("header requires a Boolean value or \"match\"")),
    }
}

fn columns(name: &str, argument: Node<'_>) -> Result<CopyColumns, Report> {
    match argument {
        Node::A_Star(_) => Ok(CopyColumns::All),
        Node::NodeList(list) => Ok(CopyColumns::Some(list.iter().filter_map(text_of).collect())),
        _ => Err(wrong_value(format!("argument to option \"{name}\" must be a list of column names"))),
    }
}

fn syntax(message: impl Into<std::borrow::Cow<'static, str>>) -> Report {
    Report::new(SqlState::SYNTAX_ERROR, message)
}

fn wrong_value(message: String) -> Report {
    Report::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

fn unsupported(message: impl Into<std::borrow::Cow<'static, str>>) -> Report {
    Report::new(SqlState::FEATURE_NOT_SUPPORTED, message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn options_of(options: &str) -> Result<CopyOptions, String> {
        let copy = copy_from(&format!("COPY s.\"T\" (a, \"B\") FROM STDIN {options}"));
        copy.map(|copy| copy.unwrap().options).map_err(|report| format!("{} {}", report.state, report.message))
    }

    #[test]
    fn a_copy_is_read_in_all_its_spellings() {
        let copy = copy_from("COPY s.\"T\" (a, \"B\") FROM STDIN").unwrap().unwrap();
        assert_eq!((copy.schema.as_deref(), copy.table.as_str(), copy.columns), (Some("s"), "T", vec!["a".to_owned(), "B".to_owned()]));
        assert_eq!(copy.options, CopyOptions::default());
        let csv = CopyOptions {
            format: CopyFormat::Csv,
            delimiter: b';',
            null: "-".to_owned(),
            quote: b'\'',
            escape: b'\\',
            header: CopyHeader::Present,
            force_null: CopyColumns::Some(vec!["a".to_owned()]),
            ..CopyOptions::default()
        };
        for spelling in [
            "WITH (FORMAT csv, DELIMITER ';', NULL '-', QUOTE '''', ESCAPE E'\\\\', HEADER, FORCE_NULL (a))",
            "(format 'csv', delimiter ';', null '-', quote '''', escape '\\', header true, force_null (a), encoding 'UTF-8')",
            "WITH CSV HEADER QUOTE AS '''' ESCAPE AS '\\' FORCE NULL a DELIMITER ';' NULL AS '-'",
        ] {
            assert_eq!(options_of(spelling), Ok(csv.clone()), "{spelling}");
        }
        assert_eq!(options_of("BINARY").map(|options| options.format), Ok(CopyFormat::Binary));
        assert_eq!(options_of("(HEADER match)").map(|options| options.header), Ok(CopyHeader::Match));
        assert_eq!(options_of("(FORMAT csv, FORCE_NOT_NULL *)").map(|options| options.force_not_null), Ok(CopyColumns::All));
        for other in
            ["COPY t TO STDOUT", "COPY t FROM 'file'", "COPY t FROM PROGRAM 'p'", "SELECT 1", "COPY t FROM STDIN; SELECT 1", "nonsense"]
        {
            assert_eq!(copy_from(other), Ok(None), "{other}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_as_postgresql_does() {
        for (options, refused) in [
            ("(FORMAT csv, FORMAT csv)", "42601 conflicting or redundant options"),
            ("(FORMAT xml)", "22023 COPY format \"xml\" not recognized"),
            ("(DELIMITER 'ab')", "0A000 COPY delimiter must be a single one-byte character"),
            ("(DELIMITER 'a')", "22023 COPY delimiter cannot be \"a\""),
            ("(DELIMITER E'\\n')", "22023 COPY delimiter cannot be newline or carriage return"),
            ("(FORMAT csv, QUOTE ',')", "22023 COPY delimiter and quote must be different"),
            ("(QUOTE '\"')", "0A000 COPY QUOTE requires CSV mode"),
            ("(FORMAT binary, NULL 'x')", "42601 cannot specify NULL in BINARY mode"),
            ("(FORMAT csv, NULL 'a,b')", "22023 COPY delimiter character must not appear in the NULL specification"),
            ("(DEFAULT '\\N')", "22023 NULL specification and DEFAULT specification cannot be the same"),
            ("(HEADER 5)", "42601 header requires a Boolean value or \"match\""),
            ("(nonsense 1)", "42601 option \"nonsense\" not recognized"),
            ("(ENCODING 'latin1')", "0A000 COPY with encoding \"latin1\" is not available for tables that tenants share"),
            ("(ON_ERROR ignore)", "0A000 COPY with on_error is not available for tables that tenants share"),
            ("WHERE a > 1", "0A000 COPY FROM with WHERE is not available for tables that tenants share"),
        ] {
            assert_eq!(options_of(options), Err(refused.to_owned()), "{options}");
        }
    }
}
