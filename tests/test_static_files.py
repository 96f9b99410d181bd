"""Scripts as browsers load them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from labelhub.static_files import imported_by


@pytest.fixture
def collected(settings, tmp_path) -> Path:
    settings.STATIC_ROOT = tmp_path / "static"
    backend = {"BACKEND": "labelhub.static_files.HashedFiles"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
    call_command("collectstatic", interactive=False, verbosity=0)
    return settings.STATIC_ROOT


def test_modules_import_each_other_by_names_that_hold_their_hash(collected):
    [script] = collected.glob("labelling/label.????????????.js")

    imports = [line for line in script.read_text().splitlines() if line.startswith("import ")]

    assert len(imports) > 10
    for line in imports:
        name = line.split('"')[1]
        assert (script.parent / name).is_file()
        assert name.count(".") == 3  # ./name.hash.js


def test_what_a_module_imports_is_named_once_with_what_that_imports():
    names = imported_by("labelling/misses.js")

    assert names == ["labelling/hangul.js", "labelling/search.js", "labelling/names.js"]
