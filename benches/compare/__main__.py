"""pgtenant beside PgBouncer on one machine in one run: `python3 benches/compare --help`.

Starts PostgreSQL and the proxies in a temporary folder, lets pgbench and a client swarm load them in turns, prints a table, and writes it as
JSON and Markdown. Takes everything down again, also at Ctrl-C.
"""
from __future__ import annotations

import argparse
import contextlib
import re
import sys
import time
from pathlib import Path
from typing import Dict, List

import cluster as postgres
import facts
import host
import proxies
import report
import syscalls
import usage
import wire
from load import PgBench
from measures import Runner, Test, all_tests
from results import Results

PROXIES = ("direct", "pgbouncer", "pgtenant", "pgtenant-row", "gate-off")


def options(arguments: List[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="benches/compare", description="Measures pgtenant beside PgBouncer in one run on one machine.")
    parser.add_argument("--quick", action="store_true", help="the tests with a bound only, 3 rounds of 2 s: about 5 minutes")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds per test, the proxies taking turns (default 3)")
    parser.add_argument("--seconds", type=float, metavar="S", help="measured seconds per round (default 4, --quick 2)")
    parser.add_argument("--only", metavar="REGEX", help="tests whose name matches (see --list), with --quick too")
    parser.add_argument("--list", action="store_true", help="list the tests and end")
    parser.add_argument("--proxies", default=",".join(PROXIES[1:]), metavar="LIST", help=f"of {', '.join(PROXIES)} (default: all but direct)")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="pgtenant's worker threads (default 0: one per core)")
    parser.add_argument("--out", type=Path, default=Path("bench-results"), metavar="DIR", help="where JSON and Markdown go (default bench-results)")
    parser.add_argument("--name", metavar="NAME", help="the files' name (default compare or compare-quick, with the time)")
    parser.add_argument("--strace", action="store_true", help="instead: system calls per transaction at 16 clients")
    parser.add_argument("--check", action="store_true", help="end with status 1 if a bound doesn't hold")
    parser.add_argument("--pgbin", metavar="DIR", help="PostgreSQL's binaries (default: version 15, else the newest)")
    parser.add_argument("--pgbouncer", metavar="FILE", help="PgBouncer's program (default: on PATH)")
    parser.add_argument("--pgtenant", metavar="FILE", help="pgtenant's program (default target/release/pgtenant)")
    chosen = parser.parse_args(arguments)
    chosen.proxies = [name for name in chosen.proxies.split(",") if name]
    unknown = [name for name in chosen.proxies if name not in PROXIES]
    if unknown or not chosen.proxies:
        parser.error(f"--proxies: {', '.join(unknown) or 'none'}; there are {', '.join(PROXIES)}")
    if chosen.rounds < 1 or (chosen.seconds is not None and chosen.seconds <= 0):
        parser.error("--rounds and --seconds must be positive")
    chosen.seconds = chosen.seconds or (2.0 if chosen.quick else 4.0)
    return chosen


def choose(tests: List[Test], chosen: argparse.Namespace) -> List[Test]:
    """The tests to run."""
    if chosen.only:
        try:
            return [test for test in tests if re.search(chosen.only, test.name)]
        except re.error as error:
            raise host.BenchError(f"--only {chosen.only}: {error}") from None
    return [test for test in tests if test.decisive or not chosen.quick]


class Bench:
    """One run: what is started, in the order in which it is taken down."""

    def __init__(self, chosen: argparse.Namespace, stack: contextlib.ExitStack) -> None:
        self.chosen = chosen
        files = host.raise_file_limit(65536)
        binaries = postgres.find_binaries(chosen.pgbin)
        self.work = host.WorkFolder()
        stack.callback(self.work.remove)
        self.cluster = postgres.Cluster(binaries, self.work)
        # The load generator of the noisy neighbours, also where no pgtenant serves.
        self.generator = Path(chosen.pgtenant) if chosen.pgtenant else host.REPOSITORY / "target" / "release" / "pgtenant"
        self.proxies = [self._proxy(name) for name in chosen.proxies]
        busy = usage.machine_busy()
        if busy > 0.15:
            say(f"Note: something else uses {busy:.0%} of this machine; throughput and latency will be off, CPU per transaction less so.")
        say(f"Starting PostgreSQL {self.cluster.version} …")
        stack.callback(self.cluster.stop)
        self.cluster.start()
        for proxy in self.proxies:
            proxy.max_clients = min(proxies.MAX_CLIENTS, files - 600)
            stack.callback(proxy.stop)
        self.pgbench = PgBench(binaries, self.cluster.pid, self.work)

    def _proxy(self, name: str) -> proxies.Proxy:
        if name == "pgbouncer":
            return proxies.PgBouncer(self.cluster, self.work, self.chosen.pgbouncer)
        if name == "pgtenant":
            return proxies.PgTenant(self.cluster, self.work, self.chosen.pgtenant, self.chosen.workers)
        if name == "pgtenant-row":
            return proxies.RowTenant(self.cluster, self.work, self.chosen.pgtenant, self.chosen.workers)
        if name == "gate-off":
            return proxies.GateOff(self.cluster, self.work, self.chosen.pgtenant, self.chosen.workers)
        return proxies.Direct(self.cluster, self.work)

    def about(self) -> Dict[str, Dict[str, str]]:
        """Facts for the reports."""
        versions = {"PostgreSQL": self.cluster.version, **{proxy.name: proxy.version for proxy in self.proxies if proxy.version}}
        settings = {
            "rounds": str(self.chosen.rounds),
            "seconds": f"{self.chosen.seconds:g}",
            "server connections": f"{proxies.POOL_SIZE} (noisy neighbours: {proxies.SHARED_POOL})",
            "pgbench scale": str(postgres.SCALE),
            "pgtenant workers": str(self.chosen.workers or "one per core"),
        }
        return {"Machine": facts.machine(), "Versions": versions, "Settings": settings}

    def measure(self, tests: List[Test], results: Results) -> None:
        """All tests; within a test the proxies take turns round by round."""
        runner = Runner(self.pgbench, self.cluster.pid, self.chosen.seconds, self.generator)
        for test in tests:
            # The neighbours' ratios come from one run each: two of them do where time is short.
            most = 1 if test.idle_clients else 2 if test.flood and self.chosen.quick else self.chosen.rounds
            for number in range(min(most, self.chosen.rounds)):
                for proxy in self.proxies:
                    if test.involves(proxy.name):
                        self._round(runner, test, number, proxy, results)

    def _round(self, runner: Runner, test: Test, number: int, proxy: proxies.Proxy, results: Results) -> None:
        cell = results.cells[test.name][proxy.name]
        if cell.skipped or len(cell.errors) > 1:
            return
        try:
            if test.flood:
                cell.note = proxy.neighbours(test.pools).note
            elif not test.idle_clients:
                cell.note = proxy.target(test.mode, test.clients).note
            figures = runner.run(test, proxy)
            proxy.check()
        except proxies.NotPossible as reason:
            cell.skipped = f"not possible: {reason}"
            return
        except (host.BenchError, wire.WireError, OSError) as error:
            reason, cause = str(error), died(proxy)
            reason += "" if cause in reason else f"; {cause}"
            cell.errors.append(reason)
            say(f"{test.name} round {number + 1} {proxy.name}: {reason}")
            proxy.stop()  # the next round gets a new process
            return
        cell.rounds.append(figures)
        shown = ", ".join(f"{name} {report.number(value)}" for name, value in figures.items())
        say(f"{test.name} round {number + 1} {proxy.name}: {shown}")

    def syscalls(self) -> str:
        """The table of --strace."""
        found: Dict[str, Dict[str, Dict[str, float]]] = {}
        for name, load in syscalls.LOADS:
            if self.chosen.only and not re.search(self.chosen.only, name):
                continue
            for proxy in self.proxies:
                try:
                    found.setdefault(name, {})[proxy.name] = syscalls.per_transaction(self.pgbench, proxy, name, load, self.work)
                except proxies.NotPossible as reason:
                    say(f"{name} {proxy.name}: not possible: {reason}")
        return report.plain(*syscalls.table(found)) + "\nSystem calls of the proxy per transaction."


def died(proxy: proxies.Proxy) -> str:
    """That the proxy ended by itself, if it did: the cause of everything else that went wrong."""
    try:
        proxy.check()
        return ""
    except host.BenchError as error:
        return str(error)


def say(text: str) -> None:
    """Progress, apart from the results."""
    print(text, file=sys.stderr, flush=True)


def main(arguments: List[str]) -> int:
    """The program; its exit status."""
    chosen = options(arguments)
    tests = choose(all_tests(), chosen)
    if chosen.list:
        print("\n".join(test.name for test in tests))
        return 0
    if not tests:
        raise host.BenchError(f"--only {chosen.only}: no test has such a name; --list shows them")
    host.interrupt_on_terminate()
    results = Results(tests, chosen.proxies)
    interrupted = False
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        bench = Bench(chosen, stack)
        if chosen.strace:
            print(bench.syscalls())
            return 0
        about = bench.about()
        try:
            bench.measure(tests, results)
        except KeyboardInterrupt:
            interrupted = True
            say("Interrupted: what was measured so far follows.")
    about["Settings"]["duration"] = f"{time.monotonic() - began:.0f} s" + (", interrupted" if interrupted else "")
    print(report.terminal(results))
    name = chosen.name or f"compare{'-quick' if chosen.quick else ''}-{time.strftime('%Y%m%d-%H%M%S')}"
    for path in report.write(results, about, chosen.out, name):
        say(f"Written: {path}")
    if interrupted:
        return 130
    if results.errors():
        return 2
    return 1 if chosen.check and results.failures() else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except host.BenchError as error:
        sys.exit(f"benches/compare: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
