"""The round of three samples: a/x and a/x; a/x and a/y; b/z, b/z (and one sample answered once)."""

import pytest

from labelhub.labelling.services import agreement
from tests.factories import (
    AnnotationFactory,
    CategoryFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return RoundFactory()


def answer(round, people, *paths):
    """Give one sample an answer by each person."""
    sample = SampleFactory()
    for person, path in zip(people, paths, strict=False):
        AnnotationFactory(
            round=round,
            sample=sample,
            annotator=person,
            category=CategoryFactory(path=path) if path else None,
            is_undecidable=path is None,
        )
    return sample


@pytest.fixture
def answered(round):
    two = UserFactory.create_batch(2)
    answer(round, two, "a>x", "a>x")
    answer(round, two, "a>x", "a>y")
    answer(round, two, "b>z", "b>z")
    answer(round, two, "b>z")
    return round


def measures(round):
    return {measure.name: measure for measure in agreement.of_round(round)}


def test_raw_agreement_is_over_samples_that_several_people_answered(answered):
    raw = measures(answered)["raw"]

    assert (raw.value, raw.samples) == (pytest.approx(2 / 3), 3)


def test_cohen_has_a_value_where_two_people_answered(answered):
    # First: x x z, second: x y z. p_o = 2/3, p_e = (2*1 + 0*1 + 1*1) / 9 = 1/3.
    cohen = measures(answered)["cohen"]

    assert cohen.value == pytest.approx(0.5)


def test_cohen_has_a_reason_where_three_people_answered(answered):
    answer(answered, UserFactory.create_batch(3), "a>x", "a>x", "a>x")

    cohen = measures(answered)["cohen"]

    assert cohen.value is None
    assert "two people" in cohen.reason


def test_agreement_is_given_at_each_level_of_the_tree(answered):
    found = measures(answered)

    assert found["agreement_at_level_1"].value == 1
    assert found["agreement_at_level_2"].value == pytest.approx(2 / 3)


def test_answers_that_part_lower_in_the_tree_differ_less(answered):
    found = measures(answered)

    assert found["krippendorff_over_the_tree"].value > found["krippendorff"].value


def test_cannot_be_decided_differs_from_every_category(round):
    people = UserFactory.create_batch(2)
    answer(round, people, "a>x", None)
    answer(round, people, "a>x", "a>x")

    assert measures(round)["agreement_at_level_1"].value == 0.5


def test_hidden_checks_and_answers_taken_back_do_not_count(answered):
    sample = answer(answered, UserFactory.create_batch(2), "a>x", "a>y")
    answered.annotations.filter(sample=sample).update(is_check=True)

    assert measures(answered)["raw"].samples == 3


def test_all_answers_of_one_category_have_no_alpha(round):
    answer(round, UserFactory.create_batch(2), "a>x", "a>x")

    alpha = measures(round)["krippendorff"]

    assert alpha.value is None
    assert "one category" in alpha.reason


def test_a_round_without_shared_samples_has_no_measures(round):
    answer(round, [UserFactory()], "a>x")

    assert agreement.of_round(round) == []


def test_the_page_shows_the_figures_and_exports_the_rest(as_role, answered):
    curator = as_role("curator")

    page = curator.get(f"/rounds/{answered.pk}/agreement/").content.decode()
    part = curator.get(
        f"/rounds/{answered.pk}/agreement/", headers={"HX-Request": "true"}
    ).content.decode()
    file = b"".join(curator.get(f"/rounds/{answered.pk}/agreement/?format=csv").streaming_content)

    assert "0.500" in page
    assert "<html" not in part
    assert b"fleiss" in file
