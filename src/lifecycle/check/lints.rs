//! Questions to a database, from its tenants' side. All begin alike: who the tenants are, whatever they are members of, what they share.
//!
//! A question answers with an object, the statement that closes the hole, and whether that is safe.

use super::{super::create::TenantKind, Group};

/// A question about these:
///
/// - `p`: the parameters;
/// - `t`: tenants' roles, and the one that they share connections of;
/// - `mere`: roles that may be tenants' groups: that nobody logs in as, that own nothing and are no other model's group;
/// - `g`: tenants' roles, and those of `mere` that they are members of; `who`: the same without superusers, by name, and PUBLIC. Taking
///   something away is safe from PUBLIC, from tenants' roles and from the model's own group (`ours`): others may need it;
/// - `shared`: schemas that aren't a tenant's own;
/// - `rel`: what stands in them; a tenant table has the tenant column;
/// - `grants`: what tenants may do there, privilege by privilege.
macro_rules! lint {
    ($sql:literal) => {
        concat!(
            "WITH RECURSIVE p AS (SELECT $1::text[] AS roles, $2::text AS tenant_column, $3::text[] AS refs, $4::text[] AS functions, $5::text[] AS own, $6::text AS grp, $7::text AS pool, $8::text[] AS global_keys),
            t(oid) AS (SELECT r.oid FROM p, pg_roles r WHERE r.rolname = ANY (p.roles)),
            mere(oid) AS (SELECT r.oid FROM p, pg_roles r WHERE NOT r.rolcanlogin AND NOT r.rolsuper AND r.rolname !~ '^pg_'
                             AND (r.rolname !~ '^pgtenant_' OR r.rolname = p.grp)
                             AND NOT EXISTS (SELECT FROM pg_class c JOIN shared n ON n.oid = c.relnamespace WHERE c.relowner = r.oid)),
            g(oid) AS (SELECT oid FROM t UNION SELECT m.roleid FROM pg_auth_members m JOIN g ON g.oid = m.member JOIN mere ON mere.oid = m.roleid),
            who(oid, name, ours) AS (SELECT r.oid, quote_ident(r.rolname), r.rolname = p.grp OR EXISTS (SELECT FROM t WHERE t.oid = r.oid)
                                       FROM p, g JOIN pg_roles r ON r.oid = g.oid WHERE NOT r.rolsuper
                                     UNION ALL SELECT 0::oid, 'PUBLIC', true),
            shared AS (SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
                        WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pgtenant')
                          AND NOT EXISTS (SELECT FROM p, unnest(p.own) o WHERE o = n.nspname)),
            rel AS (SELECT c.oid, c.oid::regclass::text AS name, c.relkind AS kind, c.relacl AS acl, c.relowner AS owner, c.relrowsecurity, c.relforcerowsecurity,
                           a.attnum AS tenant_attnum, c.relkind IN ('r', 'p') AND a.attnum IS NOT NULL AS is_tenant,
                           EXISTS (SELECT FROM p, unnest(p.refs) f WHERE f = n.nspname || '.' || c.relname) AS is_reference,
                           EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AS is_child,
                           coalesce((SELECT o.option_value::boolean FROM pg_options_to_table(c.reloptions) o WHERE o.option_name = 'security_invoker'), false) AS is_invoker
                      FROM pg_class c JOIN shared n ON n.oid = c.relnamespace CROSS JOIN p
                      LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = p.tenant_column AND a.attnum > 0 AND NOT a.attisdropped
                     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'),
            grants AS (SELECT rel.*, who.oid AS grantee, who.name AS to_whom, who.ours, a.privilege_type AS privilege
                         FROM rel, LATERAL aclexplode(rel.acl) a JOIN who ON who.oid = a.grantee WHERE rel.owner <> a.grantee)
            ",
            $sql
        )
    };
}

mod integrity;
mod relations;
mod rights;

/// A question.
pub(super) struct Lint {
    /// What is wrong where it has an answer.
    pub(super) class: &'static str,
    pub(super) query: &'static str,
    /// Where it is asked.
    scope: Scope,
    /// Not asked where `create` could tell what it misses.
    pub(super) is_told_by_create: bool,
    /// The first version that has the catalogs it asks.
    since: i32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// In every model.
    All,
    /// Where tenants share a database.
    Shared,
    /// In the row model.
    Row,
    /// In the database model.
    Database,
}

impl Lint {
    const fn new(scope: Scope, class: &'static str, query: &'static str) -> Lint {
        Lint { class, query, scope, is_told_by_create: false, since: 0 }
    }
}

/// The questions for a group's model, to a server of this version.
pub(super) fn of(group: &Group, version: i32) -> impl Iterator<Item = &'static Lint> {
    let kind = group.tenants.first().map(|spec| &spec.kind);
    let (row, database) = (matches!(kind, Some(TenantKind::Row { .. })), matches!(kind, Some(TenantKind::Database { .. })));
    let asked = move |scope| match scope {
        Scope::All => true,
        Scope::Shared => !database,
        Scope::Row => row,
        Scope::Database => database,
    };
    [relations::LINTS, rights::LINTS, integrity::LINTS].into_iter().flatten().filter(move |lint| asked(lint.scope) && version >= lint.since)
}
