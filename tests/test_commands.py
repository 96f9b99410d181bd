"""Management commands speak English, also where the pages are Korean."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.utils import translation

from labelhub.commands import BaseCommand

APP_OF = {
    "import_samples": "labelhub.labelling",
    "import_corpus": "labelhub.registry",
    "export_samples": "labelhub.catalog",
    "predict": "analysis",
    "settle_consensus": "labelhub.labelling",
    "train": "analysis",
}


@pytest.mark.parametrize(("name", "app"), APP_OF.items())
def test_the_help_of_a_command_is_english(name, app):
    command = load_command_class(app, name)

    with translation.override("ko"):
        shown = command.create_parser("manage.py", name).format_help()

    assert isinstance(command, BaseCommand)
    assert shown.isascii()


@pytest.mark.django_db
def test_the_refusal_of_a_command_is_english(tmp_path):
    empty = tmp_path / "samples.csv"
    empty.write_bytes(b"")

    with translation.override("ko"), pytest.raises(CommandError) as refused:
        call_command("import_samples", str(empty), stdout=io.StringIO())

    assert str(refused.value).isascii()
