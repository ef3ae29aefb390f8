//! Roles: the tenant's own login, the model's group that holds the shared rights, and who may connect to a database.

use aws_lc_rs::{digest, rand};
use base64::{Engine, engine::general_purpose::STANDARD};

use tokio_postgres::Row;

use crate::auth::scram::{DEFAULT_ITERATIONS, Verifier};

use super::{CreateError, TenantKind, TenantSpec, identifier, literal, steps::Steps};

const SALT_BYTES: usize = 16;
/// Begins the comment of every tenant's role.
const MARK: &str = "pgtenant: role of tenant ";

/// The power that no role of a tenant or pool may have, of five columns from `at` on: superuser, CREATEDB, CREATEROLE, REPLICATION, BYPASSRLS.
pub(super) fn powers(role: &Row, at: usize) -> Option<&'static str> {
    let powers = ["is a superuser", "may create databases", "may create roles", "may replicate", "bypasses row security"];
    powers.into_iter().enumerate().find_map(|(number, power)| role.get::<_, bool>(at + number).then_some(power))
}

/// The tenant's role: may log in and nothing else, with the derived password. One that a pool becomes may not even log in.
pub(super) async fn tenant(steps: &mut Steps, spec: &TenantSpec) -> Result<(), CreateError> {
    register(steps, spec).await?;
    let role = identifier(&spec.role);
    let query = "SELECT rolcanlogin, rolinherit, rolpassword, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
                   FROM pg_authid WHERE rolname = $1";
    let found = steps.rows(query, &[&spec.role]).await?;
    let Some(found) = found.first() else {
        let rights = "INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";
        if spec.pool.is_some() {
            steps.run(&format!("CREATE ROLE {role} NOLOGIN {rights}")).await?;
            return steps.run_quietly(&format!("COMMENT ON ROLE {role} IS {}", literal(&mark(spec)))).await;
        }
        let rights = format!("LOGIN {rights}");
        let verifier = new_verifier(&spec.password)?;
        let statement = format!("CREATE ROLE {role} {rights} PASSWORD {}", literal(&verifier.to_string()));
        steps.run_secretly(&statement, format!("CREATE ROLE {role} {rights} PASSWORD …")).await?;
        return steps.run_quietly(&format!("COMMENT ON ROLE {role} IS {}", literal(&mark(spec)))).await;
    };
    if let Some(power) = powers(found, 3) {
        return Err(CreateError::RoleUnfit { role: spec.role.clone(), why: power.to_owned() });
    }
    refuse_other_memberships(steps, spec).await?;
    let query = "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = $1";
    match steps.text(query, &[&spec.role]).await? {
        Some(comment) if comment == mark(spec) => {}
        Some(comment) if comment.starts_with(MARK) => {
            return Err(CreateError::RoleUnfit { role: spec.role.clone(), why: "is another tenant's, in another database".to_owned() });
        }
        _ => steps.run(&format!("COMMENT ON ROLE {role} IS {}", literal(&mark(spec)))).await?,
    }
    if spec.pool.is_some() {
        if !found.get::<_, bool>(1) {
            steps.run(&format!("ALTER ROLE {role} INHERIT")).await?;
        }
        return Ok(());
    }
    if !found.get::<_, bool>(0) || !found.get::<_, bool>(1) {
        steps.run(&format!("ALTER ROLE {role} LOGIN INHERIT")).await?;
    }
    let verifier: Option<String> = found.get(2);
    if !verifier.is_some_and(|verifier| verifies(&verifier, &spec.password)) {
        let verifier = new_verifier(&spec.password)?;
        steps
            .run_secretly(
                &format!("ALTER ROLE {role} PASSWORD {}", literal(&verifier.to_string())),
                format!("ALTER ROLE {role} PASSWORD …"),
            )
            .await?;
    }
    Ok(())
}

/// Roles are the whole cluster's, registries a database's: the role's comment says whose it is, without saying the name.
fn mark(spec: &TenantSpec) -> String {
    let hash = digest::digest(&digest::SHA256, spec.tenant.as_str().as_bytes());
    let short = hash.as_ref().get(..8).unwrap_or_default();
    format!("{MARK}{}", hex::encode(short))
}

/// A tenant's role is in its model's group at most: any other role would lend it rights that nobody here knows of.
async fn refuse_other_memberships(steps: &mut Steps, spec: &TenantSpec) -> Result<(), CreateError> {
    let query = "SELECT string_agg(m.roleid::regrole::text, ', ') FROM pg_auth_members m
                  WHERE m.member = (SELECT oid FROM pg_roles WHERE rolname = $1) AND m.roleid <> coalesce(to_regrole(quote_ident($2)), 0::regrole)";
    match steps.text(query, &[&spec.role, &spec.group()]).await? {
        Some(roles) => Err(CreateError::RoleUnfit { role: spec.role.clone(), why: format!("is a member of {roles}") }),
        None => Ok(()),
    }
}

/// Enters the tenant into the database's registry, or finds that its role or key is somebody else's.
async fn register(steps: &mut Steps, spec: &TenantSpec) -> Result<(), CreateError> {
    let key = match &spec.kind {
        TenantKind::Row { key, .. } => Some(key.as_str()),
        TenantKind::Schema { .. } | TenantKind::Database { .. } => None,
    };
    let (tenant, model) = (spec.tenant.as_str(), spec.model.as_str());
    let query = "SELECT tenant, role::text, key IS NOT DISTINCT FROM $3 AND model = $4 FROM pgtenant.tenants
                  WHERE tenant = $1 OR role = $2::text::name OR model = $4 AND key = $3";
    let mut known = false;
    for row in steps.rows(query, &[&tenant, &spec.role, &key, &model]).await? {
        let (other, role): (String, String) = (row.get(0), row.get(1));
        if other != tenant {
            let (what, name) = if role == spec.role { ("role", role) } else { ("key", key.unwrap_or_default().to_owned()) };
            return Err(CreateError::Taken { what, name, other });
        }
        known = role == spec.role && row.get::<_, Option<bool>>(2) == Some(true);
    }
    if !known {
        let values = [tenant, model].map(literal).join(", ");
        let key = key.map_or("NULL".to_owned(), literal);
        let update = "ON CONFLICT (tenant) DO UPDATE SET role = excluded.role, model = excluded.model, key = excluded.key";
        let role = literal(&spec.role);
        steps.run(&format!("INSERT INTO pgtenant.tenants (tenant, model, role, key) VALUES ({values}, {role}, {key}) {update}")).await?;
    }
    Ok(())
}

/// The group of the model's tenants, with this one in it.
pub(super) async fn group(steps: &mut Steps, spec: &TenantSpec) -> Result<(), CreateError> {
    let group = spec.group();
    let query = "SELECT rolsuper OR rolcanlogin OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = $1";
    match steps.rows(query, &[&group]).await?.first() {
        None => steps.run(&format!("CREATE ROLE {} NOLOGIN NOINHERIT", identifier(&group))).await?,
        Some(row) if row.get::<_, bool>(0) => {
            return Err(CreateError::RoleUnfit { role: group, why: "has rights that a group of tenants must not have".to_owned() });
        }
        Some(_) => {}
    }
    let query = "SELECT format('GRANT %I TO %I', $1::text, $2::text)
                  WHERE NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles t ON t.oid = m.member
                                     WHERE g.rolname = $1 AND t.rolname = $2)";
    steps.run_each(query, &[&group, &spec.role]).await
}

/// Nobody connects to `database` but superusers, its owner and `grantee`. `CREATE DATABASE` gives the right to everybody anew, and
/// with it the right to temporary tables.
pub(super) async fn connect_only(steps: &mut Steps, database: &str, grantee: &str) -> Result<(), CreateError> {
    let query = "SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', d.datname) FROM pg_database d
                  WHERE d.datname = $1 AND EXISTS (SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE a.grantee = 0)";
    steps.run_each(query, &[&database]).await?;
    let query = "SELECT format('GRANT CONNECT ON DATABASE %I TO %I', d.datname, r.rolname) FROM pg_database d, pg_roles r
                  WHERE d.datname = $1 AND r.rolname = $2
                    AND NOT EXISTS (SELECT FROM aclexplode(d.datacl) a WHERE a.grantee = r.oid AND a.privilege_type = 'CONNECT')";
    steps.run_each(query, &[&database, &grantee]).await
}

/// A SCRAM verifier with a fresh salt: what is sent instead of the password, so that no log of the server's can hold it.
///
/// # Errors
/// Where the system has no random numbers.
pub fn new_verifier(password: &str) -> Result<Verifier, CreateError> {
    let mut salt = [0_u8; SALT_BYTES];
    rand::fill(&mut salt).map_err(|_| CreateError::NoRandomness)?;
    Ok(Verifier::from_password(password, &salt, DEFAULT_ITERATIONS))
}

/// Whether `stored` (`pg_authid.rolpassword`) is a verifier of this password.
pub(super) fn verifies(stored: &str, password: &str) -> bool {
    let parts = || {
        let (iterations, rest) = stored.strip_prefix("SCRAM-SHA-256$")?.split_once(':')?;
        let (salt, _) = rest.split_once('$')?;
        Some((iterations.parse().ok()?, STANDARD.decode(salt).ok()?))
    };
    match (parts(), Verifier::parse(stored)) {
        (Some((iterations, salt)), Ok(kept)) => Verifier::from_password(password, &salt, iterations) == kept,
        _ => false,
    }
}
