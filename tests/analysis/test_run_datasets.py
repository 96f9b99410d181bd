from __future__ import annotations

import pytest
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from labelhub.registry.models import Run
from labelhub.registry.services import datasets
from mlcore.corpus.plan import CurationPlan
from tests.analysis.test_runs_views import NEW, address, trained
from tests.factories import NOW, CorpusFactory
from tests.registry.rows import make_corpus

pytestmark = pytest.mark.django_db


def asked(**more):
    corpus = CorpusFactory()
    typed = {"corpus": corpus.pk, "branches": ["name"], "version_name": "even"}
    return {**typed, "epochs": 2, "seed": 0, **more}


def test_a_training_is_balanced_as_the_page_says(as_role):
    as_role("curator").post(NEW, asked(m="200", by_month="on"))

    assert Run.objects.get().plan == {"m": 200.0, "by_month": True}


def test_a_training_balances_nothing_unless_asked_to(as_role):
    as_role("curator").post(NEW, asked())

    assert Run.objects.get().plan == {"m": None, "by_month": False}


@pytest.mark.parametrize(("more", "is_asked"), [({"learns_sample_names": "on"}, True), ({}, False)])
def test_a_training_learns_from_names_of_samples_where_that_is_ticked(as_role, more, is_asked):
    client = as_role("curator")
    client.post(NEW, asked(**more))

    run = Run.objects.get()

    assert run.learns_sample_names == is_asked
    page = client.get(reverse("analysis:run", args=[run.pk])).content.decode()
    assert ("names of samples" in page) == is_asked
    entry = AuditEntry.objects.get(verb="started a training")
    assert entry.details["learns_sample_names"] == is_asked


def test_months_without_a_balance_are_refused_beside_the_field(as_role):
    page = as_role("curator").post(NEW, asked(by_month="on"))

    assert "Give m as well" in page.context["form"].errors["m"][0]
    assert not Run.objects.exists()


@pytest.mark.parametrize("role", ["curator", "pm"])
def test_the_rows_of_each_category_can_be_taken_along(as_role, role, tmp_path):
    version = trained()
    version.run.dataset = datasets.freeze(
        corpus=make_corpus(tmp_path),
        rules=(),
        list_version=0,
        plan=CurationPlan(m=0.1),
        now=NOW,
    )
    version.run.save()

    answer = as_role(role).get(address("run-categories", version))

    first, *lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert first == "category_path,corpus,after_exclude,after_wordless,after_balance"
    assert sum(int(line.split(",")[1]) for line in lines) == 10
    assert {line.split(",")[-1] for line in lines} == {"1"}


def test_annotators_take_no_rows_of_categories_along(as_role):
    assert as_role("annotator").get(address("run-categories", trained())).status_code == 403


def test_nobody_takes_rows_of_categories_along(client):
    answer = client.get(address("run-categories", trained()))

    assert answer.url.startswith(reverse("accounts:login"))


def test_a_run_without_a_dataset_has_no_rows_of_categories(as_role):
    assert as_role("curator").get(address("run-categories", trained())).status_code == 404
