import re

import pytest
from django.test import Client

from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Annotation, Judgement
from labelhub.registry.models import ModelVersion
from tests.factories import (
    AnnotationFactory,
    CategoryFactory,
    ConsensusFactory,
    GuidelineFactory,
    ModelVersionFactory,
    PredictionFactory,
    ReviewDrawFactory,
    RoundFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db

CHANGING = re.compile(r'(name="(csrfmiddlewaretoken|shown)" value=|X-CSRFToken": )"[^"]*"')


@pytest.fixture
def client(curator: User) -> Client:
    client = Client()
    client.force_login(curator, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def version(db) -> ModelVersion:
    return ModelVersionFactory(name="cnn-1")


def disagreement(version: ModelVersion, human="women>bag", model="men>bag") -> Sample:
    sample = SampleFactory(name="남녀공용 가방")
    ConsensusFactory(sample=sample, category=CategoryFactory(path=human))
    PredictionFactory(sample=sample, category=CategoryFactory(path=model), version=version)
    return sample


def judge(client: Client, verdict: str, **more):
    page = client.get("/review/")
    shown = re.search('name="shown" value="([^"]*)"', page.content.decode())[1]
    return client.post("/review/judge/", {"shown": shown, "verdict": verdict, **more})


def pair(client: Client) -> tuple[Category, Category]:
    context = client.get("/review/").context
    return context["first"], context["second"]


def test_the_page_shows_the_product_and_the_two_paths(client, version):
    disagreement(version)

    page = client.get("/review/").content.decode()

    assert "남녀공용 가방" in page
    assert "women" in page
    assert "men" in page
    assert "cnn-1" in page


def test_before_the_verdict_nothing_tells_which_side_is_the_models(client, version):
    sample = disagreement(version)
    before = client.get("/review/").content.decode()

    # The same page once people and the model have changed places is the same to the last letter.
    women, men = Category.objects.get(path="women>bag"), Category.objects.get(path="men>bag")
    sample.consensus.update(category=men)
    sample.predictions.update(category=women, category_ids=[women.pk])
    after = client.get("/review/").content.decode()

    assert CHANGING.sub("", before) == CHANGING.sub("", after)
    assert "0.8" not in before
    assert "80%" not in before
    # What is read: any number may stand in the tokens and ids inside the tags.
    assert "80" not in re.sub(r"<svg.*?</svg>|<[^>]*>", "", before.split("<main")[1], flags=re.S)


@pytest.mark.parametrize(
    ("verdict", "first_is_right", "second_is_right"),
    [
        ("first", True, False),
        ("second", False, True),
        ("both", True, True),
        ("neither", False, False),
    ],
)
def test_a_verdict_is_kept_for_both_sides(
    client, version, verdict, first_is_right, second_is_right
):
    disagreement(version)
    first, second = pair(client)

    judge(client, verdict)

    kept = {each.category: each for each in Judgement.objects.current()}
    assert kept[first].is_acceptable == first_is_right
    assert kept[second].is_acceptable == second_is_right
    assert kept[first].pair_shown == [first.pk, second.pk]
    assert not kept[first].is_unblinded


def test_after_neither_the_right_category_may_be_named(client, version):
    disagreement(version)
    right = CategoryFactory(path="unisex>bag")

    judge(client, "neither", right=right.pk)

    assert Judgement.objects.get(category=right).is_acceptable
    assert Judgement.objects.count() == 3


def test_after_the_verdict_a_strip_tells_the_sides(client, version):
    disagreement(version)

    page = client.get(judge(client, "both").url).content.decode()

    assert 'class="last"' in page
    assert "mark both" in page


def test_a_verdict_is_taken_back_and_the_product_shown_again(client, version):
    sample = disagreement(version)
    judge(client, "both")

    answer = client.post("/review/undo/", {"sample": sample.pk})

    assert answer.url == f"/review/?product={sample.product_id}"
    assert not Judgement.objects.current().exists()
    assert client.get(answer.url).context["sample"] == sample


def test_later_shows_another_product(client, version):
    disagreement(version), disagreement(version)
    first = client.get("/review/").context["sample"]

    judge(client, "later")

    assert client.get("/review/").context["sample"] != first
    assert not Judgement.objects.exists()


def test_evidence_opened_before_the_verdict_is_recorded(client, version):
    sample = disagreement(version)
    page = client.get(f"/review/?product={sample.product_id}&evidence=1").content.decode()
    shown = re.search('name="shown" value="([^"]*)"', page)[1]
    assert "80.0%" in page

    client.post("/review/judge/", {"shown": shown, "verdict": "both"})

    assert set(Judgement.objects.values_list("is_unblinded", flat=True)) == {True}


def test_a_verdict_after_an_undo_is_recorded_as_unblinded(client, version):
    sample = disagreement(version)
    judge(client, "first")
    client.post("/review/undo/", {"sample": sample.pk})

    judge(client, "second")

    assert set(Judgement.objects.current().values_list("is_unblinded", flat=True)) == {True}


def test_one_product_opens_by_its_id(client, version):
    for _ in range(3):
        wanted = disagreement(version)

    assert client.get(f"/review/?product={wanted.product_id}").context["sample"] == wanted


def test_a_product_on_which_both_agree_has_nothing_to_review(client, version):
    sample = disagreement(version, human="bag", model="bag")

    assert client.get(f"/review/?product={sample.product_id}").status_code == 200


def test_a_product_the_reviewer_labelled_cannot_be_judged(client, curator, version):
    sample = disagreement(version)
    AnnotationFactory(sample=sample, annotator=curator)
    page = client.get(f"/review/?product={sample.product_id}").content.decode()
    shown = re.search('name="shown" value="([^"]*)"', page)[1]
    assert 'data-key="first" disabled' in page

    client.post("/review/judge/", {"shown": shown, "verdict": "both"})

    assert not Judgement.objects.exists()


def test_the_live_version_is_reviewed_unless_another_is_named(client, version):
    disagreement(version)
    newer = ModelVersionFactory(name="cnn-2")

    assert client.get("/review/").context["selection"].version == newer
    named = client.get(f"/review/?version={version.pk}")
    assert named.context["selection"].version == version


def test_the_filter_stays_after_a_verdict(client, version):
    disagreement(version)
    women = Category.objects.get(path="women")

    assert judge(client, "both", under=women.pk).url.startswith(f"/review/?under={women.pk}&last=")


def test_the_guideline_of_the_round_is_shown(client, version):
    sample = disagreement(version)
    guideline = GuidelineFactory(text="Couple looks follow the *size*.")
    answer = AnnotationFactory(sample=sample, round=RoundFactory(guideline=guideline))
    assert Annotation.objects.get() == answer

    assert "Couple looks follow the <em>size</em>." in client.get("/review/").content.decode()


def test_a_form_that_the_page_did_not_make_is_refused(client, version):
    disagreement(version)

    answer = client.post("/review/judge/", {"shown": "forged", "verdict": "both"})

    assert answer.status_code == 400


def test_without_a_version_the_page_says_so(client):
    assert client.get("/review/").status_code == 200


def test_nobody_reviews_without_logging_in():
    assert Client().get("/review/").url.startswith("/accounts/login/")


def test_the_page_costs_a_bounded_number_of_statements(
    client, version, django_assert_max_num_queries
):
    disagreement(version)
    client.get("/review/")

    with django_assert_max_num_queries(16):
        client.get("/review/")


def agreement(version: ModelVersion) -> Sample:
    """Return a drawn sample on which people and the version agree."""
    sample = disagreement(version, human="women>bag", model="women>bag")
    return ReviewDrawFactory(sample=sample).sample


def test_a_drawn_agreement_shows_one_category(client, version):
    agreement(version)

    page = client.get("/review/").content.decode()

    assert page.count('class="choice"') == 1
    assert 'value="both"' not in page


@pytest.mark.parametrize(("verdict", "is_acceptable"), [("first", True), ("neither", False)])
def test_one_category_is_acceptable_or_not(client, version, verdict, is_acceptable):
    agreement(version)

    judge(client, verdict)

    kept = Judgement.objects.get()
    assert (kept.category.path, kept.is_acceptable) == ("women>bag", is_acceptable)


def test_where_one_category_is_not_acceptable_the_right_one_may_be_named(client, version):
    agreement(version)
    right = CategoryFactory(path="unisex>bag")

    judge(client, "neither", right=right.pk)

    kept = dict(Judgement.objects.values_list("category__path", "is_acceptable"))
    assert kept == {"women>bag": False, "unisex>bag": True}


def test_the_page_says_of_an_agreement_what_was_found(client, version):
    agreement(version)

    page = client.get(judge(client, "neither").url).content.decode()

    assert "not acceptable" in page.split('class="last"')[1]


def test_a_drawn_disagreement_looks_like_any_other(client, version):
    sample = disagreement(version)
    before = client.get("/review/").content.decode()

    ReviewDrawFactory(sample=sample)
    after = client.get("/review/").content.decode()

    assert CHANGING.sub("", before) == CHANGING.sub("", after)
