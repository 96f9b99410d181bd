from itertools import pairwise

import pytest

from labelhub.labelling.models import Round
from labelhub.labelling.services.sealing import opened, sealed

PLAIN, CHECKED = Round(check_share=0), Round(check_share=0.1)


@pytest.mark.parametrize("pk", [1, 2, 120_000, 2**24, 2**48 - 1])
def test_what_is_sealed_can_be_opened(pk):
    assert opened(sealed(pk, CHECKED)) == pk


def test_a_round_without_checks_seals_nothing():
    assert sealed(7, PLAIN) == 7
    assert opened(7) == 7


def test_sealed_numbers_tell_nothing_of_the_order():
    numbers = [sealed(pk, CHECKED) for pk in range(1, 201)]

    assert len(set(numbers)) == 200
    rising = sum(first < second for first, second in pairwise(numbers))
    assert 70 < rising < 130


def test_sealed_numbers_fit_a_number_of_javascript():
    assert all(sealed(pk, CHECKED) < 2**53 for pk in (1, 2**24, 2**48 - 1))


def test_numbers_out_of_range_are_nobodys():
    assert opened(2**63 - 1) == 2**63 - 1


def test_another_installation_seals_otherwise(settings):
    here = sealed(1, CHECKED)
    settings.SECRET_KEY = "of another installation"

    assert sealed(1, CHECKED) != here
