import pytest

from labelhub.catalog.models import Image, SampleImage
from labelhub.labelling.models import Assignment, Flag
from labelhub.labelling.services import showing
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def sample_with(*names: str, image: Image | None = None):
    sample = SampleFactory()
    for position, name in enumerate(names):
        SampleImage.objects.create(sample=sample, position=position, name=name, image=image)
    return showing.with_pictures().get(pk=sample.pk)


def test_a_stored_picture_is_shown_in_two_widths():
    stored = Image.objects.create(sha256="a" * 64, format="PNG", width=9, height=9, size=9)

    [picture] = showing.pictures(sample_with("front.png", image=stored))

    assert picture.large == f"/images/{'a' * 64}/960.webp"
    assert picture.small == f"/images/{'a' * 64}/320.webp"


@pytest.mark.parametrize(
    ("width", "height", "whole"),
    [
        (960, 800, ""),
        (961, 800, f"/images/{'a' * 64}/whole"),
        (800, 4000, f"/images/{'a' * 64}/whole"),
    ],
)
def test_a_picture_that_was_made_smaller_has_an_address_of_the_whole(width, height, whole):
    stored = Image.objects.create(sha256="a" * 64, format="png", width=width, height=height, size=9)
    sample = sample_with("front.png", image=stored)
    [shown] = showing.served(*held(sample))

    assert [showing.pictures(sample)[0].whole, shown.pictures[0].whole] == [whole, whole]


def held(sample):
    assignment = AssignmentFactory(sample=sample, annotator=UserFactory(), lease_expires_at=NOW)
    return assignment.round, [assignment.pk]


def test_an_address_is_shown_when_the_installation_allows_its_host(settings):
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {**directives, "img-src": ["https://img.shop.example"]}
    }

    shown = showing.pictures(
        sample_with("https://img.shop.example/1.jpg", "https://elsewhere.example/2.jpg")
    )

    assert [picture.large for picture in shown] == ["https://img.shop.example/1.jpg"]


def test_a_file_that_never_came_is_not_shown():
    assert showing.pictures(sample_with("missing.jpg")) == []


def served(assignment: Assignment) -> showing.Served:
    [shown] = showing.served(assignment.round, [assignment.pk])
    return shown


def test_only_the_fields_of_the_round_are_shown_in_their_order():
    assignment = AssignmentFactory(
        round=RoundFactory(fields_shown=["brand", "mall_name"]),
        sample=SampleFactory(brand="acme", mall_name="shop", maker="hidden"),
    )

    shown = served(assignment)

    assert list(shown.fields.items()) == [("mall_name", "shop"), ("brand", "acme")]


def test_pictures_come_in_the_order_of_the_file():
    sample = sample_with("1.png", "2.png")
    for position, letter in enumerate("ab"):
        kept = Image.objects.create(sha256=letter * 64, format="PNG", width=9, height=9, size=9)
        sample.images.filter(position=position).update(image=kept)

    shown = served(AssignmentFactory(sample=sample))

    assert [picture.small[8] for picture in shown.pictures] == ["a", "b"]


def test_a_round_that_hides_pictures_shows_none():
    kept = Image.objects.create(sha256="a" * 64, format="PNG", width=9, height=9, size=9)
    sample = sample_with("front.png", image=kept)

    assert (
        served(AssignmentFactory(round=RoundFactory(fields_shown=[]), sample=sample)).pictures == []
    )


def test_a_blind_round_has_no_suggestions_whatever_is_stored():
    assert served(AssignmentFactory(suggestions=[[CategoryFactory().pk, 0.9]])).suggestions == []


def test_an_assisted_round_shows_suggestions_in_the_models_order():
    first, second = CategoryFactory(path="a>x"), CategoryFactory(path="a>y")
    assignment = AssignmentFactory(
        round=RoundFactory(is_blind=False), suggestions=[[second.pk, 0.9], [first.pk, 0.05]]
    )

    assert served(assignment).suggestions == [
        showing.Suggestion(second.pk, "a>y", 0.9),
        showing.Suggestion(first.pk, "a>x", 0.05),
    ]


def test_what_anybody_flagged_as_adult_is_served_as_such_to_everybody():
    flagged = AssignmentFactory()
    elsewhere = AssignmentFactory(sample=flagged.sample)
    other = AssignmentFactory()
    for assignment, kind in ((flagged, Flag.Kind.ADULT), (other, Flag.Kind.WRONG_IMAGE)):
        Flag.objects.create(
            assignment=assignment, annotator=UserFactory(), kind=kind, flagged_at=NOW
        )

    assert served(elsewhere).is_adult
    assert not served(other).is_adult
