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
from tests.analysis.test_difference import predicted
from tests.factories import NOW, CorpusFactory, ModelVersionFactory, PredictionFactory, RoundFactory
from tests.registry.rows import SHIRT, make_corpus

pytestmark = pytest.mark.django_db

RUNS = reverse("analysis:runs")
NEW = reverse("analysis:run-new")
SCORES = {"accuracy": 0.75, "held_out_rows": 200, "rows": 800, "macro_f1": 0.5}
TYPED = {"branches": ["name"], "version_name": "v1", "epochs": 2, "seed": 7}
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

    answer = as_role("curator").post(NEW, {"corpus": corpus.pk, **TYPED, "with_rules": "on"})

    run = Run.objects.get()
    assert answer.url == reverse("analysis:run", args=[run.pk])
    assert (run.seed, run.config["epochs"], run.job.kind) == (7, 2, "train")


def test_a_name_that_is_taken_is_refused_beside_its_field(as_role):
    version = trained("v1")

    page = as_role("curator").post(NEW, {"corpus": version.run.corpus_id, **TYPED})

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


def predicted_by(version: ModelVersion) -> ModelVersion:
    PredictionFactory(version=version)
    return version


def test_a_curator_promotes_what_passes_the_gate(as_role):
    version = predicted_by(trained())

    answer = as_role("curator").post(address("run-promote", version))

    version.refresh_from_db()
    assert (answer.status_code, version.stage) == (302, "live")
    details = AuditEntry.objects.get().details
    assert details["gate"] == "passed"
    assert details["findings"][0].startswith("predictions to judge by: passed")


def test_a_curator_does_not_promote_past_the_gate(as_role):
    version = trained()

    answer = as_role("curator").post(address("run-promote", version), {"reason": "please"})

    version.refresh_from_db()
    assert (answer.status_code, version.stage) == (409, "candidate")


def test_the_gate_is_looked_at_again_when_promoting(as_role):
    version, client = predicted_by(trained()), as_role("curator")
    page = client.get(address("run", version), {"gate": "1"})
    assert page.context["gate"].result.is_passed
    predicted_by(trained("v2", stage="live", promoted_at=NOW))

    assert client.post(address("run-promote", version)).status_code == 409


def test_an_admin_promotes_past_the_gate_with_a_reason(as_role):
    version = trained()

    as_role("admin").post(address("run-promote", version), {"reason": "asked for by the shop"})

    version.refresh_from_db()
    assert version.stage == "live"
    details = AuditEntry.objects.get().details
    assert (details["gate"], details["override_reason"]) == ("overridden", "asked for by the shop")
    assert "failed" in details["findings"][0]


def test_an_override_without_a_reason_is_a_conflict(as_role):
    version = trained()

    answer = as_role("admin").post(address("run-promote", version), {"reason": ""})

    version.refresh_from_db()
    assert (answer.status_code, version.stage) == (409, "candidate")


@pytest.mark.parametrize("role", ["annotator", "pm"])
def test_neither_annotators_nor_pms_promote(as_role, role):
    answer = as_role(role).post(address("run-promote", predicted_by(trained())))

    assert answer.status_code == 403


def test_the_gate_is_looked_at_only_when_asked_for(as_role):
    page = as_role("curator").get(address("run", trained()))

    assert page.context["gate"] is None
    assert "Check the gate" in page.content.decode()


@pytest.mark.parametrize(
    ("role", "offers"),
    [("curator", "An administrator can override"), ("admin", "Override the gate")],
)
def test_a_shut_gate_says_why_and_who_can_override_it(as_role, role, offers):
    page = as_role(role).get(address("run", trained()), {"gate": "1"}).content.decode()

    assert "Predict a round above" in page
    assert "Not passed" in page
    assert offers in page


def test_an_open_gate_lets_a_curator_promote_and_a_pm_read(as_role):
    version = predicted_by(trained())

    pages = {
        role: as_role(role).get(address("run", version), {"gate": "1"}).content.decode()
        for role in ("curator", "pm")
    }

    assert address("run-promote", version) in pages["curator"]
    assert address("run-promote", version) not in pages["pm"]
    assert "Curators promote." in pages["pm"]


def test_the_gate_shows_the_figures_of_each_condition(as_role):
    live, version = trained("v1", stage="live", promoted_at=NOW), trained("v2")
    for _ in range(10):
        predicted(live, version, "a", "b", "a")  # a gain, unless b turns out to be acceptable

    page = as_role("curator").get(address("run", version), {"gate": "1"}).content.decode()

    assert "10 samples in common" in page
    assert "open 10, of 10 samples" in page
    assert f"/review/?version={version.pk}" in page


def test_the_live_version_has_no_gate(as_role):
    version = trained(stage="live", promoted_at=NOW)

    page = as_role("admin").get(address("run", version), {"gate": "1"})

    assert "Promotion" not in page.content.decode()


def test_an_admin_rolls_back(as_role):
    first, second = trained("v1"), trained("v2")
    client = as_role("admin")
    for version in (first, second):
        client.post(address("run-promote", version), {"reason": "try it"})

    client.post(reverse("analysis:roll-back"), {"reason": "worse"})

    first.refresh_from_db()
    assert first.stage == "live"
