"""From what a file writes to the rows it means: products, categories, people."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection
from psycopg2.extras import execute_values

from labelhub.accounts.models import User, is_pseudonym, new_pseudonym
from labelhub.catalog.services import growing, reasons
from labelhub.catalog.services.staging import Staged
from mlcore.taxonomy import Path, join_path, split_path

LONGEST_LEVEL = 200  # characters; also the column's width
LONGEST_NAME_OF_A_PERSON = 150
YES, NO = "('true', 't', 'yes', 'y', '1')", "('false', 'f', 'no', 'n', '0')"


def trim(staged: Staged, *columns: str) -> None:
    """Take blanks off both ends of ids; names stay as they were written."""
    for column in columns:
        name = connection.ops.quote_name(column)
        blanks = r"'^\s+|\s+$'"
        staged.execute(
            f"UPDATE staged SET {name} = regexp_replace({name}, {blanks}, '', 'g')"  # noqa: S608
            f" WHERE {name} ~ {blanks}"
        )


def resolve_samples(staged: Staged) -> None:
    """Set `sample_pk` from `product_id`; refuse products that are not in the catalogue."""
    trim(staged, "product_id")
    staged.refuse("product_id = ''", column="product_id", reason=reasons.EMPTY)
    match_samples(staged)
    staged.refuse("sample_pk IS NULL", column="product_id", reason=reasons.UNKNOWN_PRODUCT)
    staged.analyze()


def match_samples(staged: Staged) -> None:
    """Set `sample_pk` of the products that are in the catalogue."""
    staged.execute(
        "UPDATE staged SET sample_pk = sample.id FROM catalog_sample sample"
        " WHERE sample.product_id = staged.product_id"
    )


def read_paths(staged: Staged) -> None:
    """
    Fill `staged_path`: every way a category path is written in the file, its levels, and the
    category it means, a current one before a retired one. An empty cell means no category;
    malformed paths are refused.
    """
    staged.execute(
        "CREATE TEMPORARY TABLE staged_path"
        " (raw text PRIMARY KEY, path text, reason text, category_pk bigint)"
    )
    written = staged.fetch("SELECT category_path FROM staged UNION SELECT ''")
    rows = [(raw, *_read_path(raw)) for (raw,) in written]
    with connection.cursor() as cursor:
        execute_values(cursor, "INSERT INTO staged_path (raw, path, reason) VALUES %s", rows)
    staged.execute("ANALYZE staged_path")
    for reason in (reasons.MALFORMED_PATH, reasons.LEVEL_TOO_LONG):
        staged.refuse(
            "category_path IN (SELECT raw FROM staged_path WHERE staged_path.reason = %s)",
            column="category_path", reason=reason, params=[reason],
        )  # fmt: skip
    _find_paths(staged)


def _read_path(raw: str) -> tuple[str | None, str | None]:
    if not raw:
        return None, None
    try:
        path = split_path(unicodedata.normalize("NFC", raw))
    except ValueError:
        return None, reasons.MALFORMED_PATH
    if any(len(level) > LONGEST_LEVEL for level in path) or len(join_path(path).encode()) > 2_000:
        return None, reasons.LEVEL_TOO_LONG
    return join_path(path), None


def _find_paths(staged: Staged) -> None:
    staged.execute(
        "UPDATE staged_path SET category_pk = ("
        "  SELECT id FROM catalog_category category WHERE category.path = staged_path.path"
        "  ORDER BY retired_at DESC NULLS FIRST, id DESC LIMIT 1)"
        " WHERE category_pk IS NULL AND path IS NOT NULL"
    )


def grow_missing(staged: Staged, *, now: datetime) -> int:
    """Make the categories of good rows that are not in the tree; return how many."""
    missing = staged.fetch(
        "SELECT path FROM staged_path WHERE category_pk IS NULL AND path IS NOT NULL AND raw IN"
        " (SELECT category_path FROM staged WHERE staged.reason IS NULL)"
    )
    paths: list[Path] = [split_path(path) for (path,) in missing]
    made = growing.grow(paths, now=now)
    _find_paths(staged)
    return made


def resolve_categories(staged: Staged) -> None:
    """
    Set `category_pk` from `category_id` where it is written, else from `category_path`.

    Refuses ids and paths that are not in the tree, and rows in which both are and differ.
    """
    read_paths(staged)
    if staged.has("category_id"):
        _resolve_codes(staged)
    match_paths(staged)
    refuse_unknown_paths(staged)


def match_paths(staged: Staged) -> None:
    """Set `category_pk` from the paths that `read_paths` found in the tree."""
    staged.execute(
        "UPDATE staged SET category_pk = p.category_pk FROM staged_path p"
        " WHERE staged.category_pk IS NULL AND p.raw = staged.category_path"
        " AND p.category_pk IS NOT NULL"
    )


def refuse_unknown_paths(staged: Staged) -> None:
    """Refuse rows whose path is not in the tree."""
    staged.refuse(
        "category_path <> '' AND category_pk IS NULL",
        column="category_path",
        reason=reasons.UNKNOWN_PATH,
    )
    staged.analyze()


def _resolve_codes(staged: Staged) -> None:
    trim(staged, "category_id")
    staged.execute(
        "UPDATE staged SET category_pk = category.id FROM catalog_category category"
        " WHERE staged.category_id <> '' AND category.code = staged.category_id"
    )
    staged.refuse(
        "category_id <> '' AND category_pk IS NULL",
        column="category_id",
        reason=reasons.UNKNOWN_CODE,
    )
    staged.refuse(
        "category_pk <> (SELECT p.category_pk FROM staged_path p WHERE p.raw = category_path)",
        column="category_id",
        reason=reasons.CODE_AND_PATH_DIFFER,
    )


def name_people(staged: Staged, column: str, *, otherwise: str) -> None:
    """Fill empty names of people with the one given for the whole file; refuse what is left."""
    trim(staged, column)
    name = connection.ops.quote_name(column)
    staged.execute(
        f"UPDATE staged SET {name} = %s WHERE {name} = ''",  # noqa: S608
        [otherwise.strip()],
    )
    staged.refuse(f"{name} = ''", column=column, reason=reasons.NO_PERSON)
    staged.refuse(
        f"length({name}) > {LONGEST_NAME_OF_A_PERSON}", column=column, reason=reasons.TOO_LONG
    )
    find_people(staged, column)
    staged.analyze()


def find_people(staged: Staged, column: str) -> None:
    """Set `person_pk` of the people who exist, by username, else by pseudonym as in exports."""
    name = connection.ops.quote_name(column)
    for written in ("username", "pseudonym"):
        staged.execute(
            "UPDATE staged SET person_pk = person.id FROM accounts_user person"  # noqa: S608
            f" WHERE person_pk IS NULL AND person.{written} = staged.{name}"
        )


def make_people(staged: Staged, column: str, *, role: str) -> list[str]:
    """
    Make inactive people without a password for the names that nobody has; return them.

    A pseudonym of another installation stays this person's, so that exports agree.
    """
    name = connection.ops.quote_name(column)
    unknown = staged.fetch(
        f"SELECT DISTINCT {name} FROM staged"  # noqa: S608
        " WHERE person_pk IS NULL AND reason IS NULL ORDER BY 1"
    )
    names = [str(username) for (username,) in unknown]
    User.objects.bulk_create(
        User(
            username=username,
            role=role,
            is_active=False,
            password=make_password(None),
            pseudonym=username if is_pseudonym(username) else new_pseudonym(),
        )
        for username in names
    )
    find_people(staged, column)
    return names
