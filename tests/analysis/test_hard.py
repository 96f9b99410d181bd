"""Samples without a label, printed beside the total of a category."""

from __future__ import annotations

import pytest

from analysis.services.comparison import COLUMNS, compare, worse_than_labels
from analysis.services.hard import Hard, hard_samples
from analysis.services.verdicts import Axis, Scope
from labelhub.labelling.models import Consensus, Source
from tests.analysis.test_ties import answered
from tests.analysis.test_verdicts import labelled
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    ModelVersionFactory,
    PredictionFactory,
    RoundFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return ModelVersionFactory()


def scope(version, **values) -> Scope:
    return Scope(version=version, source=Source.PEOPLE, **values)


def by_path(version, **values) -> dict[str, Hard]:
    found = hard_samples(scope(version, **values)).by_category
    paths = {CategoryFactory(path=path).pk: path for path in ("a", "a>x", "a>y", "b")}
    return {paths[pk]: hard for pk, hard in found.items()}


def test_a_tie_counts_for_each_of_its_categories_and_once_in_the_sum(version):
    answered("a>x", "b")

    assert by_path(version) == {"a>x": Hard(1, 0), "b": Hard(1, 0)}
    assert hard_samples(scope(version)).total == Hard(1, 0)


def test_an_undecidable_sample_counts_for_what_its_answers_name_most(version):
    answered(None, None, None, "b")

    assert Consensus.objects.get().state == "undecidable"
    assert by_path(version) == {"b": Hard(0, 1)}


def test_where_nobody_names_a_category_a_sample_is_in_the_sum_only(version):
    answered(None, None)

    assert by_path(version) == {}
    assert hard_samples(scope(version)).total == Hard(0, 1)


def test_a_sample_that_waits_for_answers_counts_for_what_it_is_called_so_far(version):
    round = RoundFactory()
    sample = answered("b")
    AssignmentFactory(sample=sample, round=round)
    Consensus.objects.update(state="provisional")

    assert by_path(version) == {"b": Hard(1, 0)}


def test_categories_are_cut_before_they_are_counted(version):
    answered("a>x", "a>y")

    assert by_path(version, level=1) == {"a": Hard(1, 0)}


def test_only_samples_of_the_subtree_are_counted(version):
    answered("a>x", "a>y")
    answered("b", None)

    found = hard_samples(scope(version, under=CategoryFactory(path="a")))

    assert found.total == Hard(1, 0)


def test_with_rows_by_prediction_a_sample_counts_for_what_is_predicted(version):
    sample = answered("a>x", "b")
    PredictionFactory(version=version, sample=sample, category=CategoryFactory(path="a>y"))
    answered("a>x", "b")  # not predicted

    found = hard_samples(scope(version, axis=Axis.PREDICTED))

    assert by_path(version, axis=Axis.PREDICTED) == {"a>y": Hard(1, 0)}
    assert found.total == Hard(2, 0)


def test_the_comparison_prints_them_beside_the_total(version):
    labelled(version, "b", "b")
    answered("a>x", "b")

    table = compare(scope(version), now=NOW)

    rows = {row.category_path: (row.total, row.without_consensus) for row in table.rows}
    assert rows == {"a>x": (0, 1), "b": (1, 1)}
    assert table.totals.without_consensus == table.left_out.tied == 1


def test_a_category_of_hard_samples_only_has_no_shares(version):
    labelled(version, "b", "b")
    answered("a>x", "a>y")

    [row] = [row for row in compare(scope(version), now=NOW).rows if row.category_path == "a>x"]

    assert (row.error_before, row.error_after, row.error_after_unreviewed_high) == (None,) * 3


def test_programs_read_only_categories_with_a_total(version):
    labelled(version, "b", "b")
    answered("a>x", "a>y")

    record = compare(scope(version), now=NOW).as_record()

    [row] = record["rows"]
    assert (row["category_path"], tuple(row)) == ("b", COLUMNS)


def test_categories_without_a_total_take_no_part_in_the_tests(version):
    for _ in range(6):  # p = 2 · 0.5⁶ = 0.031; with two tests q would be 0.063
        labelled(version, "b", "x", {"b": True, "x": False})
    answered("a>x", "a>y")

    rows = compare(scope(version), now=NOW).rows

    assert [row.category_path for row in worse_than_labels(rows)] == ["b"]
