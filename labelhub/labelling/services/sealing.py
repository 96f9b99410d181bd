"""
Assignments under other numbers, where their own would tell something.

The assignments of a round are numbered as they are drawn, and a hidden check gets its number when
it is shown, so that it would stand out. In a round with checks every assignment leaves under a
number that only the server can turn back, and under no other: trying out the numbers in between
would tell which of them were drawn late.
"""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from labelhub.labelling.models import Round

SALT = "labelhub.assignments"
HALF = 24  # bits; two halves are more than there will be assignments
MASK = (1 << HALF) - 1
FIRST = 1 << 52  # sealed numbers begin here, out of the way of real ones, and fit JavaScript's
ROUNDS = 4  # of a Feistel network; three already look like chance to whoever sees pairs


def sealed(pk: int, round: Round) -> int:
    """Return the number under which an assignment of the round leaves."""
    if not round.check_share or pk in round.openly_numbered:
        return pk
    left, right = pk >> HALF, pk & MASK
    for turn in range(ROUNDS):
        left, right = right, left ^ _mixed(turn, right)
    return FIRST + (left << HALF | right)


def opened(number: int) -> int:
    """Return the id of the assignment that has left under this number, sealed or not."""
    if not is_sealed(number):
        return number
    inner = number - FIRST
    left, right = inner >> HALF, inner & MASK
    for turn in reversed(range(ROUNDS)):
        left, right = right ^ _mixed(turn, left), left
    return left << HALF | right


def opened_in(round: Round, number: int) -> int:
    """Return the id behind a number that an assignment of the round leaves under, or 0."""
    if is_sealed(number) or not round.check_share or number in round.openly_numbered:
        return opened(number)
    return 0


def is_sealed(number: int) -> bool:
    """Tell whether a number is one that `sealed` makes up."""
    return 0 <= number - FIRST < 1 << 2 * HALF


def _mixed(turn: int, half: int) -> int:
    digest = salted_hmac(SALT, f"{turn} {half}", algorithm="sha256").digest()
    return int.from_bytes(digest[:3])
