//! `pgtenant import-pgbouncer FILE` and `serve --pgbouncer-ini FILE`: an existing PgBouncer's configuration as pgtenant's. Each database becomes
//! a tenant of a model that lets everything through; what can't be taken over is told line by line.

mod convert;
mod ini;
mod report;

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process::ExitCode,
};

use convert::{Converted, convert};

/// What the command line says.
#[derive(Clone, Debug, clap::Args)]
pub struct ImportArgs {
    /// The file pgbouncer.ini; others that it names are read as well
    file: PathBuf,
    /// The folder to write pgtenant.toml, map.toml and secrets/ into
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// Files that are there are replaced
    #[arg(long)]
    force: bool,
}

/// Runs the command and tells what wasn't taken over.
///
/// # Errors
/// A file can't be read or written, or is there already.
pub fn run(args: &ImportArgs) -> io::Result<ExitCode> {
    let converted = convert(&args.file).map_err(|error| named(&args.file, &error))?;
    write(&converted, &args.dir, args.force)?;
    tell(&converted);
    println!("{}: {} tenants, {} logins", args.dir.join("map.toml").display(), converted.tenants, converted.logins);
    println!("pgtenant check --config {}", args.dir.join("pgtenant.toml").display());
    Ok(ExitCode::SUCCESS)
}

/// pgtenant's files for a PgBouncer's, in a folder of one process's own that goes with the value.
pub(super) struct Imported {
    folder: PathBuf,
}

impl Imported {
    /// Reads the file, tells what can't be taken over, and writes the others.
    ///
    /// # Errors
    /// A file can't be read or written.
    pub(super) fn of(file: &Path) -> io::Result<Imported> {
        let converted = convert(file).map_err(|error| named(file, &error))?;
        tell(&converted);
        let folder = std::env::temp_dir().join(format!("pgtenant-{}-{}", std::process::id(), crate::lifecycle::cluster::random_hex(8)));
        DirBuilder::new().mode(0o700).create(&folder)?;
        let imported = Imported { folder };
        write(&converted, &imported.folder, true)?;
        Ok(imported)
    }

    /// The file pgtenant.toml.
    pub(super) fn config(&self) -> PathBuf {
        self.folder.join("pgtenant.toml")
    }
}

impl Drop for Imported {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn named(file: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", file.display()))
}

fn tell(converted: &Converted) {
    for note in &converted.report.0 {
        eprintln!("{note}");
    }
}

fn write(converted: &Converted, folder: &Path, replaces: bool) -> io::Result<()> {
    let secrets = folder.join("secrets");
    DirBuilder::new().recursive(true).mode(0o700).create(&secrets)?;
    let config = format!("# Made from PgBouncer's configuration.\n{}", converted.config);
    let map =
        format!("# Made from PgBouncer's configuration: each database is a tenant, and everything is let through.\n{}", converted.map);
    let mut files = vec![(folder.join("pgtenant.toml"), config), (folder.join("map.toml"), map)];
    files.extend(converted.secrets.iter().map(|(name, password)| (secrets.join(name), password.clone())));
    if let Some((there, _)) = files.iter().find(|(file, _)| !replaces && file.exists()) {
        let message = format!("{} is there already; --force replaces it", there.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    for (file, text) in files {
        let written = (|| {
            let _ = fs::remove_file(&file);
            OpenOptions::new().create_new(true).write(true).mode(0o600).open(&file)?.write_all(text.as_bytes())
        })();
        written.map_err(|error| named(&file, &error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
