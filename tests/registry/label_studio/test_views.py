import json

import pytest
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from tests.factories import AnnotationFactory, CategoryFactory, PredictionFactory, RoundFactory

pytestmark = pytest.mark.django_db


def addresses(round):
    return [
        reverse("registry:round-label-studio", args=[round.pk]),
        f"{reverse('registry:export_label_studio')}?of={round.pk}",
    ]


def test_the_page_offers_tasks_and_interface(as_role):
    round = RoundFactory()
    CategoryFactory(path="의류>셔츠")

    page = as_role("curator").get(addresses(round)[0]).content.decode()

    assert reverse("registry:export_label_studio") in page
    assert "&lt;Choice value=&quot;셔츠&quot;/&gt;" in page


def test_tasks_are_streamed_with_an_audit_row(as_role):
    answer = AnnotationFactory()

    response = as_role("curator").get(addresses(answer.round)[1])

    assert len(json.loads(b"".join(response.streaming_content))) == 1
    assert "attachment" in response["Content-Disposition"]
    assert AuditEntry.objects.get(verb="exported").details["about"] == answer.round.name


def test_a_version_can_be_chosen(as_role):
    said = PredictionFactory()
    round = AnnotationFactory(sample=said.sample).round

    response = as_role("curator").get(f"{addresses(round)[1]}&version={said.version_id}")

    [task] = json.loads(b"".join(response.streaming_content))
    assert task["predictions"][0]["model_version"] == said.version.name


@pytest.mark.parametrize("role", ["annotator", "pm"])
def test_others_may_not(as_role, role):
    client = as_role(role)

    assert [client.get(address).status_code for address in addresses(RoundFactory())] == [403, 403]


def test_nobody_is_asked_to_log_in(client, db):
    answers = [client.get(address) for address in addresses(RoundFactory())]

    assert all("login" in answer.url for answer in answers)


@pytest.mark.parametrize("query", ["", "?of=x", "?of=999999", "?of={round}&version=x"])
def test_what_is_not_there_is_not_found(as_role, query):
    query = query.format(round=RoundFactory().pk)

    answer = as_role("curator").get(reverse("registry:export_label_studio") + query)

    assert answer.status_code == 404


def test_given_categories_are_no_round_for_people(as_role):
    round = RoundFactory(source="given")

    assert [as_role("admin").get(address).status_code for address in addresses(round)] == [404, 404]
