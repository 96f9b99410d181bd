"""A reason to stop that a person can act on."""

from __future__ import annotations

import errno

FULL_DISK_SIGNS = ("No space left on device", "Disk quota exceeded", "os error 28")


class Refusal(Exception):
    """`./run` prints this message as one line on standard error and ends."""


def is_full_disk(text: str) -> bool:
    """Say whether the output of a program tells of a full disk."""
    return any(sign in text for sign in FULL_DISK_SIGNS)


def of_system(error: OSError) -> Refusal:
    """Turn a fault of the operating system into a sentence."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refusal(f"The disk is full{where}. Free some space and start again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Refusal(f"This account may not write here{where}: {error.strerror}.")
    return Refusal(f"The system refused{where}: {error.strerror or error}.")


def last_line(text: str) -> str:
    """Return the last line that says something, for a message of one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
