"""How long work tells its caller how far it is, and how the caller stops it."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called as `progress(stage, done, total)`; a total of 0 means that it is not known."""

IsCancelled = Callable[[], bool]
"""Polled between pieces of work; True makes the work raise `Cancelled`."""


class Cancelled(Exception):
    """The caller asked for the work to stop; nothing half-done was left behind."""


class BadInput(ValueError):
    """What was handed in cannot be used; the message tells a person what to change."""


def silent(stage: str, done: int, total: int) -> None:
    """Report progress to nobody."""


def never() -> bool:
    """Never cancel."""
    return False


def stop_if(is_cancelled: IsCancelled) -> None:
    """
    Raise when the caller wants the work stopped.

    Raises:
        Cancelled: `is_cancelled()` said yes.
    """
    if is_cancelled():
        raise Cancelled("The work was cancelled.")
