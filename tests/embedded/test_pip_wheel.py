"""pip for a Python that comes without one, from an index of the test."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from labelhub.embedded import pip_wheel
from labelhub.embedded.refusal import Refusal


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index in a folder, with a wheel whose content is known."""
    page = tmp_path / "simple" / "pip"
    page.mkdir(parents=True)
    (tmp_path / "files").mkdir()
    wheel = tmp_path / "files" / pip_wheel.WHEEL
    wheel.write_bytes(b"a pip")
    (page / "index.html").write_text(f'<a href="../../files/{pip_wheel.WHEEL}#sha256=x">')
    monkeypatch.setattr(pip_wheel, "SHA256", hashlib.sha256(b"a pip").hexdigest())
    monkeypatch.setattr(pip_wheel, "PAGE", "/pip/index.html")
    monkeypatch.setenv("PIP_INDEX_URL", f"file://{tmp_path}/simple")
    return wheel


def test_the_wheel_comes_from_the_index_that_pip_is_told_of(index: Path, tmp_path: Path):
    wheel = pip_wheel.fetch(tmp_path)

    assert wheel.read_bytes() == b"a pip"


def test_another_file_under_the_known_name_is_refused(index: Path, tmp_path: Path):
    index.write_bytes(b"not a pip")

    with pytest.raises(Refusal, match="not the known one"):
        pip_wheel.fetch(tmp_path)


def test_an_index_that_cannot_be_reached_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PIP_INDEX_URL", "http://someone:secret@127.0.0.1:1/simple")

    with pytest.raises(Refusal) as refused:
        pip_wheel.fetch(tmp_path)

    assert "http://127.0.0.1:1/simple cannot be reached" in str(refused.value)
    assert "secret" not in str(refused.value)
