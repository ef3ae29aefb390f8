//! A running server's data folder, copied into a streaming replica's.
//!
//! By the low-level API (PostgreSQL manual 26.3.3): a slot keeps the WAL, `pg_backup_start`, a copy of the files, `pg_backup_stop`.
//! Not `pg_basebackup`: packages of bare server programs lack it, and it refuses servers newer than itself.

use std::{fs, path::Path, process::Command, thread};

use tokio_postgres::NoTls;

use super::{ClusterError, ServerUser, binaries::run, random_hex, template::write_private};

/// What a copy of a data folder must not bring along: the primary's process, its slots, and WAL that the replica gets by streaming.
const LEFT_BEHIND: &[&str] = &["postmaster.pid", "postmaster.opts", "pg_replslot", "pg_wal", "pg_stat_tmp"];
/// Folders that must be there nevertheless, and empty.
const EMPTY: &[&str] = &["pg_replslot", "pg_wal", "pg_wal/archive_status", "pg_stat_tmp"];

/// Copies the data folder `from` of the server at `dsn` to `to`, ready to be started as its replica.
pub(super) fn copy(dsn: &str, user: &ServerUser, from: &Path, to: &Path) -> Result<(), ClusterError> {
    // A thread of its own with its own small runtime, since the caller may be inside of one.
    thread::scope(|scope| {
        let copying = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map_err(ClusterError::io("start a thread for", to))?.block_on(copy_inside(dsn, user, from, to))
        });
        copying.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

async fn copy_inside(dsn: &str, user: &ServerUser, from: &Path, to: &Path) -> Result<(), ClusterError> {
    let sql = |source| ClusterError::Sql { source };
    let (client, connection) = tokio_postgres::connect(dsn, NoTls).await.map_err(sql)?;
    tokio::spawn(connection);
    let slot = format!("replica_{}", random_hex(4));
    let version: i32 = client.query_one("SELECT current_setting('server_version_num')::int", &[]).await.map_err(sql)?.get(0);
    client.execute("SELECT pg_create_physical_replication_slot($1::text::name, true)", &[&slot]).await.map_err(sql)?;
    let (start, stop) = match version {
        150_000.. => ("SELECT pg_backup_start('replica', true)::text", "SELECT labelfile FROM pg_backup_stop(false)"),
        _ => ("SELECT pg_start_backup('replica', true, false)::text", "SELECT labelfile FROM pg_stop_backup(false, false)"),
    };
    client.query_one(start, &[]).await.map_err(sql)?;
    copy_files(from, to)?;
    let label: String = client.query_one(stop, &[]).await.map_err(sql)?.get(0);
    let conninfo = format!("primary_conninfo = '{}'\nprimary_slot_name = '{slot}'\n", dsn.replace('\'', "''"));
    for (name, text) in [("backup_label", label.as_str()), ("standby.signal", ""), ("postgresql.auto.conf", &conninfo)] {
        let path = to.join(name);
        write_private(&path, text)?;
        user.own(&path)?;
    }
    for name in EMPTY {
        let path = to.join(name);
        fs::create_dir(&path).map_err(ClusterError::io("make the folder", &path))?;
        user.own(&path)?;
    }
    Ok(())
}

/// Copies what is there; files may come and go meanwhile, WAL replay makes up for it.
fn copy_files(from: &Path, to: &Path) -> Result<(), ClusterError> {
    match run(Command::new("cp").args(["-a", "--reflink=auto"]).arg(from).arg(to)) {
        Err(ClusterError::Failed { output, .. }) if output.lines().all(|line| line.contains("No such file or directory")) => {}
        done => done.map(|_| ())?,
    }
    for name in LEFT_BEHIND {
        let path = to.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(ClusterError::io("remove", &path)(error)),
            _ => {}
        }
    }
    Ok(())
}
