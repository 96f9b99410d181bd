"""
The guardian ends the family: one small process that outlives whatever happens to `./run`.

It reads a pipe. `./run` writes to it which process groups there are; the end of the pipe means
that `./run` is done or was killed, and then the guardian stops all of them, and PostgreSQL.
So there is one way to stop, and it does not depend on the way `./run` ended.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from labelhub.embedded import cluster as clusters
from labelhub.embedded import family, postgres
from labelhub.embedded.places import ROOT, Places

Output = int | IO[bytes] | None
TIME_TO_WRITE_PID_FILE = 0.5  # seconds: PostgreSQL was started a moment ago


class Guardian:
    """
    The hold that `./run` has on its guardian.

    Args:
        places: the installation; the guardian's log lies there.
        inherited: file handles that the guardian keeps open until everything has stopped.
        scratch: a folder to remove at the end.
    """

    def __init__(
        self, places: Places, *, inherited: Sequence[int] = (), scratch: Path | None = None
    ) -> None:
        self._places = places
        self._inherited = inherited
        self._scratch = scratch
        self._groups: set[int] = set()
        self._cluster: Path | None = None
        self._hire()

    def register(self) -> None:
        """Tell the guardian of this process; for `preexec_fn`, before any harm can be done."""
        self._tell(f"group {os.getpid()}")

    def look_after(self, cluster: Path) -> None:
        """Have the server of this cluster stopped when nobody uses it any more."""
        self._cluster = cluster
        self._tell(f"cluster {cluster}")

    def spawn(
        self,
        command: Sequence[str],
        *,
        env: dict[str, str],
        stdin: Output = subprocess.DEVNULL,
        stdout: Output = None,
        stderr: Output = None,
    ) -> subprocess.Popen[bytes]:
        """Start a command of the family, in a session of its own."""
        process = subprocess.Popen(
            command,
            cwd=self._places.root,
            env=env,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            preexec_fn=self.register,
        )
        self._groups.add(process.pid)
        return process

    def bury(self, process: subprocess.Popen[bytes]) -> None:
        """Forget a command that ended, and kill what it left behind."""
        family.kill_group(process.pid)
        self.forget(process.pid)

    def forget(self, pid: int) -> None:
        """Take note that a process has ended, so that its number may be another's."""
        self._groups.discard(pid)
        self._tell(f"gone {pid}")

    def run(self, command: Sequence[str], *, env: dict[str, str], output: Output = None) -> int:
        """Run a command of the family to its end and return its exit code."""
        process = self.spawn(command, env=env, stdout=output, stderr=output)
        code = process.wait()
        self.bury(process)
        return code

    def replace_if_dead(self) -> None:
        """Hire another guardian where somebody killed ours."""
        if self._process.poll() is None:
            return
        os.close(self._pipe)
        self._hire()
        for group in self._groups:
            self._tell(f"group {group}")
        if self._cluster:
            self._tell(f"cluster {self._cluster}")

    def hurry(self) -> None:
        """Ask the guardian not to wait for anybody."""
        family.signal_process(self._process.pid, signal.SIGTERM)

    def dismiss(self) -> None:
        """Have everything stopped, and wait for it."""
        self.replace_if_dead()
        os.close(self._pipe)
        while self._buried() not in (self._process.pid, None):
            time.sleep(family.LOOK_EVERY)

    def _buried(self) -> int | None:
        """Bury any child of ours that has ended, so that the guardian sees it gone."""
        try:
            return os.waitpid(-1, os.WNOHANG)[0]
        except ChildProcessError:
            return None

    def _hire(self) -> None:
        reading, self._pipe = os.pipe()
        command = [sys.executable, "-m", __name__, str(self._places.data)]
        command += ["--scratch", str(self._scratch)] if self._scratch else []
        with self._places.log("guardian").open("a") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=reading,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self._inherited,
            )
        os.close(reading)

    def _tell(self, line: str) -> None:
        try:
            os.write(self._pipe, f"{line}\n".encode())
        except BrokenPipeError:  # `replace_if_dead` tells the next one
            return


class Watch:
    """What the guardian has been told, and what it does at the end."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._groups: set[int] = set()
        self._cluster: Path | None = None
        self._is_hurried = threading.Event()

    def listen(self, lines: IO[str]) -> None:
        """Read until the pipe ends."""
        for line in lines:
            word, _, value = line.strip().partition(" ")
            if word == "group":
                self._groups.add(int(value))
            elif word == "gone":
                self._groups.discard(int(value))
            elif word == "cluster":
                self._cluster = Path(value)

    def hurry(self) -> None:
        """Give nobody any more time."""
        self._is_hurried.set()

    def end(self, scratch: Path | None) -> None:
        """Stop the processes, then PostgreSQL, then remove the scratch folder."""
        servers = self._servers()
        self._stop(self._groups - servers)
        if self._cluster:
            if any(map(family.is_alive, servers)):
                time.sleep(TIME_TO_WRITE_PID_FILE)
            postgres.leave(self._places, self._cluster)
        if scratch:
            _remove(scratch)

    def _servers(self) -> set[int]:
        """PostgreSQL registers like everybody, but stops last and may be shared."""
        if self._cluster is None:
            return set()
        return {group for group in self._groups if postgres.is_server(group, self._cluster)}

    def _stop(self, groups: set[int]) -> None:
        deadline = time.monotonic() + family.PATIENCE
        family.ask(groups)
        while any(map(family.is_alive, groups)):
            if self._is_hurried.is_set() or time.monotonic() > deadline:
                break
            time.sleep(family.LOOK_EVERY)
        for group in groups:
            family.kill_group(group)


def _remove(scratch: Path) -> None:
    elsewhere = clusters.home_elsewhere(scratch)
    for folder in filter(None, [elsewhere, scratch]):
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Listen, then end the family."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--scratch", type=Path)
    arguments = parser.parse_args()
    watch = Watch(Places(ROOT, arguments.data))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: watch.hurry())
    watch.listen(sys.stdin)
    watch.end(arguments.scratch)


if __name__ == "__main__":
    main()
