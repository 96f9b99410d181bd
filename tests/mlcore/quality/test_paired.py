import pytest

from mlcore.quality import paired


def test_mcnemar_equals_the_reference(vectors):
    case = vectors["mcnemar"]

    p = paired.mcnemar_exact(case["b"], case["c"])

    assert p == pytest.approx(case["exact_p"], abs=1e-8)


def test_mcnemar_without_any_difference_is_one():
    assert paired.mcnemar_exact(0, 0) == 1.0


def test_benjamini_hochberg_equals_the_reference(vectors):
    q = paired.benjamini_hochberg(vectors["bh"]["p"])

    assert q == pytest.approx(vectors["bh"]["q"], abs=1e-6)


def test_benjamini_hochberg_keeps_the_order_of_its_input():
    # Sorted .01 .02 .9 -> .03 .03 .9
    assert paired.benjamini_hochberg([0.9, 0.01, 0.02]) == pytest.approx([0.9, 0.03, 0.03])


def test_benjamini_hochberg_of_nothing_is_nothing():
    assert paired.benjamini_hochberg([]).size == 0


def test_benjamini_hochberg_refuses_what_is_no_probability():
    with pytest.raises(ValueError, match="probabilities"):
        paired.benjamini_hochberg([0.2, 1.2])
