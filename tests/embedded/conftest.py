"""Fixtures of the tests that start real processes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from labelhub.embedded.places import Places
from tests.embedded import small_hub
from tests.embedded.small_hub import SmallHub


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an unprivileged account can enter; pytest's own is closed to it."""
    made = Path(tempfile.mkdtemp(prefix="labelhub-embedded-")).resolve()
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def hub(folder: Path) -> Iterator[SmallHub]:
    """A checkout in small; nothing of it outlives the test."""
    made = small_hub.make(folder)
    yield made
    made.kill_everything()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A checkout and a data folder, both empty."""
    made = Places(root=tmp_path, data=tmp_path / "data")
    made.make()
    return made
