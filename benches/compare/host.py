"""The machine under the benchmark: files, ports, users and processes.

Everything that is started here ends with the benchmark: in order at the end or at Ctrl-C, and by the kernel (`setpriv --pdeathsig`) if the
benchmark itself is killed. Processes are ended by their own handle only.
"""
from __future__ import annotations

import os
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Dict, List, Optional, Sequence

REPOSITORY = Path(__file__).resolve().parents[2]


class BenchError(Exception):
    """Something that the person at the terminal has to know; shown without a traceback."""


def service_user() -> Optional[str]:
    """Who runs the servers: PostgreSQL and PgBouncer refuse root. None: ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
            return name
        except KeyError:
            continue
    raise BenchError("running as root, and neither user postgres nor nobody exists to run PostgreSQL as")


def raise_file_limit(wanted: int) -> int:
    """Raise the limit of open files for us and what we start, and say what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in ((max(wanted, soft), max(wanted, hard)), (hard, hard)):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, limit)
            break
        except (ValueError, OSError):
            continue
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find_program(name: str, *folders: str) -> Optional[str]:
    """A program on PATH or in one of the folders."""
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(folders))


def interrupt_on_terminate() -> None:
    """Let SIGTERM and SIGHUP unwind the program as Ctrl-C does, so that everything is taken down; Ctrl-C too where a shell had it ignored."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)


class Service:
    """A server process in a session of its own, with its output in a log file."""

    def __init__(self, name: str, argv: Sequence[str], log: Path, stop_signal: int, env: Optional[Dict[str, str]] = None) -> None:
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        command = [*prefix(death_signal=stop_signal), *argv]
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, start_new_session=True, cwd=str(log.parent)
            )

    @property
    def pid(self) -> int:
        """Its process id (`setpriv` replaces itself, so this is the server's own)."""
        return self.process.pid

    def check(self) -> None:
        """Complain if it has ended."""
        status = self.process.poll()
        if status is not None:
            raise BenchError(f"{self.name} ended with status {status}; the end of its log:\n{self.log_tail()}")

    def log_tail(self, lines: int = 15) -> str:
        """The last lines it wrote."""
        try:
            return "\n".join("    " + line for line in self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "    (no log)"

    def stop(self, patience: float = 10.0) -> None:
        """End it: politely, then by force."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def prefix(death_signal: Optional[int] = None) -> List[str]:
    """What stands before a command so that it runs as the service user and ends when we are killed."""
    user, setpriv = service_user(), find_program("setpriv", "/usr/bin", "/bin")
    if setpriv is None:
        if user is None:
            return []
        raise BenchError("running as root needs setpriv (util-linux) to start PostgreSQL as another user")
    command = [setpriv]
    if user is not None:
        command += [f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--init-groups"]
    if death_signal is not None:
        command += ["--pdeathsig", signal.Signals(death_signal).name[3:]]
    return command if len(command) > 1 else []


def run(argv: Sequence[str], as_service: bool = False, env: Optional[Dict[str, str]] = None, stdin: Optional[str] = None) -> str:
    """Run a command to its end and give its output; complain with its errors if it fails."""
    command = [*(prefix() if as_service else []), *argv]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, env=env, cwd="/", check=False)
    if done.returncode != 0:
        raise BenchError(f"{' '.join(argv[:3])} … failed with status {done.returncode}:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class WorkFolder:
    """A temporary folder that the service user may use; gone at the end."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="pgtenant-bench-"))
        self.own(self.path)

    @staticmethod
    def own(path: Path) -> None:
        """Give a path to the service user."""
        user = service_user()
        if user is not None:
            entry = pwd.getpwnam(user)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def folder(self, name: str) -> Path:
        """A sub-folder of the service user."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        self.own(path)
        return path

    def file(self, name: str, text: str) -> Path:
        """A file that only the service user reads."""
        path = self.path / name
        path.write_text(text)
        path.chmod(0o600)
        self.own(path)
        return path

    def remove(self) -> None:
        """Delete all of it."""
        shutil.rmtree(self.path, ignore_errors=True)


def wait_until(condition, patience: float, step: float = 0.02) -> bool:
    """Poll until the condition holds; whether it did in time."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(step)
    return bool(condition())
