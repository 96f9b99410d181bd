"""The hashed lock files, made from pyproject.toml by `./run lock`."""

from __future__ import annotations

import hashlib
import itertools
import re
import shutil
import subprocess
from pathlib import Path

from labelhub.embedded.environment import FIT, PRODUCT, TESTS
from labelhub.embedded.refusal import Refusal, last_line

PLATFORMS = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "aarch64-apple-darwin")
WITHOUT_WHEEL = ("pyspark",)  # Python and jars only: the source builds everywhere, in seconds
DEPENDENCY = re.compile(r'^  "(?P<pin>[^"]+)",\s*(?:#\s*(?P<reason>.*))?$')
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;]+)")


def direct(pyproject: str, table: str) -> list[tuple[str, str]]:
    """Return the dependencies of `dependencies` or `test` in pyproject.toml, with their reasons."""
    _, _, rest = pyproject.partition(f"\n{table} = [\n")
    lines = rest.partition("\n]")[0].splitlines()
    found = [match for line in lines if (match := DEPENDENCY.match(line))]
    if not found or len(found) != len(lines):
        raise Refusal(f"pyproject.toml: one dependency a line is expected in {table!r}.")
    return [(match["pin"], match["reason"] or "") for match in found]


def out_of_date(root: Path) -> list[str]:
    """Return what is wrong with the lock files, without asking any index."""
    pyproject = (root / "pyproject.toml").read_text()
    problems = []
    for lock in (PRODUCT, TESTS):
        content = (root / lock).read_text() if (root / lock).exists() else ""
        header, _, body = content.partition("\n\n")
        if f"{header}\n" != _header(pyproject, lock, body):
            problems.append(f"{lock} does not belong to pyproject.toml: ./run lock")
    return problems


def lock(root: Path, *, upgrade: bool) -> None:
    """Write both lock files anew, and check that every machine we support can install them."""
    pyproject = (root / "pyproject.toml").read_text()
    for name, more in ((PRODUCT, []), (TESTS, ["--group", "test", "--constraints", PRODUCT])):
        body = _compile(root, name, [*more, *(["--upgrade"] if upgrade else [])])
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(f"{_header(pyproject, name, body)}\n{body}")
    for platform, python in itertools.product(PLATFORMS, FIT):
        _check_wheels(root, platform, python)


def _header(pyproject: str, name: str, body: str) -> str:
    """Return the comment on top: what is direct and why, and a fingerprint that shows edits."""
    lines = ["Made by ./run lock from pyproject.toml, which says what is wanted and why:"]
    tables = ["dependencies"] if name == PRODUCT else ["dependencies", "test"]
    for pin, reason in itertools.chain(*(direct(pyproject, table) for table in tables)):
        lines.append(f"  {pin}  -- {reason}" if reason else f"  {pin}")
    lines.append(f"The rest is what these need. sha256 {hashlib.sha256(body.encode()).hexdigest()}")
    return "".join(f"# {line}\n" for line in lines)


def _compile(root: Path, name: str, more: list[str]) -> str:
    command = ["pip", "compile", "pyproject.toml", "--universal", "--python-version", FIT[0]]
    command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header"]
    # The old lock goes in as preferences: what need not change stays.
    output = root / f"{name}.new"
    if (root / name).exists():
        shutil.copy(root / name, output)
    try:
        _uv(root, [*command, *more, "--annotation-style", "line", "--output-file", f"{name}.new"])
        return output.read_text()
    finally:
        output.unlink(missing_ok=True)


def _check_wheels(root: Path, platform: str, python: str) -> None:
    command = ["pip", "compile", TESTS, "--only-binary", ":all:", "--no-deps", "--no-header"]
    command += [f"--no-binary={name}" for name in WITHOUT_WHEEL]
    command += ["--python-platform", platform, "--python-version", python]
    _uv(root, [*command, "--output-file", "/dev/null"])


def _uv(root: Path, arguments: list[str]) -> None:
    uv = shutil.which("uv")
    if uv is None:
        raise Refusal("./run lock needs uv (https://docs.astral.sh/uv/).")
    done = subprocess.run(
        [uv, *arguments, "--quiet"], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Refusal(f"uv {' '.join(arguments)}: {last_line(done.stderr)}")
