//! The demo's `pgtenant.toml` and shard map, as an operator would write them.

use std::{
    fs::{self, File, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{
    shards::{DemoShard, POOL_ROLE, TEMPLATE_DATABASE, TEMPLATE_SCHEMA},
    tenants::{APP, RESIDENTS},
};
use crate::lifecycle::{
    cluster::random_hex,
    create::{CreateError, new_verifier},
};

/// Who may log in at the proxy, and with what.
pub(super) struct Passwords {
    /// In the order of [`RESIDENTS`].
    pub(super) residents: Vec<String>,
    /// The login for every tenant.
    pub(super) backoffice: String,
    /// The operator's.
    pub(super) ops: String,
}

impl Passwords {
    pub(super) fn new() -> Passwords {
        let password = || random_hex(12);
        Passwords { residents: RESIDENTS.iter().map(|_| password()).collect(), backoffice: password(), ops: password() }
    }
}

/// Writes everything and returns the path of `pgtenant.toml`.
pub(super) fn write(folder: &Path, port: u16, shards: &[DemoShard], passwords: &Passwords) -> io::Result<PathBuf> {
    for name in ["config", "shard-maps", "secrets"] {
        fs::create_dir_all(folder.join(name))?;
    }
    fs::set_permissions(folder.join("secrets"), Permissions::from_mode(0o700))?;
    for shard in shards {
        let secrets = [("password", &shard.pool_password), ("role_key", &shard.role_key), ("provisioner", &shard.primary.dsn("postgres"))];
        for (name, secret) in secrets {
            private(&folder.join("secrets").join(format!("{}_{name}", shard.id)), secret)?;
        }
    }
    private(&folder.join("shard-maps/demo.toml"), &map(shards, passwords).map_err(io::Error::other)?)?;
    let config = folder.join("config/pgtenant.toml");
    private(
        &config,
        &format!("# Written by `pgtenant demo`.\nshard_map = \"../shard-maps/demo.toml\"\n\n[listen]\naddress = \"127.0.0.1:{port}\"\n"),
    )?;
    Ok(config)
}

fn private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())
}

fn map(shards: &[DemoShard], passwords: &Passwords) -> Result<String, CreateError> {
    let mut text = String::from("# Written by `pgtenant demo`: two shards, three models, seven tenants.\nversion = 1\n");
    for shard in shards {
        let id = shard.id;
        text.push_str(&format!("\n[shards.{id}]\nprimary = \"{}\"\n", shard.primary.address(APP)));
        if let Some(replica) = &shard.replica {
            text.push_str(&format!("replicas = [\"{}\"]\n", replica.address(APP)));
        }
        text.push_str(&format!("user = \"{POOL_ROLE}\"\npassword = \"file:../secrets/{id}_password\"\n"));
        text.push_str(&format!("role_key = \"file:../secrets/{id}_role_key\"\nprovisioner = \"file:../secrets/{id}_provisioner\"\n"));
        text.push_str("max_connections = 120\n");
    }
    text.push_str(
        "\n[plans.demo]\nmax_clients = 500\nmax_connections = 25\nweight = 1\nread_replicas = true\n
[models.shop]\nkind = \"row\"\ntenant_column = \"tenant_id\"\nrole = \"t_{tenant}\"\nreference_tables = [\"countries\"]\n",
    );
    text.push_str(&format!(
        "
[models.crm]\nkind = \"schema\"\nschema = \"tenant_{{tenant}}\"\nrole = \"t_{{tenant}}\"\ntemplate_schema = \"{TEMPLATE_SCHEMA}\"
reference_tables = [\"countries\"]\n
[models.vault]\nkind = \"database\"\ndatabase = \"tenant_{{tenant}}\"\nrole = \"t_{{tenant}}\"\ntemplate_database = \"{TEMPLATE_DATABASE}\"\n",
    ));
    for resident in &RESIDENTS {
        let model = resident.kind.model();
        text.push_str(&format!("\n[tenants.{}]\nshard = \"{}\"\nmodel = \"{model}\"\nplan = \"demo\"\n", resident.id, resident.shard));
    }
    for (resident, password) in RESIDENTS.iter().zip(&passwords.residents) {
        let (login, verifier) = (resident.login(), new_verifier(password)?);
        text.push_str(&format!("\n[logins.{login}]\ntenant = \"{}\"\nsecret = \"{verifier}\"\n", resident.id));
    }
    let (backoffice, ops) = (new_verifier(&passwords.backoffice)?, new_verifier(&passwords.ops)?);
    text.push_str(&format!("\n# Any tenant, by backoffice@TENANT.\n[logins.backoffice]\ntenants = [\"*\"]\nsecret = \"{backoffice}\"\n"));
    text.push_str(&format!("\n[logins.ops]\nrole = \"operator\"\nsecret = \"{ops}\"\n"));
    Ok(text)
}
