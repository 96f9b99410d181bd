import pytest

from mlcore.quality.confusion import Verdict, VerdictCounts, verdict
from mlcore.quality.intervals import wilson

CELLS = ["same", "human", "model", "both", "neither"]


def test_error_after_equals_the_five_printed_rows(vectors):
    for row in vectors["seed_table"]:
        counts = VerdictCounts(**{cell: row[cell] for cell in CELLS})

        assert counts.total == row["total"]
        assert round(100 * counts.error_after, 1) == row["printed"]
        assert round(100 * counts.error_before, 2) == row["error_before"]
        assert round(100 * (1 - counts.human_error), 2) == row["human_acc"]
        interval = wilson(round(counts.error_after * counts.total), counts.total)
        assert [round(100 * end, 2) for end in interval] == row["wilson"]


def test_undecided_samples_count_as_the_models_error():
    counts = VerdictCounts(same=4, human=1, model=1, both=1, neither=1, unreviewed=2)

    assert counts.error_before == 0.6
    assert counts.error_after == pytest.approx(0.4)
    assert counts.unreviewed_bounds == pytest.approx((0.2, 0.4))


def test_open_reviews_are_spread_like_the_reviewed_ones():
    # Reviewed: 3 of 4 wrong; 2 open ones expect 1.5 more of 10.
    counts = VerdictCounts(same=4, human=2, neither=1, model=1, unreviewed=2)

    assert counts.error_after_spread == pytest.approx(0.45)


def test_open_reviews_cannot_be_spread_before_the_first_review():
    assert VerdictCounts(same=1, unreviewed=1).error_after_spread is None


def test_shares_of_no_samples_are_none():
    counts = VerdictCounts()

    assert counts.error_before is None
    assert counts.error_after is None
    assert counts.unreviewed_bounds is None
    assert counts.error_after_spread is None


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        VerdictCounts(same=-1)


@pytest.mark.parametrize(
    ("human_acceptable", "predicted_acceptable", "expected"),
    [
        (True, True, Verdict.BOTH),
        (True, False, Verdict.HUMAN),
        (False, True, Verdict.MODEL),
        (False, False, Verdict.NEITHER),
        (None, True, Verdict.UNREVIEWED),
        (True, None, Verdict.UNREVIEWED),
    ],
)
def test_verdict_follows_from_the_two_judgements(human_acceptable, predicted_acceptable, expected):
    assert (
        verdict(
            "코트",
            "재킷",
            human_acceptable=human_acceptable,
            predicted_acceptable=predicted_acceptable,
        )
        is expected
    )


def test_equal_categories_are_the_same_whatever_was_judged():
    found = verdict("코트", "코트", human_acceptable=False, predicted_acceptable=False)

    assert found is Verdict.SAME
