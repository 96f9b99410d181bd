"""The virtual environment of the checkout, holding exactly what a lock file names."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from labelhub.embedded import locks, pip_wheel, refusal
from labelhub.embedded.places import Places
from labelhub.embedded.refusal import Refusal

PRODUCT = "requirements.txt"
TESTS = "tests/requirements.txt"  # names everything that PRODUCT names, in the same versions
STAMP = ".installed.json"
FIT = ("3.11", "3.12", "3.13")

Run = Callable[[Sequence[str], Path], int]


def ensure(places: Places, lock: str, *, run: Run, say: Callable[[str], None]) -> None:
    """
    Make `.venv` and install the lock file, unless that has been done.

    Args:
        lock: PRODUCT or TESTS.
        run: runs a command with its output in a log, and returns its exit code.
        say: tells the person what takes long.

    Raises:
        Refusal: something is missing on this machine, in one line.
    """
    with locks.exclusive(places.root):  # two commands at once install once
        if _installed(places).get(lock) == fingerprint(places.root / lock):
            return
        if not _is_fit(places.python):
            say("Making .venv")
            _make(places, run)
        say(f"Installing {lock} (a few minutes the first time)")
        _install(places, lock, run)
        _stamp(places, lock)


def _installed(places: Places) -> dict[str, str]:
    """Return the lock files that .venv holds, each with the fingerprint it had."""
    try:
        stamp = json.loads((places.venv / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return dict(stamp) if places.python.exists() else {}


def fingerprint(lock: Path) -> str:
    """Return what tells one lock file from another."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _stamp(places: Places, lock: str) -> None:
    installed = (PRODUCT, TESTS) if lock == TESTS else (PRODUCT,)
    stamp = {name: fingerprint(places.root / name) for name in installed}
    (places.venv / STAMP).write_text(json.dumps(stamp))


def _is_fit(python: Path) -> bool:
    """Say whether .venv has a Python that runs and that LabelHub supports."""
    question = [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        answer = subprocess.run(question, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() in FIT


def _make(places: Places, run: Run) -> None:
    if importlib.util.find_spec("venv") is None:
        raise Refusal("This Python has no venv module: apt-get install python3-venv (or its like).")
    command = [sys.executable, "-m", "venv", "--clear", str(places.venv)]
    if _uv() or importlib.util.find_spec("ensurepip") is None:
        command.append("--without-pip")  # Debian's Python lacks ensurepip: pip is fetched below
    log = places.install_log
    if run(command, log) != 0:
        raise _failure("Cannot make .venv", log)


def _install(places: Places, lock: str, run: Run) -> None:
    log = places.install_log
    if run([*_installer(places), "--require-hashes", "-r", str(places.root / lock)], log) != 0:
        (places.venv / STAMP).unlink(missing_ok=True)
        raise _failure(f"Cannot install {lock}", log)


def _installer(places: Places) -> list[str]:
    """Return uv's install command, or pip's where there is no uv that runs."""
    uv = _uv()
    if uv:
        return [uv, "pip", "install", "--python", str(places.python)]
    pip = [str(places.python), "-m", "pip"]
    if not _runs(pip):
        pip = [str(places.python), str(pip_wheel.fetch(places.venv) / "pip")]
    return [*pip, "install", "--no-deps", "--disable-pip-version-check", "--no-input"]


def _uv() -> str | None:
    uv = shutil.which("uv")
    return uv if uv and _runs([uv]) else None


def _runs(command: Sequence[str]) -> bool:
    """Say whether a program works; being on PATH is not enough for a shim."""
    return subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0


def _failure(what: str, log: Path) -> Refusal:
    tail = log.read_text(errors="replace")[-4000:]
    if refusal.is_full_disk(tail):
        return Refusal(f"{what}: the disk is full. LabelHub needs about 3 GB; free some space.")
    return Refusal(f"{what}: {refusal.last_line(tail)} (more in {log})")
