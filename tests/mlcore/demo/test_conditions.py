import pytest

from mlcore.demo.conditions import Conditions
from mlcore.progress import BadInput


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("noise", 1.1),
        ("misleading", -0.1),
        ("imbalance", 0.5),
        ("half_life", 0.0),
        ("abuse", -1.0),
        ("seed", -1),
    ],
)
def test_a_condition_out_of_its_range_is_refused(name, value):
    with pytest.raises(BadInput, match=name):
        Conditions(**{name: value})
