"""Make a round larger while it runs, or take it back before anybody has answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.labelling.models import (
    Annotation,
    Assignment,
    CheckShowing,
    Flag,
    LateAnswer,
    Round,
    Skip,
    Source,
)
from labelhub.labelling.services import drawing, rounds
from labelhub.labelling.services.drawing import Choice
from labelhub.labelling.services.rounds import CannotChange, NothingDrawn

# A larger draw by the same plan takes the same samples and more, so all of its chances rise.
RAISE_CHANCES = """
UPDATE labelling_assignment AS assignment SET inclusion_probability = drawn.chance
FROM ({drawn}) AS drawn
WHERE assignment.round_id = %(round)s AND assignment.sample_id = drawn.id
  AND NOT assignment.is_check
  AND assignment.inclusion_probability IS DISTINCT FROM drawn.chance
"""
# Where a late answer has brought a copy already, it is one of those that are wanted now.
WANT_EXTRA = """
UPDATE labelling_assignment SET is_extra = false WHERE id IN (
    SELECT id FROM (
        SELECT copy.id, copy.is_extra,
               row_number() OVER (PARTITION BY copy.sample_id ORDER BY copy.is_extra, copy.id) AS n
        FROM labelling_assignment AS copy
        WHERE copy.round_id = %(round)s AND NOT copy.is_check
          AND (NOT copy.is_extra
               OR EXISTS (SELECT FROM labelling_annotation AS said
                          WHERE said.assignment_id = copy.id AND said.superseded_at IS NULL))
    ) AS copies WHERE is_extra AND n <= %(overlap)s
)
"""
# As many copies more as a sample lacks.
COPY = f"""
INSERT INTO labelling_assignment
    (round_id, sample_id, turn, position, passed_from, suggestions, inclusion_probability)
SELECT %(round)s, held.sample_id, held.turn,
       {rounds.PLACE.format(product="sample.product_id", copy="copy")},
       '{{}}', held.suggestions, held.chance
FROM (
    SELECT sample_id, count(*) AS copies, min(turn) AS turn,
           max(inclusion_probability) AS chance,
           (array_agg(suggestions ORDER BY id))[1] AS suggestions
    FROM labelling_assignment WHERE round_id = %(round)s AND NOT is_check AND NOT is_extra
    GROUP BY sample_id
) AS held
JOIN catalog_sample AS sample ON sample.id = held.sample_id,
     generate_series(held.copies + 1, %(overlap)s) AS copy
ORDER BY 4
"""  # noqa: S608  # made of constants
PAST = "SET CONSTRAINTS ALL IMMEDIATE"


@transaction.atomic
def extend(*, round: Round, number: int = 0, by: User, now: datetime) -> int:
    """
    Draw more samples by the plan of the round; return how many joined it.

    Args:
        number: how many more of a random sample; a round of all that fits takes what is new.

    Raises:
        CannotChange: the round is closed, or was not drawn by a plan that goes on.
        NothingDrawn: the round holds everything that its plan can draw.
    """
    locked = _growing(round)
    if "frame" not in locked.plan_details:
        raise CannotChange(_("This round was made from a list; give a list to add to it."))
    choice = drawing.propose_more(locked, number=number).choice(seed=locked.seed)
    joined = _joined(locked, choice, choice.details, by, now)
    with connection.cursor() as cursor:
        raised = RAISE_CHANCES.format(drawn=choice.statement.replace("%", "%%"))
        cursor.execute(raised, {"round": locked.pk})
    return joined


@transaction.atomic
def extend_by(*, round: Round, choice: Choice, by: User, now: datetime) -> int:
    """
    Add chosen samples to a round of the same plan; return how many were new to it.

    Raises:
        CannotChange: the round is closed, or was drawn by another plan.
        NothingDrawn: the round holds all of them already.
    """
    locked = _growing(round)
    if locked.plan != choice.plan:
        raise CannotChange(_("This round was drawn by another plan; make a new round."))
    return _joined(locked, choice, locked.plan_details, by, now)


@transaction.atomic
def raise_overlap(*, round: Round, overlap: int, by: User, now: datetime) -> int:
    """
    Want more answers of each sample; return how many assignments were added.

    Raises:
        CannotChange: the round is closed, or the number is not above what it was.
    """
    locked = _growing(round)
    if overlap <= locked.overlap:
        raise CannotChange(_("The number of annotators a sample can only be raised."))
    with connection.cursor() as cursor:
        cursor.execute(WANT_EXTRA, {"round": locked.pk, "overlap": overlap})
        cursor.execute(COPY, {"round": locked.pk, "seed": locked.seed, "overlap": overlap})
        added = int(cursor.rowcount)
    Round.objects.filter(pk=locked.pk).update(overlap=overlap)
    details = {"name": locked.name, "overlap": [locked.overlap, overlap], "assignments": added}
    audit.record(by=by, verb="raised the overlap", target=locked, details=details, now=now)
    rounds.settle_later(round=locked, by=by)
    return added


def withdraw(*, round: Round, by: User, now: datetime) -> None:
    """
    Take a round back as if it had never been drawn; the trail remembers it.

    Raises:
        CannotChange: somebody has answered or flagged something in it.
    """
    try:
        with transaction.atomic():
            _delete(_locked(round), by, now)
    except IntegrityError:  # an answer came in between
        raise CannotChange(_answered()) from None


def can_be_withdrawn(round: Round) -> bool:
    """Tell whether nobody has answered or flagged anything in the round."""
    of_round = Q(assignment__round=round)
    return not (
        Annotation.objects.filter(round=round).exists()
        or LateAnswer.objects.filter(of_round).exists()
        or Flag.objects.filter(of_round).exists()
    )


def _delete(round: Round, by: User, now: datetime) -> None:
    if not can_be_withdrawn(round):
        raise CannotChange(_answered())
    assignments = Assignment.objects.filter(round=round)
    details = {"name": round.name, "plan": round.plan, "assignments": assignments.count()}
    Skip.objects.filter(assignment__round=round).delete()
    CheckShowing.objects.filter(assignment__round=round).delete()
    _delete_plainly(assignments)
    round.members.clear()
    audit.record(by=by, verb="withdrew the round", target=round, details=details, now=now)
    _delete_plainly(Round.objects.filter(pk=round.pk))
    with connection.cursor() as cursor:
        cursor.execute(PAST)  # what refers to the rows is refused here, not at the commit


def _delete_plainly(rows: Any) -> None:
    """Delete rows that nothing refers to, without loading them to look."""
    rows._raw_delete(rows.db)


def _answered() -> str:
    return str(
        _("Somebody has answered in this round already, so it stays. You can close it instead.")
    )


def _locked(round: Round) -> Round:
    return Round.objects.locked().get(pk=round.pk)


def _growing(round: Round) -> Round:
    """Lock the round, so that two people who extend it do so one after the other."""
    locked = _locked(round)
    if locked.state == Round.State.CLOSED or locked.source != Source.PEOPLE:
        raise CannotChange(_("This round is closed. Reopen it before you extend it."))
    return locked


def _joined(
    round: Round, choice: Choice, details: Mapping[str, Any], by: User, now: datetime
) -> int:
    """Draw what is new, and keep the plan's new details with how they came about."""
    joined = rounds.add(round=round, samples=choice, by=by) // round.overlap
    if not joined:
        raise NothingDrawn(_("The round holds every sample that fits already."))
    before = round.plan_details
    step = {"at": now.isoformat(), "samples": joined}
    grown = {
        **details,
        "drawn": before.get("drawn", 0) + joined,
        "extended": [*before.get("extended", []), step],
    }
    Round.objects.filter(pk=round.pk).update(plan_details=grown)
    said = {"name": round.name, "samples": joined}
    audit.record(by=by, verb="extended the round", target=round, details=said, now=now)
    return joined
