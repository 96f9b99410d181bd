"""People of the market: annotators right three times in four, reviewers nearly always."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

import numpy as np

from mlcore.demo.audiences import AUDIENCES, counterpart
from mlcore.demo.market import DemoRow
from mlcore.demo.tree import Leaf, children, leaf_at, leaves_of

ANNOTATORS = (
    "label.haneul",
    "label.bora",
    "label.dasom",
    "label.mireu",
    "label.nari",
    "label.onyu",
)
REVIEWERS = ("review.sol", "review.garam")
# Chance of a right answer (.75 once some cannot decide), and how far the best and worst are off.
RIGHT, SPREAD = 0.757, 0.08
CANNOT_BE_DECIDED = 0.01
# How much less (or more) often a product is answered rightly than others.
HARDER_FOR_CHILDREN, HARDER_WHEN_SHARED, HARDER_FOR_OTHER = 0.08, 0.25, 0.12
# How often a wrong answer is the one that this product suggests to everybody.
TEMPTED = 0.5
REVIEW_NOISE = 0.03
# One product in so many is judged by both reviewers.
JUDGED_TWICE = 10
# Annotators start on this Monday at nine in Seoul and take this long for an answer.
STARTED_AT = datetime(2026, 10, 5, 0, 0, tzinfo=UTC)
SECONDS = (5, 16)
ANSWERS_A_DAY = 900


@dataclass(frozen=True)
class DemoAnnotation:
    """One answer; no category means that it cannot be decided."""

    product_id: str
    annotator: str
    category_path: str | None
    answered_at: datetime


@dataclass(frozen=True)
class DemoJudgement:
    """A reviewer's statement whether a category is acceptable for a product."""

    product_id: str
    category_path: str
    is_acceptable: bool
    reviewer: str


def annotate(
    rows: Sequence[DemoRow], rng: np.random.Generator, *, annotators: int = 5, overlap: int = 2
) -> list[DemoAnnotation]:
    """
    Return what people answer: `overlap` different annotators a product.

    Children's products, those that belong to two categories and those of catch-alls are
    harder; what is answered instead is what people mix up in truth: 유아 and 아동, 기타, the
    same thing for other buyers.

    Raises:
        ValueError: there are fewer annotators than a product needs, or more than the market has.
    """
    if not 1 <= overlap <= annotators <= len(ANNOTATORS):
        raise ValueError(
            f"Expected 1 <= overlap <= annotators <= {len(ANNOTATORS)}, "
            f"not {overlap} and {annotators}."
        )
    dice = random.Random(int(rng.integers(2**62)))  # noqa: S311 - guards nothing
    names = ANNOTATORS[:annotators]
    clocks = {name: _Clock() for name in names}
    skills = dict(zip(names, np.linspace(SPREAD, -SPREAD, annotators).tolist(), strict=True))
    annotations = []
    for row, extra in zip(rows, _ease(rows), strict=True):
        chances = {name: RIGHT + extra + skills[name] for name in dice.sample(names, k=overlap)}
        annotations += [
            DemoAnnotation(row.product_id, name, category_path, clocks[name].next(dice))
            for name, category_path in _answers(row, chances, dice)
        ]
    return annotations


def judge(
    truth: Mapping[str, frozenset[str]],
    pairs: Iterable[tuple[str, str]],
    rng: np.random.Generator,
) -> list[DemoJudgement]:
    """
    Return judgements of each (product, category): by the truth, with three in a hundred wrong.

    A product's pairs all go to one reviewer, the same one in every call; one product in ten
    is judged by both reviewers.
    """
    return [
        DemoJudgement(
            product_id=product_id,
            category_path=path,
            is_acceptable=(path in truth[product_id]) != (rng.random() < REVIEW_NOISE),
            reviewer=reviewer,
        )
        for product_id, path in pairs
        for reviewer in reviewers_of(product_id)
    ]


def reviewers_of(product_id: str) -> tuple[str, ...]:
    """Return who judges the product."""
    ticket = crc32(product_id.encode())
    if ticket % JUDGED_TWICE == 0:
        return REVIEWERS
    return (REVIEWERS[ticket // JUDGED_TWICE % len(REVIEWERS)],)


def _ease(rows: Sequence[DemoRow]) -> list[float]:
    """Return how much easier than the average each product is; the mean is zero."""
    hardness = [_hardness(row) for row in rows]
    mean = sum(hardness) / max(len(hardness), 1)
    return [mean - value for value in hardness]


def _hardness(row: DemoRow) -> float:
    leaf = leaf_at(row.true_category_path)
    return (
        HARDER_FOR_CHILDREN * (leaf.audience in {"kids", "baby"})
        + HARDER_WHEN_SHARED * (len(row.acceptable) > 1)
        + HARDER_FOR_OTHER * leaf.is_catch_all
    )


def _answers(
    row: DemoRow, right: Mapping[str, float], dice: random.Random
) -> Iterator[tuple[str, str | None]]:
    """Yield what each annotator answers, given how likely each is to be right."""
    leaf = leaf_at(row.true_category_path)
    others = [leaf_at(path) for path in sorted(row.acceptable - {leaf.path})]
    tempting = dice.choice(others or _mistakes(leaf, dice))
    for name, chance in right.items():
        if dice.random() < CANNOT_BE_DECIDED:
            yield name, None
        elif dice.random() < chance:
            yield name, leaf.path
        elif dice.random() < TEMPTED:
            yield name, tempting.path
        else:
            yield name, dice.choice(_mistakes(leaf, dice)).path


def _mistakes(leaf: Leaf, dice: random.Random) -> Sequence[Leaf]:
    """Return the leaves from which one wrong answer is taken."""
    chance = dice.random()
    confused = {"kids": "baby", "baby": "kids"}.get(leaf.audience)
    if confused and chance < 0.55 and (other := counterpart(leaf, confused)):
        return [other]
    shelf = [other for other in children(leaf.parent) if other != leaf]
    if chance < 0.35 and (rest := [other for other in shelf if other.is_catch_all]):
        return rest
    others = [other for name in AUDIENCES if (other := counterpart(leaf, name))]
    if chance < 0.6 and (elsewhere := [other for other in others if other != leaf]):
        return elsewhere
    if chance < 0.93 and shelf:
        return shelf
    return [other for other in leaves_of(leaf.department) if other != leaf]


class _Clock:
    """Office hours of one annotator."""

    def __init__(self) -> None:
        self.answers = 0
        self.now = STARTED_AT

    def next(self, dice: random.Random) -> datetime:
        """Return when the next answer is given."""
        day, place = divmod(self.answers, ANSWERS_A_DAY)
        if place == 0:
            self.now = STARTED_AT + timedelta(days=day)
        self.answers += 1
        self.now += timedelta(seconds=dice.uniform(*SECONDS))
        return self.now
