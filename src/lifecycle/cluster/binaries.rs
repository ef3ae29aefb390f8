//! Where PostgreSQL's programs are, and as whom they run.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use super::ClusterError;

/// Overrides the search: the folder that holds `postgres` and `initdb`.
const OVERRIDE: &str = "PGTENANT_PG_BIN";
/// Where packages put the programs that they keep off PATH: one folder per version.
const VERSIONED: &[&str] = &["/usr/lib/postgresql", "/usr/libexec/postgresql", "/opt/homebrew/opt"];
/// Where they are one level deep: PGDG's RPMs, and builds from source.
const FIXED: &[&str] = &["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"];

/// One installed PostgreSQL.
#[derive(Clone, Debug)]
pub struct Binaries {
    folder: PathBuf,
    version: String,
    user: ServerUser,
}

impl Binaries {
    /// The PostgreSQL to use: `PGTENANT_PG_BIN`, else PATH, else the newest under the usual folders.
    ///
    /// # Errors
    /// Where none is found, with the package to install.
    pub fn find() -> Result<Binaries, ClusterError> {
        let looked = match env::var_os(OVERRIDE) {
            Some(folder) => vec![PathBuf::from(folder)],
            None => candidates(),
        };
        match looked.iter().find(|folder| folder.join("postgres").is_file() && folder.join("initdb").is_file()) {
            Some(folder) => Binaries::at(folder),
            None => Err(ClusterError::NoBinaries { looked }),
        }
    }

    /// The PostgreSQL in `folder`.
    ///
    /// # Errors
    /// Where its `postgres` doesn't start, or root has no user to run it as.
    pub fn at(folder: &Path) -> Result<Binaries, ClusterError> {
        // Often a link to where all of its programs are.
        let server = folder.join("postgres");
        let server = server.canonicalize().map_err(ClusterError::io("find", &server))?;
        let folder = server.parent().unwrap_or(folder).to_path_buf();
        let output = run(Command::new(&server).arg("--version"))?;
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
        let version = output.split_whitespace().nth(2).unwrap_or("unknown").to_owned();
        Ok(Binaries { folder, version, user: ServerUser::detect()? })
    }

    /// The version as the server spells it: `15.18`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The major version: `15`.
    pub fn major(&self) -> u32 {
        let digits: String = self.version.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    }

    /// The folder of the programs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// As whom the server runs.
    pub fn user(&self) -> &ServerUser {
        &self.user
    }

    /// One of PostgreSQL's programs, also of its client package where that lies on PATH only.
    ///
    /// # Errors
    /// Where this installation lacks it.
    pub fn program(&self, program: &'static str) -> Result<PathBuf, ClusterError> {
        let own = self.folder.join(program);
        if own.is_file() {
            return Ok(own);
        }
        path_folders()
            .into_iter()
            .map(|folder| folder.join(program))
            .find(|file| file.is_file())
            .ok_or_else(|| ClusterError::NoProgram { program, folder: self.folder.clone() })
    }

    /// A command that runs one of the programs as the server's user.
    pub(super) fn command(&self, program: &'static str) -> Result<Command, ClusterError> {
        Ok(self.user.command(&self.program(program)?))
    }
}

/// As whom PostgreSQL runs: ourselves, or (we being root) an unprivileged user.
#[derive(Clone, Debug)]
pub enum ServerUser {
    /// Whoever runs this process.
    Same,
    /// Root must change to this user.
    Other {
        /// Its name.
        name: String,
        /// Its user id.
        uid: u32,
        /// Its group id.
        gid: u32,
    },
}

impl ServerUser {
    fn detect() -> Result<ServerUser, ClusterError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(ServerUser::Same);
        }
        run(Command::new("setpriv").arg("--version")).map_err(|error| ClusterError::NoServerUser { reason: error.to_string() })?;
        let mut reason = String::new();
        for name in ["postgres", "nobody"] {
            let id = |flag: &str| run(Command::new("id").args([flag, name]));
            match (id("-u"), id("-g")) {
                (Ok(uid), Ok(gid)) => {
                    if let (Ok(uid), Ok(gid)) = (uid.trim().parse(), gid.trim().parse()) {
                        return Ok(ServerUser::Other { name: name.to_owned(), uid, gid });
                    }
                }
                (Err(error), _) | (_, Err(error)) => reason = error.to_string(),
            }
        }
        Err(ClusterError::NoServerUser { reason })
    }

    /// A command that runs `program` as this user, from the root folder (ours may be out of its reach), in English, and
    /// without the PG* variables that would change what PostgreSQL's programs do.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = match self {
            ServerUser::Same => Command::new(program),
            ServerUser::Other { uid, gid, name } => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--init-groups").arg(program);
                command.env("USER", name).env("LOGNAME", name).env("HOME", "/");
                command
            }
        };
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
        command
    }

    /// Makes a folder (and its parents) that this user may write to.
    pub(super) fn make_folder(&self, folder: &Path) -> Result<PathBuf, ClusterError> {
        fs::create_dir_all(folder).map_err(ClusterError::io("make the folder", folder))?;
        let folder = folder.canonicalize().map_err(ClusterError::io("find", folder))?;
        self.own(&folder)?;
        if let ServerUser::Other { name, .. } = self {
            let writable = self.command(Path::new("test")).arg("-w").arg(&folder).status();
            if !writable.map_err(ClusterError::io("look at", &folder))?.success() {
                return Err(ClusterError::FolderOutOfReach { user: name.clone(), folder });
            }
        }
        Ok(folder)
    }

    /// Gives a file or folder to this user.
    pub(super) fn own(&self, path: &Path) -> Result<(), ClusterError> {
        match self {
            ServerUser::Same => Ok(()),
            ServerUser::Other { uid, gid, .. } => {
                std::os::unix::fs::chown(path, Some(*uid), Some(*gid)).map_err(ClusterError::io("change the owner of", path))
            }
        }
    }
}

/// Runs a command to its end.
///
/// # Errors
/// Where it doesn't start or doesn't end with 0; with what it said.
pub(super) fn run(command: &mut Command) -> Result<String, ClusterError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |status: String, output: String| ClusterError::Failed { program: program.clone(), status, output };
    match command.stdin(Stdio::null()).output() {
        Ok(Output { status, stdout, .. }) if status.success() => Ok(String::from_utf8_lossy(&stdout).into_owned()),
        Ok(Output { status, stdout, stderr }) => {
            let said = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()).join("\n");
            Err(failed(status.to_string(), said.trim().to_owned()))
        }
        Err(error) => Err(failed("it didn't start".to_owned(), error.to_string())),
    }
}

fn path_folders() -> Vec<PathBuf> {
    env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default()
}

fn candidates() -> Vec<PathBuf> {
    let mut folders = path_folders();
    for parent in VERSIONED {
        folders.extend(newest_first(Path::new(parent)));
    }
    // PGDG's RPMs: /usr/pgsql-17/bin
    folders.extend(newest_first(Path::new("/usr")).into_iter().filter(|bin| bin.to_string_lossy().contains("/pgsql-")));
    folders.extend(FIXED.iter().map(PathBuf::from));
    folders.dedup();
    folders
}

/// `PARENT/*/bin`, the highest version first.
fn newest_first(parent: &Path) -> Vec<PathBuf> {
    let version = |name: &str| -> Vec<u32> {
        name.rsplit(['-', '@', 'l']).next().unwrap_or(name).split('.').filter_map(|part| part.parse().ok()).collect()
    };
    let mut found: Vec<(Vec<u32>, PathBuf)> = fs::read_dir(parent)
        .map(|entries| entries.flatten().map(|entry| (version(&entry.file_name().to_string_lossy()), entry.path().join("bin"))).collect())
        .unwrap_or_default();
    found.retain(|(version, bin)| !version.is_empty() && bin.is_dir());
    found.sort();
    found.into_iter().rev().map(|(_, bin)| bin).collect()
}
