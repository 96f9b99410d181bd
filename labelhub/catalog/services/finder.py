"""The tree as the category finder in the browser wants it: small, and cached by its version."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, dataclass
from functools import lru_cache

from django.db.models import Q, QuerySet

from labelhub.catalog.models import Category, TreeVersion
from labelhub.catalog.services import synonyms
from labelhub.catalog.services.spelling import respelt

MOST_FOUND = 30  # results of a search without JavaScript; more words narrow it
KEPT = 2  # files in memory: the newest, and the one that open pages still ask for


@dataclass(frozen=True)
class FinderTree:
    """
    Current categories in the order of their paths, a column each.

    Attributes:
        parents: place of the parent in these columns, -1 for a root.
        codes: shop-wide ids; empty where a category has none.
        synonyms: other names of the category at a place; most have none.
    """

    version: int
    ids: list[int]
    parents: list[int]
    names: list[str]
    codes: list[str]
    leaves: list[bool]
    synonyms: dict[int, list[str]]


def version() -> int:
    """Return the number of the last change of the tree or its synonyms."""
    newest = TreeVersion.objects.order_by("-number").first()
    return newest.number if newest else 0


def tree() -> FinderTree:
    """Return all current categories."""
    current = version()  # before the rows: a change in between makes an older number, not a newer
    rows = list(
        Category.objects.current()
        .order_by("path", "pk")
        .values_list("pk", "parent_id", "name", "code", "is_leaf")
    )
    place = {pk: number for number, (pk, *_) in enumerate(rows)}
    return FinderTree(
        version=current,
        ids=[pk for pk, *_ in rows],
        parents=[place.get(parent, -1) for _, parent, *_ in rows],
        names=[name for _, _, name, *_ in rows],
        codes=[code or "" for *_, code, _ in rows],
        leaves=[is_leaf for *_, is_leaf in rows],
        synonyms=_synonyms([(pk, name) for pk, _, name, *_ in rows]),
    )


def _synonyms(categories: list[tuple[int, str]]) -> dict[int, list[str]]:
    own = synonyms.of_categories()
    rules = synonyms.rules()
    # Equal names have equal spellings, and a tree has many of them.
    spellings = {name: respelt(name, rules) for _, name in categories}
    found = {
        place: list(dict.fromkeys([*own.get(pk, []), *spellings[name]]))
        for place, (pk, name) in enumerate(categories)
    }
    return {place: words for place, words in found.items() if words}


def compressed(number: int) -> bytes:
    """
    Return the file of the tree as gzipped JSON; made once for a version in each process.

    Args:
        number: the current version, as `version` told it.
    """
    return _kept(number) if number else _made()


@lru_cache(maxsize=KEPT)
def _kept(number: int) -> bytes:
    return _made()


def _made() -> bytes:
    text = json.dumps(asdict(tree()), ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)  # no time in it: equal trees, equal bytes


def search(words: str, *, answer_level: int | None) -> QuerySet[Category]:
    """Find categories for a page without JavaScript: every word is in the path, or is the id."""
    found = Category.objects.current()
    if answer_level is None:
        found = found.filter(is_leaf=True)
    else:
        found = found.filter(Q(level=answer_level) | Q(level__lt=answer_level, is_leaf=True))
    for word in words.split():
        found = found.filter(Q(path__icontains=word) | Q(code=word) | synonyms.fitting(word))
    return found.order_by("path", "pk")[:MOST_FOUND] if words.split() else found.none()
