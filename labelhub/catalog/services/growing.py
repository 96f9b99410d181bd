"""Make categories that are missing, and keep what is derived from their parents right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction

from labelhub.catalog.models import Category, TreeVersion
from mlcore.taxonomy import Path, ancestors, join_path

CATCH_ALL = "기타"
TREE_LOCK = 7_301_952_115  # any number that nobody else locks

STRAIGHTEN = """
WITH RECURSIVE tree AS (
    SELECT id, 1 AS level, ARRAY[id] AS lineage FROM catalog_category WHERE parent_id IS NULL
    UNION ALL
    SELECT child.id, tree.level + 1, tree.lineage || child.id
    FROM catalog_category child JOIN tree ON child.parent_id = tree.id
), leaves AS (
    SELECT tree.*, NOT EXISTS (
        SELECT FROM catalog_category child
        WHERE child.parent_id = tree.id AND child.retired_at IS NULL
    ) AS is_leaf
    FROM tree
)
UPDATE catalog_category category
SET level = leaves.level, lineage = leaves.lineage, is_leaf = leaves.is_leaf
FROM leaves
WHERE leaves.id = category.id
  AND (category.level, category.lineage, category.is_leaf)
      IS DISTINCT FROM (leaves.level::smallint, leaves.lineage, leaves.is_leaf)
"""


@transaction.atomic
def grow(paths: Iterable[Path], *, now: datetime) -> int:
    """Make the categories of these paths with all their ancestors; return how many were new."""
    hold_tree()
    wanted = {above for path in paths for above in ancestors(path)}
    known = dict(Category.objects.current().values_list("path", "pk"))
    missing = sorted(path for path in wanted if join_path(path) not in known)
    for level in sorted({len(path) for path in missing}):
        _make([path for path in missing if len(path) == level], known)
    if missing:
        straighten()
        note_change(now=now)
    return len(missing)


def _make(paths: list[Path], known: dict[str, int]) -> None:
    made = Category.objects.bulk_create([_category(path, known) for path in paths])
    known.update((category.path, category.pk) for category in made)


def _category(path: Path, known: Mapping[str, int]) -> Category:
    return Category(
        path=join_path(path),
        name=path[-1],
        level=len(path),
        parent_id=known[join_path(path[:-1])] if len(path) > 1 else None,
        is_catch_all=path[-1].startswith(CATCH_ALL),
    )


def straighten() -> None:
    """Work out level, lineage and leaf of every category again, from the parents."""
    with connection.cursor() as cursor:
        cursor.execute(STRAIGHTEN)


def hold_tree() -> None:
    """
    Keep others from changing the tree until the transaction ends; called before the first write.

    Without it a change could become visible after a later number than its own, and browsers
    would keep the file of that number without the change for ever.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def note_change(*, now: datetime) -> None:
    """Tell the category finder that its file of the tree is out of date."""
    hold_tree()
    TreeVersion.objects.create(changed_at=now)
