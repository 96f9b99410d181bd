"""Answers that people gave elsewhere, as annotations in a round."""

from __future__ import annotations

from django.utils.translation import gettext as _

from labelhub.accounts.roles import Role
from labelhub.catalog.import_kinds import Counts, Order, Steps
from labelhub.catalog.models import Sample
from labelhub.catalog.services import reasons, resolving, times
from labelhub.catalog.services.resolving import NO, YES
from labelhub.catalog.services.staging import Staged
from labelhub.errors import DomainError
from labelhub.labelling.models import Annotation, Round, Source
from labelhub.labelling.services import checks, consensus, importing_samples, rounds

# A path that is not in the tree yet is another answer than "cannot be decided".
COMPARE = """
UPDATE staged SET outcome =
    CASE WHEN annotation.category_id IS NOT DISTINCT FROM staged.category_pk
          AND (staged.category_pk IS NOT NULL OR staged.category_path = '')
    THEN 'unchanged' ELSE 'changed' END
FROM labelling_annotation annotation
WHERE annotation.round_id = %s AND annotation.sample_id = staged.sample_pk
  AND annotation.annotator_id = staged.person_pk AND annotation.superseded_at IS NULL
"""
# Whoever answers or judges one of these samples now waits for the import, and the import for them.
LOCK_SAMPLES = """
SELECT id FROM catalog_sample WHERE id IN (SELECT sample_pk FROM staged WHERE reason IS NULL)
ORDER BY id FOR NO KEY UPDATE
"""
# An assignment of the same person first: nobody meets a sample twice in a round.
FIND_OWN = """
UPDATE staged SET target_pk = assignment.id FROM labelling_assignment assignment
WHERE assignment.round_id = %(round)s AND assignment.sample_id = staged.sample_pk
  AND assignment.annotator_id = staged.person_pk AND reason IS NULL
"""
FIND_FREE = """
WITH free AS (
    SELECT id, sample_id, row_number() OVER (PARTITION BY sample_id ORDER BY position, id) AS n
    FROM labelling_assignment
    WHERE round_id = %(round)s AND answered_at IS NULL AND NOT is_check
      AND (annotator_id IS NULL OR lease_expires_at <= %(now)s)
      AND NOT EXISTS (SELECT FROM staged WHERE target_pk = labelling_assignment.id)
), wanted AS (
    SELECT line, sample_pk, row_number() OVER (PARTITION BY sample_pk ORDER BY line) AS n
    FROM staged WHERE reason IS NULL AND target_pk IS NULL AND outcome = 'added'
)
UPDATE staged SET target_pk = free.id FROM wanted JOIN free
    ON free.sample_id = wanted.sample_pk AND free.n = wanted.n
WHERE staged.line = wanted.line
"""
FILL = """
UPDATE labelling_assignment assignment
SET annotator_id = person_pk, answered_at = moment, lease_expires_at = NULL,
    passed_from = CASE WHEN annotator_id <> person_pk
        THEN array_append(passed_from, annotator_id) ELSE passed_from END
FROM staged WHERE assignment.id = staged.target_pk AND reason IS NULL AND outcome <> 'unchanged'
"""
ADD = """
INSERT INTO labelling_assignment (round_id, sample_id, position, annotator_id, answered_at,
    passed_from, suggestions)
SELECT %(round)s, sample_pk, line, person_pk, moment, '{}', '[]'
FROM staged WHERE reason IS NULL AND outcome = 'added' AND target_pk IS NULL
"""
SUPERSEDE = """
UPDATE labelling_annotation annotation SET superseded_at = %(now)s
FROM staged WHERE reason IS NULL AND outcome = 'changed' AND annotation.superseded_at IS NULL
  AND annotation.round_id = %(round)s AND annotation.sample_id = staged.sample_pk
  AND annotation.annotator_id = staged.person_pk
"""
ANSWER = f"""
INSERT INTO labelling_annotation (assignment_id, round_id, sample_id, annotator_id, category_id,
    is_undecidable, is_assisted, is_check, fields_shown, answered_at)
SELECT target_pk, %(round)s, sample_pk, person_pk, category_pk, category_pk IS NULL,
    assignment.suggestions <> '[]' OR lower(btrim(staged.is_assisted)) IN {YES},
    assignment.is_check, '{{}}', moment
FROM staged JOIN labelling_assignment assignment ON assignment.id = target_pk
WHERE reason IS NULL AND outcome <> 'unchanged' ORDER BY line
"""  # noqa: S608  # made of constants
FIND_CHECKS = """
SELECT annotation.id FROM staged JOIN labelling_annotation annotation
    ON annotation.assignment_id = staged.target_pk AND annotation.superseded_at IS NULL
WHERE staged.reason IS NULL AND staged.outcome <> 'unchanged' AND annotation.is_check
"""


class NotOfPeople(DomainError):
    """The round holds given categories; people's answers go into a round of their own."""


def check(staged: Staged, order: Order) -> None:
    """
    Refuse answers to unknown products, of nobody, repeated, or other than what stands.

    Raises:
        NotOfPeople: the round holds given categories.
    """
    resolving.resolve_samples(staged)
    resolving.resolve_categories(staged)
    check_answers(staged, order)


def check_answers(staged: Staged, order: Order) -> None:
    """
    Refuse answers of nobody, repeated, or other than what stands; products and categories are
    resolved.

    Raises:
        NotOfPeople: the round holds given categories.
    """
    there_is = Round.objects.filter(name=order.text("round")).first()
    if there_is and there_is.source != Source.PEOPLE:
        raise NotOfPeople(_("This round holds given categories. Name another one for people."))
    resolving.name_people(staged, "annotator", otherwise=order.text("annotator"))
    times.read_times(staged, "answered_at", now=order.now)
    staged.refuse(
        f"lower(btrim(is_assisted)) NOT IN {YES} AND lower(btrim(is_assisted)) NOT IN {NO}"
        " AND btrim(is_assisted) <> ''",
        column="is_assisted",
        reason=reasons.NOT_YES_OR_NO,
    )
    for person in ("annotator", "person_pk"):  # who may be written in two ways
        staged.refuse_repeated(
            "product_id", person, column="annotator", reason=reasons.ANSWERED_TWICE
        )
    if there_is is None:
        return
    staged.execute(COMPARE, [there_is.pk])
    if not order.is_set("update"):
        staged.refuse("outcome = 'changed'", column="annotator", reason=reasons.OTHER_ANSWER)


def apply(staged: Staged, order: Order) -> Counts:
    """Fill free assignments with the answers, add assignments for the others, and settle."""
    round = _round(order)
    order.notes["people"] = resolving.make_people(staged, "annotator", role=Role.ANNOTATOR)
    counts = staged.tally()
    values = {"round": round.pk, "now": order.now}
    staged.fetch(LOCK_SAMPLES)
    staged.analyze("labelling_assignment")  # a round may just have been drawn
    staged.execute(FIND_OWN, values)
    staged.execute(FIND_FREE, values)
    staged.execute(FILL)
    staged.execute(ADD, values)
    staged.execute(FIND_OWN, values)
    staged.execute(SUPERSEDE, values)
    staged.execute(ANSWER, values)
    _mark_checks(staged)
    _settle(staged, order)
    return counts


def _round(order: Order) -> Round:
    name = order.text("round")
    there_is = Round.objects.filter(name=name).first()
    if there_is:
        return there_is
    samples = Sample.objects.extra(  # a constant
        where=["id IN (SELECT sample_pk FROM staged WHERE reason IS NULL)"]
    )
    made = importing_samples.make_round(order, rounds.Terms(), samples)
    order.notes["round"] = {
        "name": name,
        "is_new": True,
        "assignments": made.assignments.count(),
    }
    return made


def _mark_checks(staged: Staged) -> None:
    """Say how the answers went that are of people who have the product as a hidden check."""
    found = [answer for (answer,) in staged.fetch(FIND_CHECKS)]
    for answer in Annotation.objects.select_related("assignment").filter(pk__in=found):
        checks.unmark(assignment=answer.assignment)
        checks.mark(assignment=answer.assignment, annotation=answer)


def _settle(staged: Staged, order: Order) -> None:
    touched = staged.fetch(
        "SELECT DISTINCT sample_pk FROM staged WHERE reason IS NULL AND outcome <> 'unchanged'"
    )
    if touched:
        order.report("settling the consensus", 0, 0)
        # The planner still takes the table for as small as it was before.
        staged.analyze("labelling_assignment", "labelling_annotation")
        sample_ids = [sample_pk for (sample_pk,) in touched]
        consensus.settle(source=Source.PEOPLE, now=order.now, sample_ids=sample_ids)


STEPS = Steps(check, apply, tables=("labelling_consensus",))
