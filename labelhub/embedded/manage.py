"""`./run manage` and `./run bench`: commands on the database of the data folder."""

from __future__ import annotations

import ast
import os
from argparse import Namespace
from pathlib import Path

from labelhub.embedded import database, environment, places, session
from labelhub.embedded.places import Places
from labelhub.embedded.refusal import Refusal
from labelhub.embedded.terminal import answer

CALL_MAIN = "import sys; from benchmarks import {name}; sys.exit({name}.main())"


def manage(arguments: Namespace) -> int:
    """Run one of Django's commands; the database is started for the duration if need be."""
    where = places.here()
    command = [str(where.python), "manage.py", *arguments.arguments]
    return _with_database(where, command, environment.PRODUCT)


def bench(arguments: Namespace) -> int:
    """Run a benchmark, or list them."""
    where = places.here()
    known = benchmarks(where.root)
    if not arguments.arguments:
        for name, summary in known.items():
            answer(f"{name:<24} {summary}")
        return 0
    name, *rest = arguments.arguments
    if name not in known:
        raise Refusal(f"There is no benchmark {name!r}. There are: {', '.join(known) or 'none'}.")
    command = [str(where.python), "-c", CALL_MAIN.format(name=name), *rest]
    return _with_database(where, command, environment.TESTS)


def benchmarks(root: Path) -> dict[str, str]:
    """Return the modules under benchmarks/ that have a `main`, with their first lines."""
    found = {}
    for path in sorted((root / "benchmarks").glob("*.py")):
        module = ast.parse(path.read_text())
        names = {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
        if "main" in names:
            found[path.stem] = (ast.get_docstring(module) or "").partition("\n")[0]
    return found


def _with_database(where: Places, command: list[str], lock: str) -> int:
    where.make()
    with session.guarded(where) as guardian:
        session.install(where, guardian, lock)
        with database.connected(where, guardian) as connection:
            env = where.environment(DATABASE_URL=connection.url)
            env.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings")
            env["PYTHONPATH"] = os.pathsep.join(
                filter(None, [str(where.root), os.environ.get("PYTHONPATH")])
            )
            return session.in_foreground(guardian, command, env=env)
