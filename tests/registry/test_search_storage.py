from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from optuna.storages import RDBStorage

from mlcore.training import search_storage
from tests.mlcore.training.test_search import run

# Optuna writes through connections of its own, which see no row of an open test.
pytestmark = pytest.mark.django_db(transaction=True)


def address() -> str:
    at = connection.settings_dict
    password = f":{at['PASSWORD']}" if at["PASSWORD"] else ""
    return f"postgres://{at['USER']}{password}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


@pytest.fixture
def storages() -> Iterator[list[RDBStorage]]:
    """Storages of two workers on the database of the test; the schema is gone afterwards."""
    opened = [search_storage.in_postgresql(address()) for _worker in range(2)]
    yield opened
    for storage in opened:
        storage.engine.dispose()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA optuna CASCADE")


def test_two_workers_share_one_search(storages):
    first, second = storages
    run(first, n_trials=2)

    found = run(second, n_trials=3)

    assert [trial.state for trial in found.trials] == ["complete"] * 3


def test_the_tables_of_trials_are_not_among_ours(storages):
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname FROM pg_tables WHERE tablename IN ('trials', 'studies')")
        schemas = {schema for (schema,) in cursor.fetchall()}

    assert schemas == {"optuna"}
