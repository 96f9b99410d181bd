"""
The messages of the pages: found in templates and code, and compiled, without GNU gettext.

Django's `makemessages` calls `xgettext` and `compilemessages` calls `msgfmt`; a machine with only
Python has neither. Templates go through Django's `templatize`, which turns their tags into gettext
calls; code is read as a syntax tree.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PYTHON_FOLDERS = ("labelhub", "analysis", "mlcore")
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
# Arguments that are stored in English and translated where they are shown: the verbs of the
# audit trail, the stages of jobs.
STORED = {"verb", "stage"}
PROGRESS = {"report", "progress"}  # called with stage, done, total
STRING = r"""(?:u?"(?:[^"\\]|\\.)*"|u?'(?:[^'\\]|\\.)*')"""
TEMPLATE_CALL = re.compile(
    rf"\b(n?p?gettext|_)\(\s*({STRING})(?:\s*,\s*({STRING}))?(?:\s*,\s*({STRING}))?"
)


@dataclass(frozen=True, order=True)
class Message:
    """One text that a reader may see, and where it is written."""

    text: str
    plural: str = ""
    context: str = ""
    place: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.text


def compile_messages(locale: Path) -> list[Path]:
    """Write the .mo file of every .po file that is newer than it; return what was written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        # Replaced whole, so that a process starting meanwhile never reads half a file, and under
        # a name of our own, since that process may be writing it too.
        unfinished = compiled.with_suffix(f".mo.{os.getpid()}.tmp")
        polib.pofile(str(source)).save_as_mofile(str(unfinished))
        unfinished.replace(compiled)
        written.append(compiled)
    return written


def messages_of(root: Path) -> list[Message]:
    """Return every message of the checkout once, in the order of its text."""
    found: dict[tuple[str, str], Message] = {}
    for message in sorted([*_of_templates(root), *_of_code(root)]):
        kept = found.setdefault(message.key, message)
        if message.plural and not kept.plural:
            found[message.key] = message
    return sorted(found.values())


def update(source: Path, root: Path) -> tuple[int, int]:
    """
    Bring a .po file up to date with the checkout: add new messages, drop unused ones.

    Returns:
        How many messages there are, and how many of them have no translation.
    """
    old = polib.pofile(str(source))
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in old}
    new = polib.POFile(wrapwidth=100)
    new.metadata = old.metadata
    new.header = old.header
    for message in messages_of(root):
        new.append(_entry(message, known.get(message.key)))
    new.save(str(source))
    return len(new), len(new.untranslated_entries())


def _entry(message: Message, known: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, occurrences=[(message.place, "")])
    if message.context:
        entry.msgctxt = message.context
    if "%(" in message.text:
        entry.flags.append("python-format")
    if message.plural:
        entry.msgid_plural = message.plural
        # Korean has one form for every number.
        translated = known.msgstr_plural.get(0) or known.msgstr if known else ""
        entry.msgstr_plural = {0: translated}
    elif known:
        entry.msgstr = known.msgstr or known.msgstr_plural.get(0, "")
    return entry


def _of_templates(root: Path) -> Iterator[Message]:
    for path in sorted((root / "templates").rglob("*.html")):
        place = path.relative_to(root).as_posix()
        code = templatize(path.read_text(encoding="utf-8"), origin=place)
        for name, *quoted in TEMPLATE_CALL.findall(code):
            yield _message(name, [ast.literal_eval(text) for text in quoted if text], place)


def _of_code(root: Path) -> Iterator[Message]:
    for folder in PYTHON_FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            place = path.relative_to(root).as_posix()
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    yield from _of_call(node, place)


def _of_call(call: ast.Call, place: str) -> Iterator[Message]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    texts = [text for arg in call.args if (text := _literal(arg))]
    if name in SINGULAR | PLURAL | IN_CONTEXT and texts:
        yield _message(name.removesuffix("_lazy").removesuffix("_noop"), texts, place)
    stored = [keyword.value for keyword in call.keywords if keyword.arg in STORED]
    if name in PROGRESS:
        stored += call.args[:1]
    for text in filter(None, map(_literal, stored)):
        yield Message(text=text, place=place)


def _literal(node: ast.expr) -> str:
    """Return the text that an argument is, or nothing when it is not written out."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text else ""  # type: ignore[attr-defined]


def _message(name: str, texts: list[str], place: str) -> Message:
    if name == "pgettext":
        return Message(context=texts[0], text=texts[1], place=place)
    if name == "ngettext":
        return Message(text=texts[0], plural=texts[1], place=place)
    if name == "npgettext":
        return Message(context=texts[0], text=texts[1], plural=texts[2], place=place)
    return Message(text=texts[0], place=place)
