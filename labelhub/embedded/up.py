"""`./run up`: start LabelHub, keep it running, stop it as a family."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from argparse import Namespace
from dataclasses import dataclass

from labelhub.embedded import database, environment, places, ports, procfile, session, signals
from labelhub.embedded.guardian import Guardian
from labelhub.embedded.locks import Instance
from labelhub.embedded.places import Places
from labelhub.embedded.refusal import Refusal
from labelhub.embedded.supervisor import Supervisor, last_lines
from labelhub.embedded.terminal import answer, say

HEALTHY_WITHIN = 180.0  # seconds; TensorFlow's first start on a slow disk takes its time
DEATHS_ALLOWED = 3  # of the web server before its first answer
LOOK_EVERY = 1.0  # seconds
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # compared, not bound


@dataclass(frozen=True)
class Address:
    """Where the web server listens."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address to open in a browser on this machine."""
        host = ANYWHERE.get(self.host, self.bind.rpartition(":")[0])
        return f"http://{host}:{self.port}"


def up(arguments: Namespace) -> int:
    """Start everything and stay until asked to stop."""
    where = places.here(arguments.data_dir)
    address = Address(arguments.host, arguments.port)
    where.make()
    instance = Instance(where.data / "up.lock", address=address.url)
    ports.refuse_unless_free(address.host, address.port)
    try:
        with session.guarded(where, inherited=[instance.handle]) as guardian:
            session.install(where, guardian, environment.PRODUCT)
            with database.connected(where, guardian) as connection:
                _run(where, guardian, connection, address, is_empty=_is_empty(arguments))
    except signals.AskedToStop:
        say("LabelHub has stopped.")
    return 0


def _is_empty(arguments: Namespace) -> bool:
    """The demo has known passwords: it never enters an installation in production."""
    return bool(arguments.empty) or os.environ.get("LABELHUB_ENV") == "production"


def _run(
    where: Places,
    guardian: Guardian,
    connection: database.Database,
    address: Address,
    *,
    is_empty: bool,
) -> None:
    env = where.environment(DATABASE_URL=connection.url)
    greeting = _prepare(where, guardian, env, is_empty=is_empty)
    values = {"BIND": address.bind, "LABELHUB_DATA": str(where.data)}
    commands = procfile.read(where.root / "Procfile", values)
    family = Supervisor(where, guardian, commands=commands, env=env, say=say)
    say("Starting the web server and the workers")
    _wait_until_healthy(where, family, address)
    _greet(address, greeting)
    while True:
        time.sleep(LOOK_EVERY)
        _keep(connection, family)


def _keep(connection: database.Database, family: Supervisor) -> None:
    try:
        if connection.restart_if_dead():
            say("PostgreSQL had ended and was started again.")
    except Refusal as refusal:  # a full disk, say: people can mend that while we keep trying
        say(str(refusal))
    family.look()


def _prepare(
    where: Places, guardian: Guardian, env: dict[str, str], *, is_empty: bool
) -> list[str]:
    """Bring the database and the files up to date; return what the person should see."""
    say("Preparing the database")
    log = where.log("prepare")
    command = [str(where.python), "-m", "labelhub.prepare", *(["--empty"] if is_empty else [])]
    with log.open("ab") as errors:
        process = guardian.spawn(command, env=env, stdout=subprocess.PIPE, stderr=errors)
        output = process.communicate()[0].decode(errors="replace")
    guardian.bury(process)
    if process.returncode != 0:
        raise Refusal(f"{last_lines(log)[-1]} (more in {log})")
    return output.splitlines()


def _wait_until_healthy(where: Places, family: Supervisor, address: Address) -> None:
    deadline = time.monotonic() + HEALTHY_WITHIN
    while not is_healthy(address):
        family.look()
        if family.deaths("web") >= DEATHS_ALLOWED or time.monotonic() > deadline:
            log = where.log("web")
            raise Refusal(f"The web server does not start: {last_lines(log)[-1]} (more in {log})")
        time.sleep(0.2)


def is_healthy(address: Address) -> bool:
    """Ask `/healthz`, by a name that the installation answers to."""
    request = urllib.request.Request(f"{address.url}/healthz")
    hosts = os.environ.get("LABELHUB_ALLOWED_HOSTS", "").split(",")
    if hosts[0].strip(" .*"):
        request.add_header("Host", hosts[0].strip(" .*"))
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=5) as reply:
            return bool(reply.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _greet(address: Address, greeting: list[str]) -> None:
    answer(f"\nLabelHub answers at {address.url}")
    for line in greeting:
        # A one-time link is printed by Django as a path: it does not know our address.
        if line.startswith("/"):
            answer(f"Open this once to make the first administrator:\n  {address.url}{line}")
        else:
            answer(f"  {line}")
    answer("Stop it with Ctrl-C.")
