"""Predictions that a model made elsewhere, as a version that was not trained here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from labelhub.accounts.services import audit
from labelhub.catalog.import_kinds import Counts, Order, Steps
from labelhub.catalog.services import reasons, resolving
from labelhub.catalog.services.staging import Staged
from labelhub.errors import DomainError
from labelhub.registry.models import STORED_RANKS, ModelVersion

TOLERANCE = 1e-6  # by which rounded probabilities may sum to more than 1
LONGEST_NAME = 100

TYPED = "ALTER TABLE staged ADD COLUMN share double precision, ADD COLUMN place integer"
# Below 1e-300 a probability is 0: double precision cannot hold it.
READ_PROBABILITY = r"""
UPDATE staged SET share = CASE
    WHEN btrim(probability) !~ '^(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$' THEN NULL
    WHEN length(probability) > 60 OR btrim(probability)::numeric > 1 THEN NULL
    WHEN btrim(probability)::numeric < 1e-300 THEN 0
    ELSE btrim(probability)::double precision END
"""
READ_RANK = r"UPDATE staged SET place = btrim(rank)::integer WHERE rank ~ '^\s*[1-9]\d{0,6}\s*$'"
RANK_BY_PROBABILITY = """
UPDATE staged SET place = ranked.place
FROM (SELECT line, row_number() OVER (PARTITION BY sample_pk ORDER BY share DESC, line) AS place
      FROM staged) AS ranked
WHERE ranked.line = staged.line
"""
OUT_OF_ORDER = """
line IN (SELECT line FROM (SELECT line,
    share > lag(share) OVER (PARTITION BY sample_pk ORDER BY place) AS is_larger FROM staged
    ) AS ranked WHERE is_larger)
"""
GATHER = f"""
CREATE TEMPORARY TABLE staged_prediction AS
SELECT sample_pk, ids[1:{STORED_RANKS}] AS ids, shares[1:{STORED_RANKS}] AS shares,
    greatest(0, least(1, 1 - (SELECT sum(p) FROM unnest(shares[1:{STORED_RANKS}]) p))) AS rest
FROM (SELECT sample_pk, array_agg(category_pk::integer ORDER BY place) AS ids,
          array_agg(share ORDER BY place) AS shares
      FROM staged WHERE reason IS NULL GROUP BY sample_pk) AS gathered
"""  # noqa: S608  # made of constants
COMPARE = """
UPDATE staged SET outcome = CASE
    WHEN there_is.category_ids = made.ids AND there_is.probabilities = made.shares
    THEN 'unchanged' ELSE 'changed' END
FROM registry_prediction there_is JOIN staged_prediction made ON made.sample_pk = there_is.sample_id
WHERE there_is.version_id = %s AND there_is.sample_id = staged.sample_pk
"""
WRITE = """
INSERT INTO registry_prediction AS there_is (version_id, sample_id, category_id, probability,
    category_ids, probabilities, rest, predicted_at)
SELECT %s, sample_pk, ids[1], shares[1], ids, shares, rest, %s
FROM staged_prediction
WHERE sample_pk IN (SELECT sample_pk FROM staged WHERE reason IS NULL AND outcome <> 'unchanged')
ON CONFLICT (version_id, sample_id) DO UPDATE
SET category_id = excluded.category_id, probability = excluded.probability,
    category_ids = excluded.category_ids, probabilities = excluded.probabilities,
    rest = excluded.rest, predicted_at = excluded.predicted_at
"""


class TrainedHere(DomainError):
    """The name belongs to a version that was trained here; its predictions are its own."""


class BadName(DomainError):
    """The name of the version is empty or too long."""


def check(staged: Staged, order: Order) -> None:
    """
    Refuse rows that are no probability of a known product and category; with one row of a
    product all of them, because a prediction with a hole is another prediction.

    Raises:
        TrainedHere, BadName: the version cannot take these predictions.
    """
    there_is = version_named(order.text("model"))
    resolving.resolve_samples(staged)
    resolving.resolve_categories(staged)
    staged.refuse("category_pk IS NULL", column="category_path", reason=reasons.NO_CATEGORY)
    _read_numbers(staged)
    _check_products(staged)
    staged.execute(GATHER)
    if there_is is None:
        return
    staged.execute(COMPARE, [there_is.pk])
    if not order.is_set("update"):
        staged.refuse("outcome = 'changed'", column="product_id", reason=reasons.OTHER_PREDICTION)


def version_named(name: str) -> ModelVersion | None:
    """
    Return the imported version of this name, if there is one.

    Raises:
        TrainedHere, BadName: no version of this name can take predictions.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadName(_("Name the model version, with at most 100 characters."))
    there_is = ModelVersion.objects.filter(name=name).first()
    if there_is and there_is.origin != ModelVersion.Origin.IMPORTED:
        problem = _("%(name)s was trained here and predicts by itself. Choose another name.")
        raise TrainedHere(problem % {"name": name})
    return there_is


def _read_numbers(staged: Staged) -> None:
    staged.execute(TYPED)
    staged.execute(READ_PROBABILITY)
    staged.refuse("share IS NULL", column="probability", reason=reasons.NOT_A_PROBABILITY)
    if staged.has("rank"):
        staged.execute(READ_RANK)
        staged.refuse("place IS NULL", column="rank", reason=reasons.NOT_A_RANK)
    else:
        staged.execute(RANK_BY_PROBABILITY)


def _check_products(staged: Staged) -> None:
    staged.refuse_repeated(
        "sample_pk", "category_pk", column="category_path", reason=reasons.CATEGORY_TWICE
    )
    staged.refuse_repeated("sample_pk", "place", column="rank", reason=reasons.RANK_TWICE)
    staged.refuse(
        "sample_pk IN (SELECT sample_pk FROM staged GROUP BY sample_pk HAVING sum(share) > %s)",
        column="probability",
        reason=reasons.SUM_OVER_ONE,
        params=[1 + TOLERANCE],
    )
    staged.refuse(OUT_OF_ORDER, column="rank", reason=reasons.RANKS_OUT_OF_ORDER)
    staged.refuse(
        "product_id IN (SELECT product_id FROM staged WHERE reason IS NOT NULL)",
        column="product_id",
        reason=reasons.NEIGHBOUR_REFUSED,
    )


def apply(staged: Staged, order: Order) -> Counts:
    """Make the version if it is new, and write its predictions."""
    there_is = version_named(order.text("model"))
    version = there_is or _make_version(order)
    counts = staged.tally()
    staged.execute(WRITE, [version.pk, order.now])
    if there_is and (counts.added or counts.changed):
        _note(order, there_is, verb="added to an imported version")
    return counts


def _make_version(order: Order) -> ModelVersion:
    version = ModelVersion.objects.create(
        name=order.text("model").strip(),
        origin=ModelVersion.Origin.IMPORTED,
        created_at=order.now,
    )
    _note(order, version, verb="imported a version")
    order.notes["model"] = version.name
    return version


def _note(order: Order, version: ModelVersion, *, verb: str) -> None:
    details = {"name": version.name, "file": order.batch.file_name}
    audit.record(by=order.by, verb=verb, target=version, details=details, now=order.now)


STEPS = Steps(check, apply, tables=("registry_prediction",))
