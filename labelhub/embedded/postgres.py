"""The embedded PostgreSQL server: one a data folder, shared by the commands that need it."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from typing import Protocol

from labelhub.embedded import cluster as clusters
from labelhub.embedded import family, locks, ports
from labelhub.embedded.account import for_postgres
from labelhub.embedded.places import Places
from labelhub.embedded.refusal import Refusal

TRIES = 12  # after a crash the old server's shared memory takes some seconds to go
BETWEEN_TRIES = 1.0  # seconds
READY_WITHIN = 120.0  # seconds; recovery after a crash reads the log again
STOP_WITHIN = 30.0  # seconds for a checkpoint; then the server is stopped as after a crash
LOOKS, BETWEEN_LOOKS = 3, 0.2  # seconds

DURABLE: tuple[str, ...] = ()
# For a database that is thrown away: nothing waits for the disk, but what was committed
# outlives a killed server.
THROW_AWAY = ("fsync=off", "full_page_writes=off")


class Witness(Protocol):
    """Who is told of a server's process (the guardian)."""

    def register(self) -> None:
        """Take note of the calling process."""

    def forget(self, pid: int) -> None:
        """Take note that a process has ended."""


class Server:
    """
    The server of a data folder.

    Each command that uses it holds a share. The first one starts it; the last one's guardian
    stops it.
    """

    def __init__(
        self,
        places: Places,
        *,
        witness: Witness,
        settings: tuple[str, ...] = DURABLE,
    ) -> None:
        self._places = places
        self._settings = settings
        self._witness = witness
        self._share: locks.Share | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pid = 0
        self.cluster = clusters.prepare(places, for_postgres())
        self.port = 0

    @property
    def url(self) -> str:
        """Return the DATABASE_URL of the running server."""
        return self.cluster.url(self.port)

    def join(self) -> None:
        """Take a share, and start the server unless it runs."""
        with locks.exclusive(_turn(self._places)):
            self._share = locks.Share(_users(self._places))
            self._start_unless_running()

    def release(self) -> None:
        """Give the share back; whoever is last then calls `leave`."""
        if self._share is not None:
            self._share.end()
            self._share = None

    def restart_if_dead(self) -> bool:
        """Start a server that crashed again, at its old address; say whether it was needed."""
        self._reap()
        if family.is_alive(self._pid):
            return False
        with locks.exclusive(_turn(self._places)):
            self._start_unless_running()
        return True

    def _reap(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            self._witness.forget(self._process.pid)
            self._process = None

    def _start_unless_running(self) -> None:
        running = living(self.cluster.data)
        if running is None:
            self.port = self._start(self.port)
        else:
            self._pid, self.port = running

    def _start(self, port: int) -> int:
        log = self._places.log("postgres")
        for _ in range(TRIES):
            forget_dead_server(self.cluster.data)
            taken = port or ports.free_port()
            if self._try_to_start(taken, log):
                return taken
            time.sleep(BETWEEN_TRIES)
        raise clusters.broken("PostgreSQL does not start", log)

    def _try_to_start(self, port: int, log: Path) -> bool:
        with log.open("a") as output:
            process = subprocess.Popen(
                self._command(port),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=self._witness.register,
                **self.cluster.account.run_as,
            )
        self._process, self._pid = process, process.pid
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            self._reap()
            if self._process is None:
                return False
            if self._answers(port):
                return True
            time.sleep(0.05)
        raise Refusal(f"PostgreSQL did not answer within {READY_WITHIN:.0f} s (see {log}).")

    def _command(self, port: int) -> list[str]:
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", *self._settings)
        options = [part for setting in settings for part in ("-c", setting)]
        data = str(self.cluster.data)
        return [self.cluster.program("postgres"), "-D", data, "-p", str(port), *options]

    def _answers(self, port: int) -> bool:
        question = [self.cluster.program("pg_isready"), "-q", "-h", ports.LOOPBACK]
        question += ["-p", str(port), "-U", clusters.USER, "-d", clusters.DATABASE]
        return subprocess.run(question, check=False).returncode == 0


def _turn(places: Places) -> Path:
    return places.data / "postgres.turn"


def _users(places: Places) -> Path:
    return places.data / "postgres.users"


def leave(places: Places, data: Path) -> None:
    """Stop the server of a cluster if no command holds a share of it any more."""
    for _ in range(LOOKS):
        with locks.exclusive(_turn(places)):
            if locks.Share(_users(places)).leave():
                stop(data)
                return
        time.sleep(BETWEEN_LOOKS)  # a killed command lets go of its share a moment later


def stop(data: Path) -> None:
    """Stop a cluster's server: politely, then as a crash would (the next start recovers)."""
    pid = _server_pid(data)
    if pid == 0:
        return
    family.signal_process(pid, signal.SIGINT)  # "fast": ends connections, writes a checkpoint
    if not family.wait_for([pid], STOP_WITHIN):
        family.signal_process(pid, signal.SIGQUIT)
        family.wait_for([pid], 5.0)


def living(data: Path) -> tuple[int, int] | None:
    """Return the process and the port of a cluster's server that accepts connections."""
    lines = _pid_file(data)
    is_ready = len(lines) > 7 and lines[7].strip() == "ready"
    pid = _server_pid(data)
    return (pid, int(lines[3])) if is_ready and pid else None


def forget_dead_server(data: Path) -> None:
    """Remove a postmaster.pid whose process is gone, or belongs to another program by now."""
    if _pid_file(data) and _server_pid(data) == 0:
        (data / "postmaster.pid").unlink(missing_ok=True)


def _pid_file(data: Path) -> list[str]:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
    return lines if lines and lines[0].strip().isdigit() else []


def _server_pid(data: Path) -> int:
    """Return the living server of this cluster, or 0 where there is none."""
    lines = _pid_file(data)
    return int(lines[0]) if lines and is_server(int(lines[0]), data) else 0


def is_server(pid: int, data: Path) -> bool:
    """Say whether a process is the server of this cluster, and not a number used again."""
    if not family.is_alive(pid):
        return False
    question = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    try:
        answer = subprocess.run(question, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:  # a system without ps: believe the number
        return True
    return f"-D {data} " in answer
