"""The virtual environment: what is run, what is said, when it is left alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from labelhub.embedded import environment
from labelhub.embedded.places import Places
from labelhub.embedded.refusal import Refusal


class Installer:
    """Stands in for venv, uv and pip: notes the commands and says what it was told to say."""

    def __init__(self, places: Places, *, output: str = "", code: int = 0) -> None:
        self.commands: list[list[str]] = []
        self._places = places
        self._output = output
        self._code = code

    def __call__(self, command: Sequence[str], log: Path) -> int:
        self.commands.append(list(command))
        log.write_text(self._output)
        if "venv" in command:
            self._places.python.parent.mkdir(parents=True)
            self._places.python.symlink_to(sys.executable)
            return 0
        return self._code


@pytest.fixture
def locked(places: Places) -> Places:
    """A checkout with both lock files."""
    for lock in (environment.PRODUCT, environment.TESTS):
        path = places.root / lock
        path.parent.mkdir(exist_ok=True)
        path.write_text("numpy==2.4.6 --hash=sha256:abc\n")
    return places


def ensure(places: Places, lock: str, installer: Installer) -> None:
    environment.ensure(places, lock, run=installer, say=lambda line: None)


def test_a_fresh_checkout_gets_an_environment_and_hashed_packages(locked: Places):
    installer = Installer(locked)

    ensure(locked, environment.PRODUCT, installer)

    made, installed = installer.commands
    assert made[1:4] == ["-m", "venv", "--clear"]
    assert installed[-3:] == ["--require-hashes", "-r", str(locked.root / "requirements.txt")]


def test_a_second_start_installs_nothing(locked: Places):
    ensure(locked, environment.PRODUCT, Installer(locked))
    second = Installer(locked)

    ensure(locked, environment.PRODUCT, second)

    assert second.commands == []


def test_a_changed_lock_file_is_installed_into_the_same_environment(locked: Places):
    ensure(locked, environment.PRODUCT, Installer(locked))
    (locked.root / environment.PRODUCT).write_text("numpy==2.4.7 --hash=sha256:abd\n")
    second = Installer(locked)

    ensure(locked, environment.PRODUCT, second)

    assert ["-r" in command for command in second.commands] == [True]


def test_the_packages_of_the_tests_include_those_of_the_product(locked: Places):
    ensure(locked, environment.TESTS, Installer(locked))
    second = Installer(locked)

    ensure(locked, environment.PRODUCT, second)

    assert second.commands == []


def test_without_uv_pip_installs(locked: Places, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    installer = Installer(locked)

    ensure(locked, environment.PRODUCT, installer)

    assert "pip" in " ".join(installer.commands[1])
    assert "uv" not in Path(installer.commands[1][0]).name


def test_a_full_disk_is_one_sentence(locked: Places):
    installer = Installer(locked, output="error: No space left on device (os error 28)", code=2)

    with pytest.raises(Refusal, match=r"^Cannot install requirements.txt: the disk is full\."):
        ensure(locked, environment.PRODUCT, installer)


def test_a_failed_installation_is_tried_again(locked: Places):
    with pytest.raises(Refusal, match="no matching distribution"):
        ensure(
            locked,
            environment.PRODUCT,
            Installer(locked, output="no matching distribution", code=1),
        )
    second = Installer(locked)

    ensure(locked, environment.PRODUCT, second)

    assert len(second.commands) == 1


def test_a_python_without_venv_is_told_what_to_install(
    locked: Places, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(Refusal, match="apt-get install python3-venv"):
        ensure(locked, environment.PRODUCT, Installer(locked))
