"""
A pytest plugin: the suite spread over several processes (pytest-xdist), each with a database and a
data folder of its own.

The tests of a file stay together, and so do files that share something costly to make. What takes
longest begins first, so that the processes end at about the same time.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

import pytest
from execnet import XSpec
from execnet.gateway_base import RemoteError
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from labelhub.embedded import family
from labelhub.embedded.places import ROOT
from tests.processes import children_of

PATIENCE = 25.0  # seconds that a process has to stop what it started; `./run` waits thirty
# What is made once a process, and the files that use it.
TOGETHER = {
    "the demo": ("tests/journeys/test_pages.py", "tests/journeys/test_road.py"),
    "TensorFlow": (
        "tests/mlcore/artifact/",
        "tests/mlcore/images/test_backbones.py",
        "tests/mlcore/models/",
        "tests/mlcore/test_cli.py",
        "tests/mlcore/test_cli_ladder.py",
        "tests/mlcore/test_cli_pictures.py",
        "tests/mlcore/training/",
        "tests/registry/test_climbing.py",
        "tests/registry/test_picture_predictions.py",
        "tests/registry/test_predictions.py",
        "tests/registry/test_run_pictures.py",
        "tests/registry/test_searching.py",
        "tests/registry/test_training.py",
    ),
    "the brokers": ("tests/jobs/",),
}
# The longest first; the others as they are collected.
FIRST = (
    "the demo",
    "TensorFlow",
    "tests/journeys/test_faults.py",
    "tests/journeys/test_road_of_real_rows.py",
    "the brokers",
    "tests/embedded/test_up.py",
    "tests/test_api_fuzzing.py",
    "tests/journeys/test_labelling_pages.py",
    "tests/journeys/test_label_work.py",
)


def is_spread(config: pytest.Config) -> bool:
    """Tell whether this process runs the tests that another one hands to it."""
    return hasattr(config, "workerinput")


def group_of(nodeid: str) -> str:
    """Return what a test stays together with."""
    file = nodeid.partition("::")[0]
    return next((name for name, parts in TOGETHER.items() if file.startswith(parts)), file)


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out group after group, in the order in which they are collected."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together | None:
    """Take the place of `--dist loadscope`; the other ways to spread stay as they are."""
    return Together(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the longest begin first."""
    if not is_spread(config):
        return
    groups = [group_of(item.nodeid) for item in items]
    order = {name: place for place, name in enumerate(dict.fromkeys([*FIRST, *groups]))}
    items.sort(key=lambda item: order[group_of(item.nodeid)])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[XSpec]) -> None:
    """Give each process its own data folder: the messages of one are no business of another's."""
    data = Path(os.environ.get("LABELHUB_DATA") or ROOT / ".labelhub" / "tests")
    for spec in specs:
        spec.env["LABELHUB_DATA"] = str(data / str(spec.id))


class Ending:
    """Lets the processes that run the tests stop what they started, before they are ended."""

    def __init__(self) -> None:
        self._nodes: list[WorkerController] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        self._nodes.append(node)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus != pytest.ExitCode.INTERRUPTED or not self._nodes:
            return
        for child in children_of(os.getpid()):
            family.signal_process(child, signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        for node in self._nodes:
            with suppress(EOFError, OSError, RemoteError):
                node.channel.waitclose(timeout=max(0.0, deadline - time.monotonic()))


def pytest_configure(config: pytest.Config) -> None:
    """Let a request to stop end the tests in order: what they started is theirs to stop."""
    stop = stop_once if is_spread(config) else signal.default_int_handler
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    if is_spread(config):
        signal.signal(signal.SIGINT, stop)
    else:
        config.pluginmanager.register(Ending())


def stop_once(number: int, frame: FrameType | None) -> None:
    """Stop, and hear no second request while stopping: Ctrl-C reaches us directly too."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt
