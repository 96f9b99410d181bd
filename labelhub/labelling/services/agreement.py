"""How well the answers of a round agree, beyond the raw share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import connection

from labelhub.catalog.models import Category
from labelhub.labelling.models import Round
from mlcore.quality import agreement
from mlcore.taxonomy import Path, split_path

UNDECIDABLE = 0  # "cannot be decided" is an answer like the others
BESIDE_THE_TREE: Path = ("",)  # its place over the tree: away from every category

# Answers to samples that several people answered; O(answers of the round).
ANSWERS = """
SELECT sample_id, annotator_id, coalesce(category_id, 0) FROM (
    SELECT sample_id, annotator_id, category_id,
           count(*) OVER (PARTITION BY sample_id) AS answers
    FROM labelling_annotation
    WHERE round_id = %s AND superseded_at IS NULL AND NOT is_check
) AS answered
WHERE answers > 1 ORDER BY sample_id, annotator_id
"""

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A coefficient, or the reason why it has no value; `samples` is what it is computed on."""

    name: str  # raw, cohen, fleiss, krippendorff, krippendorff_over_the_tree, agreement_at_level_N
    value: float | None
    samples: int
    reason: str = ""


@dataclass(frozen=True)
class _Answers:
    samples: Codes
    annotators: Codes
    categories: Codes

    @property
    def number(self) -> int:
        return int(np.unique(self.samples).size)


def of_round(round: Round) -> list[Measure]:
    """
    Return the coefficients over all samples of the round that several people answered.

    Cohen's kappa has a value where two people gave all answers, Fleiss' where every sample has
    equally many; Krippendorff's alpha always, but for answers that all name one category.
    """
    answers = _answers(round)
    if not answers.number:
        return []
    table = (answers.samples, answers.categories)
    codes = _level_codes(answers.categories)
    return [
        _measure("raw", answers, lambda: agreement.raw_agreement(*table)),
        _measure("cohen", answers, lambda: _cohen(answers)),
        _measure("fleiss", answers, lambda: agreement.fleiss_kappa(*table)),
        _measure("krippendorff", answers, lambda: agreement.krippendorff_alpha(*table)),
        _measure(
            "krippendorff_over_the_tree",
            answers,
            lambda: agreement.hierarchical_alpha(answers.samples, codes).alpha,
        ),
        *_levels(answers, codes),
    ]


def _answers(round: Round) -> _Answers:
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, [round.pk])
        rows = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 3)
    return _Answers(rows[:, 0], rows[:, 1], rows[:, 2])


def _measure(name: str, answers: _Answers, compute: Callable[[], float]) -> Measure:
    try:
        return Measure(name=name, value=compute(), samples=answers.number)
    except agreement.Undefined as reason:
        return Measure(name=name, value=None, samples=answers.number, reason=str(reason))


def _levels(answers: _Answers, codes: Codes) -> Iterator[Measure]:
    """Yield the raw agreement of answers cut to each level of the tree."""
    for level in range(codes.shape[1]):
        share = agreement.raw_agreement(answers.samples, codes[:, level])
        yield Measure(name=f"agreement_at_level_{level + 1}", value=share, samples=answers.number)


def _cohen(answers: _Answers) -> float:
    people = np.unique(answers.annotators)
    if people.size != 2:
        raise agreement.Undefined("More than two people answered.")
    first = answers.annotators == people[0]  # the rows are in the order of samples for both
    return agreement.cohen_kappa(answers.categories[first], answers.categories[~first])


def _level_codes(categories: Codes) -> Codes:
    """Return the ancestors of each answer, shape (n_answers, depth of the deepest)."""
    named, place = np.unique(categories, return_inverse=True)
    paths = dict(Category.objects.filter(pk__in=named.tolist()).values_list("pk", "path"))
    ladder = [
        BESIDE_THE_TREE if pk == UNDECIDABLE else split_path(paths[pk]) for pk in named.tolist()
    ]
    return np.asarray(agreement.level_codes(ladder)[place])
