"""Guidelines: documents in versions."""

from datetime import timedelta

import pytest

from labelhub.accounts.models import AuditEntry
from labelhub.labelling.models import Guideline, GuidelineVersion
from labelhub.labelling.services import guidelines
from tests.factories import NOW, CategoryFactory, GuidelineFactory

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def test_a_guideline_begins_with_its_first_version(curator):
    guideline = guidelines.write(name="Bags", text="A tote is a bag.\r\n", by=curator, now=NOW)

    version = guidelines.newest(guideline)

    assert (version.number, version.text) == (1, "A tote is a bag.")
    assert (version.created_by, version.created_at) == (curator, NOW)


def test_a_guideline_without_a_text_is_refused(curator):
    with pytest.raises(guidelines.NothingWritten, match="Write the guideline first"):
        guidelines.write(name="Bags", text=" \n", by=curator, now=NOW)

    assert not Guideline.objects.exists()


def test_two_guidelines_cannot_share_a_name(curator):
    GuidelineFactory(name="Bags")

    with pytest.raises(guidelines.NameTaken, match="“Bags”"):
        guidelines.write(name="Bags", text="A tote is a bag.", by=curator, now=NOW)


def test_a_change_adds_a_version_and_keeps_the_former(curator):
    guideline = GuidelineFactory(text="A tote is a bag.")

    guidelines.revise(
        guideline=guideline, seen=1, text="A tote is a shopper.", by=curator, now=LATER
    )

    versions = GuidelineVersion.objects.order_by("number").values_list("number", "text")
    assert list(versions) == [(1, "A tote is a bag."), (2, "A tote is a shopper.")]
    assert AuditEntry.objects.get().details == {"version": 2}


def test_the_same_text_again_adds_nothing(curator):
    guideline = GuidelineFactory(text="A tote is a bag.")

    version = guidelines.revise(
        guideline=guideline, seen=1, text="A tote is a bag.\n", by=curator, now=LATER
    )

    assert version.number == 1
    assert GuidelineVersion.objects.count() == 1


def test_the_second_of_two_editors_is_told_and_nothing_is_lost(curator):
    guideline = GuidelineFactory()
    guidelines.revise(guideline=guideline, seen=1, text="first", by=curator, now=NOW)

    with pytest.raises(guidelines.ChangedMeanwhile, match="another version meanwhile"):
        guidelines.revise(guideline=guideline, seen=1, text="second", by=curator, now=LATER)

    assert guidelines.newest(guideline).text == "first"


def test_restoring_adds_the_old_text_as_a_new_version(curator):
    guideline = GuidelineFactory(text="old")
    guidelines.revise(guideline=guideline, seen=1, text="new", by=curator, now=NOW)

    restored = guidelines.restore(guideline=guideline, number=1, seen=2, by=curator, now=LATER)

    assert (restored.number, restored.text) == (3, "old")


def test_a_category_has_one_guideline_that_begins_empty():
    category = CategoryFactory()

    first = guidelines.of_category(category=category, now=NOW)
    second = guidelines.of_category(category=category, now=LATER)

    assert first == second
    assert guidelines.newest(first) is None


def test_the_first_text_of_a_category_is_version_one(curator):
    guideline = guidelines.of_category(category=CategoryFactory(), now=NOW)

    version = guidelines.revise(
        guideline=guideline, seen=0, text="Only totes.", by=curator, now=NOW
    )

    assert version.number == 1


def test_the_newest_versions_of_several_come_in_one_query(curator, django_assert_num_queries):
    first, second = GuidelineFactory(), GuidelineFactory(text="only")
    guidelines.revise(guideline=first, seen=1, text="newer", by=curator, now=LATER)

    with django_assert_num_queries(1):
        found = guidelines.newest_of([first.pk, second.pk, None])

    assert {pk: version.text for pk, version in found.items()} == {
        first.pk: "newer",
        second.pk: "only",
    }


def test_a_guideline_can_have_another_name(curator):
    guideline = GuidelineFactory(name="Bags", text="A tote is a bag.")

    guidelines.revise(
        guideline=guideline, seen=1, name="All bags", text="A tote is a bag.", by=curator, now=NOW
    )

    assert Guideline.objects.get().name == "All bags"
    assert GuidelineVersion.objects.count() == 1


def test_another_name_must_be_free(curator):
    GuidelineFactory(name="Shoes")
    guideline = GuidelineFactory()

    with pytest.raises(guidelines.NameTaken):
        guidelines.revise(
            guideline=guideline, seen=1, name="Shoes", text="new", by=curator, now=NOW
        )

    assert guidelines.newest(guideline).number == 1
