"""What a reader must know about the machine to judge the figures; nothing that names it."""
from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Dict

import host


def _first(path: str, key: str) -> str:
    try:
        for line in Path(path).read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == key:
                return value.strip()
    except OSError:
        pass
    return "?"


def _commit() -> str:
    command = ["git", "-C", str(host.REPOSITORY), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "?"


def machine() -> Dict[str, str]:
    """Cores, processor, memory, kernel, Python, and our commit."""
    memory = _first("/proc/meminfo", "MemTotal").split()
    return {
        "cores": str(os.cpu_count()),
        "processor": _first("/proc/cpuinfo", "model name"),
        "memory": f"{int(memory[0]) / 2**20:.0f} GiB" if memory and memory[0].isdigit() else "?",
        "kernel": platform.release(),
        "python": platform.python_version(),
        "commit": _commit(),
    }
