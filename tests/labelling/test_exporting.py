import pytest

from labelhub.accounts.models import User
from labelhub.catalog.services import reasons
from labelhub.labelling.models import Annotation, Consensus
from labelhub.labelling.services import exporting
from tests.factories import (
    AnnotationFactory,
    CategoryFactory,
    JudgementFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)
from tests.importing import counts, exported, refusals, taken, written

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet"])
def test_exported_answers_are_the_same_people_s_when_they_come_back(tmp_path, form):
    answer = AnnotationFactory(category=CategoryFactory(path="a>b"))
    path = exported(tmp_path, exporting.answers(round=answer.round), form)

    batch = taken("annotations", path, round=answer.round.name)

    assert counts(batch) == (0, 0, 1, 0)
    assert User.objects.count() == 1
    assert answer.annotator.username.encode() not in path.read_bytes()


def test_pseudonyms_of_another_installation_stay_what_they_are(tmp_path):
    CategoryFactory(path="a")
    SampleFactory(product_id="p1")
    path = written(tmp_path, "product_id,category_path,annotator\np1,a,23456789AB\n")

    taken("annotations", path, round="first")

    assert User.objects.get().pseudonym == "23456789AB"


def test_one_person_under_two_names_answers_once(tmp_path):
    kim = UserFactory(username="kim")
    CategoryFactory(path="a")
    SampleFactory(product_id="p1")
    rows = f"product_id,category_path,annotator\np1,a,kim\np1,,{kim.pseudonym}\n"

    batch = taken("annotations", written(tmp_path, rows), round="first")

    assert {reason for _line, _column, reason in refusals(batch)} == {reasons.ANSWERED_TWICE}


def test_a_username_goes_before_somebody_else_s_pseudonym(tmp_path):
    named = UserFactory(username="23456789AB")
    UserFactory(pseudonym="23456789AB")
    CategoryFactory(path="a")
    SampleFactory(product_id="p1")
    path = written(tmp_path, "product_id,category_path,annotator\np1,a,23456789AB\n")

    taken("annotations", path, round="first")

    assert Annotation.objects.get().annotator == named


def test_answers_given_with_suggestions_do_not_come_back_blind(tmp_path):
    answer = AnnotationFactory(is_assisted=True, category=CategoryFactory(path="a"))
    path = exported(tmp_path, exporting.answers(round=answer.round))

    taken("annotations", path, round="another")

    assert Annotation.objects.get(round__name="another").is_assisted
    assert not Consensus.objects.exists()


def test_whether_suggestions_were_shown_is_yes_or_no(tmp_path):
    SampleFactory(product_id="p1")
    path = written(tmp_path, "product_id,annotator,is_assisted\np1,kim,perhaps\n")

    batch = taken("annotations", path, round="first")

    assert refusals(batch) == [(2, "is_assisted", reasons.NOT_YES_OR_NO)]


def test_hidden_checks_are_no_answers_of_the_round():
    round = RoundFactory()
    AnnotationFactory(round=round, is_check=True)

    assert list(exporting.answers(round=round).rows) == []


def test_judgements_come_back_as_the_same_reviewer_s(tmp_path):
    judgement = JudgementFactory(category=CategoryFactory(path="a"))
    path = exported(tmp_path, exporting.judgements())

    batch = taken("judgements", path)

    assert counts(batch) == (0, 0, 1, 0)
    assert judgement.reviewer.username not in path.read_text()
