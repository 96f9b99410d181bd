"""What somebody who labels, reviews or reads is shown of a guideline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from labelhub.accounts.models import User
from labelhub.accounts.roles import Action
from labelhub.catalog.models import Category
from labelhub.labelling.models import Guideline, GuidelineExample, GuidelineVersion, Question, Round
from labelhub.labelling.services import examples, guidelines, questions, showing
from labelhub.labelling.services.showing import Picture


@dataclass(frozen=True)
class ShownExample:
    """An example with the picture that goes with it."""

    row: GuidelineExample
    picture: Picture | None
    is_held_back: bool  # not shown to people who label, as long as it would give an answer away


@dataclass(frozen=True)
class ShownQuestion:
    """A question; the product is named only to those whom it tells nothing new."""

    row: Question
    product: str
    is_held_back: bool  # the product is still being labelled without help


@dataclass(frozen=True)
class Guidance:
    """A guideline as one reader sees it."""

    guideline: Guideline | None
    version: GuidelineVersion | None
    examples: list[ShownExample]
    questions: list[ShownQuestion]
    round: Round | None = None

    @property
    def answered(self) -> list[ShownQuestion]:
        return [each for each in self.questions if each.row.answered_at is not None]

    @property
    def waiting(self) -> list[ShownQuestion]:
        return [each for each in self.questions if each.row.answered_at is None]


NOTHING = Guidance(None, None, [], [])


def of(guideline: Guideline, *, reader: User) -> Guidance:
    """Return a guideline as this person may see it; curators see what is held back too."""
    tends = reader.may(Action.RUN_ROUNDS)
    found = examples.every(guideline) if tends else examples.shown(guideline)
    asked = [_question(each, reader, tends) for each in questions.of(guideline)]
    return Guidance(
        guideline=guideline,
        version=guidelines.newest(guideline),
        examples=with_pictures(found),
        questions=[each for each in asked if tends or _is_for(each, reader)],
    )


def of_round(round: Round, *, reader: User) -> Guidance:
    """Return what guides a round as people who label see it, curators among them."""
    if round.guideline is None:
        return Guidance(None, None, [], [], round)
    asked = [_question(each, reader, tends=False) for each in questions.of(round.guideline)]
    return Guidance(
        guideline=round.guideline,
        version=guidelines.newest(round.guideline),
        examples=with_pictures(examples.shown(round.guideline)),
        questions=[each for each in asked if _is_for(each, reader)],
        round=round,
    )


def of_category(category: Category) -> Guidance:
    """Return what guides one category as people who label see it."""
    guideline = Guideline.objects.filter(category=category).first()
    if guideline is None:
        return NOTHING
    found = with_pictures(examples.shown(guideline))
    return Guidance(guideline, guidelines.newest(guideline), found, [])


def for_curators(asked: Iterable[Question]) -> list[ShownQuestion]:
    """Return rows of `questions.waiting` as those who answer see them."""
    return [
        ShownQuestion(row, row.sample.name if row.sample else "", row.is_held_back)  # type: ignore[attr-defined]
        for row in asked
    ]


def with_pictures(found: Iterable[GuidelineExample]) -> list[ShownExample]:
    """Put the first picture beside each example, with the same few queries for any number."""
    rows = list(found)
    samples = showing.with_pictures().in_bulk([row.sample_id for row in rows])
    pictures = {pk: showing.pictures(sample) for pk, sample in samples.items()}
    return [
        ShownExample(row, next(iter(pictures[row.sample_id]), None), row.is_held_back)  # type: ignore[attr-defined]
        for row in rows
    ]


def _question(row: Question, reader: User, tends: bool) -> ShownQuestion:
    is_held_back: bool = row.is_held_back  # type: ignore[attr-defined]  # annotated
    is_told = tends or row.asked_by_id == reader.pk or not is_held_back
    name = row.sample.name if row.sample and is_told else ""
    return ShownQuestion(row, name, is_held_back)


def _is_for(shown: ShownQuestion, reader: User) -> bool:
    """Questions without an answer are between the asker and the curators."""
    return shown.row.answered_at is not None or shown.row.asked_by_id == reader.pk
