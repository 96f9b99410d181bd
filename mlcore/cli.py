"""The commands of `python -m mlcore` over files of product rows."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from mlcore.commands import (
    ablation,
    curate,
    demo,
    evaluate,
    fit,
    ladder,
    predict,
    search,
    vocabulary,
)
from mlcore.progress import BadInput

COMMANDS = (fit, evaluate, predict, curate, ladder, ablation, search, vocabulary, demo)

BAD_INPUT = 2
"""Exit status when a person has to change a file or an argument."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; 2 means bad input."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (BadInput, OSError) as problem:
        reason = " ".join(str(problem).split())
        sys.stderr.write(f"mlcore {options.command}: {reason}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mlcore", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add(commands)
    return parser
