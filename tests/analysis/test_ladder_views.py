from __future__ import annotations

import json

import pytest
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from labelhub.registry.models import Ladder
from tests.analysis import found
from tests.analysis.found import lacking, step
from tests.factories import CorpusFactory

pytestmark = pytest.mark.django_db

LIST = reverse("analysis:ladders")
NEW = reverse("analysis:ladder-new")
GAIN = {"points": 0.25, "low": 0.125, "high": 0.375}


def page_of(ladder: Ladder) -> str:
    return reverse("analysis:ladder", args=[ladder.pk])


@pytest.fixture
def ladder(db) -> Ladder:
    return found.ladder(
        step("majority", "Majority class", 0.25),
        lacking("image", "+ image", "not applicable", "there are no photos"),
        lacking("bag", "Bag of n-gram vectors (peer)", "failed", "MemoryError: too much"),
        step("default", "Default", 0.5, gain=GAIN),
    )


@pytest.mark.parametrize("role", ["curator", "admin", "pm"])
def test_readers_of_analyses_see_the_highest_rung_of_each_ladder(as_role, role, ladder):
    page = as_role(role).get(LIST).content.decode()

    assert page_of(ladder) in page
    assert "50.0%" in page


def test_annotators_see_no_ladders(as_role, ladder):
    client = as_role("annotator")

    assert client.get(LIST).status_code == 403
    assert client.get(page_of(ladder)).status_code == 403


def test_a_ladder_starts_from_the_page(as_role):
    corpus = CorpusFactory()
    values = {"corpus": corpus.pk, "learnt": 500, "epochs": 3, "seed": 7}

    answer = as_role("curator").post(NEW, values)

    ladder = Ladder.objects.get()
    assert answer.url == page_of(ladder)
    assert (ladder.corpus, ladder.learnt, ladder.list_version) == (corpus, 500, 0)
    assert (ladder.config["epochs"], ladder.config["seed"]) == (3, 7)
    assert ladder.job.kind == "ladder"


def test_too_few_rows_to_learn_from_are_refused_beside_their_field(as_role):
    values = {"corpus": CorpusFactory().pk, "learnt": 5, "epochs": 3, "seed": 7}

    page = as_role("curator").post(NEW, values)

    assert page.context["form"].errors["learnt"]
    assert not Ladder.objects.exists()


@pytest.mark.parametrize("role", ["pm", "annotator"])
def test_only_curators_start_ladders(as_role, role):
    assert as_role(role).post(NEW).status_code == 403


def test_a_ladder_shows_figures_and_what_rungs_lack(as_role, ladder):
    page = as_role("pm").get(page_of(ladder))

    shown = page.content.decode()
    assert [rung.accuracy for rung in page.context["rungs"]] == [0.25, None, None, 0.5]
    assert "+25.0" in shown
    assert "not applicable: there are no photos" in shown
    assert "MemoryError: too much" in shown


def test_the_chart_has_the_interval_of_each_rung_that_is_done(as_role, ladder):
    [dots] = as_role("pm").get(page_of(ladder)).context["chart"]["data"]

    # Wilson for 50 and 100 of 200.
    assert dots["y"] == ["Majority class", "Default"]
    assert dots["error_x"]["array"] == pytest.approx([0.0644, 0.0687], abs=1e-4)


def test_a_ladder_is_exported(as_role, ladder):
    sent = as_role("pm").get(page_of(ladder), {"format": "csv"})

    head, first, *_, last = b"".join(sent).decode("utf-8-sig").splitlines()
    assert head.startswith(
        "rung,title,state,reason,rows,accuracy,accuracy_low,accuracy_high,level_1"
    )
    assert first.startswith("majority,Majority class,done,,200,0.25,")
    assert last.endswith("0.875,0.5,0.5,0.25,0.125,0.375,75.0,12000,2.5")
    assert AuditEntry.objects.get().verb == "exported a ladder"


def test_a_ladder_comes_as_json(as_role, ladder):
    sent = json.loads(as_role("pm").get(page_of(ladder), {"format": "json"}).content)

    assert sent["settings"]["test_rows"] == 200
    assert sent["rungs"][-1]["gain"] == GAIN


def test_a_ladder_without_rungs_says_so_and_offers_no_files(as_role):
    page = as_role("pm").get(page_of(found.ladder())).content.decode()

    assert "No rung was climbed." in page
    assert "format=csv" not in page


def test_a_rate_that_only_measures_the_clock_is_not_shown(as_role):
    ladder = found.ladder(step("majority", "Majority class", 0.5, rows_per_second=149_004_070))

    shown = as_role("pm").get(page_of(ladder)).content.decode()

    assert "&gt; 1,000,000" in shown
    assert "149,004,070" not in shown
