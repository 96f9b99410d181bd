"""What every command that runs something begins and ends with."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from labelhub.embedded import environment, family, signals
from labelhub.embedded.guardian import Guardian
from labelhub.embedded.places import Places
from labelhub.embedded.terminal import say


@contextmanager
def guarded(
    places: Places, *, inherited: Sequence[int] = (), scratch: Path | None = None
) -> Iterator[Guardian]:
    """Lend a guardian; whatever was started is stopped at the end, however that comes."""
    with signals.handled(signals.stop):
        guardian = Guardian(places, inherited=inherited, scratch=scratch)
        try:
            yield guardian
        finally:
            # Asked a second time, we do not wait for anybody.
            with signals.handled(lambda number: guardian.hurry()):
                guardian.dismiss()


def install(places: Places, guardian: Guardian, lock: str) -> None:
    """Make the virtual environment hold a lock file."""

    def run(command: Sequence[str], log: Path) -> int:
        with log.open("ab") as output:
            return guardian.run(command, env=places.environment(), output=output)

    environment.ensure(places, lock, run=run, say=say)


def in_foreground(guardian: Guardian, command: Sequence[str], *, env: dict[str, str]) -> int:
    """Run a command on our terminal; requests to stop are passed on to it, and it decides."""
    process = guardian.spawn(command, env=env, stdin=None)

    def pass_on(number: int) -> None:
        family.signal_process(process.pid, signal.Signals(number))

    with signals.handled(pass_on):
        code = process.wait()
    guardian.bury(process)
    return code if code >= 0 else 128 - code
