"""
Take a category tree in.

A category is known by its id, else by its path. What the file lacks is retired, never deleted:
answers keep their category.
"""

from __future__ import annotations

from labelhub.catalog.import_kinds import Counts, Order, Steps
from labelhub.catalog.services import growing, reasons, resolving
from labelhub.catalog.services.staging import Staged
from mlcore.taxonomy import split_path

LONGEST_CODE = 40
STAGED_PATH = "(SELECT path FROM staged_path p WHERE p.raw = staged.category_path)"

DIFFERS = """
    (category.code IS DISTINCT FROM coalesce(nullif(staged.category_id, ''), category.code)
     OR category.path <> p.path OR category.retired_at IS NOT NULL)
"""

# What stands below a moved category, and has no row of its own, moves with it.
CARRY_ALONG = """
WITH moved AS (
    SELECT category.id, p.path AS new_path,
           substr(category.path, strpos(category.path, '>') + 1) AS old_path
    FROM staged JOIN staged_path p ON p.raw = category_path
    JOIN catalog_category category ON category.id = staged.category_pk
    WHERE outcome = 'changed' AND staged.reason IS NULL
), carried AS (
    SELECT DISTINCT ON (below.id) below.id, new_path, old_path
    FROM catalog_category below JOIN moved ON starts_with(below.path, old_path || '>')
    WHERE below.id NOT IN (SELECT id FROM moved) AND new_path <> old_path
    ORDER BY below.id, length(old_path) DESC
)
UPDATE catalog_category below SET path = new_path || substr(below.path, length(old_path) + 1)
FROM carried WHERE carried.id = below.id
"""


def check(staged: Staged, order: Order) -> None:
    """Refuse rows that contradict themselves, each other, or the tree there is."""
    resolving.trim(staged, "category_id", "depth", "name")
    staged.refuse("category_path = ''", column="category_path", reason=reasons.EMPTY)
    resolving.read_paths(staged)
    _check_alone(staged)
    _check_together(staged)
    _find(staged)
    _check_against_tree(staged, is_update=order.is_set("update"))
    _set_outcomes(staged)


def _check_alone(staged: Staged) -> None:
    staged.refuse(
        f"length(category_id) > {LONGEST_CODE}", column="category_id", reason=reasons.TOO_LONG
    )
    staged.refuse(
        f"name <> '' AND normalize(name) <> split_part({STAGED_PATH}, '>', -1)",
        column="name", reason=reasons.NAME_IS_NOT_LAST_LEVEL,
    )  # fmt: skip
    staged.refuse(
        f"depth <> '' AND depth <> cardinality(string_to_array({STAGED_PATH}, '>'))::text",
        column="depth", reason=reasons.DEPTH_DIFFERS,
    )  # fmt: skip


def _check_together(staged: Staged) -> None:
    staged.refuse(
        "category_path IN (SELECT raw FROM staged_path WHERE path IN"
        " (SELECT path FROM staged JOIN staged_path ON raw = category_path"
        "  GROUP BY path HAVING count(*) > 1))",
        column="category_path", reason=reasons.PATH_TWICE,
    )  # fmt: skip
    staged.refuse(
        "category_id <> '' AND category_id IN"
        " (SELECT category_id FROM staged GROUP BY category_id HAVING count(*) > 1)",
        column="category_id", reason=reasons.REPEATED,
    )  # fmt: skip


def _find(staged: Staged) -> None:
    """Find each row's category by its id; by its path where no row has that category's id."""
    staged.execute(
        "UPDATE staged SET category_pk = category.id FROM catalog_category category"
        " WHERE staged.category_id <> '' AND category.code = staged.category_id"
    )
    staged.execute(
        "UPDATE staged SET category_pk = p.category_pk FROM staged_path p"
        " WHERE staged.category_pk IS NULL AND p.raw = staged.category_path"
        " AND NOT EXISTS (SELECT FROM staged AS other WHERE other.category_pk = p.category_pk)"
    )


def _check_against_tree(staged: Staged, *, is_update: bool) -> None:
    # Its path belongs to a current category that no row of the file moves away.
    staged.refuse(
        "EXISTS (SELECT FROM staged_path p JOIN catalog_category holder ON holder.path = p.path"
        "  WHERE p.raw = staged.category_path AND holder.retired_at IS NULL"
        "  AND holder.id <> staged.category_pk"
        "  AND NOT EXISTS (SELECT FROM staged AS other WHERE other.category_pk = holder.id))",
        column="category_path", reason=reasons.CODE_AND_PATH_DIFFER,
    )  # fmt: skip
    if is_update:
        return
    staged.refuse(
        "EXISTS (SELECT FROM catalog_category category WHERE category.id = staged.category_pk"
        f"  AND category.code = category_id AND category.path <> {STAGED_PATH})",
        column="category_id", reason=reasons.CODE_MOVED,
    )  # fmt: skip
    staged.refuse(
        "category_id <> '' AND EXISTS (SELECT FROM catalog_category category"
        "  WHERE category.id = staged.category_pk AND category.code <> category_id)",
        column="category_id", reason=reasons.CODE_CHANGED,
    )  # fmt: skip


def _set_outcomes(staged: Staged) -> None:
    staged.execute(
        f"UPDATE staged SET outcome = CASE WHEN {DIFFERS} THEN 'changed' ELSE 'unchanged' END"  # noqa: S608
        " FROM catalog_category category, staged_path p"
        " WHERE category.id = staged.category_pk AND p.raw = staged.category_path"
    )


def apply(staged: Staged, order: Order) -> Counts:
    """Make, move and revive categories; retire what the file lacks, unless it is a part."""
    growing.hold_tree()
    counts = staged.tally()
    if counts.changed:
        _change(staged)
    _add(staged, order)
    if counts.changed:
        _put_under_parents(staged)
    retired = 0 if _is_part(staged, order) else _retire(staged, order)
    growing.straighten()
    order.notes["retired"] = retired
    if counts.added or counts.changed or retired:
        growing.note_change(now=order.now)
    return counts


def _change(staged: Staged) -> None:
    changed = "staged.category_pk = category.id AND outcome = 'changed' AND staged.reason IS NULL"
    # Paths and ids may change places with each other, so all are taken away first.
    staged.execute(
        "UPDATE catalog_category category SET path = category.id || '>' || path,"  # noqa: S608
        f" code = CASE WHEN category_id = '' THEN category.code END FROM staged WHERE {changed}"
    )
    staged.execute(CARRY_ALONG)
    staged.execute(
        "UPDATE catalog_category category SET path = p.path, name = split_part(p.path, '>', -1),"  # noqa: S608
        "  code = coalesce(nullif(category_id, ''), category.code), retired_at = NULL"
        f" FROM staged JOIN staged_path p ON p.raw = category_path WHERE {changed}"
    )


def _add(staged: Staged, order: Order) -> None:
    paths = staged.fetch(
        "SELECT p.path FROM staged JOIN staged_path p ON p.raw = category_path"
        " WHERE staged.reason IS NULL"
    )
    made = growing.grow([split_path(path) for (path,) in paths], now=order.now)
    order.notes["made"] = made
    is_catch_all = (
        "lower(btrim(staged.is_catch_all)) IN ('1', 'true')"
        if staged.has("is_catch_all")
        else "category.is_catch_all"
    )
    staged.execute(
        "UPDATE catalog_category category"  # noqa: S608
        f" SET code = nullif(category_id, ''), is_catch_all = {is_catch_all}"
        " FROM staged JOIN staged_path p ON p.raw = category_path"
        " WHERE category.path = p.path AND category.retired_at IS NULL"
        "  AND outcome = 'added' AND staged.reason IS NULL AND category.code IS NULL"
    )


def _put_under_parents(staged: Staged) -> None:
    staged.execute(
        "UPDATE catalog_category category SET parent_id = above.id,"
        "  level = cardinality(string_to_array(category.path, '>'))"
        " FROM staged LEFT JOIN staged_path p ON p.raw = category_path"
        " LEFT JOIN catalog_category above ON above.retired_at IS NULL"
        "  AND above.path = regexp_replace(p.path, '>?[^>]*$', '')"
        " WHERE category.id = staged.category_pk AND outcome = 'changed'"
        "  AND staged.reason IS NULL"
    )


def _is_part(staged: Staged, order: Order) -> bool:
    # A refused row is no sign that its category is gone.
    return order.is_set("is_part") or staged.refused() > 0


def _retire(staged: Staged, order: Order) -> int:
    """Retire what neither the file names, nor stands above what it names."""
    # Categories without an id were made here, not by the tree that the ids come from.
    kept = (
        "(path IN (SELECT path FROM staged_path WHERE path IS NOT NULL) OR (%s AND code IS NULL))"
    )
    has_codes = staged.has("category_id")
    return staged.execute(
        f"WITH kept AS (SELECT path FROM catalog_category WHERE retired_at IS NULL AND {kept})"  # noqa: S608
        " UPDATE catalog_category category SET retired_at = %s"
        " WHERE retired_at IS NULL AND path NOT IN (SELECT path FROM kept)"
        " AND NOT EXISTS (SELECT FROM kept WHERE starts_with(kept.path, category.path || '>'))",
        [has_codes, order.now],
    )


STEPS = Steps(check, apply, tables=("catalog_category",))
