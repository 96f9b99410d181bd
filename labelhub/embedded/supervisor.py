"""The processes of the Procfile: started, watched, started again when they die."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from labelhub.embedded.guardian import Guardian
from labelhub.embedded.places import Places

LONGEST_PAUSE = 30.0  # seconds before a process that keeps dying is tried again
PROVEN_AFTER = 60.0  # seconds of life after which earlier deaths are forgotten
LINES_SHOWN = 15


@dataclass
class Member:
    """One process of the family, and how it has fared."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    start_at: float = 0.0


class Supervisor:
    """Keeps one process a member alive; the guardian ends them."""

    def __init__(
        self,
        places: Places,
        guardian: Guardian,
        *,
        commands: Mapping[str, list[str]],
        env: dict[str, str],
        say: Callable[[str], None],
    ) -> None:
        self._guardian = guardian
        self._env = env
        self._say = say
        self._members = [
            Member(name, command, places.log(name)) for name, command in commands.items()
        ]

    def look(self) -> None:
        """Start what is due, take note of what died. Call about once a second."""
        self._guardian.replace_if_dead()
        for member in self._members:
            self._take_note_of_death(member)
            if member.process is None and time.monotonic() >= member.start_at:
                self._start(member)

    def deaths(self, name: str) -> int:
        """Return how often a member died since it last proved itself."""
        return next(member.deaths for member in self._members if member.name == name)

    def _start(self, member: Member) -> None:
        with member.log.open("ab") as log:
            member.process = self._guardian.spawn(
                member.command, env=self._env, stdout=log, stderr=log
            )
        member.started_at = time.monotonic()

    def _take_note_of_death(self, member: Member) -> None:
        process = member.process
        if process is None or process.poll() is None:
            return
        self._guardian.bury(process)
        lived = time.monotonic() - member.started_at
        member.process = None
        member.deaths = 1 if lived > PROVEN_AFTER else member.deaths + 1
        pause = min(2.0 ** (member.deaths - 1), LONGEST_PAUSE)
        member.start_at = time.monotonic() + pause
        self._tell(member, process.returncode, pause)

    def _tell(self, member: Member, code: int, pause: float) -> None:
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self._say(f"{member.name} {how}; starting it again in {pause:.0f} s. Its last lines:")
        for line in last_lines(member.log):
            self._say(f"{member.name} | {line}")


def last_lines(log: Path) -> list[str]:
    """Return the end of a log, never nothing."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        text = file.read().decode(errors="replace")
    return text.rstrip().splitlines()[-LINES_SHOWN:] or ["it said nothing"]
