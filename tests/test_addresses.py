import pytest

from labelhub.addresses import whole_number


def test_digits_name_a_number():
    assert whole_number("12") == 12


@pytest.mark.parametrize("text", [None, "", "-1", "1.5", "²", "9" * 19, "9" * 5_000])
def test_what_no_key_could_be_names_none(text):
    assert whole_number(text) is None
