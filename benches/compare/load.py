"""One measured load: pgbench (or a storm of logins) runs, and in a window in its middle everything is counted.

The window begins when all clients are connected and the first transactions are logged, so that CPU time of connecting isn't taken for the
transactions'. Transactions and latencies come from pgbench's log of every transaction, cut to the window.
"""
from __future__ import annotations

import math
import os
import re
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

import host
import proxies
import usage
import wire

WARM_UP = 0.25  # seconds between the first logged transaction and the window
_SECONDS_PER_CONNECT = 0.005  # libpq's PBKDF2, mostly: only to choose pgbench's -T


@dataclass(frozen=True)
class Load:
    """What pgbench does: query mode, clients, a built-in script or a text of its own, a connection per transaction."""

    mode: str
    clients: int
    script: str = "select-only"
    text: Optional[str] = None
    reconnect: bool = False


@dataclass(frozen=True)
class Sample:
    """What one window saw."""

    seconds: float
    transactions: int
    latencies_ms: List[float]
    proxy_seconds: Optional[float]
    server_seconds: float
    proxy_user_seconds: Optional[float] = None

    def figures(self) -> Dict[str, float]:
        """The figures that are reported. Microseconds are CPU time per transaction."""
        if not self.transactions:
            raise host.BenchError("no transaction was completed in the measured window")
        ordered = sorted(self.latencies_ms)
        found = {
            "tps": self.transactions / self.seconds,
            "p50_ms": percentile(ordered, 0.50),
            "p99_ms": percentile(ordered, 0.99),
            "server_us": self.server_seconds / self.transactions * 1e6,
        }
        if self.proxy_seconds is not None:
            found["proxy_us"] = self.proxy_seconds / self.transactions * 1e6
        if self.proxy_user_seconds is not None:
            found["proxy_user_us"] = self.proxy_user_seconds / self.transactions * 1e6
        return found


def percentile(ordered: List[float], share: float) -> float:
    """The smallest value that at least this share of them don't exceed."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


@dataclass(frozen=True)
class Reading:
    """The clocks at one moment."""

    wall: float
    proxy: Optional[float]
    server: float
    proxy_user: Optional[float]


def sample_between(begin: Reading, end: Reading, latencies_ms: List[float]) -> Sample:
    """What the clocks say of the transactions with these latencies."""

    def spent(earlier: Optional[float], later: Optional[float]) -> Optional[float]:
        return None if earlier is None or later is None else later - earlier

    user = spent(begin.proxy_user, end.proxy_user)
    return Sample(end.wall - begin.wall, len(latencies_ms), latencies_ms, spent(begin.proxy, end.proxy), end.server - begin.server, user)


def read_clocks(proxy_pid: Optional[int], postmaster: int) -> Reading:
    """Wall clock and CPU clocks, as close together as can be."""
    server = usage.tree_seconds(postmaster)
    if proxy_pid is None:
        return Reading(time.time(), None, server, None)
    return Reading(time.time(), usage.process_seconds(proxy_pid), server, usage.user_seconds(proxy_pid))


# Something done while pgbench runs; tells from when to when (seconds of the epoch) transactions are to be counted.
During = Callable[[], Tuple[float, float]]


class PgBench:
    """Runs pgbench against a target and measures."""

    def __init__(self, binaries: Path, postmaster: int, work: host.WorkFolder) -> None:
        self._program = str(binaries / "pgbench")
        self._postmaster = postmaster
        self._folder = work.path / "pgbench"
        self._folder.mkdir()
        self._runs = 0

    def measure(self, load: Load, target: proxies.Target, seconds: float, during: Optional[During] = None) -> Sample:
        """Run the load; the window is `seconds` long, or what `during` says it was.

        pgbench's -T includes connecting. Where that took longer than foreseen and cut the window, the run is repeated with more time for it.
        """
        for allowance in (1.0, 4.0):
            sample = self._run(load, target, seconds, allowance, during)
            if during is not None or sample.seconds >= 0.9 * seconds:
                break
        return sample

    def _run(self, load: Load, target: proxies.Target, seconds: float, allowance: float, during: Optional[During]) -> Sample:
        self._runs += 1
        log = self._folder / f"run{self._runs}"
        with open(f"{log}.out", "wb") as output:
            process = subprocess.Popen(
                self._command(load, target, seconds, allowance, log),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, "PGPASSWORD": target.endpoint.password, "PGSSLMODE": "disable", "PGGSSENCMODE": "disable"},
                start_new_session=True,
            )
        try:
            begin, end = self._window(process, log, target, seconds, during)
            process.wait(30 + seconds)
        except subprocess.TimeoutExpired:
            raise host.BenchError(f"pgbench doesn't end:\n{_tail(log)}") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            raise host.BenchError(f"pgbench ended with status {process.returncode}: {_tail(log).strip()}")
        return sample_between(begin, end, self._take_log(log, begin.wall, end.wall))

    def _command(self, load: Load, target: proxies.Target, seconds: float, allowance: float, log: Path) -> List[str]:
        threads = min(load.clients, os.cpu_count() or 1, 8)
        connecting = 0.0 if load.reconnect else load.clients / threads * _SECONDS_PER_CONNECT * allowance
        to = target.endpoint
        command = [self._program, "-n", "-M", load.mode, "-c", str(load.clients), "-j", str(threads)]
        command += ["-T", str(math.ceil(seconds + WARM_UP + connecting + 0.25)), "-l", f"--log-prefix={log}"]
        command += ["-h", to.host, "-p", str(to.port), "-U", to.user]
        if load.reconnect:
            command.append("-C")
        if load.text is None:
            command += ["-b", load.script]
        else:
            script = self._folder / f"{load.script}.sql"
            script.write_text(load.text)
            command += ["-f", str(script)]
        return [*command, to.database]

    def _window(
        self, process: "subprocess.Popen[bytes]", log: Path, target: proxies.Target, seconds: float, during: Optional[During]
    ) -> Tuple[Reading, Reading]:
        def under_way() -> bool:
            return process.poll() is not None or any(path.stat().st_size for path in _logs(log))

        if not host.wait_until(under_way, 60.0, 0.01):
            raise host.BenchError(f"pgbench completes no transaction:\n{_tail(log)}")
        time.sleep(WARM_UP)
        begin = read_clocks(target.pid, self._postmaster)
        if during is not None:
            since, until = during()
            return replace(begin, wall=since), replace(read_clocks(target.pid, self._postmaster), wall=until)
        try:
            process.wait(seconds)  # it ends early if connecting took long: then the window is that much shorter
        except subprocess.TimeoutExpired:
            pass
        return begin, read_clocks(target.pid, self._postmaster)

    def _take_log(self, log: Path, begin: float, end: float) -> List[float]:
        latencies: List[float] = []
        for path in _logs(log):
            with open(path) as file:
                latencies.extend(parse_log(file, begin, end))
            path.unlink()
        return latencies


def parse_log(lines, begin: float, end: float) -> List[float]:
    """Latencies in ms of the transactions that were completed in the window.

    A line is `client transaction time_us script epoch_seconds epoch_us …`; time is a word where the transaction failed or was skipped.
    """
    found = []
    for line in lines:
        fields = line.split(" ", 6)
        if len(fields) >= 6 and fields[2].isdigit() and begin <= int(fields[4]) + int(fields[5]) / 1e6 < end:
            found.append(int(fields[2]) / 1000.0)
    return found


def _logs(log: Path) -> List[Path]:
    return [path for path in log.parent.glob(log.name + ".*") if path.suffix != ".out"]


def _tail(log: Path) -> str:
    """What pgbench complained of first, else the last that it said."""
    lines = Path(f"{log}.out").read_text(errors="replace").splitlines()
    complaints = [line for line in lines if re.search("error|fatal|abort", line, re.IGNORECASE)]
    return "\n".join("    " + line for line in (complaints[:6] or lines[-6:]))


def measure_logins(target: proxies.Target, postmaster: int, seconds: float, at_once: int) -> Sample:
    """Clients that log in and leave without a statement."""
    latencies: List[float] = []
    begin: Optional[Reading] = None
    end: Optional[Reading] = None
    started = time.monotonic()

    def until() -> bool:
        nonlocal begin, end
        passed = time.monotonic() - started
        if begin is None and passed >= WARM_UP:
            begin = read_clocks(target.pid, postmaster)
            latencies.clear()
        if begin is not None and end is None and passed >= WARM_UP + seconds:
            end = read_clocks(target.pid, postmaster)
        return end is not None

    def done(latency: float) -> None:
        if end is None:
            latencies.append(latency * 1000.0)

    with wire.Swarm(target.endpoint) as swarm:
        swarm.logins(at_once, until, done)
    if begin is None or end is None:
        raise host.BenchError("the login storm ended before its window")
    return sample_between(begin, end, latencies)
