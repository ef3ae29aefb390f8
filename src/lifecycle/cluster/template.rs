//! A freshly initialised data folder, made once and copied for every cluster.

use std::{
    fs::{self, File, Permissions},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Binaries, ClusterError, SUPERUSER, binaries::run, random_hex};

/// Part of the template's name: raise it when [`Template::prepare`] makes something else than before.
const RECIPE: u32 = 2;

/// `postgresql.conf`'s last line: the settings of each cluster lie in a file of their own.
pub(super) const SETTINGS_FILE: &str = "pgtenant.conf";

/// What makes throw-away clusters fast. Never for data that matters.
const FAST: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("wal_init_zero", "off"),
    ("wal_recycle", "off"),
    ("jit", "off"),
    ("autovacuum_naptime", "1h"),
    ("max_connections", "200"),
    ("shared_buffers", "64MB"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("password_encryption", "scram-sha-256"),
];

/// An initialised data folder and its superuser's password.
#[derive(Clone, Debug)]
pub struct Template {
    binaries: Binaries,
    data: PathBuf,
    password: String,
}

impl Template {
    /// The template of this PostgreSQL version in `cache`, made if it isn't there: SCRAM for TCP and Unix socket, UTF-8,
    /// nothing synced to disk. Processes that come at once wait for the first.
    ///
    /// # Errors
    /// Where the folder can't be used or `initdb` fails.
    pub fn prepare(binaries: &Binaries, cache: &Path) -> Result<Template, ClusterError> {
        fs::create_dir_all(cache).map_err(ClusterError::io("make the folder", cache))?;
        let cache = cache.canonicalize().map_err(ClusterError::io("find", cache))?;
        let lock_path = cache.join(".lock");
        let lock = File::create(&lock_path).map_err(ClusterError::io("make", &lock_path))?;
        lock.lock().map_err(ClusterError::io("lock", &lock_path))?;
        let owner = match binaries.user() {
            super::ServerUser::Same => "self",
            super::ServerUser::Other { name, .. } => name.as_str(),
        };
        let folder = cache.join(format!("pg{}-{owner}-{RECIPE}", binaries.version()));
        if !folder.is_dir() {
            let made = Template::make(binaries, &cache)?;
            fs::rename(&made, &folder).map_err(ClusterError::io("rename", &made))?;
        }
        let password_path = folder.join("password");
        let password = fs::read_to_string(&password_path).map_err(ClusterError::io("read", &password_path))?.trim().to_owned();
        Ok(Template { binaries: binaries.clone(), data: folder.join("data"), password })
    }

    fn make(binaries: &Binaries, cache: &Path) -> Result<PathBuf, ClusterError> {
        let folder = binaries.user().make_folder(&cache.join(format!("new-{}", random_hex(6))))?;
        let made = Template::fill(binaries, &folder);
        if made.is_err() {
            let _ = fs::remove_dir_all(&folder);
        }
        made.map(|()| folder)
    }

    fn fill(binaries: &Binaries, folder: &Path) -> Result<(), ClusterError> {
        let password_path = folder.join("password");
        write_private(&password_path, &format!("{}\n", random_hex(16)))?;
        binaries.user().own(&password_path)?;
        let data = folder.join("data");
        let initdb = |locale: &str| -> Result<String, ClusterError> {
            let mut command = binaries.command("initdb")?;
            command
                .args(["--no-sync", "--encoding=UTF8", "--auth=scram-sha-256", "--username", SUPERUSER])
                .arg(format!("--locale={locale}"));
            run(command.arg("--pwfile").arg(&password_path).arg("-D").arg(&data))
        };
        // Not every C library knows C.UTF-8; C does for a demo.
        initdb("C.UTF-8").or_else(|_| {
            let _ = fs::remove_dir_all(&data);
            initdb("C")
        })?;
        let conf = data.join("postgresql.conf");
        let mut file = File::options().append(true).open(&conf).map_err(ClusterError::io("open", &conf))?;
        let mut text = String::from("\n");
        for (name, value) in FAST {
            text.push_str(&format!("{name} = '{value}'\n"));
        }
        text.push_str(&format!("include_if_exists '{SETTINGS_FILE}'\n"));
        file.write_all(text.as_bytes()).map_err(ClusterError::io("write", &conf))
    }

    /// Which PostgreSQL it is for.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// The superuser's password in every copy.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Copies the data folder to `data` (which must not exist); block sharing where the file system can.
    pub(super) fn copy_to(&self, data: &Path) -> Result<(), ClusterError> {
        run(Command::new("cp").args(["-a", "--reflink=auto"]).arg(&self.data).arg(data)).map(|_| ())
    }
}

/// Writes a file that only its owner may read.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), ClusterError> {
    let mut file = File::create(path).map_err(ClusterError::io("make", path))?;
    file.set_permissions(Permissions::from_mode(0o600)).map_err(ClusterError::io("protect", path))?;
    file.write_all(text.as_bytes()).map_err(ClusterError::io("write", path))
}
