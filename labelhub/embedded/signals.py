"""Being asked to stop: by Ctrl-C, by a service manager, by a terminal that closes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

REASONS_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AskedToStop(BaseException):
    """Raised wherever the program is when a signal asks it to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


@contextmanager
def handled(act: Callable[[int], None]) -> Iterator[None]:
    """
    Call `act` for each request to stop.

    A signal that was ignored when we started stays ignored: nohup asks for that, and so does a
    shell for the interrupt of a command in the background.
    """

    def handler(number: int, frame: FrameType | None) -> None:
        act(number)

    heard = [number for number in REASONS_TO_STOP if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def stop(number: int) -> None:
    """Leave whatever is being done; `finally` clauses put things in order."""
    raise AskedToStop(number)
