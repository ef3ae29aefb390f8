"""The noisy neighbour: a tenant that is measured alone, and then beside 200 clients of another one on the same shard.

Both halves are one run of `pgtenant bench`, so that what else happens on the machine is in both. The measured tenant runs pgbench's -S with
4 clients that ask again as soon as they are answered; the other's statements sleep, or compute.
"""
from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Dict, List

import cluster as postgres
import host
import proxies

QUIET_CLIENTS = 4
NOISY_CLIENTS = 200
WARM_UP, SETTLE, GRACE = 0.5, 0.3, 5.0


def run(program: Path, target: proxies.Target, flood: str, seconds: float) -> Dict[str, float]:
    """One run; `seconds` alone and as many beside the flood."""
    done = subprocess.run(
        command(program, target, flood, seconds),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "PGPASSWORD": target.endpoint.password},
        timeout=60 + 4 * seconds,
        check=False,
    )
    if done.returncode != 0:
        raise host.BenchError(f"pgtenant bench ended with status {done.returncode}: {done.stderr.strip()}")
    return figures(json.loads(done.stdout))


def command(program: Path, target: proxies.Target, flood: str, seconds: float) -> List[str]:
    """What is run."""
    to = target.endpoint
    dsn = f"host={to.host} port={to.port} user={{tenant}} dbname={to.database} sslmode=disable"
    whole = 2 * seconds + SETTLE
    words = [str(program), "bench", "--dsn", dsn, "--tenants", postgres.QUIET, "--clients", str(QUIET_CLIENTS)]
    words += ["--mix", "select", "--scale", str(postgres.SCALE), "--duration", _millis(whole), "--warm-up", _millis(WARM_UP)]
    words += ["--settle", _millis(SETTLE), "--grace", _millis(GRACE), "--quiet", "--json", "-"]
    return [*words, "--flood", f"{postgres.NOISY}:{NOISY_CLIENTS}:{flood}@{_millis(seconds)}"]


def _millis(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"


def figures(report: Dict[str, Any]) -> Dict[str, float]:
    """What the table shows of a report."""
    try:
        alone, beside = report["phases"]
        before, after = _of(alone, "main"), _of(beside, "main")
        other = _of(beside, f"flood {postgres.NOISY}")
    except (KeyError, ValueError, IndexError) as error:
        raise host.BenchError(f"the report of pgtenant bench isn't as expected: {error!r}") from None
    failed = float(report["total"]["failed"])
    if failed:
        raise host.BenchError(f"{failed:.0f} transactions failed: {json.dumps(report['total']['errors'])[:300]}")
    return {
        "alone_tps": before["per_second"],
        "beside_tps": after["per_second"],
        "tps_ratio": _ratio(after["per_second"], before["per_second"]),
        "alone_p99_ms": _p99(before),
        "beside_p99_ms": _p99(after),
        "p99_ratio": _ratio(_p99(after), _p99(before)),
        "noisy_tps": other["per_second"],
    }


def _of(phase: Dict[str, Any], group: str) -> Dict[str, Any]:
    return next(found["all"] for found in phase["groups"] if found["group"] == group)


def _p99(figures_of_one: Dict[str, Any]) -> float:
    latency = figures_of_one["latency_ms"]
    # Nothing was answered: worse than anything that was.
    return latency["p99"] if latency else float("inf")


def _ratio(new: float, old: float) -> float:
    return new / old if old else float("inf")
