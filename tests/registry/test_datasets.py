from __future__ import annotations

import shutil

import pytest

from labelhub.registry.models import Dataset
from labelhub.registry.services import datasets, folders
from mlcore.corpus import curation
from mlcore.corpus.fingerprint import FIRST, fingerprint
from mlcore.corpus.plan import CurationPlan
from mlcore.exclusion import ExclusionRule
from tests.factories import NOW
from tests.registry.rows import SHIRT, make_corpus

pytestmark = pytest.mark.django_db

WOMEN = ExclusionRule(keyword="여성", categories=frozenset({SHIRT}), id="1")


@pytest.fixture
def corpus(tmp_path):
    return make_corpus(tmp_path)


def freeze(corpus, rules=(WOMEN,)) -> Dataset:
    return datasets.freeze(corpus=corpus, rules=rules, list_version=1, now=NOW)


def test_a_dataset_is_the_corpus_without_excluded_rows(corpus):
    dataset = freeze(corpus)

    frozen = curation.read_dataset(datasets.files(dataset))
    assert dataset.rows == frozen.table.num_rows == 9
    assert "여성 셔츠" not in frozen.table["product_name"].to_pylist()


def test_a_dataset_records_its_rules_and_what_each_step_did(corpus):
    dataset = freeze(corpus)

    assert dataset.rules == [WOMEN.as_record()]
    assert dataset.counts["hits"] == [1]
    steps = [(step["rows_before"], step["rows_after"]) for step in dataset.counts["steps"]]
    assert steps == [(10, 9), (9, 9)]


def test_the_same_content_is_the_same_dataset(corpus):
    assert freeze(corpus) == freeze(corpus)


def test_without_rules_every_row_stays(corpus):
    assert freeze(corpus, rules=()).rows == 10


def test_a_lost_folder_is_built_again_from_the_record(corpus):
    dataset = freeze(corpus)
    shutil.rmtree(folders.dataset_folder(dataset.fingerprint))

    folder = datasets.files(dataset)

    assert curation.read_dataset(folder).fingerprint == dataset.fingerprint


def test_a_dataset_of_a_changed_corpus_is_not_built_again(tmp_path, corpus):
    dataset = freeze(corpus)
    shutil.rmtree(folders.dataset_folder(dataset.fingerprint))
    other = make_corpus(tmp_path, name="other", copies=2)
    shutil.rmtree(folders.corpus_folder("shop"))
    folders.corpus_folder(other.name).rename(folders.corpus_folder("shop"))

    with pytest.raises(datasets.NotTheSame, match="shop"):
        datasets.files(dataset)


def test_a_balanced_dataset_keeps_its_plan_and_each_category_s_rows(corpus):
    dataset = datasets.freeze(
        corpus=corpus, rules=(), list_version=0, plan=CurationPlan(m=0.1), now=NOW
    )

    counted = datasets.categories(dataset)
    assert dataset.plan == {"m": 0.1, "by_month": False}
    assert counted is not None
    titles, rows = counted
    assert titles == ["corpus", "after_exclude", "after_wordless", "after_balance"]
    assert dataset.rows == len(rows)  # m is so small that one row a category is left
    assert sum(one.rows[0] for one in rows) == 10


def test_a_lost_folder_is_built_again_as_it_was_balanced(corpus):
    plan = CurationPlan(m=1.5, by_month=True)
    dataset = datasets.freeze(corpus=corpus, rules=(), list_version=0, plan=plan, now=NOW)
    shutil.rmtree(folders.dataset_folder(dataset.fingerprint))

    folder = datasets.files(dataset)

    assert curation.read_dataset(folder).fingerprint == dataset.fingerprint
    assert curation.read_dataset(folder).plan == plan


def test_a_lost_folder_of_before_malls_were_covered_is_built_again(corpus):
    dataset = freeze(corpus)
    whole = curation.read_dataset(datasets.files(dataset)).table
    shutil.rmtree(folders.dataset_folder(dataset.fingerprint))
    dataset.fingerprint = fingerprint(whole, FIRST)

    folder = datasets.files(dataset)

    assert curation.read_dataset(folder).covered == FIRST
