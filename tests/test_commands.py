"""Management commands speak English, also where the pages are Korean."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.utils import translation

from labelhub.commands import BaseCommand
from tests.factories import CategoryFactory
from tests.processes import ROOT, database_url

APP_OF = {
    "import_samples": "labelhub.labelling",
    "import_corpus": "labelhub.registry",
    "export_samples": "labelhub.catalog",
    "predict": "analysis",
    "settle_consensus": "labelhub.labelling",
    "search": "analysis",
    "ladder": "analysis",
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


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_has_enough_ends_an_export_without_a_complaint():
    CategoryFactory.create_batch(2_500, is_catch_all=True)  # more than a pipe holds
    export = subprocess.Popen(
        [sys.executable, "manage.py", "export_categories"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )

    first = export.stdout.readline()
    export.stdout.close()

    assert first.startswith(b"category_id,")
    assert b"BrokenPipe" not in export.stderr.read()
