"""Programs that the tests use: found, or installed where we may."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

# Where distributions put servers that an ordinary user's PATH leaves out.
MORE_FOLDERS = ("/usr/sbin", "/usr/lib/rabbitmq/bin", "/opt/homebrew/bin", "/opt/homebrew/sbin")
POLICY = Path("/usr/sbin/policy-rc.d")
# Keeps a fresh package from starting its service while we install; says yes once we are gone.
POLICY_SCRIPT = "#!/bin/sh\nkill -0 {pid} 2>/dev/null && exit 101\nexit 0\n"


def find(*names: str) -> str | None:
    """Return the path of the first of these programs that is here."""
    folders = os.pathsep.join([os.environ.get("PATH", os.defpath), *MORE_FOLDERS])
    return next(filter(None, (shutil.which(name, path=folders) for name in names)), None)


def may_install() -> bool:
    """Say whether we are root on a system with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str, log: Path) -> bool:
    """Install packages of the system without starting any service; say whether it worked."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "--no-install-recommends", "-q", *packages]
    command[1:1] = ["-o", "DPkg::Lock::Timeout=300"]
    with _no_services():
        if _run(command, env, log):
            return True
        # A fresh container has no lists of packages yet.
        return _run(["apt-get", "update", "-q"], env, log) and _run(command, env, log)


def _run(command: list[str], env: Mapping[str, str], log: Path) -> bool:
    with log.open("ab") as output:
        done = subprocess.run(command, env=env, stdout=output, stderr=output, check=False)
    return done.returncode == 0


@contextlib.contextmanager
def _no_services() -> Iterator[None]:
    if POLICY.exists():  # a container has its own, which forbids services already
        yield
        return
    POLICY.write_text(POLICY_SCRIPT.format(pid=os.getpid()))
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
