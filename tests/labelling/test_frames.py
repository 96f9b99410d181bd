"""Which samples a plan may draw from."""

from datetime import date, timedelta

import pytest

from labelhub.catalog.models import ImportBatch
from labelhub.labelling.services.frames import Frame
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    RoundFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db

FULL = Frame(
    under=3,
    mall_name="11번가",
    brand="b",
    words="두 단어",
    month_from=date(2026, 1, 1),
    month_to=date(2026, 2, 1),
    has_image=False,
    batch=4,
    is_new=True,
    is_unlabelled=True,
)


def fitting(**parts) -> set[str]:
    return set(Frame(**parts).samples().values_list("product_id", flat=True))


def test_a_frame_without_parts_holds_everything():
    SampleFactory(product_id="a")

    assert fitting() == {"a"}


def test_a_subtree_holds_the_samples_given_a_category_in_it():
    jacket = CategoryFactory(path="women>jacket")
    SampleFactory(product_id="inside", given_category=jacket)
    SampleFactory(product_id="outside", given_category=CategoryFactory(path="men>jacket"))

    assert fitting(under=jacket.parent_id) == {"inside"}


def test_mall_and_brand_are_equal_but_for_capitals():
    SampleFactory(product_id="a", mall_name="Shop", brand="Acme")
    SampleFactory(product_id="b", mall_name="Shop & more", brand="Acme")

    assert fitting(mall_name="shop", brand="ACME") == {"a"}


def test_every_word_stands_in_the_name():
    SampleFactory(product_id="a", name="여성 겨울 자켓 100%")
    SampleFactory(product_id="b", name="여성 바지")

    assert fitting(words="자켓 여성") == {"a"}
    assert fitting(words="100%") == {"a"}


def test_months_count_at_both_ends_and_leave_out_what_has_none():
    for month in (1, 2, 3):
        SampleFactory(product_id=str(month), registered_month=date(2026, month, 1))
    SampleFactory(product_id="none")

    assert fitting(month_from=date(2026, 2, 1)) == {"2", "3"}
    assert fitting(month_from=date(2026, 2, 1), month_to=date(2026, 2, 1)) == {"2"}


def test_samples_with_or_without_an_image():
    SampleFactory(product_id="with", image="a.jpg")
    SampleFactory(product_id="without")

    assert fitting(has_image=True) == {"with"}
    assert fitting(has_image=False) == {"without"}


def test_what_an_import_added():
    batch = ImportBatch.objects.create(kind="samples", file_name="f", created_at=NOW)
    ImportBatch.objects.filter(pk=batch.pk).update(finished_at=NOW)
    SampleFactory(product_id="added", created_at=NOW)
    SampleFactory(product_id="before", created_at=NOW - timedelta(days=1))

    assert fitting(batch=batch.pk) == {"added"}


def test_samples_of_a_round_are_not_new_but_those_of_given_categories_are():
    SampleFactory(product_id="new")
    AssignmentFactory(sample__product_id="met")
    AssignmentFactory(sample__product_id="given", round__source="given")
    AssignmentFactory(sample__product_id="check", is_check=True)

    assert fitting(is_new=True) == {"new", "given", "check"}


def test_samples_whose_answer_was_taken_back_are_without_one():
    AnnotationFactory(sample__product_id="answered")
    AnnotationFactory(sample__product_id="undone", superseded_at=NOW)

    assert fitting(is_unlabelled=True) == {"undone"}


def test_what_a_round_could_have_drawn_is_known_later():
    AssignmentFactory(sample__product_id="met before")
    counted = AssignmentFactory(sample__product_id="met by a round that counts").round
    fresh = SampleFactory(product_id="new then")
    round = RoundFactory()
    AssignmentFactory(sample=fresh)
    last_id = fresh.pk
    SampleFactory(product_id="imported later")

    then = Frame(is_new=True).samples_before(round, last_id=last_id, ignoring=[counted.pk])

    assert {sample.product_id for sample in then} == {"new then", "met by a round that counts"}


def test_answers_given_after_the_draw_do_not_count_back():
    before, after = SampleFactory(product_id="before"), SampleFactory(product_id="after")
    earlier = RoundFactory()
    round = RoundFactory(created_at=NOW)
    AnnotationFactory(sample=before, round=earlier, answered_at=NOW - timedelta(days=1))
    AnnotationFactory(sample=after, round=earlier, answered_at=NOW + timedelta(days=1))

    then = Frame(is_unlabelled=True).samples_before(round, last_id=after.pk)

    assert {sample.product_id for sample in then} == {"after"}


def test_a_frame_is_read_back_as_it_was_written():
    assert Frame.of_record(FULL.as_record()) == FULL
    assert Frame().as_record() == {}
