from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from labelhub.jobs.models import Job
from labelhub.registry.models import ModelVersion, Run
from labelhub.registry.services import datasets
from mlcore.exclusion import ExclusionRule
from tests.factories import NOW, CorpusFactory, ModelVersionFactory, PredictionFactory, RoundFactory
from tests.registry.rows import SHIRT, make_corpus

pytestmark = pytest.mark.django_db

RUNS = reverse("analysis:runs")
NEW = reverse("analysis:run-new")
SCORES = {"accuracy": 0.75, "held_out_rows": 200, "rows": 800, "macro_f1": 0.5}
EPOCH = {
    "epoch": 1,
    "loss": 2.0,
    "accuracy": 0.5,
    "held_out_loss": 1.0,
    "held_out_accuracy": 0.75,
}


def trained(name="v1", **values) -> ModelVersion:
    run = Run.objects.create(
        version_name=name, corpus=CorpusFactory(), seed=0, history=[EPOCH], created_at=NOW
    )
    return ModelVersionFactory(
        name=name, origin="trained", run=run, folder=name, scores=SCORES, **values
    )


def address(name: str, version: ModelVersion) -> str:
    return reverse(f"analysis:{name}", args=[version.run_id])


@pytest.mark.parametrize("role", ["curator", "admin", "pm"])
def test_readers_of_analyses_see_trained_and_imported_versions(as_role, role):
    trained("v1")
    PredictionFactory(version=ModelVersionFactory(name="shop"))

    page = as_role(role).get(RUNS)

    shown = {entry.name: entry.predictions for entry in page.context["page"]}
    assert shown == {"v1": 0, "shop": 1}
    assert "75.0%" in page.content.decode()


def test_annotators_do_not_see_runs(as_role):
    assert as_role("annotator").get(RUNS).status_code == 403


def test_without_a_corpus_the_page_says_how_to_get_one(as_role):
    assert reverse("registry:corpus-new") in as_role("curator").get(RUNS).content.decode()


def test_more_versions_take_no_more_queries(as_role, django_assert_num_queries):
    client = as_role("curator")
    trained("v1")
    client.get(RUNS)
    with CaptureQueriesContext(connection) as few:
        client.get(RUNS)
    for number in range(2, 6):
        trained(f"v{number}")

    with django_assert_num_queries(len(few)):
        client.get(RUNS)


def test_the_table_filters_by_stage_and_origin(as_role):
    trained("v1", stage="live", promoted_at=NOW)
    trained("v2")
    ModelVersionFactory(name="shop")
    client = as_role("curator")

    live = client.get(RUNS, {"stage": "live"}).context["page"]
    imported = client.get(RUNS, {"origin": "imported"}).context["page"]

    assert [entry.name for entry in live] == ["v1"]
    assert [entry.name for entry in imported] == ["shop"]


def test_the_table_sorts_by_name(as_role):
    for name in ("v2", "v1"):
        trained(name)

    page = as_role("curator").get(RUNS, {"sort": "name"}).context["page"]

    assert [entry.name for entry in page] == ["v1", "v2"]


def test_runs_are_exported(as_role):
    trained("v1")

    sent = as_role("curator").get(RUNS, {"format": "csv"})

    head, row = b"".join(sent).decode("utf-8-sig").splitlines()
    assert head.startswith("version,origin,stage,corpus")
    assert row.startswith("v1,trained,candidate,corpus")


def test_a_training_starts_from_the_page(as_role):
    corpus = CorpusFactory()

    answer = as_role("curator").post(
        NEW, {"corpus": corpus.pk, "version_name": "v1", "epochs": 2, "seed": 7, "with_rules": "on"}
    )

    run = Run.objects.get()
    assert answer.url == reverse("analysis:run", args=[run.pk])
    assert (run.seed, run.config["epochs"], run.job.kind) == (7, 2, "train")


def test_a_name_that_is_taken_is_refused_beside_its_field(as_role):
    version = trained("v1")

    page = as_role("curator").post(
        NEW, {"corpus": version.run.corpus_id, "version_name": "v1", "epochs": 2, "seed": 7}
    )

    assert page.context["form"].errors["version_name"]
    assert Run.objects.count() == 1


def test_a_pm_starts_no_training(as_role):
    assert as_role("pm").post(NEW).status_code == 403


def test_a_run_shows_its_dataset_step_by_step(as_role, tmp_path):
    version = trained()
    rule = ExclusionRule(keyword="여성", categories=frozenset({SHIRT}), id="1")
    version.run.dataset = datasets.freeze(
        corpus=make_corpus(tmp_path), rules=[rule], list_version=1, now=NOW
    )
    version.run.save()

    page = as_role("pm").get(address("run", version))

    steps = [(step.before, step.dropped, step.after) for step in page.context["steps"]]
    assert steps == [(10, 1, 9), (9, 0, 9)]
    assert [(done.rule.keyword, done.rows) for done in page.context["rules"]] == [("여성", 1)]


def test_a_run_shows_its_learning_curve(as_role):
    page = as_role("pm").get(address("run", trained()))

    assert page.context["curve"]["data"][0]["y"] == [0.75]


def test_a_round_is_predicted_from_the_page(as_role):
    version, round = trained(), RoundFactory()

    as_role("curator").post(address("run-predict", version), {"round": round.pk})

    assert Job.objects.get().params == {"version_id": version.pk, "round_id": round.pk}


def test_a_pm_predicts_nothing(as_role):
    assert as_role("pm").post(address("run-predict", trained())).status_code == 403


def test_an_admin_promotes_with_a_reason(as_role):
    version = trained()

    as_role("admin").post(address("run-promote", version), {"reason": "asked for by the shop"})

    version.refresh_from_db()
    assert version.stage == "live"
    assert AuditEntry.objects.get().details["override_reason"] == "asked for by the shop"


def test_a_promotion_without_a_reason_is_a_conflict(as_role):
    version = trained()

    answer = as_role("admin").post(address("run-promote", version), {"reason": ""})

    version.refresh_from_db()
    assert (answer.status_code, version.stage) == (409, "candidate")


@pytest.mark.parametrize("role", ["curator", "pm"])
def test_only_admins_promote_past_the_gate(as_role, role):
    answer = as_role(role).post(address("run-promote", trained()), {"reason": "please"})

    assert answer.status_code == 403


def test_an_admin_rolls_back(as_role):
    first, second = trained("v1"), trained("v2")
    client = as_role("admin")
    for version in (first, second):
        client.post(address("run-promote", version), {"reason": "try it"})

    client.post(reverse("analysis:roll-back"), {"reason": "worse"})

    first.refresh_from_db()
    assert first.stage == "live"
