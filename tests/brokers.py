"""
A pytest plugin: a real Redis and a real RabbitMQ, each on free ports, in folders of their own.

Where one of them is missing and cannot be installed, its tests are not run. The last line of the
output says so, and with LABELHUB_TEST_ALL set (in CI) they fail instead.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from labelhub.embedded import family, packages, ports
from tests.spreading import is_spread

STARTED_WITHIN = 90.0  # seconds; RabbitMQ takes ten on a busy machine
TEST_ALL = "LABELHUB_TEST_ALL"


class NotRun:
    """Keeps why tests were not run, wherever they were to run, and says it in the last line."""

    def __init__(self) -> None:
        self._reasons: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            self._reasons.append(report.longrepr[2].removeprefix("Skipped: "))

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        if not self._reasons or is_spread(config):
            return
        reasons = "; ".join(sorted(set(self._reasons)))
        writer = config.get_terminal_writer()
        writer.line(f"Not run: {len(self._reasons)} ({reasons})", yellow=True)


def pytest_configure(config: pytest.Config) -> None:
    """Watch what is not run."""
    config.pluginmanager.register(NotRun())


def program(name: str, package: str) -> str:
    """Return a program's path, or leave the test: loudly where every test must run."""
    found = packages.find(name)
    if found is None:
        reason = f"{name} is missing: apt-get install {package}"
        if os.environ.get(TEST_ALL):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis that keeps nothing on disk."""
    port = ports.free_port()
    command = [program("redis-server", "redis-server"), "--port", str(port)]
    command += ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with running(command, env=dict(os.environ)):
        wait_until_listening(port)
        yield f"redis://127.0.0.1:{port}/0"


@pytest.fixture(scope="session")
def rabbitmq_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a RabbitMQ node with a name, a cookie and an epmd of its own."""
    # Debian's /usr/sbin/rabbitmq-server insists on root and on the service's folders.
    server = _unwrapped(program("rabbitmq-server", "rabbitmq-server"))
    folder = tmp_path_factory.mktemp("rabbitmq")
    port, names = ports.free_port(), ports.free_port()
    env = rabbitmq_environment(folder, port=port, epmd=names)
    # Started here, and not by Erlang, which would leave it behind as a daemon.
    epmd = [program("epmd", "erlang-base"), "-port", str(names), "-address", "127.0.0.1"]
    with running(epmd, env=env):
        wait_until_listening(names)
        with running([server], env=env):
            wait_until(lambda: _accepts(port), "RabbitMQ")
            yield f"amqp://guest:guest@127.0.0.1:{port}//"


def rabbitmq_environment(folder: Path, *, port: int, epmd: int) -> dict[str, str]:
    """Return an environment that keeps a node apart from any other on this machine."""
    return {
        **os.environ,
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(epmd),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"labelhub{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(ports.free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }


def _unwrapped(server: str) -> str:
    inner = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return str(inner) if inner.exists() else server


@contextmanager
def running(command: list[str], *, env: dict[str, str]) -> Iterator[None]:
    """Run a server until the end, in a process group of its own; nothing of it stays."""
    process = subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
        family.kill_group(process.pid)
        process.wait()


def wait_until_listening(port: int) -> None:
    """Wait until somebody listens on the port."""
    wait_until(lambda: socket.create_connection(("127.0.0.1", port), 1).close(), f"port {port}")


def _accepts(port: int) -> None:
    """Shake hands as an AMQP client: the port is open before the broker is ready."""
    with socket.create_connection(("127.0.0.1", port), 2) as connection:
        connection.settimeout(2)
        connection.sendall(b"AMQP\x00\x00\x09\x01")
        if not connection.recv(8):
            raise ConnectionError("closed before the handshake")


def wait_until(attempt: Callable[[], None], what: str) -> None:
    """Try again until it does not fail."""
    deadline = time.monotonic() + STARTED_WITHIN
    while True:
        try:
            return attempt()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
