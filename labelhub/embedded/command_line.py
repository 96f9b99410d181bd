"""The commands of `./run`, and the one place where a refusal becomes a line."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable

from labelhub.embedded import checks, manage, refusal, requirements, signals, suite, up
from labelhub.embedded.places import ROOT
from labelhub.embedded.refusal import Refusal
from labelhub.embedded.terminal import say

Command = Callable[[Namespace], int]
# These take whatever follows them, options included.
PASSING_ON: dict[str, tuple[str, Command]] = {
    "test": ("run the tests; arguments go to pytest", suite.test),
    "bench": ("run a benchmark, or list them", manage.bench),
    "manage": ("run a management command on the data folder", manage.manage),
}


def main(words: list[str]) -> int:
    """Carry out a command and return the exit code."""
    arguments = _parse(words)
    try:
        return int(arguments.carry_out(arguments))
    except Refusal as error:
        say(str(error))
    except OSError as error:
        say(str(refusal.of_system(error)))
    except signals.AskedToStop as error:
        return error.exit_code
    return 1


def _parse(words: list[str]) -> Namespace:
    if words and words[0] in PASSING_ON:
        return Namespace(carry_out=PASSING_ON[words[0]][1], arguments=words[1:])
    return _parser().parse_args(words or ["--help"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run", description="LabelHub's commands.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_up(commands.add_parser("up", help="start LabelHub and keep it running"))
    for name, (summary, carry_out) in PASSING_ON.items():
        commands.add_parser(name, help=summary).set_defaults(carry_out=carry_out)
    checking = commands.add_parser("lint", help="check style, types, directions and settings")
    checking.set_defaults(carry_out=checks.lint)
    locking = commands.add_parser("lock", help="make the hashed requirements from pyproject.toml")
    locking.add_argument("--upgrade", action="store_true", help="take newer versions if allowed")
    locking.set_defaults(carry_out=_lock)
    return parser


def _add_up(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="of the web server (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--data-dir", help="folder of everything stored (.labelhub)")
    parser.add_argument("--empty", action="store_true", help="without the demo")
    parser.set_defaults(carry_out=up.up)


def _lock(arguments: Namespace) -> int:
    requirements.lock(ROOT, upgrade=arguments.upgrade)
    return 0
