//! Tables, views and sequences that tenants reach and shouldn't.

use super::{Lint, Scope};

pub(super) const LINTS: &[Lint] = &[
    Lint { is_told_by_create: true, ..Lint::new(Scope::Row, "row security is not enabled and forced", SECURITY) },
    Lint { is_told_by_create: true, ..Lint::new(Scope::Row, "no restrictive policy confines everybody to the tenant's rows", RESTRICTIVE) },
    Lint::new(Scope::Row, "a permissive policy of somebody else's opens rows", PERMISSIVE),
    Lint::new(Scope::Shared, "tenants may use a table that has no tenant column and is no reference table", NOBODYS),
    Lint::new(Scope::Row, "tenants may use a partition or child by its own name", CHILDREN),
    Lint::new(Scope::Shared, "tenants may use a view that doesn't ask with their rights", VIEWS),
    Lint::new(Scope::Shared, "tenants may use a materialized view or a foreign table: no policy guards it", UNGUARDED),
    Lint::new(Scope::Shared, "tenants have more rights than they need", RIGHTS),
    Lint::new(Scope::Shared, "tenants may read or set a sequence", SEQUENCES),
    Lint::new(Scope::Shared, "tenants have rights on columns", COLUMNS),
];

/// Safe where policies say what to let through.
const SECURITY: &str = lint!(
    "SELECT name, format('ALTER TABLE %s %s ROW LEVEL SECURITY', name, w.what), EXISTS (SELECT FROM pg_policy q WHERE q.polrelid = rel.oid)
       FROM rel, LATERAL (VALUES ('ENABLE', relrowsecurity), ('FORCE', relforcerowsecurity)) w(what, done) WHERE is_tenant AND NOT w.done"
);

/// Policies are judged by what they mention; those of `create` it judges itself.
const RESTRICTIVE: &str = lint!(
    "SELECT name, NULL::text, false FROM rel, p WHERE is_tenant
        AND NOT EXISTS (SELECT FROM pg_policy q WHERE q.polrelid = rel.oid AND NOT q.polpermissive AND q.polcmd = '*' AND q.polroles = ARRAY[0::oid]
                           AND strpos(pg_get_expr(q.polqual, q.polrelid), quote_ident(p.tenant_column)) > 0
                           AND (q.polwithcheck IS NULL OR strpos(pg_get_expr(q.polwithcheck, q.polrelid), quote_ident(p.tenant_column)) > 0))"
);

/// `tenant_isolation` is `create`'s.
const PERMISSIVE: &str = lint!(
    "SELECT format('%I on %s', q.polname, name), format('DROP POLICY %I ON %s', q.polname, name), false
       FROM rel JOIN pg_policy q ON q.polrelid = rel.oid
      WHERE is_tenant AND q.polpermissive AND q.polname <> 'tenant_isolation' AND q.polroles && ARRAY(SELECT oid FROM who)"
);

const NOBODYS: &str = lint!(
    "SELECT format('%s, for %s', name, to_whom), format('REVOKE ALL ON %s FROM %s', name, to_whom), ours
       FROM grants WHERE kind IN ('r', 'p') AND NOT is_tenant AND NOT is_reference GROUP BY name, to_whom, ours"
);

const CHILDREN: &str = lint!(
    "SELECT format('%s, for %s', name, to_whom), format('REVOKE ALL ON %s FROM %s', name, to_whom), ours
       FROM grants WHERE is_tenant AND is_child GROUP BY name, to_whom, ours"
);

const VIEWS: &str = lint!(
    "SELECT format('%s, for %s', name, to_whom), format('REVOKE ALL ON %s FROM %s', name, to_whom), ours
       FROM grants WHERE kind = 'v' AND NOT is_invoker GROUP BY name, to_whom, ours"
);

const UNGUARDED: &str = lint!(
    "SELECT format('%s, for %s', name, to_whom), format('REVOKE ALL ON %s FROM %s', name, to_whom), ours
       FROM grants WHERE kind IN ('m', 'f') GROUP BY name, to_whom, ours"
);

/// Of tenant tables that are used by their own name, reference tables and views that ask with their reader's rights.
const RIGHTS: &str = lint!(
    "SELECT format('%s, for %s: %s', name, to_whom, string_agg(privilege, ', ' ORDER BY privilege)),
            format('REVOKE %s ON %s FROM %s', string_agg(privilege, ', ' ORDER BY privilege), name, to_whom), ours
       FROM grants
      WHERE is_tenant AND NOT is_child AND privilege NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
         OR (is_reference AND NOT is_tenant AND kind IN ('r', 'p') OR kind = 'v' AND is_invoker) AND privilege <> 'SELECT'
      GROUP BY name, to_whom, ours"
);

const SEQUENCES: &str = lint!(
    "SELECT format('%s, for %s', name, to_whom), format('REVOKE %s ON SEQUENCE %s FROM %s', string_agg(privilege, ', ' ORDER BY privilege), name, to_whom), ours
       FROM grants WHERE kind = 'S' AND privilege <> 'USAGE' GROUP BY name, to_whom, ours"
);

const COLUMNS: &str = lint!(
    "SELECT format('%s.%I, for %s', rel.name, a.attname, w.name), format('REVOKE %s (%I) ON %s FROM %s', x.privilege_type, a.attname, rel.name, w.name), w.ours
       FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attacl IS NOT NULL, LATERAL aclexplode(a.attacl) x JOIN who w ON w.oid = x.grantee
      WHERE NOT CASE WHEN is_tenant THEN NOT is_child AND x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE')
                     WHEN is_reference OR kind = 'v' AND is_invoker THEN x.privilege_type = 'SELECT' ELSE false END"
);
