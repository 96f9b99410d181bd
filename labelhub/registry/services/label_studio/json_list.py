"""Read a list in JSON element by element, so that a long one needs little memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from labelhub.catalog.services.encoding import Unreadable

LONGEST_ELEMENT = 16 * 1024**2  # characters; a task with a thousand annotations has one million
BLANKS = re.compile(r"[ \t\r\n]*")
ESCAPE = len(r"\u1234")
SHOWN = 20  # characters of what is there instead of a list


def elements(blocks: Iterator[bytes]) -> Iterator[Any]:
    """
    Yield the elements of the list that these bytes, in UTF-8, hold.

    Raises:
        Unreadable: they hold no list, or it breaks off or cannot be read; the message says at
            which task and which byte.
    """
    text = _Text(blocks)
    _open(text)
    number = 1
    while True:
        yield _element(text, number)
        match text.next_character():
            case ",":
                text.at += 1
            case "]":
                break
            case "":
                _break_off(text, number)
            case _other:
                _fail(text, number, _("a comma or the end of the list was expected"))
        number += 1
    text.at += 1
    if text.next_character():
        _fail(text, number, _("something follows the end of the list"))


def _open(text: _Text) -> None:
    match text.next_character():
        case "":
            raise Unreadable(_("The file is empty."))
        case "[":
            text.at += 1
        case _other:
            start = text.part[text.at : text.at + SHOWN]
            problem = _("The file is no list of tasks in JSON: it begins with %(start)s")
            raise Unreadable(problem % {"start": start})
    if text.next_character() == "]":
        raise Unreadable(_("The list holds no task."))


def _element(text: _Text, number: int) -> Any:
    if not text.next_character():
        _break_off(text, number)
    while True:
        try:
            value, end = DECODER.raw_decode(text.part, text.at)
        except RecursionError:
            _fail(text, number, _("it is nested too deeply"))
        except ValueError as fault:
            if len(text.part) - text.at > LONGEST_ELEMENT:
                _fail(text, number, _("it cannot be read, or is longer than 16 million characters"))
            if text.read_on():
                continue
            if _is_cut_off(fault, text):
                _break_off(text, number)
            text.at = getattr(fault, "pos", text.at)
            _fail(text, number, str(fault.args[0]).partition(":")[0])
        if end == len(text.part) and text.read_on():
            continue  # a number may go on
        text.at = end
        return value


def _is_cut_off(fault: ValueError, text: _Text) -> bool:
    if not isinstance(fault, json.JSONDecodeError):
        return False
    rest = text.part[fault.pos :].strip()
    is_half_escape = fault.msg.startswith("Invalid \\u") and len(rest) < ESCAPE
    return not rest or is_half_escape or fault.msg.startswith("Unterminated")


def _break_off(text: _Text, number: int) -> NoReturn:
    problem = _("The file breaks off in task %(number)s, at byte %(at)s; it is not whole.")
    text.at = len(text.part)
    raise Unreadable(problem % {"number": f"{number:,}", "at": f"{text.byte():,}"})


def _fail(text: _Text, number: int, what: str) -> NoReturn:
    problem = _("Task %(number)s cannot be read, at byte %(at)s: %(problem)s.")
    values = {"number": f"{number:,}", "at": f"{text.byte():,}", "problem": what}
    raise Unreadable(problem % values)


def _no_number(written: str) -> NoReturn:
    raise ValueError(f"{written} is no number")


DECODER = json.JSONDecoder(parse_constant=_no_number)


class _Text:
    """The part of the file that is being read, and where that part begins."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.part = ""
        self.at = 0
        self._bytes_before = 0  # the part
        self._bytes_given = 0  # to the decoder
        self._blocks = blocks
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()

    def next_character(self) -> str:
        """Pass over blanks and return what follows; nothing at the end of the file."""
        while True:
            blanks = BLANKS.match(self.part, self.at)
            self.at = blanks.end() if blanks else self.at
            if self.at < len(self.part):
                return self.part[self.at]
            if not self.read_on():
                return ""

    def read_on(self) -> bool:
        """Let go of what was read, and append the next block; tell whether there was one."""
        block = next(self._blocks, None)
        if block is None:
            self._decoded(b"", is_last=True)
            return False
        self._bytes_before = self.byte()
        self.part = self.part[self.at :] + self._decoded(block, is_last=False)
        self.at = 0
        return True

    def byte(self) -> int:
        """Return where in the file the reading is."""
        return self._bytes_before + len(self.part[: self.at].encode())

    def _decoded(self, block: bytes, *, is_last: bool) -> str:
        pending = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(block, is_last)
        except UnicodeDecodeError as fault:
            at = self._bytes_given - pending + fault.start
            problem = _("Byte %(at)s of the file is not UTF-8.")
            raise Unreadable(problem % {"at": f"{at:,}"}) from fault
        self._bytes_given += len(block)
        return text
