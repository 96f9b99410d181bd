"""Take samples in: their cells as written, their given category, their pictures."""

from __future__ import annotations

from pathlib import Path

from labelhub.catalog.import_kinds import Counts, Order
from labelhub.catalog.services import images, reasons, resolving
from labelhub.catalog.services.staging import Staged

LONGEST_ID = 200
LONGEST_NAME = 2_000  # characters; the longest name of 10^6 real products has under 300
LONGEST_CELL = 10_000
TEXTS = ("mall_name", "mall_category", "brand", "maker", "price", "registered_at", "image")

GIVEN = "(SELECT p.category_pk FROM staged_path p WHERE p.raw = staged.category_path)"
HASH = """encode(sha256(convert_to(jsonb_build_array(
    staged.product_name, staged.mall_name, staged.mall_category, staged.brand, staged.maker,
    staged.price, staged.registered_at, staged.image, staged.extra, given.category_pk
    )::text, 'UTF8')), 'hex')"""
# A year alone gives no month; neither does anything else that does not begin with year and month.
MONTH = r"""CASE WHEN staged.registered_at ~ '^\s*[12]\d{3}-(0[1-9]|1[0-2])(\D.*)?$'
    THEN to_date(substring(staged.registered_at from '\d{4}-\d\d'), 'YYYY-MM') END"""

ADD = f"""
INSERT INTO catalog_sample (product_id, name, mall_name, mall_category, brand, maker, price,
    registered_at, registered_month, image, attributes, given_category_id, content_hash, priority,
    created_at)
SELECT product_id, product_name, mall_name, mall_category, brand, maker, price,
    registered_at, {MONTH}, image, extra, given.category_pk, {HASH}, 0, %s
FROM staged JOIN staged_path given ON given.raw = staged.category_path
WHERE staged.reason IS NULL AND outcome = 'added' ORDER BY line
"""  # noqa: S608  # made of constants
CHANGE = f"""
UPDATE catalog_sample sample SET name = product_name, mall_name = staged.mall_name,
    mall_category = staged.mall_category, brand = staged.brand, maker = staged.maker,
    price = staged.price, registered_at = staged.registered_at, registered_month = {MONTH},
    image = staged.image, attributes = extra, given_category_id = given.category_pk,
    content_hash = {HASH}
FROM staged JOIN staged_path given ON given.raw = staged.category_path
WHERE sample.id = staged.sample_pk AND staged.reason IS NULL AND outcome = 'changed'
"""  # noqa: S608  # made of constants
FORGET_IMAGES = """
DELETE FROM catalog_sampleimage shown USING staged
WHERE shown.sample_id = staged.sample_pk AND reason IS NULL AND outcome = 'changed'
"""
LIST_IMAGES = """
INSERT INTO catalog_sampleimage (sample_id, position, name)
SELECT sample.id, row_number() OVER (PARTITION BY sample.id ORDER BY place), btrim(part)
FROM staged JOIN catalog_sample sample ON sample.product_id = staged.product_id,
    unnest(string_to_array(staged.image, '|')) WITH ORDINALITY AS listed (part, place)
WHERE reason IS NULL AND outcome <> 'unchanged' AND staged.image <> '' AND btrim(part) <> ''
"""
SHOW_IMAGES = """
UPDATE catalog_sampleimage shown SET image_id = kept.image_id
FROM unnest(%s::text[], %s::bigint[]) AS kept (name, image_id), staged
JOIN catalog_sample sample ON sample.product_id = staged.product_id
WHERE shown.sample_id = sample.id AND shown.name = kept.name AND reason IS NULL
  AND shown.image_id IS DISTINCT FROM kept.image_id
"""


def check(staged: Staged, order: Order) -> None:
    """Refuse rows that lack something, are too long, repeated, or exist otherwise."""
    resolving.trim(staged, "product_id")
    staged.refuse("product_id = ''", column="product_id", reason=reasons.EMPTY)
    staged.refuse(r"product_name !~ '\S'", column="product_name", reason=reasons.EMPTY)
    _check_lengths(staged)
    staged.refuse_repeated("product_id", column="product_id", reason=reasons.REPEATED)
    _keep_what_the_file_lacks(staged)
    resolving.read_paths(staged)
    if not order.is_set("create_categories"):
        staged.refuse(
            f"category_path <> '' AND {GIVEN} IS NULL",
            column="category_path", reason=reasons.UNKNOWN_PATH,
        )  # fmt: skip
    _compare(staged)
    if not order.is_set("update"):
        staged.refuse("outcome = 'changed'", column="product_id", reason=reasons.OTHER_CONTENT)


def _check_lengths(staged: Staged) -> None:
    limits = {"product_id": LONGEST_ID, "product_name": LONGEST_NAME}
    limits |= dict.fromkeys(filter(staged.has, TEXTS), LONGEST_CELL)
    too_long = {column: f"length({column}) > {limit}" for column, limit in limits.items()}
    is_any = " OR ".join(too_long.values())  # nearly always none is: one look at all rows
    for column, condition in too_long.items() if staged.count(is_any) else ():
        staged.refuse(condition, column=column, reason=reasons.TOO_LONG)


def _keep_what_the_file_lacks(staged: Staged) -> None:
    """
    Give known samples what stands in no column of this file.

    A file of ids and prices changes prices; it does not empty brands. A column that is there
    and empty does empty.
    """
    absent = [column for column in TEXTS if not staged.has(column)]
    kept = [f"{column} = sample.{column}" for column in absent]
    if not staged.has("category_path"):
        kept.append("category_path = coalesce(given.path, '')")
    kept.append("extra = sample.attributes || staged.extra")
    staged.execute(
        f"UPDATE staged SET {', '.join(kept)} FROM catalog_sample sample"  # noqa: S608
        " LEFT JOIN catalog_category given ON given.id = sample.given_category_id"
        " WHERE sample.product_id = staged.product_id"
    )


def _compare(staged: Staged) -> None:
    staged.execute(
        "UPDATE staged SET sample_pk = sample.id, outcome ="  # noqa: S608
        f" CASE WHEN sample.content_hash = {HASH} THEN 'unchanged' ELSE 'changed' END"
        " FROM catalog_sample sample, staged_path given"
        " WHERE sample.product_id = staged.product_id AND given.raw = staged.category_path"
    )


def prepare(staged: Staged, order: Order) -> None:
    """Verify and store the pictures that the good rows name, where a zip or folder came along."""
    source = order.text("images")
    if not source:
        return
    names = staged.fetch(
        "SELECT DISTINCT btrim(part) FROM staged, unnest(string_to_array(image, '|')) part"
        " WHERE reason IS NULL AND image <> '' AND part !~* '^\\s*https?://'"
    )
    kept = images.store_from(Path(source), [name for (name,) in names if name], order.report)
    order.notes["images"] = {
        "kept": kept.images,
        "refused": dict(kept.refused),
        "missing": len(kept.missing),
    }


def apply(staged: Staged, order: Order) -> Counts:
    """Write the good rows."""
    if order.is_set("create_categories"):
        order.notes["categories_made"] = resolving.grow_missing(staged, now=order.now)
    counts = staged.tally()
    if counts.changed:
        staged.execute(CHANGE)
        staged.execute(FORGET_IMAGES)
    if counts.added:
        staged.execute(ADD, [order.now])
    staged.execute(LIST_IMAGES)
    _show_images(staged, order)
    return counts


def _show_images(staged: Staged, order: Order) -> None:
    """Give the samples of this file their pictures; refused ones join the refused rows."""
    found = order.notes.pop("images", None)
    if found is None:
        return
    kept = found["kept"]
    shown = staged.execute(SHOW_IMAGES, [list(kept), list(kept.values())])
    order.notes["images"] = {
        "shown": shown,
        "refused": len(found["refused"]),
        "missing": found["missing"],
    }
    for name, reason in found["refused"].items():
        staged.execute(
            'INSERT INTO catalog_refusedrow (batch_id, line, "column", reason, cells)'
            " VALUES (%s, 0, 'image', %s, ARRAY[%s])",
            [order.batch.pk, reason, name],
        )
