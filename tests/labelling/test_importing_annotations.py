from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labelhub.accounts.models import User
from labelhub.catalog.models import Sample
from labelhub.catalog.services import reasons, staging
from labelhub.labelling.models import Annotation, Assignment, CheckShowing, Consensus, Round
from labelhub.labelling.services import chances, exporting
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    HiddenCheckFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)
from tests.importing import counts, exported, refusals, taken, written

HEADER = "product_id,category_path,annotator,answered_at\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(db):
    CategoryFactory(path="의류>셔츠", code="7")
    CategoryFactory(path="의류>바지", code="8")
    SampleFactory(product_id="p1")
    SampleFactory(product_id="p2")


def import_answers(tmp_path, rows, *, header=HEADER, **options):
    options.setdefault("round", "first")
    return taken("annotations", written(tmp_path, header + rows), **options)


def test_a_round_that_is_missing_is_made_and_told(tmp_path):
    batch = import_answers(tmp_path, "p1,의류>셔츠,kim,\n")

    round = Round.objects.get(name="first")
    assert (round.source, round.is_blind, round.overlap) == ("people", True, 1)
    assert batch.notes["round"] == {"name": "first", "is_new": True, "assignments": 1}


def test_an_answer_fills_a_free_assignment(tmp_path):
    round = RoundFactory(name="first")
    free = AssignmentFactory(round=round, sample__product_id="p3")

    import_answers(tmp_path, "p3,의류>셔츠,kim,2026-01-02T10:00:00+09:00\n")

    free.refresh_from_db()
    assert free.annotator.username == "kim"
    assert free.answered_at == datetime(2026, 1, 2, 1, 0, tzinfo=UTC)
    assert Annotation.objects.get().assignment == free


def test_an_answer_takes_over_an_expired_lease_and_remembers_whose(tmp_path):
    late = UserFactory()
    held = AssignmentFactory(
        round=RoundFactory(name="first"),
        sample__product_id="p3",
        annotator=late,
        lease_expires_at=NOW - timedelta(minutes=1),
    )

    import_answers(tmp_path, "p3,의류>셔츠,kim,\n")

    held.refresh_from_db()
    assert (held.annotator.username, held.passed_from) == ("kim", [late.pk])


def test_a_held_assignment_is_left_to_its_holder(tmp_path):
    holder = UserFactory()
    held = AssignmentFactory(
        round=RoundFactory(name="first"),
        sample__product_id="p3",
        annotator=holder,
        lease_expires_at=NOW + timedelta(minutes=1),
    )

    import_answers(tmp_path, "p3,의류>셔츠,kim,\n")

    held.refresh_from_db()
    assert held.annotator == holder
    assert Assignment.objects.count() == 2


def test_more_answers_than_assignments_add_assignments(tmp_path):
    batch = import_answers(tmp_path, "p1,의류>셔츠,kim,\np1,의류>바지,lee,\np1,,park,\n")

    assert counts(batch) == (3, 0, 0, 0)
    assert Assignment.objects.filter(sample__product_id="p1").count() == 3
    assert Annotation.objects.get(annotator__username="park").is_undecidable


def test_unknown_annotators_become_inactive_people_without_password(tmp_path):
    batch = import_answers(tmp_path, "p1,의류>셔츠,kim,\n")

    kim = User.objects.get(username="kim")
    assert (kim.is_active, kim.role, kim.has_usable_password()) == (False, "annotator", False)
    assert batch.notes["people"] == ["kim"]


def test_a_known_annotator_is_the_same_person(tmp_path):
    kim = UserFactory(username="kim")

    import_answers(tmp_path, "p1,의류>셔츠,kim,\n")

    assert Annotation.objects.get().annotator == kim
    assert User.objects.filter(username="kim").get().is_active


def test_one_annotator_can_be_named_for_the_whole_file(tmp_path):
    import_answers(tmp_path, "p1,7\np2,8\n", header="product_id,category_id\n", annotator="kim")

    answers = Annotation.objects.order_by("pk").values_list("annotator__username", "category__code")
    assert list(answers) == [("kim", "7"), ("kim", "8")]


def test_a_time_without_offset_is_seoul_time(tmp_path):
    import_answers(tmp_path, "p1,의류>셔츠,kim,2026-01-02 09:00\n")

    assert Annotation.objects.get().answered_at == datetime(2026, 1, 2, 0, 0, tzinfo=UTC)


def test_the_consensus_follows(tmp_path):
    import_answers(
        tmp_path, "p1,의류>셔츠,kim,\np1,의류>셔츠,lee,\np2,의류>셔츠,kim,\np2,의류>바지,lee,\n"
    )

    found = Consensus.objects.order_by("sample__product_id")
    assert list(found.values_list("state", "category__path")) == [
        ("settled", "의류>셔츠"),
        ("tied", None),
    ]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",의류>셔츠,kim,", "product_id", reasons.EMPTY),
        ("nobody,의류>셔츠,kim,", "product_id", reasons.UNKNOWN_PRODUCT),
        ("p1,의류>양말,kim,", "category_path", reasons.UNKNOWN_PATH),
        ("p1,의류>,kim,", "category_path", reasons.MALFORMED_PATH),
        ("p1,의류>셔츠, ,", "annotator", reasons.NO_PERSON),
        (f"p1,의류>셔츠,{'k' * 151},", "annotator", reasons.TOO_LONG),
        ("p1,의류>셔츠,kim,yesterday", "answered_at", reasons.NOT_A_TIME),
        ("p1,의류>셔츠,kim,2026-02-31", "answered_at", reasons.NOT_A_TIME),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(tmp_path, row, column, reason):
    batch = import_answers(tmp_path, f"{row}\n")

    assert refusals(batch) == [(2, column, reason)]
    assert not Annotation.objects.exists()


def test_an_id_and_a_path_must_mean_the_same_category(tmp_path):
    header = "product_id,category_id,category_path,annotator\n"

    batch = import_answers(tmp_path, "p1,7,의류>바지,kim\np2,99,,kim\n", header=header)

    assert refusals(batch) == [
        (2, "category_id", reasons.CODE_AND_PATH_DIFFER),
        (3, "category_id", reasons.UNKNOWN_CODE),
    ]


def test_two_answers_of_one_person_to_one_product_are_both_refused(tmp_path):
    batch = import_answers(tmp_path, "p1,의류>셔츠,kim,\np1,의류>바지,kim,\n")

    assert refusals(batch) == [
        (2, "annotator", reasons.ANSWERED_TWICE),
        (3, "annotator", reasons.ANSWERED_TWICE),
    ]


def test_the_same_file_again_changes_nothing(tmp_path):
    rows = "p1,의류>셔츠,kim,\np1,,lee,\n"
    import_answers(tmp_path, rows)
    before = list(Annotation.objects.values()), list(Assignment.objects.values())

    batch = import_answers(tmp_path, rows)

    assert counts(batch) == (0, 0, 2, 0)
    assert (list(Annotation.objects.values()), list(Assignment.objects.values())) == before


def test_another_answer_is_refused_without_update(tmp_path):
    import_answers(tmp_path, "p1,의류>셔츠,kim,\n")

    batch = import_answers(tmp_path, "p1,의류>바지,kim,\n")

    assert refusals(batch) == [(2, "annotator", reasons.OTHER_ANSWER)]


def test_update_supersedes_the_answer(tmp_path):
    import_answers(tmp_path, "p1,의류>셔츠,kim,\n")

    batch = import_answers(tmp_path, "p1,의류>바지,kim,\n", update=True)

    assert counts(batch) == (0, 1, 0, 0)
    assert Annotation.objects.count() == 2
    assert Annotation.objects.current().get().category.code == "8"
    assert Assignment.objects.count() == 1
    assert Consensus.objects.get().category.code == "8"


def test_a_round_of_given_categories_takes_no_answers(tmp_path):
    RoundFactory(name="first", source="given")

    batch = import_answers(tmp_path, "p1,의류>셔츠,kim,\n")

    assert "given categories" in batch.problem
    assert not Annotation.objects.exists()


def test_exported_answers_change_nothing_when_imported(tmp_path):
    CategoryFactory(path="의류>양말")
    import_answers(tmp_path, 'p1,의류>셔츠,=kim,\np1,,lee,\np2,의류>양말,"park, jr",2026-01-02\n')
    path = exported(tmp_path, exporting.answers(round=Round.objects.get()))

    batch = taken("annotations", path, round="first")

    assert counts(batch) == (0, 0, 3, 0)


@pytest.mark.parametrize(("options", "is_counted"), [({}, True), ({"picked": True}, False)])
def test_a_round_of_picked_products_counts_in_no_headline(tmp_path, options, is_counted):
    import_answers(tmp_path, "p1,의류>셔츠,kim,\n", **options)

    basis = chances.basis("people")
    assert (bool(basis.certain), bool(basis.left_out)) == (is_counted, not is_counted)


@pytest.mark.parametrize(("many", "is_analyzed"), [(1, True), (2, False)])
def test_large_tables_are_looked_at_again_only_after_many_rows(
    tmp_path, monkeypatch, many, is_analyzed
):
    monkeypatch.setattr(staging, "MANY", many)

    with CaptureQueriesContext(connection) as said:
        import_answers(tmp_path, "p1,의류>셔츠,kim,\n")

    statements = [str(query["sql"]) for query in said]
    told = [each for each in statements if each.startswith("ANALYZE")]
    assert any("labelling_annotation" in each for each in told) is is_analyzed


@pytest.mark.parametrize(("path", "is_right"), [("의류>셔츠", True), ("의류>바지", False)])
def test_an_answer_of_who_has_the_product_as_a_hidden_check_is_marked(tmp_path, path, is_right):
    showing = shown_check("의류>셔츠")

    import_answers(tmp_path, f"p1,{path},kim,\n")

    showing.refresh_from_db()
    assert showing.is_right is is_right
    assert showing.annotation.is_check


def test_another_answer_to_a_hidden_check_is_marked_anew(tmp_path):
    showing = shown_check("의류>셔츠")
    import_answers(tmp_path, "p1,의류>바지,kim,\n")

    import_answers(tmp_path, "p1,의류>셔츠,kim,\n", update=True)

    showing.refresh_from_db()
    assert showing.is_right
    assert showing.annotation.superseded_at is None


def shown_check(path):
    """Show a check of p1, whose category is known, to kim in the round that the file names."""
    check = HiddenCheckFactory(
        sample=Sample.objects.get(product_id="p1"), category=CategoryFactory(path=path)
    )
    kim = UserFactory(username="kim")
    held = AssignmentFactory(
        round=RoundFactory(name="first", check_share=0.1),
        sample=check.sample,
        annotator=kim,
        lease_expires_at=NOW + timedelta(days=9_999),
        is_check=True,
    )
    return CheckShowing.objects.create(
        check_shown=check, assignment=held, annotator=kim, shown_at=NOW
    )
