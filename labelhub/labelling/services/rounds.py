"""Draw a round, and say who works in it and whether it goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Sample
from labelhub.catalog.services.staging import analyze
from labelhub.errors import DomainError
from labelhub.jobs.services import jobs
from labelhub.labelling.models import (
    FIELDS,
    Assignment,
    Consensus,
    Guideline,
    Round,
    Source,
)
from labelhub.labelling.services import drawing, guidelines, late_answers
from labelhub.labelling.services.drawing import Choice

# Every copy of a sample gets a place of its own, so that the copies lie far apart. The place
# comes from the seed and the product id: the same draw is served in the same order everywhere.
PLACE = """
('x' || substr(md5(concat_ws(' ', %(seed)s::text, {product}, {copy})), 1, 15))::bit(60)::bigint
"""
# Sorting ends the search for samples met before the first row is written, so that it never
# wades through the rows of its own statement. The samples are found before they are multiplied:
# in one go the planner looks each of them up on its own.
DRAW = """
WITH drawn AS MATERIALIZED ({samples})
INSERT INTO labelling_assignment
    (round_id, sample_id, turn, position, passed_from, suggestions, inclusion_probability)
SELECT %(round)s, drawn.id,
       CASE WHEN %(is_blind)s THEN 0
            ELSE -(SELECT priority FROM catalog_sample WHERE id = drawn.id) END,
       {place}, '{{}}', '[]', drawn.chance
FROM drawn, generate_series(1, %(overlap)s) AS copy
WHERE NOT EXISTS (SELECT FROM labelling_assignment AS met
                  WHERE met.round_id = %(round)s AND met.sample_id = drawn.id
                    AND NOT met.is_check)
ORDER BY 4
"""


# From so many new rows on the planner has to be told: for a round that it has not heard of, it
# plans a claim as if the round were empty, which then takes minutes.
MANY = 1000


class NameTaken(DomainError):
    """Another round has the name."""


class NothingDrawn(DomainError):
    """The choice of samples is empty."""


class CannotChange(DomainError):
    """The round's state does not allow the change."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a round asks of people, and how."""

    overlap: int = 1
    is_blind: bool = True
    fields_shown: tuple[str, ...] = tuple(FIELDS)
    answer_level: int | None = None  # None: leaves
    guideline: Guideline | None = None
    check_share: float = 0  # of hidden checks among what an annotator gets
    source: str = Source.PEOPLE
    is_for_everyone: bool = True


@transaction.atomic
def create(
    *,
    name: str,
    samples: QuerySet[Sample] | Choice,
    terms: Terms,
    seed: int,
    by: User | None,
    now: datetime,
    members: Iterable[User] = (),
    new_guideline: str = "",
) -> Round:
    """
    Make a round and draw its assignments, `terms.overlap` for each sample.

    A round of given categories has no assignments to draw: its answers bring theirs along.

    Args:
        samples: all of these, or what a plan chose.
        new_guideline: the text of a guideline that is written for this round, under its name.

    Raises:
        NameTaken: another round has the name.
        guidelines.NameTaken: a guideline to be written cannot have the name of the round.
        NothingDrawn: no sample was chosen.
    """
    choice = samples if isinstance(samples, Choice) else drawing.all_of(samples)
    values = {**vars(terms), "fields_shown": list(terms.fields_shown)}
    values |= {"plan": choice.plan, "plan_details": dict(choice.details)}
    if new_guideline.strip():
        values["guideline"] = guidelines.write(name=name, text=new_guideline, by=by, now=now)
    try:
        with transaction.atomic():
            round = Round.objects.create(
                name=name, seed=seed, created_by=by, created_at=now, **values
            )
    except IntegrityError:
        raise NameTaken(_("There is a round named “%(name)s” already.") % {"name": name}) from None
    round.members.set(members)
    if terms.source == Source.PEOPLE and not add(round=round, samples=choice, by=by):
        raise NothingDrawn(_("No sample fits this choice; nothing was drawn."))
    return round


@transaction.atomic
def add(*, round: Round, samples: QuerySet[Sample] | Choice, by: User | None) -> int:
    """
    Draw assignments for the samples that are new to the round; return how many.

    Labels that they have from other rounds are provisional until the answers are in.
    """
    choice = samples if isinstance(samples, Choice) else drawing.all_of(samples, plan=round.plan)
    place = PLACE.format(product="drawn.product_id", copy="copy")
    statement = DRAW.format(place=place, samples=choice.statement.replace("%", "%%"))
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "round": round.pk,
                "seed": round.seed,
                "overlap": round.overlap,
                "is_blind": round.is_blind,
            },
        )
        added = int(cursor.rowcount)
    if added >= MANY:
        analyze("labelling_assignment")
    if added and not round.is_blind:
        # No key: a job that runs by now may have looked before these assignments were there.
        jobs.enqueue("suggest", by=by, round_id=round.pk)
    elif added and _is_labelled(round):
        settle_later(round=round, by=by)
    return added


def pause(*, round: Round, by: User, now: datetime) -> None:
    """Stop serving the round; answers to what people hold are still taken."""
    _change(round, {Round.State.OPEN}, Round.State.PAUSED, "paused", by, now)


@transaction.atomic
def reopen(*, round: Round, by: User, now: datetime) -> None:
    """
    Serve the round again, and count the answers that came while it was closed.

    What was answered before it was closed can no longer be taken back: guidelines, reviews and the
    outcomes of checks have shown since what others say.
    """
    Round.objects.filter(pk=round.pk, state=Round.State.CLOSED).update(reopened_at=now)
    _change(round, {Round.State.PAUSED, Round.State.CLOSED}, Round.State.OPEN, "reopened", by, now)
    late_answers.take_in(round=round, now=now)
    settle_later(round=round, by=by)


@transaction.atomic
def close(*, round: Round, by: User, now: datetime) -> None:
    """End the round: no more answers, and what is still open is no longer waited for."""
    _change(round, {Round.State.OPEN, Round.State.PAUSED}, Round.State.CLOSED, "closed", by, now)
    settle_later(round=round, by=by)


def settle_later(*, round: Round, by: User | None) -> None:
    """Settle again: which samples wait for answers has changed, and with it what is settled."""
    # No key: a job that runs by now may have passed the samples of this round already.
    jobs.enqueue("settle_consensus", by=by, source=round.source)


def _is_labelled(round: Round) -> bool:
    """Tell whether a sample of the round has a label."""
    asked = Assignment.objects.filter(round=round, sample=OuterRef("sample"))
    return Consensus.objects.filter(Exists(asked), source=round.source).exists()


@transaction.atomic
def _change(
    round: Round, before: set[Round.State], after: Round.State, verb: str, by: User, now: datetime
) -> None:
    closed_at = now if after == Round.State.CLOSED else None
    there = Round.objects.filter(pk=round.pk, state__in=before)
    if not there.update(state=after, closed_at=closed_at):
        raise CannotChange(_("Somebody changed this round meanwhile. Look at it again."))
    audit.record(by=by, verb=verb, target=round, details={"name": round.name}, now=now)
