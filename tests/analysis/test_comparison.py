"""The rows of the comparison, what is left out of them, and up to when they know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analysis.services.comparison import COLUMNS, compare
from analysis.services.verdicts import Axis, Scope
from labelhub.catalog.models import Category
from labelhub.labelling.models import Source
from tests.analysis.test_verdicts import labelled
from tests.factories import (
    NOW,
    CategoryFactory,
    ConsensusFactory,
    JudgementFactory,
    ModelVersionFactory,
    PredictionFactory,
)

pytestmark = pytest.mark.django_db


def table(version, **scope):
    return compare(Scope(version=version, source=Source.PEOPLE, **scope), now=NOW)


def test_rows_count_samples_for_their_human_label():
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>c")
    labelled(version, "a>b", "a>b")

    [row] = table(version).rows

    assert (row.category_path, row.same, row.unreviewed, row.total) == ("a>b", 1, 1, 2)


def test_rows_count_samples_for_their_predicted_category_on_that_axis():
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>c")
    labelled(version, "a>b", "a>b")

    rows = table(version, axis=Axis.PREDICTED).rows

    assert [(row.category_path, row.total) for row in rows] == [("a>b", 1), ("a>c", 1)]


def test_what_nobody_decided_counts_as_the_models_error():
    version = ModelVersionFactory()
    for _ in range(2):
        labelled(version, "a>b", "a>b")
    labelled(version, "a>b", "a>c", {"a>b": True, "a>c": True})
    labelled(version, "a>b", "a>c")

    [row] = table(version).rows

    assert row.error_before == 0.5  # 1 - 2/4
    assert row.error_after == 0.25  # 1 - (2 + 0 + 1)/4
    assert (row.error_after_unreviewed_low, row.error_after_unreviewed_high) == (0, 0.25)


def test_shares_carry_their_wilson_interval():
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>b")

    [row] = table(version).rows

    # z²/(n + z²) with n = 1 and z = 1.95996: the high end of 0 of 1
    assert (row.error_after_low, round(row.error_after_high, 4)) == (0, 0.7935)


def test_an_empty_table_has_no_shares():
    totals = table(ModelVersionFactory()).totals

    assert totals.total == 0
    assert totals.error_before is None
    assert totals.error_after_high is None


def test_only_settled_labels_with_a_prediction_are_in_the_table():
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>b")
    for state in ("tied", "undecidable"):
        ConsensusFactory(state=state, category=None)
    ConsensusFactory(state="provisional")
    ConsensusFactory()

    comparison = table(version)

    assert comparison.totals.total == 1
    left = comparison.left_out
    assert (left.tied, left.undecidable, left.provisional, left.unpredicted) == (1, 1, 1, 1)


def test_a_subtree_leaves_out_what_the_whole_tree_leaves_out():
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>b")
    labelled(version, "x>y", "x>y")

    left = table(version, under=CategoryFactory(path="a")).left_out

    assert left.total == 0


def test_given_categories_and_peoples_labels_are_never_mixed():
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>b")

    comparison = compare(Scope(version=version, source=Source.GIVEN), now=NOW)

    assert comparison.totals.total == 0


def test_predictions_of_other_versions_do_not_count():
    version = ModelVersionFactory()
    sample = labelled(version, "a>b", "a>b")
    PredictionFactory(sample=sample, category=CategoryFactory(path="a>c"))

    assert table(version).totals.total == 1


def test_the_table_says_up_to_when_it_knows():
    version = ModelVersionFactory()
    sample = labelled(version, "a>b", "a>c")
    JudgementFactory(sample=sample, judged_at=NOW + timedelta(hours=1))

    as_of = table(version).as_of

    assert (as_of.labels_at, as_of.predictions_at) == (NOW, NOW)
    assert as_of.judgements_at == NOW + timedelta(hours=1)


def test_an_export_has_the_columns_of_the_talk_and_their_intervals():
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>b")
    Category.objects.filter(path="a>b").update(code="50000418")

    [row] = table(version).as_record()["rows"]

    assert tuple(row) == COLUMNS
    assert (row["category_id"], row["category_path"], row["same"]) == ("50000418", "a>b", 1)


def test_the_table_takes_a_fixed_number_of_queries(django_assert_num_queries):
    version = ModelVersionFactory()
    for name in "bcd":
        labelled(version, f"a>{name}", "a>b")

    with django_assert_num_queries(3):  # the aggregate, the last judgement, what is left out
        table(version)
