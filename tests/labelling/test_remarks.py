from datetime import timedelta

import pytest

from labelhub.labelling.models import Flag, Skip
from labelhub.labelling.services import remarks
from labelhub.labelling.services.remarks import Asked
from tests.factories import NOW, AssignmentFactory, UserFactory

pytestmark = pytest.mark.django_db


def flag(**given):
    values = {"kind": Flag.Kind.WRONG_IMAGE, "flagged_at": NOW, "annotator": UserFactory()}
    return Flag.objects.create(**{**values, "assignment": AssignmentFactory(), **given})


def skip(reason):
    return Skip.objects.create(
        assignment=AssignmentFactory(),
        annotator=UserFactory(),
        reason=reason,
        skipped_at=NOW + timedelta(hours=1),
    )


def test_the_queue_holds_flags_and_skips_with_a_reason():
    flag()
    skip("blurred")
    skip("")

    said = [row["said"] for row in remarks.listed().order_by("at")]

    assert said == ["wrong_image", "blurred"]
    assert remarks.number_waiting() == 2


def test_people_appear_under_their_pseudonym():
    flagged = flag()

    [row] = remarks.listed()

    assert row["pseudonym"] == flagged.annotator.pseudonym


def test_what_was_dealt_with_leaves_the_queue(curator):
    flagged, skipped = flag(), skip("blurred")

    done = remarks.handle(flags=[flagged.pk], skips=[skipped.pk], by=curator, now=NOW)

    assert done == 2
    assert not remarks.listed().exists()
    assert remarks.listed(Asked(is_handled=True)).count() == 2


def test_what_came_of_a_remark_is_kept_with_who_dealt_with_it(curator):
    flagged, skipped = flag(), skip("blurred")

    remarks.handle(
        flags=[flagged.pk], skips=[skipped.pk], by=curator, now=NOW, resolution=" new image "
    )

    rows = remarks.listed(Asked(is_handled=True))
    assert {(row["came_of_it"], row["handler"]) for row in rows} == {
        ("new image", curator.shown_name)
    }


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"said": "skip"}, ["blurred"]),
        ({"said": "wrong_image"}, ["wrong_image"]),
        ({"words": ("coat", "red")}, ["adult"]),
        ({"said": "skip", "words": ("coat",)}, []),
    ],
)
def test_a_part_of_the_queue_can_be_chosen(asked, expected):
    flag()
    flag(kind="adult", assignment=AssignmentFactory(sample__name="Red coat"))
    skip("blurred")

    rows = remarks.listed(Asked(**asked))

    assert [row["said"] for row in rows] == expected


def test_the_queue_of_one_round_can_be_chosen():
    mine, _other = flag(), flag()

    [row] = remarks.listed(Asked(round=mine.assignment.round))

    assert row["pk"] == mine.pk


def test_the_second_curator_is_told(curator):
    flagged = flag()
    remarks.handle(flags=[flagged.pk], skips=[], by=curator, now=NOW)

    with pytest.raises(remarks.HandledAlready):
        remarks.handle(flags=[flagged.pk], skips=[], by=curator, now=NOW)


def test_the_page_lists_and_marks(as_role):
    flagged, skipped = flag(comment="another shoe"), skip("blurred")
    curator = as_role("curator")

    page = curator.get("/rounds/remarks/?sort=-said").content.decode()
    curator.post(
        "/rounds/remarks/handle/",
        {"chosen": [f"flag {flagged.pk}", f"skip {skipped.pk}", "flag x"]},
    )

    assert "another shoe" in page
    assert "blurred" in page
    assert remarks.number_waiting() == 0


def test_a_reason_that_the_page_offers_is_shown_in_words(as_role):
    skip("unclear")

    page = as_role("curator").get("/rounds/remarks/").content.decode()

    assert "The name does not say what it is" in page


def test_a_filter_that_leaves_nothing_offers_to_clear_it(as_role):
    flag()

    page = as_role("curator").get("/rounds/remarks/?said=adult&round=x&q=coat").content.decode()

    assert "Nothing fits" in page


def test_marking_nothing_says_so(as_role):
    answer = as_role("curator").post("/rounds/remarks/handle/", follow=True)

    assert "Tick what you have dealt with first." in answer.text


def test_the_queue_is_exported(as_role):
    flag(comment="another shoe")

    file = b"".join(as_role("curator").get("/rounds/remarks/?format=csv").streaming_content)

    assert b"another shoe" in file
