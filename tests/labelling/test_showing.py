import pytest

from labelhub.catalog.models import Image, SampleImage
from labelhub.labelling.services import showing
from tests.factories import AssignmentFactory, CategoryFactory, RoundFactory, SampleFactory

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


def test_only_the_fields_of_the_round_are_shown_in_their_order():
    sample = SampleFactory(brand="acme", mall_name="shop", maker="hidden")
    round = RoundFactory(fields_shown=["brand", "mall_name"])

    assert list(showing.fields(sample, round).items()) == [("mall_name", "shop"), ("brand", "acme")]


def test_a_blind_round_has_no_suggestions_whatever_is_stored():
    assignment = AssignmentFactory(suggestions=[[CategoryFactory().pk, 0.9]])

    assert showing.suggestions([assignment], assignment.round) == {}
