"""Which tests there are, what each must reach beside PgBouncer, and how one is run."""
from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional

import host
import noisy
import proxies
import usage
import wire
from load import Load, PgBench, measure_logins


@dataclass(frozen=True)
class Test:
    """A line of the table. A bound is the highest ratio `ours` / `yardstick` of the proxy's CPU per transaction."""

    name: str
    load: Optional[Load] = None
    bound: Optional[float] = None
    less_server_cpu: bool = False
    decisive: bool = False
    logins: int = 0
    idle_clients: int = 0
    held_clients: int = 0
    flood: str = ""  # what a noisy neighbour runs
    pools: str = ""  # "shared" by both, or their "own"
    most_p99: Optional[float] = None  # beside the neighbour, as a multiple of alone
    least_tps: Optional[float] = None
    ours: str = "pgtenant"
    yardstick: str = "pgbouncer"

    @property
    def mode(self) -> str:
        """pgbench's query mode."""
        return self.load.mode if self.load else "simple"

    def involves(self, proxy: str) -> bool:
        """Whether the test runs on this proxy: special ones take part in what names them only."""
        return proxy in (self.ours, self.yardstick) or (proxy == "direct" and self.ours == "pgtenant")

    @property
    def clients(self) -> int:
        """How many at once."""
        return self.load.clients if self.load else max(self.logins, self.held_clients)


# The most an idle client may cost, in kB of the proxy's resident memory.
IDLE_KILOBYTES = 6.0

_BOUNDS = {
    ("simple", 16): 1.10,
    ("simple", 100): 0.95,
    ("extended", 16): 1.00,
    ("extended", 100): 1.00,
    ("prepared", 16): 1.00,
    ("prepared", 100): 1.00,
}
_DECISIVE = {("simple", 16), ("simple", 100), ("extended", 16), ("prepared", 16), ("prepared", 100)}


def all_tests() -> List[Test]:
    """Every test, in the table's order."""
    tests = [
        Test(
            f"{mode}-{clients}",
            Load(mode, clients),
            _BOUNDS.get((mode, clients)),
            less_server_cpu=mode == "extended" and (mode, clients) in _BOUNDS,
            decisive=(mode, clients) in _DECISIVE,
        )
        for mode in ("simple", "extended", "prepared")
        for clients in (1, 16, 100, 1000)
    ]
    tests += [Test(f"tpcb-{mode}-16", Load(mode, 16, "tpcb-like")) for mode in ("simple", "prepared")]
    many = Load("simple", 8, "rows_1000", "SELECT filler FROM rows_1000;\n")
    one = Load("simple", 8, "row_100kb", "SELECT body FROM row_100kb WHERE id = 1;\n")
    tests += [Test("rows-1000x100B-8", many, 0.50, decisive=True), Test("row-1x100kB-8", one, 0.50, decisive=True)]
    tests += [
        Test("connect-8", Load("simple", 8, reconnect=True), 1.10, decisive=True),
        Test("login-8", logins=8),
        Test("idle-memory", idle_clients=5000, held_clients=10000, decisive=True),
    ]
    return tests + _gate_tests() + _noisy_tests()


def _noisy_tests() -> List[Test]:
    """A neighbour that leaves CPU free may not make anybody slow; one that wants all of it may have half, more or less."""
    return [
        Test(f"noisy-{flood}-{pools}", flood=flood, pools=pools, decisive=True, most_p99=most, least_tps=least)
        for flood, most, least in (("sleep", 1.5, None), ("heavy", None, 0.40))
        for pools in ("shared", "own")
    ]


def _gate_tests() -> List[Test]:
    """What the gate costs a row tenant: beside PgBouncer, which checks nothing, and beside the same proxy with its gate off."""
    literal = "\\set aid random(1, 100000)\nSELECT abalance FROM shop_accounts WHERE aid = :aid;\n"
    same = "SELECT abalance FROM shop_accounts WHERE aid = 4711;\n"
    loads = {
        "simple": Load("simple", 16, "shop_literal", literal),
        "cached": Load("simple", 16, "shop_same", same),
        "prepared": Load("prepared", 16, "shop_prepared", literal),
    }
    bounds = {"row": {"simple": 1.30, "prepared": 1.05}, "gate": {"simple": 1.25, "cached": 1.05, "prepared": 1.05}}
    yardsticks = {"row": "pgbouncer", "gate": "gate-off"}
    return [
        Test(f"{kind}-{name}-16", loads[name], bound, decisive=True, ours="pgtenant-row", yardstick=yardsticks[kind])
        for kind, of_kind in bounds.items()
        for name, bound in of_kind.items()
    ]


class Runner:
    """Runs single tests against single proxies."""

    def __init__(self, pgbench: PgBench, postmaster: int, seconds: float, generator: Path) -> None:
        self._pgbench = pgbench
        self._generator = generator
        self._postmaster = postmaster
        self._seconds = seconds

    def run(self, test: Test, proxy: proxies.Proxy) -> Dict[str, float]:
        """One round's figures."""
        if test.idle_clients:
            return self._idle_memory(test, proxy)
        if test.flood:
            return noisy.run(self._generator, proxy.neighbours(test.pools), test.flood, self._seconds)
        target = proxy.target(test.mode, test.clients)
        if test.logins:
            return measure_logins(target, self._postmaster, self._seconds, test.logins).figures()
        if test.load is None:
            raise host.BenchError(f"{test.name} has nothing to run")
        tpcb = test.load.script == "tpcb-like"
        if tpcb:
            proxy.cluster.tidy_tpcb()
        figures = self._pgbench.measure(test.load, target, self._seconds).figures()
        if tpcb and not proxy.cluster.tpcb_balances():
            raise host.BenchError("the sums of accounts, tellers, branches and history differ: a transaction was done by halves")
        return figures

    def _idle_memory(self, test: Test, proxy: proxies.Proxy) -> Dict[str, float]:
        """Resident memory of a fresh process: before, with idle clients, after each ran a statement, with twice as many, and after they left."""
        target = proxy.fresh()
        pid = target.pid
        if pid is None:
            raise proxies.NotPossible("no proxy")
        try:
            with wire.Swarm(target.endpoint) as warm:  # so that what comes with the first traffic isn't counted per client
                warm.open(64)
                warm.query_each("SELECT 1")
            before = _settled(pid)
            with wire.Swarm(target.endpoint) as swarm:
                began = time.monotonic()
                swarm.open(test.idle_clients)
                opened = time.monotonic() - began
                idle = _settled(pid)
                swarm.query_each("SELECT 1")
                used = _settled(pid)
                swarm.open(test.held_clients - test.idle_clients)
                full = _settled(pid)
                lost = swarm.lost()
                swarm.query_each("SELECT 1")
            after = _settled(pid, 3.0)
            why = wire.answers(target.endpoint)
            if why is not None:
                raise host.BenchError(f"after {test.held_clients} clients came and went: {why}")
        finally:
            proxy.drop(target)
        return {
            "idle_kb": (idle - before) / 1024 / test.idle_clients,
            "idle_after_use_kb": (used - before) / 1024 / test.idle_clients,
            "held": float(test.held_clients - lost),
            "held_kb": (full - before) / 1024 / test.held_clients,
            "rss_before_mb": before / 2**20,
            "rss_idle_mb": idle / 2**20,
            "rss_held_mb": full / 2**20,
            "rss_after_close_mb": after / 2**20,
            "logins_per_s": test.idle_clients / opened,
        }


def _settled(pid: int, patience: float = 1.0) -> int:
    """Resident bytes once the process has come to rest."""
    time.sleep(patience)
    return usage.resident_bytes(pid)
