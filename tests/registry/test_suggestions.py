import pytest

from labelhub.registry.services import suggestions
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    ModelVersionFactory,
    PredictionFactory,
    RoundFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def test_an_open_assignment_gets_the_most_probable_categories():
    first, *others = CategoryFactory.create_batch(7)
    categories = [category.pk for category in (first, *others)]
    made = PredictionFactory(
        category=first,
        category_ids=categories,
        probabilities=[0.4, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05],
        probability=0.4,
        rest=0,
    )
    open_one = AssignmentFactory(round=RoundFactory(is_blind=False), sample=made.sample)

    assert suggestions.write(round=open_one.round, version=made.version) == 1

    open_one.refresh_from_db()
    assert open_one.suggestions == [
        [category, probability]
        for category, probability in zip(categories[:5], [0.4, 0.2, 0.1, 0.1, 0.1], strict=True)
    ]


def test_an_answered_assignment_keeps_what_its_annotator_saw():
    made = PredictionFactory()
    answered = AssignmentFactory(
        round=RoundFactory(is_blind=False),
        sample=made.sample,
        annotator=UserFactory(),
        answered_at=NOW,
    )

    assert suggestions.write(round=answered.round, version=made.version) == 0


def test_a_blind_round_gets_none():
    with pytest.raises(suggestions.RoundIsBlind):
        suggestions.write(round=RoundFactory(), version=ModelVersionFactory())
