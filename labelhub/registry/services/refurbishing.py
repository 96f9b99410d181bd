"""What a run's training refurbished, and what curators decide about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.errors import DomainError
from labelhub.registry.models import Corpus, ModelVersion, RefurbishDecision, Run
from labelhub.registry.services import folders
from mlcore.artifact import refurbished


class NotRefurbished(DomainError):
    """A decision about a row that the run did not refurbish."""


@dataclass(frozen=True)
class Row:
    """A refurbished row, and what was decided about it, if anything."""

    product_id: str
    name: str
    given: str
    new: str
    certainty: float
    votes: tuple[tuple[str, int], ...]  # predicted paths of the history, the most frequent first
    decision: RefurbishDecision | None


@dataclass(frozen=True)
class CategoryCount:
    """How many rows given one category were refurbished, and what became of them."""

    path: str
    rows: int
    accepted: int
    refused: int

    @property
    def open(self) -> int:
        """Rows about which nobody has decided."""
        return self.rows - self.accepted - self.refused


@dataclass(frozen=True)
class Corrections:
    """What the decisions about a corpus come to, for its next training."""

    relabelled: dict[str, str]  # accepted category path by product id
    confirmed: list[str]  # product ids whose given category was kept


def log_of(run: Run) -> pa.Table:
    """Return the run's log; empty while it has no version and where it cleaned nothing."""
    version = ModelVersion.objects.filter(run=run).first()
    if version is None:
        return refurbished.SCHEMA.empty_table()
    return refurbished.read(folders.version_folder(version.folder))


def by_category(run: Run, log: pa.Table) -> list[CategoryCount]:
    """Return the given categories of the log, those with most undecided rows first."""
    counts = {
        group["values"]: group["counts"]
        for group in pc.value_counts(log[refurbished.GIVEN]).to_pylist()
    }
    decided: dict[tuple[str, bool], int] = {}
    for path, is_accepted in run.decisions.values_list("given_path", "is_accepted"):
        decided[path, is_accepted] = decided.get((path, is_accepted), 0) + 1
    found = [
        CategoryCount(path, rows, decided.get((path, True), 0), decided.get((path, False), 0))
        for path, rows in counts.items()
    ]
    return sorted(found, key=lambda each: (-each.open, -each.rows, each.path))


def rows(run: Run, log: pa.Table) -> list[Row]:
    """Return the rows of a log or of a part of it, the surest first."""
    ids = log[refurbished.ID].to_pylist()
    decisions = {
        decision.product_id: decision
        for decision in run.decisions.filter(product_id__in=ids).select_related("decided_by")
    }
    found = [_row(record, decisions.get(record[refurbished.ID])) for record in log.to_pylist()]
    return sorted(found, key=lambda row: (-row.certainty, row.new, row.product_id))


def given(log: pa.Table, path: str) -> pa.Table:
    """Return the part of a log whose rows were given one category."""
    return log.filter(pc.equal(log[refurbished.GIVEN], path))


@transaction.atomic
def decide(
    *, run: Run, product_id: str, is_accepted: bool, by: User, now: datetime
) -> RefurbishDecision:
    """
    Accept or refuse one refurbished label; a later word replaces an earlier one.

    Raises:
        NotRefurbished: the run did not refurbish that row.
    """
    log = log_of(run)
    part = log.filter(pc.equal(log[refurbished.ID], product_id))
    if not part.num_rows:
        raise NotRefurbished(_("This run has not refurbished that product."))
    [decision] = _decisions(run, part, is_accepted, by, now)
    RefurbishDecision.objects.bulk_create(
        [decision],
        update_conflicts=True,
        unique_fields=["run", "product_id"],
        update_fields=["is_accepted", "decided_by", "decided_at"],
    )
    _tell(run, [product_id], decision.given_path, is_accepted, by, now)
    return decision


@transaction.atomic
def decide_category(*, run: Run, path: str, is_accepted: bool, by: User, now: datetime) -> int:
    """
    Accept or refuse every refurbished label of a category about which nobody has decided.

    Returns:
        How many rows that were; a decision that comes in meanwhile stays.

    Raises:
        NotRefurbished: the run refurbished nothing that was given this category.
    """
    part = given(log_of(run), path)
    if not part.num_rows:
        raise NotRefurbished(_("This run has not refurbished anything of that category."))
    RefurbishDecision.objects.bulk_create(
        _decisions(run, part, is_accepted, by, now), ignore_conflicts=True
    )
    mine = run.decisions.filter(given_path=path, decided_by=by, decided_at=now)
    decided = list(mine.values_list("product_id", flat=True))
    if decided:
        _tell(run, decided, path, is_accepted, by, now)
    return len(decided)


def corrections(corpus: Corpus) -> Corrections:
    """Return what people decided about the rows of a corpus; of several runs the last word."""
    decisions = RefurbishDecision.objects.filter(run__corpus=corpus)
    latest = {decision.product_id: decision for decision in decisions.order_by("decided_at", "pk")}
    return Corrections(
        relabelled={pid: each.new_path for pid, each in latest.items() if each.is_accepted},
        confirmed=sorted(pid for pid, each in latest.items() if not each.is_accepted),
    )


def _row(record: dict[str, object], decision: RefurbishDecision | None) -> Row:
    history = record[refurbished.HISTORY]
    assert isinstance(history, list)
    # Of equally frequent ones the path decides, so that a reloaded page shows the same.
    votes = sorted(((path, history.count(path)) for path in set(history)), key=lambda v: (-v[1], v))
    return Row(
        product_id=str(record[refurbished.ID]),
        name=str(record[refurbished.NAME]),
        given=str(record[refurbished.GIVEN]),
        new=str(record[refurbished.NEW]),
        certainty=float(str(record[refurbished.CERTAINTY])),
        votes=tuple(votes),
        decision=decision,
    )


def _decisions(
    run: Run, part: pa.Table, is_accepted: bool, by: User, now: datetime
) -> Sequence[RefurbishDecision]:
    return [
        RefurbishDecision(
            run=run,
            product_id=record[refurbished.ID],
            given_path=record[refurbished.GIVEN],
            new_path=record[refurbished.NEW],
            is_accepted=is_accepted,
            decided_by=by,
            decided_at=now,
        )
        for record in part.to_pylist()
    ]


def _tell(
    run: Run,
    product_ids: Collection[str],
    path: str,
    is_accepted: bool,
    by: User,
    now: datetime,
) -> None:
    verb = "accepted refurbished labels" if is_accepted else "refused refurbished labels"
    details = {"category": path, "rows": len(product_ids)}
    if len(product_ids) == 1:
        details["product_id"] = next(iter(product_ids))
    audit.record(by=by, verb=verb, target=run, details=details, now=now)
