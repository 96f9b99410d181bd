import pytest

from labelhub.accounts.models import AuditEntry
from labelhub.labelling.models import Assignment
from labelhub.labelling.services import consensus
from tests.factories import NOW, AnnotationFactory, RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered():
    annotation = AnnotationFactory()
    consensus.settle(source="people", now=NOW)
    return annotation


def test_the_page_lists_the_weakest_labels(as_role, answered):
    page = as_role("curator").get(f"/rounds/{answered.round_id}/weak/").content.decode()

    assert answered.sample.name in page


def test_one_click_asks_about_the_weakest_once_more(as_role, answered):
    as_role("curator").post(f"/rounds/{answered.round_id}/weak/ask/", {"number": "5"})

    assert Assignment.objects.filter(sample=answered.sample, annotator=None).count() == 1


def test_a_number_that_is_none_asks_nobody(as_role, answered):
    answer = as_role("curator").post(f"/rounds/{answered.round_id}/weak/ask/", {"number": "many"})

    assert answer.status_code == 302
    assert not Assignment.objects.filter(annotator=None).exists()


def test_an_assisted_round_has_no_weak_labels(as_role):
    assisted = RoundFactory(is_blind=False)

    answer = as_role("curator").get(f"/rounds/{assisted.pk}/weak/")

    assert answer.status_code == 404


def test_the_list_is_exported_with_an_audit_row(as_role, answered):
    file = as_role("curator").get(f"/rounds/{answered.round_id}/weak/?format=csv")

    assert answered.sample.product_id in b"".join(file.streaming_content).decode()
    assert AuditEntry.objects.filter(verb="exported weak labels").exists()
