"""Statements that a connection plans once."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import DataError

from labelhub.labelling.services import prepared

pytestmark = pytest.mark.django_db
SUM = "SELECT %(first)s + %(second)s + %(first)s"
TYPES = {"first": "int", "second": "int", "unused": "text"}


def ask(statement: str = SUM, **params: int) -> object:
    with connection.cursor() as cursor:
        prepared.execute(cursor, statement, TYPES, params)
        return cursor.fetchone()[0]


def test_parameters_are_given_by_name_and_may_come_twice():
    assert ask(first=1, second=10) == 12


def test_a_connection_prepares_a_statement_once(django_assert_num_queries):
    ask(first=1, second=2)

    with django_assert_num_queries(1):
        ask(first=3, second=4)


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_prepares_it_anew():
    ask(first=1, second=2)
    connection.close()

    assert ask(first=3, second=4) == 10


def test_a_statement_survives_the_transaction_that_failed_on_it():
    division = "SELECT 6 / %(first)s"
    with pytest.raises(DataError), transaction.atomic():
        ask(division, first=0)

    assert ask(division, first=2) == 3


def test_a_connection_keeps_no_more_than_it_may(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(prepared, "MOST_KEPT", 0)
    statement = "SELECT %(first)s * 7"

    with django_assert_num_queries(1):
        assert ask(statement, first=3) == 21
