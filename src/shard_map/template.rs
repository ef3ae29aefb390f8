//! Names with `{tenant}` and `{opaque}` in them: a tenant's role, schema and database.

use std::{fmt, sync::Arc};

use smallvec::SmallVec;

use super::{RoleKey, names::LONGEST_NAME};

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

/// How long what stands for `{opaque}` is.
const OPAQUE: usize = 16;

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
        self.pieces(tenant, key, |piece| name.push_str(piece))
    }

    /// A tenant's name; none where `{opaque}` has no key.
    pub fn name(&self, tenant: &str, key: Option<&RoleKey>) -> Option<Arc<str>> {
        let mut name: SmallVec<[u8; LONGEST_NAME + 1]> = SmallVec::new();
        self.pieces(tenant, key, |piece| name.extend_from_slice(piece.as_bytes()))?;
        std::str::from_utf8(&name).ok().map(Arc::from)
    }

    /// The tenant whose name this would be; none where the template isn't told from other names, or says nothing of the tenant.
    pub fn tenant_in<'n>(&self, name: &'n str) -> Option<&'n str> {
        let (mut fixed, mut literal, mut tenants) = (0, false, 0usize);
        for part in &self.parts {
            match part {
                Part::Text(text) => (fixed, literal) = (fixed + text.len(), true),
                Part::Opaque => fixed += OPAQUE,
                Part::Tenant => tenants += 1,
            }
        }
        let left = name.len().checked_sub(fixed).filter(|_| literal)?;
        let length = left.checked_div(tenants).filter(|length| *length > 0 && length * tenants == left)?;
        let (mut rest, mut id) = (name, None);
        for part in &self.parts {
            let (own, after) = rest.split_at_checked(match part {
                Part::Text(text) => text.len(),
                Part::Opaque => OPAQUE,
                Part::Tenant => length,
            })?;
            match part {
                Part::Text(text) if **text != *own => return None,
                Part::Tenant if id.is_some_and(|id| id != own) => return None,
                Part::Tenant => id = Some(own),
                Part::Text(_) | Part::Opaque => {}
            }
            rest = after;
        }
        id
    }

    fn pieces(&self, tenant: &str, key: Option<&RoleKey>, mut push: impl FnMut(&str)) -> Option<()> {
        for part in &self.parts {
            match part {
                Part::Text(text) => push(text),
                Part::Tenant => push(tenant),
                Part::Opaque => push(std::str::from_utf8(&key?.opaque(tenant)).ok()?),
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_tenants() {
        let table = [
            ("t_{tenant}", "t_acme", Some("acme")),
            ("t_{tenant}", "t_", None),
            ("t_{tenant}", "u_acme", None),
            ("{tenant}-rw", "acme-rw", Some("acme")),
            ("{tenant}-rw", "acme", None),
            ("{tenant}_{tenant}", "ab_ab", Some("ab")),
            ("{tenant}_{tenant}", "ab_ac", None),
            ("{tenant}_{tenant}", "ab_a", None),
            ("t_{tenant}_{opaque}", "t_acme_0123456789abcdef", Some("acme")),
            ("t_{tenant}_{opaque}", "t_0123456789abcdef", None),
            ("r_{opaque}", "r_0123456789abcdef", None),
            ("{tenant}", "acme", None),
            ("shared", "shared", None),
            ("t_{tenant}", "t_é", Some("é")),
            ("é{tenant}{tenant}", "éab", None),
        ];
        for (template, name, tenant) in table {
            assert_eq!(Template::parse(template).unwrap().tenant_in(name), tenant, "{template} {name}");
        }
    }
}
