"""Messages are found in templates and code, and compiled, without GNU gettext."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import polib
import pytest

from labelhub.translation import Message, compile_messages, messages_of, update

HEADER = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "labelhub").mkdir()
    return tmp_path


def found(checkout: Path) -> list[Message]:
    return messages_of(checkout)


def test_a_translate_tag_is_a_message(checkout):
    (checkout / "templates" / "page.html").write_text('{% translate "Save" %}')

    assert [message.text for message in found(checkout)] == ["Save"]


def test_a_blocktranslate_tag_keeps_its_variables(checkout):
    (checkout / "templates" / "page.html").write_text(
        "{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}"
    )

    assert [message.text for message in found(checkout)] == ["Hello %(name)s"]


def test_a_counted_blocktranslate_has_two_forms(checkout):
    (checkout / "templates" / "page.html").write_text(
        "{% blocktranslate count n=n %}row{% plural %}rows{% endblocktranslate %}"
    )

    [message] = found(checkout)
    assert (message.text, message.plural) == ("row", "rows")


def test_a_marked_argument_of_a_tag_is_a_message(checkout):
    (checkout / "templates" / "page.html").write_text('{% sort_header "name" _("Name") %}')

    assert [message.text for message in found(checkout)] == ["Name"]


def test_calls_in_code_are_messages_with_their_context(checkout):
    (checkout / "labelhub" / "code.py").write_text('a = _("One")\nb = pgettext("letter", "S")\n')

    assert [(m.context, m.text) for m in found(checkout)] == [("", "One"), ("letter", "S")]


def test_a_sentence_over_two_lines_of_code_is_one_message(checkout):
    (checkout / "labelhub" / "code.py").write_text('a = _("One "\n      "sentence.")\n')

    assert [message.text for message in found(checkout)] == ["One sentence."]


def test_the_verbs_of_the_audit_trail_are_messages(checkout):
    (checkout / "labelhub" / "code.py").write_text('audit.record(by=by, verb="added a rule")\n')

    assert [message.text for message in found(checkout)] == ["added a rule"]


def test_the_stages_of_jobs_are_messages(checkout):
    (checkout / "labelhub" / "code.py").write_text(
        'job.report("Reading rows", 1, 2)\njob.report(stage="Writing", done=1)\n'
    )

    assert [message.text for message in found(checkout)] == ["Reading rows", "Writing"]


def test_an_update_keeps_translations_and_drops_what_is_unused(checkout):
    source = checkout / "django.po"
    old = polib.POFile()
    old.metadata = HEADER
    old.append(polib.POEntry(msgid="Save", msgstr="저장"))
    old.append(polib.POEntry(msgid="Gone", msgstr="없음"))
    old.save(str(source))
    (checkout / "templates" / "page.html").write_text('{% translate "Save" %}{% translate "New" %}')

    counts = update(source, checkout)

    assert counts == (2, 1)
    assert {e.msgid: e.msgstr for e in polib.pofile(str(source))} == {"Save": "저장", "New": ""}


def test_a_compiled_file_is_read_by_gettext(tmp_path):
    folder = tmp_path / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = polib.POFile()
    source.metadata = HEADER
    source.append(polib.POEntry(msgid="Save", msgstr="저장"))
    source.save(str(folder / "django.po"))

    compile_messages(tmp_path)

    assert gettext.translation("django", tmp_path, ["ko"]).gettext("Save") == "저장"


def test_what_is_newer_than_its_source_is_not_compiled_again(tmp_path):
    folder = tmp_path / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid ""\nmsgstr ""\n')
    (folder / "django.mo").write_bytes(b"compiled")
    os.utime(folder / "django.po", (1, 1))

    assert compile_messages(tmp_path) == []


def test_two_processes_that_compile_at_once_do_not_meet(tmp_path, monkeypatch):
    source = tmp_path / "ko" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Save"\nmsgstr "저장"\n')
    write = polib.POFile.save_as_mofile

    def write_while_another_does(self: polib.POFile, path: str) -> None:
        write(self, path)
        monkeypatch.setattr(polib.POFile, "save_as_mofile", write)
        with monkeypatch.context() as another:
            another.setattr(os, "getpid", lambda: 1)
            compile_messages(tmp_path)

    monkeypatch.setattr(polib.POFile, "save_as_mofile", write_while_another_does)

    assert compile_messages(tmp_path) == [source.with_suffix(".mo")]
