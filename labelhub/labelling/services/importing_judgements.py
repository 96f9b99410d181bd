"""What reviewers found acceptable elsewhere, as judgements."""

from __future__ import annotations

from labelhub.accounts.roles import Role
from labelhub.catalog.import_kinds import Counts, Order, Steps
from labelhub.catalog.services import reasons, resolving, times
from labelhub.catalog.services.resolving import NO, YES
from labelhub.catalog.services.staging import Staged
from labelhub.labelling.models import Source
from labelhub.labelling.services import consensus
from labelhub.labelling.services.importing_annotations import LOCK_SAMPLES

SAYS_YES = f"lower(btrim(staged.is_acceptable)) IN {YES}"

COMPARE = f"""
UPDATE staged SET outcome =
    CASE WHEN judgement.is_acceptable = ({SAYS_YES}) THEN 'unchanged' ELSE 'changed' END
FROM labelling_judgement judgement
WHERE judgement.sample_id = staged.sample_pk AND judgement.category_id = staged.category_pk
  AND judgement.reviewer_id = staged.person_pk AND judgement.superseded_at IS NULL
"""  # noqa: S608  # made of constants
SUPERSEDE = """
UPDATE labelling_judgement judgement SET superseded_at = greatest(judgement.judged_at, %s)
FROM staged WHERE reason IS NULL AND outcome = 'changed' AND judgement.superseded_at IS NULL
  AND judgement.sample_id = staged.sample_pk AND judgement.category_id = staged.category_pk
  AND judgement.reviewer_id = staged.person_pk
"""
JUDGE = f"""
INSERT INTO labelling_judgement (sample_id, category_id, is_acceptable, reviewer_id, pair_shown,
    is_unblinded, judged_at)
SELECT sample_pk, category_pk, {SAYS_YES}, person_pk, '{{}}', false, moment
FROM staged WHERE reason IS NULL AND outcome <> 'unchanged' ORDER BY line
"""  # noqa: S608  # made of constants


def check(staged: Staged, order: Order) -> None:
    """Refuse judgements without category or reviewer, repeated, or other than what stands."""
    resolving.resolve_samples(staged)
    resolving.resolve_categories(staged)
    staged.refuse("category_pk IS NULL", column="category_path", reason=reasons.NO_CATEGORY)
    staged.refuse(
        f"lower(btrim(is_acceptable)) NOT IN {YES} AND lower(btrim(is_acceptable)) NOT IN {NO}",
        column="is_acceptable",
        reason=reasons.NOT_YES_OR_NO,
    )
    resolving.name_people(staged, "reviewer", otherwise=order.text("reviewer"))
    times.read_times(staged, "judged_at", now=order.now)
    for person in ("reviewer", "person_pk"):  # who may be written in two ways
        staged.refuse_repeated(
            "sample_pk", "category_pk", person, column="reviewer", reason=reasons.JUDGED_TWICE
        )
    _check_against_answers(staged, is_update=order.is_set("update"))


def _check_against_answers(staged: Staged, *, is_update: bool) -> None:
    staged.refuse(
        "EXISTS (SELECT FROM labelling_annotation annotation"
        "  WHERE annotation.sample_id = sample_pk AND annotation.annotator_id = person_pk)",
        column="reviewer",
        reason=reasons.OWN_ANSWER,
    )
    staged.execute(COMPARE)
    if not is_update:
        staged.refuse("outcome = 'changed'", column="is_acceptable", reason=reasons.OTHER_JUDGEMENT)


def apply(staged: Staged, order: Order) -> Counts:
    """Write the judgements; a tie that they decide settles."""
    order.notes["people"] = resolving.make_people(staged, "reviewer", role=Role.CURATOR)
    counts = staged.tally()
    staged.fetch(LOCK_SAMPLES)
    staged.execute(SUPERSEDE, [order.now])
    staged.execute(JUDGE)
    touched = staged.fetch(
        "SELECT DISTINCT sample_pk FROM staged WHERE reason IS NULL AND outcome <> 'unchanged'"
    )
    if touched:
        sample_ids = [sample_pk for (sample_pk,) in touched]
        consensus.settle(source=Source.PEOPLE, now=order.now, sample_ids=sample_ids)
    return counts


STEPS = Steps(check, apply, tables=("labelling_judgement",))
