"""Rounds of the samples that a model points to."""

from __future__ import annotations

import pytest
from django.test import Client

from analysis.services import draws
from analysis.services.draws import Aim, Measure
from labelhub.labelling.models import Round
from labelhub.labelling.services.frames import Frame
from tests.analysis.test_verdicts import judge, labelled
from tests.factories import (
    AssignmentFactory,
    CategoryFactory,
    ModelVersionFactory,
    PredictionFactory,
    RoundFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db

URL = "/rounds/draw/"


def predicted(version, product_id: str, *probabilities: float, path: str = "a"):
    category = CategoryFactory(path=path)
    return PredictionFactory(
        version=version,
        sample=SampleFactory(product_id=product_id),
        category=category,
        probability=probabilities[0],
        category_ids=[category.pk, *range(10**6, 10**6 + len(probabilities) - 1)],
        probabilities=list(probabilities),
        rest=1 - sum(probabilities),
    ).sample


def found(version, measure: str = "least_sure", number: int = 10, **aim) -> draws.Found:
    aim.setdefault("frame", Frame())
    return draws.find(Aim(version=version, measure=Measure(measure), number=number, **aim))


def valid(version, **said) -> dict[str, object]:
    return {
        "version": version.pk,
        "measure": "least_sure",
        "source": "people",
        "number": 1,
        "name": "unsure",
        "overlap": 1,
        "is_for_everyone": "on",
        **said,
    }


def test_the_least_sure_samples_have_the_lowest_probability():
    version = ModelVersionFactory()
    predicted(version, "sure", 0.9)
    unsure, less = predicted(version, "unsure", 0.3), predicted(version, "less", 0.5)
    predicted(ModelVersionFactory(), "of another version", 0.1)

    result = found(version, number=2)

    assert result.sample_ids == (unsure.pk, less.pk)
    assert (result.among, result.first, result.last) == (3, 0.3, 0.5)


def test_the_smallest_margin_lies_between_the_first_two_categories():
    version = ModelVersionFactory()
    predicted(version, "alone", 0.5)  # the second has no probability that is stored
    close = predicted(version, "close", 0.5, 0.45)

    result = found(version, "smallest_margin", number=1)

    assert result.sample_ids == (close.pk,)
    assert result.first == pytest.approx(0.05)


def test_a_disagreement_is_between_label_and_prediction():
    version = ModelVersionFactory()
    labelled(version, "a", "a")
    differs = labelled(version, "a", "b")
    predicted(version, "without a label", 0.5)

    assert found(version, "disagreement").sample_ids == (differs.pk,)


def test_reviewed_samples_can_be_left_out():
    version = ModelVersionFactory()
    judged, fresh = labelled(version, "a", "b"), labelled(version, "a", "b")
    judge(judged, "a", True)

    assert set(found(version, "disagreement").sample_ids) == {judged.pk, fresh.pk}
    assert found(version, "disagreement", is_open=True).sample_ids == (fresh.pk,)


def test_a_category_means_the_prediction_and_of_a_difference_the_label_too():
    version = ModelVersionFactory()
    women = CategoryFactory(path="women>bag").parent
    inside = predicted(version, "inside", 0.5, path="women>bag")
    predicted(version, "outside", 0.4, path="men")
    differs = labelled(version, "women>bag", "men")

    assert found(version, category=women).sample_ids == (inside.pk,)
    assert found(version, "disagreement", category=women).sample_ids == (differs.pk,)


def test_the_filters_of_a_round_hold_here_too():
    version = ModelVersionFactory()
    AssignmentFactory(sample=predicted(version, "met", 0.1))
    fresh = predicted(version, "100% new", 0.2)

    assert found(version, frame=Frame(is_new=True)).sample_ids == (fresh.pk,)


def test_a_round_is_drawn_and_says_how(as_role):
    version = ModelVersionFactory(name="v7")
    unsure = predicted(version, "unsure", 0.3)
    predicted(version, "sure", 0.9)

    answer = as_role("curator").post(URL, valid(version))

    round = Round.objects.get()
    assert answer.url == f"/rounds/{round.pk}/"
    assert (round.plan, round.plan_details["version"]) == ("uncertainty", "v7")
    assert (round.plan_details["among"], round.plan_details["drawn"]) == (2, 1)
    assignment = round.assignments.get()
    assert (assignment.sample, assignment.inclusion_probability) == (unsure, None)
    assert round.is_blind


def test_samples_join_a_round_that_was_drawn_the_same_way(as_role):
    version = ModelVersionFactory()
    predicted(version, "unsure", 0.3)
    predicted(version, "next", 0.4)
    client = as_role("curator")
    client.post(URL, valid(version))
    round = Round.objects.get()

    client.post(URL, valid(version, number=2, into=round.pk, name="", overlap=""))

    round.refresh_from_db()
    assert round.assignments.count() == 2
    assert (round.plan_details["drawn"], Round.objects.count()) == (2, 1)


def test_samples_do_not_join_a_round_that_was_drawn_otherwise(as_role):
    version = ModelVersionFactory()
    predicted(version, "unsure", 0.3)
    other = RoundFactory(plan="disagreement")

    page = as_role("curator").post(URL, valid(version, into=other.pk))

    assert "into" in page.context["form"].errors
    assert not other.assignments.exists()


def test_nothing_found_is_refused_with_the_reason(as_role):
    version = ModelVersionFactory()
    predicted(version, "a", 0.3)

    page = as_role("curator").post(URL, valid(version, words="nothing like it"))

    assert page.context["form"].non_field_errors()
    assert not Round.objects.exists()


def test_the_preview_counts_without_drawing(as_role):
    version = ModelVersionFactory()
    predicted(version, "a", 0.3)

    page = as_role("curator").post(f"{URL}preview/", valid(version))

    assert (page.context["found"].among, page.context["found"].drawn) == (1, 1)
    assert not Round.objects.exists()


def test_a_link_from_another_page_fills_the_form(as_role):
    version = ModelVersionFactory()
    predicted(version, "a", 0.3)
    category = CategoryFactory(path="women")

    form = as_role("curator").get(
        URL, {"version": version.pk, "measure": "disagreement", "category": category.pk}
    ).context["form"]  # fmt: skip

    shown = [str(form[name].value()) for name in ("version", "measure", "category")]
    assert shown == [str(version.pk), "disagreement", str(category.pk)]


def test_without_predictions_the_page_says_what_to_do(as_role):
    assert 'href="/runs/"' in as_role("curator").get(URL).content.decode()


@pytest.mark.parametrize("role", ["annotator", "pm"])
@pytest.mark.parametrize("address", [URL, f"{URL}preview/"])
def test_rounds_are_drawn_by_curators_only(as_role, role, address):
    assert as_role(role).post(address, {}).status_code == 403
    assert not Round.objects.exists()


def test_nobody_draws_without_logging_in():
    assert Client().get(URL).url.startswith("/accounts/login/")
