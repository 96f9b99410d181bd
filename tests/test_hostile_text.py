"""Text that people and shops wrote runs nowhere, in no page or spreadsheet, and names nobody."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.cells import defused
from labelhub.labelling.models import Flag, Question
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    ConsensusFactory,
    GuidelineFactory,
    JudgementFactory,
    ModelVersionFactory,
    PredictionFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SCRIPT = "</script><img src=x onerror=alert(1)>\"'{{7*7}}"
FORMULA = '=HYPERLINK("https://evil.example","click")'
NAME = "Real Name"
PAGES = {
    Role.ANNOTATOR: """
        / /label/ /label/{round}/ /label/{round}/?words=x&q=img /label/{round}/pace/ /label/history/
        /label/history/changed/ /label/history/pace/ /label/checks/ /guidelines/
        /guidelines/{guideline}/ /guidelines/{guideline}/versions/
    """,
    Role.ADMIN: """
        / /rounds/ /rounds/{round}/ /rounds/{round}/edit/ /rounds/{round}/agreement/
        /rounds/{round}/weak/ /rounds/remarks/ /rounds/{round}/export/ /guidelines/{guideline}/
        /guidelines/{guideline}/edit/ /guidelines/questions/ /samples/ /samples/{sample}/
        /categories/ /synonyms/ /analysis/ /review/ /people/ /people/{person}/ /audit/ /checks/
        /jobs/
    """,
}


@dataclass
class Written:
    """Where everything that can be written says the same."""

    annotator: User
    places: dict[str, int]

    def client(self, role: Role) -> Client:
        client = Client(headers={"accept-language": "en"})
        person = self.annotator if role == Role.ANNOTATOR else UserFactory(role=role)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client


@pytest.fixture
def write() -> Callable[[str], Written]:
    """Return a function that writes a text wherever shops, models and people can."""

    def everywhere(text: str) -> Written:
        person = UserFactory(username="realname", display_name=NAME)
        category, other = CategoryFactory(path=f"{text}a"), CategoryFactory(path=f"{text}b")
        guideline = GuidelineFactory(name=f"g{text}", text=f"# {text}\n\n[x](javascript:alert(1))")
        round = RoundFactory(name=f"r{text}", guideline=guideline, created_by=person)
        RoundFactory(name=f"another {text}")  # so that there is a choice
        sample = SampleFactory(**dict.fromkeys(("name", "brand", "maker", "mall_name"), text))
        said = {"round": round, "annotator": person, "comment": text}
        answer = AnnotationFactory(**said, sample=sample, category=category)
        for each in (person, UserFactory()):
            AnnotationFactory(round=round, annotator=each, category=category, sample__name=text)
        flag = {"kind": "other", "comment": text, "flagged_at": NOW}
        Flag.objects.create(assignment=answer.assignment, annotator=person, **flag)
        AssignmentFactory(round=round, sample__name=text, sample__mall_category=f"{text}>x")
        asked = {"asked_by": person, "asked_at": NOW, "text": text, "sample": sample}
        Question.objects.create(guideline=guideline, **asked)
        ConsensusFactory(sample=sample, category=category)
        JudgementFactory(reviewer=person, category=other)
        version = ModelVersionFactory(name=f"v{text}")
        PredictionFactory(version=version, sample=sample, category=other)
        places = {"round": round.pk, "guideline": guideline.pk, "sample": sample.pk}
        return Written(person, {**places, "person": person.pk, "version": version.pk})

    return everywhere


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode())


@pytest.mark.parametrize("role", PAGES)
def test_what_looks_like_a_script_is_shown_as_it_was_typed(write, role):
    written = write(SCRIPT)
    client, shown = written.client(role), 0

    for page in PAGES[role].split():
        response = client.get(page.format(**written.places))
        html = text_of(response)
        assert response.status_code == 200, page
        assert "<img src=x" not in html, page
        assert 'href="javascript:' not in html, page
        assert "49" not in html.split("onerror=alert(1)")[-1][:20], page
        shown += "onerror=alert(1)" in html

    assert shown > len(PAGES[role].split()) / 3


EXPORTS = {
    "answers": "/imports/export/annotations.csv?of={round}",
    "judgements": "/imports/export/judgements.csv",
    "predictions": "/imports/export/predictions.csv?of={version}",
    "history": "/rounds/{round}/export/?format=csv&checks=on",
    "history as lines": "/rounds/{round}/export/?format=jsonl",
    "Label Studio": "/rounds/{round}/label-studio/?format=json",
    "remarks": "/rounds/remarks/?format=csv",
    "weak labels": "/rounds/{round}/weak/?format=csv",
    "agreement": "/rounds/{round}/agreement/?format=csv",
    "rounds": "/rounds/?format=csv",
    "comparison": "/analysis/?format=csv",
    "samples": "/imports/export/samples.csv",
}
IMPORTED_AGAIN = {"answers", "judgements", "predictions", "samples"}


@pytest.mark.parametrize("export", EXPORTS)
@pytest.mark.parametrize("role", [Role.CURATOR, Role.ADMIN])
def test_no_export_names_a_person(write, export, role):
    written = write("text")

    response = written.client(role).get(EXPORTS[export].format(**written.places))

    text = text_of(response)
    assert response.status_code == 200
    assert NAME not in text
    assert "realname" not in text


@pytest.mark.parametrize("export", [name for name in EXPORTS if name not in IMPORTED_AGAIN])
def test_no_cell_of_an_export_to_look_at_runs_in_a_spreadsheet(write, export):
    written = write(FORMULA)

    response = written.client(Role.CURATOR).get(EXPORTS[export].format(**written.places))

    if "csv" in response["Content-Type"]:
        cells = [cell for row in csv.reader(text_of(response).splitlines()) for cell in row]
        assert not [cell for cell in cells if cell.startswith("=")]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(start):
    assert defused(f"{start}1+1") == f"'{start}1+1"


EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:evil.example",
    "https:/\\evil.example",
]


@pytest.mark.parametrize("address", EVIL)
def test_logging_in_leads_nowhere_else(address):
    person = UserFactory()
    person.set_password("long enough 1")
    person.save()
    sent = {"username": person.username, "password": "long enough 1", "next": address}

    response = Client().post("/accounts/login/", sent)

    assert response.status_code == 302
    assert response["Location"] == "/"


@pytest.mark.parametrize("address", EVIL)
@pytest.mark.parametrize(
    ("page", "sent"), [("/accounts/notice/", {}), ("/language/", {"language": "en"})]
)
def test_no_form_leads_elsewhere(as_role, page, sent, address):
    response = as_role(Role.ANNOTATOR).post(page, {**sent, "next": address})

    assert response.status_code == 302
    assert response["Location"] == "/"


@pytest.mark.parametrize("address", EVIL)
def test_lists_lead_back_to_themselves_only(as_role, address):
    category = CategoryFactory()

    response = as_role(Role.CURATOR).post(
        f"/categories/{category.pk}/catch-all/", {"is_catch_all": "1", "next": address}
    )

    assert (response.status_code, response["Location"]) == (302, "/categories/")
