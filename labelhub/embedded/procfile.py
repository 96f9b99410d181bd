"""The Procfile: which processes make up LabelHub."""

from __future__ import annotations

import shlex
import string
from collections.abc import Mapping
from pathlib import Path

from labelhub.embedded.refusal import Refusal


def read(path: Path, values: Mapping[str, str]) -> dict[str, list[str]]:
    """
    Return the command of each process, by name.

    `$NAME` is filled in after the line was split, so that a folder with a space stays one argument.

    Raises:
        Refusal: a line is no `name: command`, or names a value that nobody gave.
    """
    commands = {}
    for line in path.read_text().splitlines():
        name, colon, command = line.partition(":")
        if not line.strip() or line.startswith("#"):
            continue
        if not colon:
            raise Refusal(f"{path.name}: {line!r} is not 'name: command'.")
        commands[name.strip()] = [_fill(part, values, path) for part in shlex.split(command)]
    return commands


def _fill(part: str, values: Mapping[str, str], path: Path) -> str:
    try:
        return string.Template(part).substitute(values)
    except (KeyError, ValueError) as error:
        raise Refusal(f"{path.name}: cannot fill in {part!r}.") from error
