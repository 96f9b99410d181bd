"""The lock files: what belongs to pyproject.toml, and what does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from labelhub.embedded import requirements
from labelhub.embedded.places import ROOT
from labelhub.embedded.refusal import Refusal


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the files that locking reads and writes."""
    (tmp_path / "tests").mkdir()
    for name in ("pyproject.toml", "requirements.txt", "tests/requirements.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_direct_dependencies_come_with_their_reasons():
    pyproject = 'dependencies = [\n  "numpy==2.4.6",   # arrays\n  "scipy==1.17.1",\n]\n'

    found = requirements.direct(f"[project]\n{pyproject}", "dependencies")

    assert found == [("numpy==2.4.6", "arrays"), ("scipy==1.17.1", "")]


def test_two_dependencies_on_a_line_are_refused():
    pyproject = '[project]\ndependencies = [\n  "numpy==2.4.6", "scipy==1.17.1",\n]\n'

    with pytest.raises(Refusal, match="one dependency a line"):
        requirements.direct(pyproject, "dependencies")


def test_the_lock_files_of_the_checkout_belong_to_its_pyproject(checkout: Path):
    assert requirements.out_of_date(checkout) == []


def test_another_version_in_pyproject_makes_both_locks_out_of_date(checkout: Path):
    pyproject = checkout / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("numpy==2.4.6", "numpy==2.4.7"))

    assert requirements.out_of_date(checkout) == [
        "requirements.txt does not belong to pyproject.toml: ./run lock",
        "tests/requirements.txt does not belong to pyproject.toml: ./run lock",
    ]


def test_a_lock_that_was_edited_by_hand_is_out_of_date(checkout: Path):
    lock = checkout / "requirements.txt"
    lock.write_text(lock.read_text().replace("amqp==5.4.2", "amqp==5.4.1"))

    assert len(requirements.out_of_date(checkout)) == 1


def test_the_locks_name_no_index_and_no_folder_of_a_machine():
    for name in ("requirements.txt", "tests/requirements.txt"):
        content = (ROOT / name).read_text()

        assert "--index-url" not in content
        assert "--find-links" not in content
        assert "file:" not in content
