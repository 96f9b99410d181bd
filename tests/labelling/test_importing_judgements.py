import pytest

from labelhub.accounts.models import User
from labelhub.catalog.services import reasons
from labelhub.labelling.models import Consensus, Judgement
from labelhub.labelling.services import exporting
from tests.factories import (
    NOW,
    AnnotationFactory,
    CategoryFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)
from tests.importing import counts, exported, refusals, taken, written

HEADER = "product_id,category_path,is_acceptable,reviewer\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(db):
    CategoryFactory(path="의류>셔츠", code="7")
    CategoryFactory(path="의류>바지")
    SampleFactory(product_id="p1")


def import_judgements(tmp_path, rows, *, header=HEADER, **options):
    return taken("judgements", written(tmp_path, header + rows), **options)


@pytest.mark.parametrize("yes", ["1", "true", "TRUE", " yes ", "y", "t"])
def test_yes_is_read_in_many_ways(tmp_path, yes):
    import_judgements(tmp_path, f"p1,의류>셔츠,{yes},rev\n")

    assert Judgement.objects.get().is_acceptable


@pytest.mark.parametrize("no", ["0", "false", "No", "n", "F"])
def test_no_is_read_in_many_ways(tmp_path, no):
    import_judgements(tmp_path, f"p1,의류>셔츠,{no},rev\n")

    assert not Judgement.objects.get().is_acceptable


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("nobody,의류>셔츠,1,rev", "product_id", reasons.UNKNOWN_PRODUCT),
        ("p1,,1,rev", "category_path", reasons.NO_CATEGORY),
        ("p1,의류>양말,1,rev", "category_path", reasons.UNKNOWN_PATH),
        ("p1,의류>셔츠,maybe,rev", "is_acceptable", reasons.NOT_YES_OR_NO),
        ("p1,의류>셔츠,,rev", "is_acceptable", reasons.NOT_YES_OR_NO),
        ("p1,의류>셔츠,1,", "reviewer", reasons.NO_PERSON),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(tmp_path, row, column, reason):
    batch = import_judgements(tmp_path, f"{row}\n")

    assert refusals(batch) == [(2, column, reason)]


def test_unknown_reviewers_become_inactive_curators(tmp_path):
    import_judgements(tmp_path, "p1,의류>셔츠,1,rev\n")

    rev = User.objects.get(username="rev")
    assert (rev.is_active, rev.role, rev.has_usable_password()) == (False, "curator", False)


def test_one_reviewer_can_be_named_for_the_whole_file(tmp_path):
    header = "product_id,category_id,is_acceptable\n"

    import_judgements(tmp_path, "p1,7,1\n", header=header, reviewer="rev")

    assert Judgement.objects.get().reviewer.username == "rev"


def test_nobody_judges_a_sample_they_annotated(tmp_path):
    kim = UserFactory(username="kim")
    AnnotationFactory(annotator=kim, sample__product_id="p2")

    batch = import_judgements(tmp_path, "p2,의류>셔츠,1,kim\n")

    assert refusals(batch) == [(2, "reviewer", reasons.OWN_ANSWER)]


def test_an_answer_taken_back_bars_from_judging_too(tmp_path):
    kim = UserFactory(username="kim")
    AnnotationFactory(annotator=kim, sample__product_id="p2", superseded_at=NOW)

    batch = import_judgements(tmp_path, "p2,의류>셔츠,1,kim\n")

    assert refusals(batch) == [(2, "reviewer", reasons.OWN_ANSWER)]


def test_one_category_judged_twice_by_one_reviewer_refuses_both(tmp_path):
    batch = import_judgements(tmp_path, "p1,의류>셔츠,1,rev\np1,의류 > 셔츠,0,rev\n")

    assert [reason for *_where, reason in refusals(batch)] == [reasons.JUDGED_TWICE] * 2


def test_the_same_file_again_changes_nothing(tmp_path):
    rows = "p1,의류>셔츠,1,rev\np1,의류>바지,0,rev\n"
    import_judgements(tmp_path, rows)

    batch = import_judgements(tmp_path, rows)

    assert counts(batch) == (0, 0, 2, 0)
    assert Judgement.objects.count() == 2


def test_another_judgement_is_refused_without_update(tmp_path):
    import_judgements(tmp_path, "p1,의류>셔츠,1,rev\n")

    batch = import_judgements(tmp_path, "p1,의류>셔츠,0,rev\n")

    assert refusals(batch) == [(2, "is_acceptable", reasons.OTHER_JUDGEMENT)]


def test_update_keeps_the_former_judgement_as_history(tmp_path):
    import_judgements(tmp_path, "p1,의류>셔츠,1,rev\n")

    import_judgements(tmp_path, "p1,의류>셔츠,0,rev\n", update=True)

    assert Judgement.objects.count() == 2
    assert not Judgement.objects.current().get().is_acceptable


def test_a_tie_that_the_judgements_decide_settles(tmp_path):
    round = RoundFactory(name="first", overlap=2)
    answers = "product_id,category_path,annotator\np1,의류>셔츠,kim\np1,의류>바지,lee\n"
    taken("annotations", written(tmp_path, answers), round=round.name)
    assert Consensus.objects.get().state == "tied"

    import_judgements(tmp_path, "p1,의류>셔츠,1,rev\np1,의류>바지,0,rev\n")

    settled = Consensus.objects.get()
    assert (settled.state, settled.category.path) == ("settled", "의류>셔츠")


def test_exported_judgements_change_nothing_when_imported(tmp_path):
    import_judgements(tmp_path, "p1,의류>셔츠,1,rev\np1,의류>바지,0,=rev\n")

    batch = taken("judgements", exported(tmp_path, exporting.judgements()))

    assert counts(batch) == (0, 0, 2, 0)
