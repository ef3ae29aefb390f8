"""The proxies under test behind one small interface: what to start, and where a test's clients connect.

All of them get the same: 16 server connections for one database and role, transaction pooling, SCRAM-SHA-256 from clients (by a verifier, so
that no PBKDF2 runs) and to the server, no TLS, no log line per connection.
"""
from __future__ import annotations

import os
import re
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import cluster as postgres
import host
import wire

POOL_SIZE = 16
MAX_CLIENTS = 20000
# Of each of two neighbours: as many statements as there are processors for. And of both together, where they share a pool.
NEIGHBOUR_POOL = max(2, os.cpu_count() or 2)
SHARED_POOL = 2 * NEIGHBOUR_POOL
# From this version on PgBouncer keeps prepared statements in transaction pooling.
_PREPARED_SINCE = (1, 21)


@dataclass(frozen=True)
class Target:
    """Where one test's clients connect; `pid` is None without a proxy."""

    endpoint: wire.Endpoint
    pid: Optional[int]
    note: str = ""


class NotPossible(Exception):
    """This proxy can't run this test; the table says why."""


class Proxy:
    """A proxy in its versions for this benchmark: `target` for loads, `fresh` for a process of its own."""

    name = ""

    def __init__(self, cluster: postgres.Cluster, work: host.WorkFolder) -> None:
        self.cluster = cluster
        self.work = work
        self.max_clients = MAX_CLIENTS
        self._running: List[host.Service] = []
        self._kept: Dict[str, Target] = {}

    @property
    def version(self) -> str:
        """The proxy's version."""
        return ""

    def target(self, mode: str, clients: int) -> Target:
        """Where so many clients of pgbench's query mode connect."""
        return self._keep("main")

    def fresh(self) -> Target:
        """The same, of a process that has served nobody yet; ended by `drop`."""
        return self._start("main")

    def neighbours(self, pools: str) -> Target:
        """Where two tenants connect: pools "shared" by both, or each with its "own"."""
        return self._keep(f"neighbours-{pools}")

    def drop(self, target: Target) -> None:
        """End a process that `fresh` started."""
        for service in [service for service in self._running if service.pid == target.pid]:
            service.stop()
            self._running.remove(service)

    def check(self) -> None:
        """Complain if a process has ended by itself."""
        for service in self._running:
            service.check()

    def stop(self) -> None:
        """End all processes."""
        while self._running:
            self._running.pop().stop()
        self._kept.clear()

    def _keep(self, variant: str) -> Target:
        if variant not in self._kept:
            self._kept[variant] = self._start(variant)
        return self._kept[variant]

    def _start(self, variant: str) -> Target:
        raise NotImplementedError

    def _launch(self, argv: List[str], log: Path, port: int, note: str = "", user: str = postgres.ROLE) -> Target:
        service = host.Service(self.name, argv, log, signal.SIGINT)
        self._running.append(service)
        endpoint = wire.Endpoint(port, user, postgres.PASSWORD, postgres.DATABASE)

        def ready() -> bool:
            service.check()
            return wire.answers(endpoint) is None

        if not host.wait_until(ready, 15.0, 0.05):
            raise host.BenchError(f"{self.name}: {wire.answers(endpoint)}; the end of its log:\n{service.log_tail()}")
        return Target(endpoint, service.pid, note)

    def _folder(self, variant: str, port: int) -> Path:
        return self.work.folder(f"{self.name}-{variant}-{port}")


class Direct(Proxy):
    """No proxy: the floor for PostgreSQL's own cost."""

    name = "direct"

    def target(self, mode: str, clients: int) -> Target:
        if clients > postgres.MAX_CONNECTIONS - 20:
            raise NotPossible(f"PostgreSQL has {postgres.MAX_CONNECTIONS} connections")
        return Target(self.cluster.endpoint(), None)

    def fresh(self) -> Target:
        raise NotPossible("no proxy")

    def neighbours(self, pools: str) -> Target:
        raise NotPossible("no proxy")


class PgBouncer(Proxy):
    """The yardstick, as Debian ships it."""

    name = "pgbouncer"

    def __init__(self, cluster: postgres.Cluster, work: host.WorkFolder, program: Optional[str] = None) -> None:
        super().__init__(cluster, work)
        found = program or host.find_program("pgbouncer", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
        if found is None or not os.access(found, os.X_OK):
            raise host.BenchError("pgbouncer wasn't found: install the package pgbouncer, or say --pgbouncer FILE")
        self._program = found
        banner = host.run([found, "--version"])
        numbers = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", banner)
        if numbers is None:
            raise host.BenchError(f"{found} --version says {banner!r}")
        self._version = numbers.group(0)
        self._numbers: Tuple[int, int] = (int(numbers.group(1)), int(numbers.group(2)))

    @property
    def version(self) -> str:
        return self._version

    def target(self, mode: str, clients: int) -> Target:
        if mode != "prepared" or self._numbers >= _PREPARED_SINCE:
            return self._keep("main")
        if clients > 100:
            raise NotPossible(f"PgBouncer {self._version} has prepared statements in session pooling only")
        return self._keep("session")

    def _start(self, variant: str) -> Target:
        session, neighbours = variant == "session", variant.startswith("neighbours")
        port = host.free_port()
        folder = self._folder(variant, port)
        names = [postgres.QUIET, postgres.NOISY] if neighbours else [postgres.ROLE]
        users = self.work.file(f"{folder.name}/users.txt", "".join(f'"{name}" "{postgres.VERIFIER}"\n' for name in names))
        kept = "max_prepared_statements = 200\n" if self._numbers >= _PREPARED_SINCE else ""
        # With a user of its own the database has one pool for all; without, one for each user.
        one_user = "" if variant == "neighbours-own" else f" user={postgres.ROLE} password={postgres.PASSWORD}"
        size = {"session": 100, "neighbours-own": NEIGHBOUR_POOL, "neighbours-shared": SHARED_POOL}.get(variant, POOL_SIZE)
        settings = self.work.file(
            f"{folder.name}/pgbouncer.ini",
            f"""[databases]
{postgres.DATABASE} = host=127.0.0.1 port={self.cluster.port} dbname={postgres.DATABASE}{one_user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
listen_backlog = 4096
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = {"session" if session else "transaction"}
default_pool_size = {size}
max_client_conn = {self.max_clients}
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
{kept}""",
        )
        note = {"session": "session pooling", "neighbours-own": "a pool per user", "neighbours-shared": "one pool"}.get(variant, "")
        return self._launch([self._program, str(settings)], folder / "log", port, note, names[0])


class PgTenant(Proxy):
    """Ours: one shard, one tenant with a database and role of its own, pool size by the plan."""

    name = "pgtenant"
    _gate = "enforce"

    def __init__(self, cluster: postgres.Cluster, work: host.WorkFolder, program: Optional[str] = None, workers: int = 0) -> None:
        super().__init__(cluster, work)
        built = Path(program) if program else host.REPOSITORY / "target" / "release" / "pgtenant"
        if not os.access(built, os.X_OK):
            raise host.BenchError(f"{built} doesn't exist: cargo build --release, or say --pgtenant FILE")
        # A copy: the service user may not read our folders, and a build in between changes nothing.
        self._program = work.path / "pgtenant"
        shutil.copy(built, self._program)
        self._program.chmod(0o755)
        self._workers = workers

    @property
    def version(self) -> str:
        try:
            found = re.search(r"\d+\.\d+\S*", host.run([str(self._program), "--version"]))
        except host.BenchError:
            return "?"
        return found.group(0) if found else "?"

    def _start(self, variant: str) -> Target:
        port = host.free_port()
        folder = self._folder(variant, port)
        password = self.work.file(f"{folder.name}/role-password", postgres.PASSWORD)
        neighbours = variant.startswith("neighbours")
        shard_map = self._neighbours(password, variant == "neighbours-own") if neighbours else self._shard_map(password)
        self.work.file(f"{folder.name}/map.toml", shard_map)
        settings = self.work.file(
            f"{folder.name}/pgtenant.toml",
            f"""shard_map = "map.toml"
[listen]
address = "127.0.0.1:{port}"
max_clients = {self.max_clients}
workers = {self._workers}
[gate]
mode = "{self._gate}"
""",
        )
        note = {"neighbours-own": "a pool per tenant", "neighbours-shared": "one pool"}.get(variant, "")
        user = postgres.QUIET if neighbours else postgres.ROLE
        return self._launch([str(self._program), "serve", "--config", str(settings)], folder / "log", port, note, user)

    def _neighbours(self, password: Path, own: bool) -> str:
        """Two tenants with one plan on one shard."""
        address = f"host=127.0.0.1 port={self.cluster.port} dbname={postgres.DATABASE}"
        pool = "" if own else f'user = "{postgres.ROLE}"\npassword = "file:{password}"\n'
        lock = 'lock = "login"\nrole = "{tenant}"\n' if own else 'lock = "shared"\n'
        text = f"""version = 1
[shards.only]
primary = "{address}"
max_connections = {SHARED_POOL}
{pool}[plans.same]
max_clients = 1000
max_connections = {NEIGHBOUR_POOL}
[models.bench]
kind = "row"
tenant_column = "tenant_id"
reference_tables = ["pgbench_accounts"]
{lock}"""
        for tenant in (postgres.QUIET, postgres.NOISY):
            role = f'role_password = "file:{password}"\n' if own else ""
            text += f"""[tenants.{tenant}]
shard = "only"
model = "bench"
plan = "same"
{role}[logins.{tenant}]
tenant = "{tenant}"
secret = "{postgres.VERIFIER}"
"""
        return text

    def _model(self) -> str:
        return """[models.bench]
kind = "database"
lock = "login"
role = "t_{tenant}"
database = "tenant_{tenant}"
"""

    def _shard_map(self, password: Path) -> str:
        return f"""version = 1
[shards.only]
primary = "host=127.0.0.1 port={self.cluster.port} dbname=postgres"
max_connections = {POOL_SIZE}
[plans.bench]
max_clients = {self.max_clients}
max_connections = {POOL_SIZE}
{self._model()}[tenants.bench]
shard = "only"
model = "bench"
plan = "bench"
role = "{postgres.ROLE}"
role_password = "file:{password}"
database = "{postgres.DATABASE}"
[logins.bench]
tenant = "bench"
secret = "{postgres.VERIFIER}"
"""


class RowTenant(PgTenant):
    """Ours with a row tenant: each statement gets its predicate. The database checks nothing here, as it doesn't for PgBouncer."""

    name = "pgtenant-row"

    def _model(self) -> str:
        return """[models.bench]
kind = "row"
lock = "login"
role = "t_{tenant}"
tenant_column = "tenant_id"
"""


class GateOff(RowTenant):
    """The same with its gate switched off."""

    name = "gate-off"
    _gate = "off"
