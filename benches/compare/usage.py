"""What processes use: CPU time in nanoseconds and resident memory, read from the kernel.

CPU time is the kernel's clock of the whole process (`clock_getcpuclockid(3)`: user + system, threads that ended included), because the
10 ms ticks of `/proc/PID/stat` are too coarse for a measure of a few seconds.
"""
from __future__ import annotations

import os
import time
from pathlib import Path
from typing import List

TICK = 1.0 / os.sysconf("SC_CLK_TCK")
# `CPUCLOCK_SCHED` of the kernel's include/linux/posix-timers.h: precise run time of a thread group.
_CLOCK_OF_PROCESS = 2


def process_seconds(pid: int) -> float:
    """CPU seconds of one process: user + system, of all threads that it has or had."""
    return time.clock_gettime((~pid << 3) | _CLOCK_OF_PROCESS)


def user_seconds(pid: int) -> float:
    """The part of `process_seconds` outside of the kernel, in ticks: good for a share over seconds, not for more."""
    return int(_stat_fields(pid)[11]) * TICK


def _children(pid: int) -> List[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:  # a kernel without CONFIG_PROC_CHILDREN
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    if int(_stat_fields(int(entry))[1]) == pid:
                        found.append(int(entry))
                except OSError:
                    continue
        return found


def _stat_fields(pid: int) -> List[str]:
    """The fields of /proc/PID/stat from the third (state) on; the name before them may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def _reaped_ticks(pid: int) -> int:
    fields = _stat_fields(pid)
    return int(fields[13]) + int(fields[14])  # cutime, cstime


def tree_seconds(pid: int) -> float:
    """CPU seconds of a process, its living children and those it has reaped (PostgreSQL: postmaster and backends)."""
    total = 0.0
    for _attempt in range(5):
        reaped = _reaped_ticks(pid)
        total = process_seconds(pid) + reaped * TICK
        for child in _children(pid):
            try:
                total += process_seconds(child)
            except OSError:  # ended meanwhile
                continue
        if _reaped_ticks(pid) == reaped:
            break
    return total


def resident_bytes(pid: int) -> int:
    """Resident memory now. `smaps_rollup` is exact; `status` lags behind by the kernel's per-CPU counters."""
    for name, key in (("smaps_rollup", "Rss:"), ("status", "VmRSS:")):
        try:
            for line in Path(f"/proc/{pid}/{name}").read_text().splitlines():
                if line.startswith(key):
                    return int(line.split()[1]) * 1024
        except OSError:
            continue
    raise OSError(f"no memory figures for process {pid}")


def machine_busy(seconds: float = 0.5) -> float:
    """The share (0..1) of the machine's CPU time that somebody uses: a benchmark wants it near 0 before it starts."""

    def sample() -> List[int]:
        with open("/proc/stat") as file:
            return [int(field) for field in file.readline().split()[1:9]]

    before = sample()
    time.sleep(seconds)
    spent = [after - earlier for after, earlier in zip(sample(), before)]
    total = sum(spent)
    return 1.0 - (spent[3] + spent[4]) / total if total else 0.0
