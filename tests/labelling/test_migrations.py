"""What happens to the rows of an installation that is updated."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.factories import NOW

BEFORE = [("labelling", "0002_what_a_round_holds")]
AFTER = [("labelling", "0003_guidelines_are_documents")]


def migrate(target):
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return executor.loader.project_state(target).apps


@pytest.fixture
def newest_afterwards(transactional_db):
    """The database is left as the other tests want it."""
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_texts_of_rounds_become_guidelines_and_equal_texts_share_one(newest_afterwards):
    rounds = migrate(BEFORE).get_model("labelling", "Round").objects
    for name, text in [("a", "Follow the size."), ("b", "Follow the size.\n"), ("c", "")]:
        rounds.create(name=name, guideline=text, seed=1, created_at=NOW)

    apps = migrate(AFTER)

    rounds = apps.get_model("labelling", "Round").objects.order_by("name")
    first, second, third = [round.guideline for round in rounds]
    assert first == second
    assert first.name == "a"
    assert first.versions.get().text == "Follow the size."
    assert third is None


def test_going_back_gives_rounds_the_newest_text(newest_afterwards):
    apps = migrate(AFTER)
    guideline = apps.get_model("labelling", "Guideline").objects.create(name="a", created_at=NOW)
    for number, text in [(1, "old"), (2, "new")]:
        guideline.versions.create(number=number, text=text, created_at=NOW)
    apps.get_model("labelling", "Round").objects.create(
        name="a", guideline=guideline, seed=1, created_at=NOW
    )

    apps = migrate(BEFORE)

    assert apps.get_model("labelling", "Round").objects.get().guideline == "new"
