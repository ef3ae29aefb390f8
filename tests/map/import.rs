//! A PgBouncer's configuration, served as it is.

use std::{
    fs,
    process::{Child, Command, Stdio},
    time::Duration,
};

use pgtenant::lifecycle::cluster::free_port;
use tokio_postgres::{Client, NoTls};

use crate::support::{
    cluster::{self, ROLE_PASSWORD},
    eventually, refusal, text,
};

/// Ends with the value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn client(port: u16, user: &str, password: &str, database: &str) -> Result<Client, tokio_postgres::Error> {
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(port).user(user).password(password).dbname(database).connect_timeout(Duration::from_secs(10));
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

#[tokio::test]
async fn it_serves_as_it_is() {
    let shard = cluster::shared();
    let (one, two) = (cluster::database(shard).await, cluster::database(shard).await);
    let folder = tempfile::Builder::new().prefix("bouncer-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (port, server) = (free_port().unwrap(), shard.port());
    let ini = format!(
        "[databases]\napp = host=127.0.0.1 port={server} dbname={one}\nforced = host=127.0.0.1 port={server} dbname={two} user={two} password={ROLE_PASSWORD}\n\
         {two} = host=127.0.0.1 port={server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = md5\nauth_file = userlist.txt\n\
         pool_mode = transaction\nlogfile = x.log\n"
    );
    fs::write(folder.path().join("pgbouncer.ini"), ini).unwrap();
    fs::write(folder.path().join("userlist.txt"), format!("\"{one}\" \"{ROLE_PASSWORD}\"\n\"{two}\" \"{ROLE_PASSWORD}\"\n")).unwrap();
    let log = fs::File::create(folder.path().join("log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgtenant"));
    command
        .args(["serve", "--pgbouncer-ini", "pgbouncer.ini"])
        .current_dir(folder.path())
        .env("TMPDIR", folder.path())
        .env("NO_COLOR", "1");
    let mut running = Running(command.stdin(Stdio::null()).stderr(log).spawn().unwrap());
    let logged = || fs::read_to_string(folder.path().join("log")).unwrap();
    eventually("it listens", || async { logged().contains("listening") }).await;
    assert!(logged().contains("pgbouncer.ini:11: logfile: not needed"), "{}", logged());

    // Each user as itself, on one database; and as the one that the database says.
    for (user, database, role, name) in
        [(&one, "app", &one, &one), (&two, "app", &two, &one), (&one, "forced", &two, &two), (&two, &two, &two, &two)]
    {
        let client = client(port, user, ROLE_PASSWORD, database).await.unwrap_or_else(|error| panic!("{error:?}\n{}", logged()));
        assert_eq!(text(&client, "SELECT current_user || ' ' || current_database()").await, format!("{role} {name}"), "{user} {database}");
        // Everything is let through that the database lets through.
        assert_eq!(refusal(&client, "BEGIN; CREATE TEMP TABLE t (a int); DO $$ BEGIN PERFORM 1; END $$; ROLLBACK").await, "");
        assert_eq!(text(&client, "SELECT count(*) > 0 FROM pg_class").await, "t");
    }
    let wrong = client(port, &one, "wrong", "app").await.err().unwrap();
    assert_eq!(wrong.code().unwrap().code(), "28P01");
    let nowhere = client(port, &one, ROLE_PASSWORD, "nowhere").await.err().unwrap();
    assert_eq!(nowhere.code().unwrap().code(), "3D000", "{nowhere:?}");
    // The passwords that it wrote for itself go with it.
    let made = || {
        fs::read_dir(folder.path())
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("pgtenant-"))
            .count()
    };
    assert_eq!(made(), 1);
    rustix::process::kill_process(rustix::process::Pid::from_child(&running.0), rustix::process::Signal::TERM).unwrap();
    eventually("it ends", || {
        let ended = running.0.try_wait().unwrap().is_some();
        async move { ended }
    })
    .await;
    assert_eq!(made(), 0);
}
