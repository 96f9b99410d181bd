import numpy as np
import pytest

from mlcore.artifact.ranking import highest, ranked_of


@pytest.mark.parametrize("width", [20, 21, 319, 320, 321, 337, 4215])
def test_the_highest_of_many_categories_are_found_wherever_they_stand(width):
    values = np.random.default_rng(width).random((40, width), dtype=np.float32)

    found = highest(values, 20)

    expected = np.sort(values, axis=1)[:, -20:]
    assert np.array_equal(np.sort(np.take_along_axis(values, found, axis=1), axis=1), expected)


def test_equal_probabilities_are_ranked_by_index():
    indices, shares = ranked_of(np.array([[0.2, 0.4, 0.4]], dtype=np.float32))

    assert indices.tolist() == [[1, 2, 0]]
    assert shares[0] == pytest.approx([0.4, 0.4, 0.2])
