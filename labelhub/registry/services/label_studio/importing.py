"""
Tasks of Label Studio as samples of a round, with their annotations as answers.

Predictions come along where they can: one without a probability, or of a category that the tree
lacks, is left out and counted, and never keeps its task out.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace

from django.utils.translation import gettext as _

from labelhub.accounts.roles import Role
from labelhub.catalog import import_kinds
from labelhub.catalog.import_kinds import Counts, Order, Steps
from labelhub.catalog.services import resolving, staging, times
from labelhub.catalog.services.importing_samples import TEXTS
from labelhub.catalog.services.staging import Staged
from labelhub.errors import DomainError
from labelhub.labelling.models import Round
from labelhub.labelling.services import importing_annotations, importing_samples
from labelhub.registry.services import importing as importing_predictions

MOST_MODELS = 20  # versions that one file may bring

ANSWERS = ("product_id", "category_path", "annotator", "answered_at", "is_assisted", "extra")
SKIPS = ("product_id", "annotator", "answered_at", "extra")
SAID = ("product_id", "category_path", "probability")

# (who, path, when, is a skip, is assisted); `extra` says which task a row comes from.
EACH_ANSWER = """
FROM whole, jsonb_array_elements(whole.answers::jsonb) WITH ORDINALITY AS item (given, place)
WHERE whole.reason IS NULL
"""
ANSWER_ROWS = f"""
SELECT row_number() OVER (ORDER BY whole.line, place), product_id, given->>1, given->>0, given->>2,
    given->>4, jsonb_build_object('task', whole.line)
{EACH_ANSWER} AND given->>3 = 'false'
"""
SKIP_ROWS = f"""
SELECT row_number() OVER (ORDER BY whole.line, place), product_id, given->>0, given->>2,
    jsonb_build_object('task', whole.line)
{EACH_ANSWER} AND given->>3 = 'true'
"""
# (model, path, probability)
SAID_ROWS = """
SELECT row_number() OVER (ORDER BY whole.line), product_id, prediction->>1, prediction->>2
FROM whole, jsonb_array_elements(whole.said::jsonb) AS item (prediction)
WHERE whole.reason IS NULL AND prediction->>1 <> '' AND prediction->>0 = %s
"""
MODELS = """
SELECT prediction->>0, count(*) FILTER (WHERE prediction->>1 = '')
FROM staged, jsonb_array_elements(said::jsonb) AS item (prediction)
WHERE reason IS NULL GROUP BY 1 ORDER BY 1
"""
REFUSE_TASKS = """
UPDATE whole SET reason = staged.reason, refused_column = 'answers' FROM staged
WHERE whole.line = (staged.extra->>'task')::integer
  AND staged.reason IS NOT NULL AND whole.reason IS NULL
"""
SKIP = """
INSERT INTO labelling_skip (assignment_id, annotator_id, reason, skipped_at)
SELECT min(assignment.id), person_pk, '', min(moment)
FROM staged JOIN labelling_assignment assignment
    ON assignment.sample_id = staged.sample_pk AND assignment.round_id = %s
WHERE reason IS NULL AND NOT assignment.is_check
GROUP BY sample_pk, person_pk
ON CONFLICT DO NOTHING
"""


class TooManyModels(DomainError):
    """The predictions are of more models than one file can mean to bring."""


def check(staged: Staged, order: Order) -> None:
    """
    Refuse tasks whose sample or one of whose answers cannot be taken.

    Raises:
        DomainError: the round, or a model version, cannot take what the file holds.
    """
    staged.execute("UPDATE staged SET extra = attributes::jsonb WHERE attributes <> '{}'")
    importing_samples.check(_as_samples(staged), order)
    with _answers() as answers:
        resolving.match_samples(answers)
        resolving.read_paths(answers)
        resolving.match_paths(answers)
        if not order.is_set("create_categories"):
            resolving.refuse_unknown_paths(answers)
        importing_annotations.check_answers(answers, order)
        answers.execute(REFUSE_TASKS)
    with _skips() as skips:
        _check_people_and_times(skips, order)
        skips.execute(REFUSE_TASKS)
    for model, _left_out in _models(staged):
        importing_predictions.version_named(model)


def _as_samples(staged: Staged) -> Staged:
    """
    Return the rows as a file of samples that has the columns in which anything stands.

    A field that no task has is no column, and so leaves known samples as they are.
    """
    optional = (*TEXTS, "category_path")
    asked = ", ".join(f"bool_or({column} <> '')" for column in optional)
    [filled] = staged.fetch(f"SELECT {asked} FROM staged")  # noqa: S608
    found = [column for column, is_there in zip(optional, filled, strict=True) if is_there]
    return replace(staged, columns=("product_id", "product_name", *found))


def _answers() -> AbstractContextManager[Staged]:
    return staging.part(ANSWERS, ANSWER_ROWS, known=import_kinds.get("annotations").columns)


def _skips() -> AbstractContextManager[Staged]:
    return staging.part(SKIPS, SKIP_ROWS, known=import_kinds.get("annotations").columns)


def _check_people_and_times(skips: Staged, order: Order) -> None:
    resolving.name_people(skips, "annotator", otherwise=order.text("annotator"))
    times.read_times(skips, "answered_at", now=order.now)


def _models(staged: Staged) -> list[tuple[str, int]]:
    """Return the model versions that predict, and how many predictions of each are none."""
    found = [(str(name), int(left_out)) for name, left_out in staged.fetch(MODELS)]
    if len(found) > MOST_MODELS:
        problem = _("The predictions are of %(count)s model versions; at most %(most)s are taken.")
        raise TooManyModels(problem % {"count": f"{len(found):,}", "most": MOST_MODELS})
    return found


def apply(staged: Staged, order: Order) -> Counts:
    """Write samples and round, then the answers, skips and predictions of the good tasks."""
    counts = importing_samples.apply(_as_samples(staged), order)
    models = _models(staged)
    told = {
        "answers": _write_answers(order),
        "skips": _write_skips(order),
        "predictions": 0,
        "left_out": sum(left_out for _model, left_out in models),
    }
    for model, _left_out in models:
        predictions, left_out = _write_predictions(model, order)
        told["predictions"] += predictions
        told["left_out"] += left_out
    order.notes["label_studio"] = told
    return counts


def _write_answers(order: Order) -> int:
    with _answers() as answers:
        resolving.match_samples(answers)
        resolving.read_paths(answers)
        _grow(answers, order)
        resolving.match_paths(answers)
        importing_annotations.check_answers(answers, order)
        counts = importing_annotations.apply(answers, order)
    return counts.added + counts.changed


def _write_skips(order: Order) -> int:
    with _skips() as skips:
        resolving.match_samples(skips)
        _check_people_and_times(skips, order)
        order.notes["people"] += resolving.make_people(skips, "annotator", role=Role.ANNOTATOR)
        return skips.execute(SKIP, [Round.objects.get(name=order.text("round")).pk])


def _write_predictions(model: str, order: Order) -> tuple[int, int]:
    """Write what one model says; return how many predictions were taken and left out."""
    of_model = replace(order, options={**order.options, "model": model})
    known = import_kinds.get("predictions").columns
    with staging.part(SAID, SAID_ROWS, [model], known=known) as said:
        importing_predictions.check(said, of_model)
        taken = said.count("reason IS NULL")
        left_out = said.count("reason IS NOT NULL")
        if taken:
            importing_predictions.apply(said, of_model)
    if made := order.notes.pop("model", None):
        order.notes.setdefault("models", []).append(made)
    return taken, left_out


def _grow(answers: Staged, order: Order) -> None:
    if order.is_set("create_categories"):
        made = resolving.grow_missing(answers, now=order.now)
        order.notes["categories_made"] = order.notes.get("categories_made", 0) + made


STEPS = Steps(
    check,
    apply,
    importing_samples.STEPS.prepare,
    tables=(*importing_samples.STEPS.tables, "labelling_skip", "registry_prediction"),
)
