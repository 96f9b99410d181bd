"""Samples from a file, and the round they make: to be labelled, or with their given categories."""

from __future__ import annotations

import zlib

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.catalog.import_kinds import Counts, Order, Steps
from labelhub.catalog.models import Sample
from labelhub.catalog.services import importing_samples
from labelhub.catalog.services.staging import Staged, analyze
from labelhub.errors import DomainError
from labelhub.labelling.models import Round, Source
from labelhub.labelling.services import consensus, drawing, rounds

SHOP = "shop"  # the annotator whose answers are the given categories

GOOD = "(SELECT product_id FROM staged WHERE reason IS NULL)"

ASSIGN_GIVEN = """
INSERT INTO labelling_assignment (round_id, sample_id, position, annotator_id, answered_at,
    passed_from, suggestions)
SELECT %(round)s, sample.id, staged.line, %(shop)s, %(now)s, '{}', '[]'
FROM staged JOIN catalog_sample sample ON sample.product_id = staged.product_id
WHERE reason IS NULL AND sample.given_category_id IS NOT NULL
ON CONFLICT (round_id, sample_id, annotator_id) DO NOTHING
"""
SUPERSEDE_GIVEN = """
UPDATE labelling_annotation annotation SET superseded_at = %(now)s
FROM staged JOIN catalog_sample sample ON sample.product_id = staged.product_id
WHERE reason IS NULL AND annotation.sample_id = sample.id AND annotation.round_id = %(round)s
  AND annotation.annotator_id = %(shop)s AND annotation.superseded_at IS NULL
  AND annotation.category_id IS DISTINCT FROM sample.given_category_id
RETURNING annotation.sample_id
"""
ANSWER_GIVEN = """
INSERT INTO labelling_annotation (assignment_id, round_id, sample_id, annotator_id, category_id,
    is_undecidable, is_assisted, fields_shown, answered_at)
SELECT assignment.id, %(round)s, sample.id, %(shop)s, sample.given_category_id,
    false, false, '{}', %(now)s
FROM staged JOIN catalog_sample sample ON sample.product_id = staged.product_id
JOIN labelling_assignment assignment ON assignment.round_id = %(round)s
  AND assignment.sample_id = sample.id AND assignment.annotator_id = %(shop)s
WHERE reason IS NULL AND sample.given_category_id IS NOT NULL
ON CONFLICT (round_id, sample_id, annotator_id) WHERE superseded_at IS NULL DO NOTHING
"""
# One answer a sample, by definition agreed: nothing is left to work out.
SETTLE_GIVEN = """
INSERT INTO labelling_consensus AS settled (sample_id, source, state, category_id, method, quality,
    votes, computed_at)
SELECT sample.id, 'given', 'settled', sample.given_category_id, 'majority', 1, 1, %(now)s
FROM staged JOIN catalog_sample sample ON sample.product_id = staged.product_id
WHERE reason IS NULL AND sample.given_category_id IS NOT NULL
ON CONFLICT (sample_id, source) DO UPDATE
SET state = 'settled', category_id = excluded.category_id, quality = 1, votes = 1,
    computed_at = excluded.computed_at
WHERE settled.category_id IS DISTINCT FROM excluded.category_id
"""


class CannotJoin(DomainError):
    """The round is closed, or holds the answers of another source."""


def check(staged: Staged, order: Order) -> None:
    """
    Check the rows as samples, and the round as one that they may join.

    Raises:
        CannotJoin: the round there is has another source, or is closed.
    """
    name = order.text("round")
    there_is = Round.objects.filter(name=name).first() if name else None
    if there_is and there_is.source != _source(order):
        problem = _("The round %(name)s holds answers of another source: %(source)s.")
        raise CannotJoin(problem % {"name": name, "source": there_is.get_source_display()})
    if there_is and there_is.state == Round.State.CLOSED:
        raise CannotJoin(_("This round is closed. Reopen it before you extend it."))
    importing_samples.check(staged, order)


def apply(staged: Staged, order: Order) -> Counts:
    """Write the samples, then make or extend the round."""
    counts = importing_samples.apply(staged, order)
    if not order.text("round"):
        return counts
    order.report("drawing the round", 0, 0)
    if _source(order) == Source.GIVEN:
        _answer_as_given(staged, order)
    else:
        _draw(order)
    return counts


def _source(order: Order) -> str:
    return order.text("source") or Source.PEOPLE


def _draw(order: Order) -> None:
    samples = Sample.objects.extra(where=[f"product_id IN {GOOD}"])  # noqa: S610  # a constant
    there_is = Round.objects.filter(name=order.text("round")).first()
    if there_is is None:
        terms = rounds.Terms(overlap=int(order.options.get("overlap") or 1))
        made = make_round(order, terms, samples)
        assignments = made.assignments.count()
    else:
        assignments = rounds.add(round=there_is, samples=samples, by=order.by)
    order.notes["round"] = {
        "name": order.text("round"),
        "is_new": there_is is None,
        "assignments": assignments,
    }


def make_round(order: Order, terms: rounds.Terms, samples: QuerySet[Sample]) -> Round:
    """Make the round that a file names; only its reader knows whether the products were picked."""
    name = order.text("round")
    plan = Round.Plan.FILE if order.is_set("picked") else Round.Plan.EVERYTHING
    # The name fixes the order of serving, so that another installation serves alike.
    seed = zlib.crc32(name.encode())
    return rounds.create(
        name=name,
        samples=drawing.all_of(samples, plan=plan),
        terms=terms,
        seed=seed,
        by=order.by,
        now=order.now,
    )


def _answer_as_given(staged: Staged, order: Order) -> None:
    there_is = Round.objects.filter(name=order.text("round")).first()
    terms = rounds.Terms(source=Source.GIVEN)
    round = there_is or make_round(order, terms, Sample.objects.none())
    values = {"round": round.pk, "shop": shop().pk, "now": order.now}
    assigned = staged.execute(ASSIGN_GIVEN, values)
    changed = [sample for (sample,) in staged.fetch(SUPERSEDE_GIVEN, values)]
    staged.execute(ANSWER_GIVEN, values)
    staged.execute(SETTLE_GIVEN, values)
    if staged.is_many():  # a round that is drawn tells the planner itself
        analyze("labelling_assignment", "labelling_annotation", "labelling_consensus")
    if changed:  # of these nothing may be left, or another given round may say otherwise
        consensus.settle(source=Source.GIVEN, now=order.now, sample_ids=changed)
    order.notes["round"] = {
        "name": order.text("round"),
        "is_new": there_is is None,
        "assignments": assigned,
    }


def shop() -> User:
    """Return the annotator of given categories, who cannot log in."""
    user, _is_new = User.objects.get_or_create(
        username=SHOP,
        defaults={
            "role": Role.ANNOTATOR,
            "is_active": False,
            "password": make_password(None),
        },
    )
    return user


STEPS = Steps(
    check,
    apply,
    importing_samples.prepare,
    tables=("catalog_sample", "catalog_sampleimage"),
)
