//! What tenants' roles are, own and may call.

use super::{Lint, Scope};

pub(super) const LINTS: &[Lint] = &[
    Lint::new(Scope::All, "a tenant's role has powers", POWERS),
    Lint::new(Scope::All, "a tenant's role is a member of a role that is somebody", MEMBERSHIPS),
    Lint::new(Scope::Shared, "a tenant's role owns what others use", OWNED),
    Lint::new(Scope::Shared, "tenants may create in a shared schema", CREATE),
    Lint::new(Scope::All, "tenants may create schemas or temporary tables, or everybody may connect", DATABASE),
    Lint::new(Scope::Database, "another tenant may connect to a tenant's database", CONNECT),
    Lint::new(Scope::All, "tenants may call a function that runs with its owner's rights", DEFINER),
    Lint::new(Scope::Shared, "everybody may call a function that the model doesn't vouch for", EVERYBODY),
    Lint::new(Scope::All, "tenants may call functions of a dangerous extension", EXTENSIONS),
    Lint::new(Scope::Row, "tenants may run code that no gate reads", LANGUAGES),
    Lint::new(Scope::All, "tenants may use a foreign server", SERVERS),
    Lint::new(Scope::All, "tenants were given rights in pg_catalog", CATALOG),
    Lint { since: 150_000, ..Lint::new(Scope::All, "tenants were given a superuser's setting", PARAMETERS) },
];

const POWERS: &str = lint!(
    "SELECT r.rolname::text, format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', r.rolname), EXISTS (SELECT FROM t WHERE t.oid = r.oid)
       FROM g JOIN pg_roles r ON r.oid = g.oid WHERE r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication"
);

/// A group of tenants logs in nowhere and has no power; what it may do is looked at elsewhere. The role that tenants share connections
/// of may become each of them.
const MEMBERSHIPS: &str = lint!(
    "SELECT format('%I in %I', r.rolname, o.rolname), format('REVOKE %I FROM %I', o.rolname, r.rolname), EXISTS (SELECT FROM t WHERE t.oid = r.oid)
       FROM pg_auth_members m JOIN g ON g.oid = m.member JOIN pg_roles r ON r.oid = m.member JOIN pg_roles o ON o.oid = m.roleid CROSS JOIN p
      WHERE o.oid NOT IN (SELECT oid FROM mere) AND NOT (r.rolname = p.pool AND o.oid IN (SELECT oid FROM t)) IS TRUE"
);

const OWNED: &str = lint!(
    "SELECT format('%s, of %I', o.what, r.rolname), format(o.statement, 'pgtenant_owner'), false
       FROM (SELECT owner, name AS what, format('ALTER %s %s OWNER TO %%I', CASE kind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                    WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, name) AS statement FROM rel
             UNION ALL
             SELECT f.proowner, f.oid::regprocedure::text, format('ALTER ROUTINE %s OWNER TO %%I', f.oid::regprocedure) FROM pg_proc f JOIN shared n ON n.oid = f.pronamespace
             UNION ALL
             SELECT n.nspowner, format('schema %I', n.nspname), format('ALTER SCHEMA %I OWNER TO %%I', n.nspname) FROM shared n) o
       JOIN t ON t.oid = o.owner JOIN pg_roles r ON r.oid = t.oid"
);

const CREATE: &str = lint!(
    "SELECT format('schema %I, for %s', n.nspname, who.name), format('REVOKE CREATE ON SCHEMA %I FROM %s', n.nspname, who.name), who.ours
       FROM shared n, LATERAL aclexplode(n.nspacl) a JOIN who ON who.oid = a.grantee WHERE a.privilege_type = 'CREATE' AND n.nspowner <> a.grantee"
);

const DATABASE: &str = lint!(
    "SELECT format('database %I, for %s: %s', d.datname, who.name, string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)),
            format('REVOKE %s ON DATABASE %I FROM %s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), d.datname, who.name), who.ours
       FROM pg_database d, LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a JOIN who ON who.oid = a.grantee
      WHERE d.datname = current_database() AND (who.oid = 0 OR a.privilege_type <> 'CONNECT') AND d.datdba <> a.grantee GROUP BY d.datname, who.name, who.ours"
);

/// Tenants' roles are known by the comment that `create` gives them.
const CONNECT: &str = lint!(
    "SELECT format('database %I, for %I', d.datname, r.rolname), format('REVOKE ALL ON DATABASE %I FROM %I', d.datname, r.rolname), true
       FROM pg_database d, LATERAL aclexplode(d.datacl) a JOIN pg_roles r ON r.oid = a.grantee
      WHERE d.datname = current_database() AND r.oid NOT IN (SELECT oid FROM g) AND shobj_description(r.oid, 'pg_authid') LIKE 'pgtenant: role of tenant %'
      GROUP BY d.datname, r.rolname"
);

/// What the operator gave by name may be meant so.
const DEFINER: &str = lint!(
    "SELECT format('%s, for %s', f.oid::regprocedure, who.name), format('REVOKE EXECUTE ON ROUTINE %s FROM %s', f.oid::regprocedure, who.name), who.oid = 0
       FROM pg_proc f JOIN shared n ON n.oid = f.pronamespace CROSS JOIN p, LATERAL aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a JOIN who ON who.oid = a.grantee
      WHERE f.prosecdef AND f.proowner NOT IN (SELECT oid FROM t) AND a.grantee <> f.proowner AND NOT (ARRAY[f.proname::text, n.nspname || '.' || f.proname] && p.functions)"
);

/// A trigger's function isn't called by its name, and PostgreSQL asks nobody whether the trigger may.
const EVERYBODY: &str = lint!(
    "SELECT f.oid::regprocedure::text, format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', f.oid::regprocedure), false
       FROM pg_proc f JOIN shared n ON n.oid = f.pronamespace CROSS JOIN p, LATERAL aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
      WHERE a.grantee = 0 AND NOT f.prosecdef AND f.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
        AND NOT (ARRAY[f.proname::text, n.nspname || '.' || f.proname] && p.functions)
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype IN ('e', 'i'))"
);

/// They run SQL given as text, read files or pages, connect elsewhere, or tell what others run.
const EXTENSIONS: &str = lint!(
    "SELECT format('extension %I, for %s', e.extname, who.name), string_agg(format('REVOKE EXECUTE ON ROUTINE %s FROM %s', f.oid::regprocedure, who.name), '; ' ORDER BY f.oid), who.ours
       FROM pg_extension e JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
       JOIN pg_proc f ON f.oid = d.objid, LATERAL aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a JOIN who ON who.oid = a.grantee
      WHERE e.extname IN ('adminpack', 'amcheck', 'dblink', 'file_fdw', 'lo', 'old_snapshot', 'pageinspect', 'pg_buffercache', 'pg_cron', 'pg_freespacemap', 'pg_prewarm',
                          'pg_stat_statements', 'pg_surgery', 'pg_visibility', 'pg_walinspect', 'pgrowlocks', 'pgstattuple', 'pldbgapi', 'postgres_fdw', 'tablefunc', 'xml2')
        AND f.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'fdw_handler'::regtype) AND a.grantee <> f.proowner
      GROUP BY e.extname, who.name, who.ours"
);

const LANGUAGES: &str = lint!(
    "SELECT format('language %I, for %s', l.lanname, who.name), format('REVOKE USAGE ON LANGUAGE %I FROM %s', l.lanname, who.name), who.ours
       FROM pg_language l, LATERAL aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a JOIN who ON who.oid = a.grantee
      WHERE l.lanpltrusted AND l.lanispl AND a.grantee <> l.lanowner"
);

const SERVERS: &str = lint!(
    "SELECT format('server %I, for %s', s.srvname, who.name), format('REVOKE USAGE ON FOREIGN SERVER %I FROM %s', s.srvname, who.name), who.ours
       FROM pg_foreign_server s, LATERAL aclexplode(s.srvacl) a JOIN who ON who.oid = a.grantee WHERE a.grantee <> s.srvowner
     UNION ALL
     SELECT format('wrapper %I, for %s', w.fdwname, who.name), format('REVOKE USAGE ON FOREIGN DATA WRAPPER %I FROM %s', w.fdwname, who.name), who.ours
       FROM pg_foreign_data_wrapper w, LATERAL aclexplode(w.fdwacl) a JOIN who ON who.oid = a.grantee WHERE a.grantee <> w.fdwowner"
);

/// PUBLIC's rights there are `create`'s to judge. Alone in a database, a tenant has locks and channels as PostgreSQL has them.
const CATALOG: &str = lint!(
    "SELECT format('%s, for %s', f.oid::regprocedure, who.name), format('REVOKE EXECUTE ON FUNCTION %s FROM %s', f.oid::regprocedure, who.name), who.ours
       FROM p, pg_proc f, LATERAL aclexplode(f.proacl) a JOIN who ON who.oid = a.grantee
      WHERE f.pronamespace = 'pg_catalog'::regnamespace AND who.oid <> 0
        AND NOT (p.tenant_column IS NULL AND cardinality(p.own) = 0 AND f.proname ~ '^pg_((try_)?advisory_|notify$)')
        AND NOT (f.proname = 'set_config' AND pg_get_userbyid(who.oid) = p.pool) IS TRUE
     UNION ALL
     SELECT format('%s, for %s', c.oid::regclass, who.name), format('REVOKE ALL ON %s FROM %s', c.oid::regclass, who.name), who.ours
       FROM pg_class c, LATERAL aclexplode(c.relacl) a JOIN who ON who.oid = a.grantee
      WHERE c.relnamespace = 'pg_catalog'::regnamespace AND who.oid <> 0 GROUP BY c.oid, who.name, who.ours"
);

const PARAMETERS: &str = lint!(
    "SELECT format('%s, for %s', x.parname, who.name), format('REVOKE ALL ON PARAMETER %s FROM %s', x.parname, who.name), who.ours
       FROM pg_parameter_acl x, LATERAL aclexplode(x.paracl) a JOIN who ON who.oid = a.grantee GROUP BY x.parname, who.name, who.ours"
);
