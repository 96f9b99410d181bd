"""`./run up` with real processes: it starts, stops as a family, and recovers."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest

from tests.embedded.small_hub import SmallHub


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_stopping_leaves_no_process_however_it_is_stopped(hub: SmallHub, number: signal.Signals):
    process = hub.up()

    process.send_signal(number)

    assert hub.wait_until_gone() == []


def test_up_says_where_it_answers_and_passes_on_the_one_time_link(hub: SmallHub):
    process = hub.up()

    process.terminate()

    process.wait(timeout=60)
    assert hub.greeting == [
        f"LabelHub answers at http://127.0.0.1:{hub.port}",
        "Open this once to make the first administrator:",
        f"http://127.0.0.1:{hub.port}/accounts/welcome/once/",
        "Stop it with Ctrl-C.",
    ]
    assert process.returncode == 0


def test_a_second_up_says_that_it_is_running_and_where(hub: SmallHub):
    hub.up()

    second = hub.run("up", "--port", "1")

    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"already running at http://127.0.0.1:{hub.port}" in second.stderr


def test_a_busy_port_is_one_line(hub: SmallHub):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        other.bind(("127.0.0.1", hub.port))
        other.listen()

        refused = hub.run("up", "--port", str(hub.port))

    assert refused.returncode == 1
    assert refused.stderr == (
        f"Port {hub.port} is in use by another program. "
        f"Choose another: ./run up --port {hub.port + 1}\n"
    )


def test_up_recovers_after_everything_was_killed(hub: SmallHub):
    hub.up()
    hub.kill_everything()

    hub.up()

    assert hub.is_answering()


def test_a_process_that_dies_is_started_again(hub: SmallHub):
    hub.up()
    [before] = hub.pids_of("sleeper.py light")

    os.kill(before, signal.SIGKILL)

    [after] = wait_for(lambda: [pid for pid in hub.pids_of("sleeper.py light") if pid != before])
    assert after != before


def test_what_a_killed_process_leaves_behind_is_killed_before_it_starts_again(hub: SmallHub):
    hub.up()
    [orphan] = hub.pids_of("child of web")

    os.kill(hub.pids_of("web.py")[0], signal.SIGKILL)

    wait_for(lambda: orphan not in hub.pids_of("child of web"))
    assert wait_for(hub.is_answering)


def test_postgres_that_dies_is_started_again_at_its_old_address(hub: SmallHub):
    hub.up()
    port = hub.postgres_port()
    [server] = hub.pids_of("bin/postgres -D")

    os.kill(server, signal.SIGKILL)

    wait_for(lambda: [pid for pid in hub.pids_of("bin/postgres -D") if pid != server])
    assert hub.postgres_port() == port


def test_a_killed_guardian_is_replaced(hub: SmallHub):
    process = hub.up()
    [guardian] = hub.pids_of("labelhub.embedded.guardian")
    os.kill(guardian, signal.SIGKILL)
    wait_for(lambda: [pid for pid in hub.pids_of("embedded.guardian") if pid != guardian])

    process.kill()

    assert hub.wait_until_gone() == []


def wait_for(question, seconds: float = 40.0):
    """Ask until the answer is something, and return it."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return answer
