"""The account that runs PostgreSQL, which refuses to be root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from labelhub.embedded.refusal import Refusal

UNPRIVILEGED = "nobody"


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess` that change who runs a program."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user of the system and, when that is not us, how to become it."""

    uid: int
    gid: int
    is_other: bool

    @property
    def run_as(self) -> RunAs:
        """Return what to pass to `subprocess` to run a program as this account."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or an empty folder to this account."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def can_reach(self, path: Path) -> bool:
        """Say whether this account may enter the folder, or run the program."""
        if not self.is_other:
            return True
        question = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
        return subprocess.run(question, cwd="/", check=False, **self.run_as).returncode == 0


def for_postgres() -> Account:
    """Return who runs PostgreSQL: ourselves, or an account without rights where we are root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError as error:
        raise Refusal(
            f"PostgreSQL does not run as root, and this system has no account {UNPRIVILEGED!r}. "
            "Run as another user, or set DATABASE_URL."
        ) from error
    return Account(entry.pw_uid, entry.pw_gid, is_other=True)
