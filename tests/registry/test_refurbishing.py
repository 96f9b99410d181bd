from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest
from django.db import IntegrityError, transaction

from labelhub.accounts.models import AuditEntry
from labelhub.registry.models import RefurbishDecision, Run
from labelhub.registry.services import datasets, folders, refurbishing, runs
from mlcore.artifact import refurbished
from mlcore.training.config import TrainingConfig
from tests.factories import NOW, CorpusFactory, ModelVersionFactory, UserFactory
from tests.registry.rows import PAN, SHIRT, make_corpus

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=1)


def make_run(rows, *, name="v1", corpus=None) -> Run:
    """A run with a version whose log holds rows of (product id, given, new, certainty)."""
    run = Run.objects.create(
        version_name=name, corpus=corpus or CorpusFactory(), seed=0, created_at=NOW
    )
    ModelVersionFactory(name=name, origin="trained", run=run, folder=name)
    write_log(name, rows)
    return run


def write_log(name, rows) -> None:
    """Write the log of a version into the data folder."""
    folder = folders.version_folder(name)
    folder.mkdir(parents=True)
    log = [
        {
            "product_id": product,
            "product_name": f"name of {product}",
            "given_path": given,
            "new_path": new,
            "certainty": certainty,
            "training": 3,
            "epoch": 20,
            "history": [new, new, given],
        }
        for product, given, new, certainty in rows
    ]
    refurbished.write(folder, pa.Table.from_pylist(log, refurbished.SCHEMA))


@pytest.fixture
def run():
    return make_run([("a", SHIRT, PAN, 0.96), ("b", SHIRT, PAN, 1.0), ("c", PAN, SHIRT, 0.97)])


def decide(run, product_id, is_accepted, by=None, now=NOW):
    return refurbishing.decide(
        run=run, product_id=product_id, is_accepted=is_accepted, by=by or UserFactory(), now=now
    )


def test_rows_come_surest_first_with_what_the_network_said(run):
    found = refurbishing.rows(run, refurbishing.log_of(run))

    assert [row.product_id for row in found] == ["b", "c", "a"]
    assert found[0].votes == ((PAN, 2), (SHIRT, 1))
    assert found[0].decision is None


def test_a_run_without_a_version_has_refurbished_nothing():
    run = Run.objects.create(version_name="v", corpus=CorpusFactory(), seed=0, created_at=NOW)

    assert refurbishing.log_of(run).num_rows == 0


def test_categories_are_counted_with_what_became_of_their_rows(run):
    decide(run, "a", True)

    found = refurbishing.by_category(run, refurbishing.log_of(run))

    counts = {each.path: (each.rows, each.accepted, each.refused, each.open) for each in found}
    assert counts == {SHIRT: (2, 1, 0, 1), PAN: (1, 0, 0, 1)}


def test_a_decision_says_who_and_when_and_is_in_the_trail(run):
    curator = UserFactory()

    decision = decide(run, "a", True, by=curator)

    assert (decision.given_path, decision.new_path) == (SHIRT, PAN)
    assert (decision.decided_by, decision.decided_at) == (curator, NOW)
    entry = AuditEntry.objects.get(verb="accepted refurbished labels")
    assert entry.details == {"category": SHIRT, "rows": 1, "product_id": "a"}


def test_a_later_word_replaces_an_earlier_one(run):
    decide(run, "a", True)

    decide(run, "a", False, now=LATER)

    [decision] = RefurbishDecision.objects.all()
    assert (decision.is_accepted, decision.decided_at) == (False, LATER)


def test_a_row_that_was_not_refurbished_cannot_be_decided(run):
    with pytest.raises(refurbishing.NotRefurbished, match="has not refurbished that product"):
        decide(run, "x", True)


def test_deciding_a_category_leaves_earlier_decisions_alone(run):
    decide(run, "a", False)

    number = refurbishing.decide_category(
        run=run, path=SHIRT, is_accepted=True, by=UserFactory(), now=LATER
    )

    assert number == 1
    said = dict(RefurbishDecision.objects.values_list("product_id", "is_accepted"))
    assert said == {"a": False, "b": True}


def test_a_category_without_refurbished_rows_is_refused(run):
    with pytest.raises(refurbishing.NotRefurbished, match="anything of that category"):
        refurbishing.decide_category(
            run=run, path="없음", is_accepted=True, by=UserFactory(), now=NOW
        )


def test_the_database_keeps_one_decision_a_run_and_row(run):
    decision = decide(run, "a", True)
    decision.pk = None

    with (
        pytest.raises(IntegrityError, match="one_decision_a_refurbished_row"),
        transaction.atomic(),
    ):
        decision.save(force_insert=True)


def test_the_last_word_of_several_runs_counts(run):
    second = make_run([("a", SHIRT, PAN, 1.0)], name="v2", corpus=run.corpus)
    decide(run, "a", True)
    decide(run, "c", True)
    decide(second, "a", False, now=LATER)

    found = refurbishing.corrections(run.corpus)

    assert found.relabelled == {"c": SHIRT}
    assert found.confirmed == ["a"]


def test_decisions_about_another_corpus_do_not_count(run):
    decide(run, "a", True)

    assert refurbishing.corrections(CorpusFactory()).relabelled == {}


def test_the_next_run_keeps_the_decisions_as_values(run):
    decide(run, "a", True)
    decide(run, "b", False)

    started = runs.start(
        corpus=run.corpus,
        version_name="next",
        rules=[],
        list_version=0,
        config=TrainingConfig(),
        by=None,
        now=LATER,
    )

    assert started.relabelled == {"a": PAN}
    assert started.confirmed == ["b"]


def test_a_dataset_is_frozen_and_built_again_with_accepted_categories(tmp_path):
    corpus = make_corpus(tmp_path)
    product = f"{SHIRT}-남성 셔츠-0"

    dataset = datasets.freeze(
        corpus=corpus, rules=[], list_version=0, relabelled={product: PAN}, now=NOW
    )

    plain = datasets.freeze(corpus=corpus, rules=[], list_version=0, now=NOW)
    assert dataset.fingerprint != plain.fingerprint
    folder = datasets.files(dataset)
    folder.rename(folder.with_name("gone"))
    table = pa.parquet.read_table(datasets.files(dataset) / "manifest.parquet")
    paths = dict(zip(*(table[c].to_pylist() for c in ("product_id", "category_path")), strict=True))
    assert paths[product] == PAN
