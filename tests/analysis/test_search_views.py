from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from labelhub.registry.models import Run, Search
from tests.analysis import found
from tests.analysis.found import trial
from tests.factories import CorpusFactory, JobFactory

pytestmark = pytest.mark.django_db

LIST = reverse("analysis:searches")
NEW = reverse("analysis:search-new")


def page_of(search: Search) -> str:
    return reverse("analysis:search", args=[search.pk])


def asked(**values):
    """Return what the form of a new search sends."""
    return {
        "corpus": CorpusFactory().pk,
        "name": "spring",
        "branches": ["name"],
        "trials": 12,
        "workers": 2,
        "epochs": 3,
        "seed": 7,
        **values,
    }


@pytest.mark.parametrize("role", ["curator", "admin", "pm"])
def test_readers_of_analyses_see_searches(as_role, role):
    search = found.search(trial(0, 0.5), trial(1, None, state="pruned"))

    page = as_role(role).get(LIST).content.decode()

    assert search.name in page
    assert "2 / 30" in page
    assert "50.0%" in page


def test_annotators_see_no_searches(as_role):
    assert as_role("annotator").get(LIST).status_code == 403


def test_more_searches_take_no_more_queries(as_role, django_assert_num_queries):
    client = as_role("curator")
    found.search(trial(0, 0.5))
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _ in range(3):
        found.search(trial(0, 0.5))

    with django_assert_num_queries(len(few)):
        client.get(LIST)


def test_a_search_starts_from_the_page(as_role):
    answer = as_role("curator").post(NEW, asked(cleaning="small_loss"))

    search = Search.objects.get()
    assert answer.url == page_of(search)
    assert (search.trials, search.workers, search.config["seed"]) == (12, 2, 7)
    assert (search.config["cleaning"], search.config["epochs"]) == ("small_loss", 3)
    assert search.job.kind == "search"


def test_the_form_of_a_search_asks_for_no_version(as_role):
    form = as_role("curator").get(NEW).context["form"]

    assert "version_name" not in form.fields
    assert list(form.fields)[:2] == ["corpus", "name"]


def test_a_name_that_is_taken_is_refused_beside_its_field(as_role):
    search = found.search()

    page = as_role("curator").post(NEW, asked(name=search.name))

    assert page.context["form"].errors["name"]
    assert Search.objects.count() == 1


@pytest.mark.parametrize("role", ["pm", "annotator"])
def test_only_curators_start_searches(as_role, role):
    client = as_role(role)

    assert client.post(NEW, asked()).status_code == 403
    assert not Search.objects.exists()


def test_a_search_shows_its_trials(as_role):
    search = found.search(trial(0, 0.5), trial(1, 0.75, hidden_size=64), trial(2, None, "pruned"))

    page = as_role("pm").get(page_of(search))

    shown = [(each.number, each.accuracy, each.is_best) for each in page.context["page"]]
    assert shown == [(1, 0.5, False), (2, 0.75, True), (3, None, False)]
    assert "75.00%" in page.content.decode()
    assert page.context["best_settings"][0] == ("Hidden units (fcl_dim)", "64")


def test_trials_are_sorted_by_their_settings(as_role):
    trials = [trial(number, 0.5, dropout=dropout) for number, dropout in enumerate((0.3, 0.1, 0.2))]
    search = found.search(*trials)

    page = as_role("pm").get(page_of(search), {"sort": "-dropout"})

    assert [each.number for each in page.context["page"]] == [1, 3, 2]


def test_trials_are_filtered_by_their_state_also_in_the_file(as_role):
    search = found.search(trial(0, 0.5), trial(1, None, state="pruned"))
    client = as_role("pm")

    page = client.get(page_of(search), {"state": "pruned"})

    sent = client.get(page_of(search), {"state": "pruned", "format": "csv"})
    assert [each.number for each in page.context["page"]] == [2]
    assert len(b"".join(sent).splitlines()) == 2


def test_trials_are_paged(as_role):
    search = found.search(*[trial(number, 0.5) for number in range(60)])

    page = as_role("pm").get(page_of(search), {"page": "2"})

    assert [each.number for each in page.context["page"]][:2] == [51, 52]


def test_a_search_without_trials_says_so(as_role):
    assert "No trial has begun." in as_role("pm").get(page_of(found.search())).content.decode()


def test_a_running_search_looks_for_new_trials_itself(as_role):
    search = found.search(trial(0, 0.5))
    search.job = JobFactory(kind="search", state="waiting")
    search.save()
    running = as_role("pm").get(page_of(search)).content.decode()
    search.job = None
    search.save()

    ended = as_role("pm").get(page_of(search)).content.decode()

    assert 'hx-select="#trials"' in running
    assert 'hx-select="#trials"' not in ended


def test_trials_are_exported(as_role):
    search = found.search(trial(0, 0.5), trial(1, None, state="pruned"))

    sent = as_role("pm").get(page_of(search), {"format": "csv"})

    head, first, second = b"".join(sent).decode("utf-8-sig").splitlines()
    assert head.startswith("trial,state,accuracy,epochs,seconds,hidden_size,filters,dropout")
    assert first.startswith("1,complete,0.5,1,12.5,256,128,0.3")
    assert second.startswith("2,pruned,,1,")
    assert AuditEntry.objects.get().verb == "exported a search"


def test_all_that_is_known_comes_as_json(as_role):
    search = found.search(trial(0, 0.5, dropout=0.4))

    sent = json.loads(as_role("pm").get(page_of(search), {"format": "json"}).content)

    assert sent["best"]["accuracy"] == 0.5
    assert (sent["best_config"]["dropout"], sent["config"]["dropout"]) == (0.4, 0.3)


def test_the_best_settings_start_a_training(as_role):
    search = found.search(trial(0, 0.5), trial(1, 0.75, hidden_size=64))
    address = reverse("analysis:search-train", args=[search.pk])

    answer = as_role("curator").post(address, {"version_name": "v1"})

    run = Run.objects.get()
    assert answer.url == reverse("analysis:run", args=[run.pk])
    assert (run.corpus, run.config["hidden_size"], run.job.kind) == (search.corpus, 64, "train")


@pytest.mark.parametrize("name", ["", "../v1"])
def test_a_name_that_is_none_starts_no_training(as_role, name):
    search = found.search(trial(0, 0.5))
    address = reverse("analysis:search-train", args=[search.pk])

    page = as_role("curator").post(address, {"version_name": name}, follow=True)

    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert not Run.objects.exists()


def test_a_pm_trains_nothing(as_role):
    search = found.search(trial(0, 0.5))
    client = as_role("pm")

    answer = client.post(reverse("analysis:search-train", args=[search.pk]), {"version_name": "v1"})

    assert answer.status_code == 403
    assert "Train with these settings" not in client.get(page_of(search)).content.decode()
