"""The PostgreSQL cluster behind the proxies: made in a temporary folder, tuned so that the disk plays no part, with the benchmark's tables."""
from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import List, Optional

import host
import wire

ROLE = "bench"
DATABASE = "bench"
PASSWORD = "bench-password"
# Two tenants that may do what ROLE may: the one that is measured, and the one that floods.
QUIET, NOISY = "quiet", "noisy"
# The same for PostgreSQL and the proxies: PgBouncer then may use the client's keys for its server connections.
VERIFIER = wire.scram_verifier(PASSWORD, os.urandom(16))
MAX_CONNECTIONS = 300
SCALE = 16  # pgbench's: as many branches as tpcb-like clients

_SETTINGS = f"""
listen_addresses = '127.0.0.1'
max_connections = {MAX_CONNECTIONS}
shared_buffers = 256MB
fsync = off
full_page_writes = off
max_wal_size = 4GB
checkpoint_timeout = 30min
autovacuum = off
password_encryption = scram-sha-256
"""

_TABLES = """
CREATE TABLE rows_1000 (id int PRIMARY KEY, filler text NOT NULL);
INSERT INTO rows_1000 SELECT i, repeat('r', 100) FROM generate_series(1, 1000) i;
CREATE TABLE row_100kb (id int PRIMARY KEY, body text NOT NULL);
ALTER TABLE row_100kb ALTER body SET STORAGE EXTERNAL;
INSERT INTO row_100kb VALUES (1, repeat('0123456789', 10240));
CREATE TABLE shop_accounts (tenant_id text NOT NULL, aid int NOT NULL, abalance int NOT NULL, filler text NOT NULL, PRIMARY KEY (tenant_id, aid));
INSERT INTO shop_accounts SELECT 'bench', i, 0, repeat('f', 84) FROM generate_series(1, 100000) i;
CREATE INDEX ON shop_accounts (aid);
VACUUM ANALYZE;
"""

_BALANCE = """
SELECT (SELECT sum(abalance) FROM pgbench_accounts) = b
    AND (SELECT sum(tbalance) FROM pgbench_tellers) = b
    AND (SELECT coalesce(sum(delta), 0) FROM pgbench_history) = b
FROM (SELECT sum(bbalance) b FROM pgbench_branches) s
"""


def find_binaries(wanted: Optional[str]) -> Path:
    """The folder of PostgreSQL's binaries: as told, version 15 as Debian has it, the newest one, or what PATH says."""
    if wanted:
        candidates = [Path(wanted)]
    else:
        installed = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
        candidates = sorted(installed, key=lambda path: (path.parent.name == "15", int(path.parent.name)), reverse=True)
        on_path = host.find_program("initdb", "/usr/local/pgsql/bin", "/usr/pgsql-15/bin")
        candidates += [Path(on_path).resolve().parent] if on_path else []
    for folder in candidates:
        if all((folder / program).exists() for program in ("initdb", "postgres", "pgbench", "psql")):
            return folder
    raise host.BenchError("PostgreSQL's binaries (initdb, postgres, pgbench, psql) weren't found: install postgresql-15, or say --pgbin FOLDER")


class Cluster:
    """A running PostgreSQL."""

    def __init__(self, binaries: Path, work: host.WorkFolder, scale: int = SCALE) -> None:
        self.binaries = binaries
        self.port = host.free_port()
        self._scale = scale
        self._data = work.folder("data")
        self._sockets = work.folder("sockets")
        self._log = work.path / "postgres.log"
        self._password_file = work.file("superuser", "superuser-password\n")
        self._service: Optional[host.Service] = None

    @property
    def pid(self) -> int:
        """The postmaster."""
        if self._service is None:
            raise host.BenchError("PostgreSQL isn't running")
        return self._service.pid

    @property
    def version(self) -> str:
        """Such as 15.6."""
        found = re.search(r"(\d+\.\d+)", host.run([str(self.binaries / "postgres"), "--version"]))
        return found.group(1) if found else "?"

    def start(self) -> None:
        """initdb, start, and fill."""
        host.run(
            [str(self.binaries / "initdb"), "-D", str(self._data), "-U", "postgres", "-E", "UTF8", "--no-locale", "-N"]
            + ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={self._password_file}"],
            as_service=True,
        )
        with open(self._data / "postgresql.conf", "a") as file:
            file.write(_SETTINGS + f"port = {self.port}\nunix_socket_directories = '{self._sockets}'\n")
        # SIGINT is PostgreSQL's fast shutdown.
        self._service = host.Service("PostgreSQL", [str(self.binaries / "postgres"), "-D", str(self._data)], self._log, signal.SIGINT)
        if not host.wait_until(self._accepts, 30.0, 0.1):
            raise host.BenchError(f"PostgreSQL doesn't answer; the end of its log:\n{self._service.log_tail()}")
        self.sql(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{VERIFIER}'", "postgres", "postgres")
        for tenant in (QUIET, NOISY):
            self.sql(f"CREATE ROLE {tenant} LOGIN PASSWORD '{VERIFIER}' IN ROLE {ROLE}", "postgres", "postgres")
        self.sql(f"CREATE DATABASE {DATABASE} OWNER {ROLE}", "postgres", "postgres")
        host.run([str(self.binaries / "pgbench"), "-i", "-q", "-s", str(self._scale), *self._local(ROLE), DATABASE])
        self.sql(_TABLES)

    def stop(self) -> None:
        """Fast shutdown."""
        if self._service is not None:
            self._service.stop()

    def endpoint(self) -> wire.Endpoint:
        """Where clients connect that need no proxy."""
        return wire.Endpoint(self.port, ROLE, PASSWORD, DATABASE)

    def sql(self, text: str, user: str = ROLE, database: str = DATABASE) -> List[str]:
        """Run SQL over the Unix socket and give its lines."""
        command = [str(self.binaries / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *self._local(user), "-d", database]
        return host.run(command, stdin=text).splitlines()

    def tidy_tpcb(self) -> None:
        """Make tpcb-like runs alike: the few hot rows lose their dead versions, and no checkpoint falls into the run."""
        self.sql("VACUUM pgbench_branches, pgbench_tellers")
        self.sql("CHECKPOINT", "postgres")

    def tpcb_balances(self) -> bool:
        """Whether accounts, tellers, branches and history agree, as after any number of whole transactions."""
        return self.sql(_BALANCE) == ["t"]

    def _local(self, user: str) -> List[str]:
        return ["-h", str(self._sockets), "-p", str(self.port), "-U", user]

    def _accepts(self) -> bool:
        if self._service is not None:
            self._service.check()
        try:
            self.sql("SELECT 1", "postgres", "postgres")
            return True
        except host.BenchError:
            return False
