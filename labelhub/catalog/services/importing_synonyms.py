"""Take synonyms in: of categories, and of words in the names of any."""

from __future__ import annotations

from labelhub.catalog.import_kinds import Counts, Order, Steps
from labelhub.catalog.services import growing, reasons, resolving
from labelhub.catalog.services.staging import Staged
from labelhub.catalog.services.synonyms import LONGEST_WORD

# As `spelling.normalised` does, so that files and pages write the same word alike.
NORMALISE = r"lower(normalize(regexp_replace(btrim({0}), '\s+', ' ', 'g'), NFC))"
IS_INSIDE = "lower(btrim(staged.is_inside)) IN ('1', 'true')"
SAME = (
    "synonym.retired_at IS NULL AND synonym.word = staged.word"
    " AND synonym.stands_for = staged.stands_for"
    " AND synonym.category_id IS NOT DISTINCT FROM staged.category_pk"
)


def check(staged: Staged, order: Order) -> None:
    """Refuse rows that say nothing, contradict themselves, or stand twice."""
    for column in ("word", "stands_for"):
        staged.execute(f"UPDATE staged SET {column} = {NORMALISE.format(column)}")  # noqa: S608
    resolving.resolve_categories(staged)
    staged.refuse("word = ''", column="word", reason=reasons.EMPTY)
    for column in ("word", "stands_for"):
        staged.refuse(f"length({column}) > {LONGEST_WORD}", column=column, reason=reasons.TOO_LONG)
    staged.refuse(
        "(category_pk IS NULL) = (stands_for = '')",
        column="stands_for", reason=reasons.CATEGORY_OR_WORD,
    )  # fmt: skip
    staged.refuse(
        "word = stands_for OR EXISTS (SELECT FROM catalog_category category"
        " WHERE category.id = category_pk AND lower(category.name) = word)",
        column="word", reason=reasons.SAME_WORD,
    )  # fmt: skip
    _check_together(staged)
    staged.execute(
        "UPDATE staged SET outcome = CASE WHEN synonym.category_id IS NULL"  # noqa: S608
        f" AND synonym.is_inside <> ({IS_INSIDE}) THEN 'changed' ELSE 'unchanged' END"
        f" FROM catalog_synonym synonym WHERE {SAME}"
    )


def _check_together(staged: Staged) -> None:
    staged.refuse(
        "(word, stands_for, coalesce(category_pk, 0)) IN"
        " (SELECT word, stands_for, coalesce(category_pk, 0) FROM staged"
        "  GROUP BY 1, 2, 3 HAVING count(*) > 1)",
        column="word", reason=reasons.SYNONYM_TWICE,
    )  # fmt: skip


def apply(staged: Staged, order: Order) -> Counts:
    """Add what is new; the file's word on `is_inside` counts where it differs."""
    growing.hold_tree()
    counts = staged.tally()
    staged.execute(
        "INSERT INTO catalog_synonym"  # noqa: S608
        " (word, stands_for, category_id, is_inside, created_by_id, created_at)"
        f" SELECT word, stands_for, category_pk, category_pk IS NULL AND {IS_INSIDE}, %s, %s"
        " FROM staged WHERE reason IS NULL AND outcome = 'added' ORDER BY line",
        [order.by and order.by.pk, order.now],
    )
    staged.execute(
        f"UPDATE catalog_synonym synonym SET is_inside = {IS_INSIDE} FROM staged"  # noqa: S608
        f" WHERE reason IS NULL AND outcome = 'changed' AND {SAME}"
    )
    if counts.added or counts.changed:
        growing.note_change(now=order.now)
    return counts


STEPS = Steps(check, apply, tables=("catalog_synonym",))
