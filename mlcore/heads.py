"""The branches of the network and its heads, by the names that files and pages use."""

from collections.abc import Sequence

NAME, MALL, IMAGE = "name", "mall", "image"

BRANCHES = (NAME, MALL, IMAGE)
"""What a product can be classified by: its name, its shop's own category, its picture."""

COMBINED = "combined"

GRAMS = "grams"
"""The input and the expert of a name's character n-grams, beside those of its words."""


def heads_of(branches: Sequence[str]) -> tuple[str, ...]:
    """
    Return the heads of a network with these branches: one each, and one of all together.

    >>> heads_of(["name", "image"]), heads_of(["name"])
    (('name', 'image', 'combined'), ('name',))
    """
    return (*branches, COMBINED) if len(branches) > 1 else tuple(branches)


def leading(heads: Sequence[str]) -> str:
    """
    Return the head whose answer counts.

    >>> leading(["name", "mall", "combined"]), leading(["image"])
    ('combined', 'image')
    """
    return COMBINED if COMBINED in heads else heads[0]


def weight_of(branch: str) -> str:
    """
    Return the input that says how much of a branch there is: 0 none, 1 all.

    >>> weight_of("mall")
    'mall_weight'
    """
    return f"{branch}_weight"
