"""What `./run` says. Standard output belongs to answers, standard error to progress and faults."""

from __future__ import annotations

import sys
from typing import TextIO


def answer(text: str) -> None:
    """Print what the person asked for."""
    _write(sys.stdout, text)


def say(text: str) -> None:
    """Print what is going on, or what went wrong."""
    _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except OSError:  # the terminal was closed; stopping in order matters more
        return
