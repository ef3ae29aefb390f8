"""System calls per transaction: `strace -c` on a proxy for two seconds under load. Only counts: under strace every figure of time is wrong."""
from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from typing import Dict, List, Tuple

import host
import proxies
from load import Load, PgBench

SECONDS = 2.0
LOADS: List[Tuple[str, Load]] = [(f"{mode}-16", Load(mode, 16)) for mode in ("simple", "extended", "prepared")]


def parse_counts(text: str) -> Dict[str, int]:
    """Calls by name of strace's summary: `% time, seconds, usecs/call, calls, [errors,] syscall`."""
    counts: Dict[str, int] = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) in (5, 6) and fields[3].isdigit() and fields[-1] != "total":
            counts[fields[-1]] = int(fields[3])
    return counts


class Strace:
    """Counts one process's system calls while a load runs."""

    def __init__(self, pid: int, summary: Path) -> None:
        program = host.find_program("strace", "/usr/bin")
        if program is None:
            raise host.BenchError("--strace needs the package strace")
        self._command = [program, "-c", "-f", "-o", str(summary), "-p", str(pid)]
        self._summary = summary

    def attach_for_a_while(self) -> Tuple[float, float]:
        """Attach, wait, detach; from when to when it was attached."""
        tracer = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True, start_new_session=True)
        try:
            line = tracer.stderr.readline() if tracer.stderr else ""
            if "attached" not in line:
                raise host.BenchError(f"strace can't attach: {line.strip()}")
            began = time.time()
            time.sleep(SECONDS)
            return began, time.time()
        finally:
            if tracer.poll() is None:
                tracer.send_signal(signal.SIGINT)
            tracer.communicate()

    def counts(self) -> Dict[str, int]:
        """What it saw."""
        return parse_counts(self._summary.read_text())


def per_transaction(pgbench: PgBench, proxy: proxies.Proxy, name: str, load: Load, work: host.WorkFolder) -> Dict[str, float]:
    """Calls per transaction by name, and their sum."""
    target = proxy.target(load.mode, load.clients)
    if target.pid is None:
        raise proxies.NotPossible("no proxy")
    strace = Strace(target.pid, work.path / f"strace-{proxy.name}-{name}")
    sample = pgbench.measure(load, target, SECONDS + 1.0, during=strace.attach_for_a_while)
    counts = strace.counts()
    if not sample.transactions or not counts:
        raise host.BenchError("no transaction or no system call was counted")
    found = {call: count / sample.transactions for call, count in sorted(counts.items(), key=lambda entry: -entry[1])}
    return {"all": sum(found.values()), **found}


def table(results: Dict[str, Dict[str, Dict[str, float]]]) -> Tuple[List[str], List[List[str]]]:
    """Header and rows: a call per line, a test and proxy per column; calls below 0.01 per transaction are left out."""
    columns = [(test, proxy) for test, by_proxy in results.items() for proxy in by_proxy]
    calls: Dict[str, float] = {}
    for test, proxy in columns:
        for call, count in results[test][proxy].items():
            calls[call] = max(calls.get(call, 0.0), count)
    rows = []
    for call, most in sorted(calls.items(), key=lambda entry: -entry[1]):
        if most >= 0.01:
            rows.append([call, *(f"{results[test][proxy].get(call, 0.0):.2f}" for test, proxy in columns)])
    return ["call", *(f"{test} {proxy}" for test, proxy in columns)], rows
