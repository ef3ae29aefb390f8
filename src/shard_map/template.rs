//! Names with `{tenant}` and `{opaque}` in them: a tenant's role, schema and database.

use std::fmt;

use super::RoleKey;

/// A name of which each tenant has its own.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    text: Box<str>,
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Eq)]
enum Part {
    Text(Box<str>),
    Tenant,
    Opaque,
}

/// Why a text is no template.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TemplateError {
    /// A placeholder that means nothing.
    #[error("`{{{0}}}` is unknown")]
    Unknown(String),
    /// A brace alone.
    #[error("a brace without its counterpart")]
    Brace,
    /// No text.
    #[error("empty")]
    Empty,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Empty, a lone brace, or a placeholder that isn't `{tenant}` or `{opaque}`.
    pub fn parse(text: &str) -> Result<Template, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(open);
            if !before.is_empty() {
                parts.push(Part::Text(before.into()));
            }
            let inside = from.strip_prefix('{').ok_or(TemplateError::Brace)?;
            let (name, after) = inside.split_once('}').ok_or(TemplateError::Brace)?;
            parts.push(match name {
                "tenant" => Part::Tenant,
                "opaque" => Part::Opaque,
                other => return Err(TemplateError::Unknown(other.to_owned())),
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.into()));
        }
        match parts.is_empty() {
            true => Err(TemplateError::Empty),
            false => Ok(Template { text: text.into(), parts }),
        }
    }

    /// The text as the file has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether each tenant gets a name of its own.
    pub fn names_the_tenant(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part, Part::Text(_)))
    }

    /// Whether names can't be made without the shard's `role_key`.
    pub fn needs_key(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Opaque))
    }

    /// Appends a tenant's name; none where `{opaque}` has no key.
    pub fn render(&self, tenant: &str, key: Option<&RoleKey>, name: &mut String) -> Option<()> {
        for part in &self.parts {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Tenant => name.push_str(tenant),
                Part::Opaque => name.extend(key?.opaque(tenant).map(char::from)),
            }
        }
        Some(())
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}
