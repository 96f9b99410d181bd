from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from labelhub.registry.models import Ladder, Run, Search
from tests.analysis import found
from tests.analysis.found import trial
from tests.factories import CorpusFactory

pytestmark = pytest.mark.django_db


def test_a_search_starts_with_what_the_corpus_has(capsys):
    CorpusFactory(name="shop")

    call_command("search", "--corpus", "shop", "--name", "spring", "--trials", "5")

    search = Search.objects.get()
    assert (search.trials, search.workers, search.config["branches"]) == (5, 1, ["name"])
    assert "tries 5 settings" in capsys.readouterr().out


def test_trials_clean_when_asked():
    CorpusFactory(name="shop")

    call_command(
        "search", "--corpus", "shop", "--name", "s", "--cleaning", "selfie", "--epochs", "2"
    )

    config = Search.objects.get().config
    assert (config["cleaning"], config["epochs"]) == ("selfie", 2)


@pytest.mark.parametrize("command", [("search", "--name", "s"), ("ladder",)])
def test_a_missing_corpus_is_named(command):
    with pytest.raises(CommandError, match="market"):
        call_command(*command, "--corpus", "market")


def test_a_search_without_the_branch_in_its_corpus_is_refused():
    CorpusFactory(name="shop")

    with pytest.raises(CommandError, match="shop"):
        call_command("search", "--corpus", "shop", "--name", "s", "--branches", "name", "image")


def test_a_ladder_starts_without_the_rules(capsys):
    CorpusFactory(name="shop")

    call_command("ladder", "--corpus", "shop", "--learn", "500", "--no-rules")

    ladder = Ladder.objects.get()
    assert (ladder.learnt, ladder.list_version, ladder.job.kind) == (500, 0, "ladder")
    assert "climbed on shop" in capsys.readouterr().out


def test_a_training_takes_the_settings_of_a_search():
    search = found.search(trial(0, 0.5, hidden_size=64))

    call_command("train", "--settings-of", search.name, "--name", "v1")

    assert Run.objects.get().config["hidden_size"] == 64


def test_a_search_that_nobody_made_has_no_settings():
    with pytest.raises(CommandError, match="autumn"):
        call_command("train", "--settings-of", "autumn", "--name", "v1")


def test_a_training_takes_a_corpus_or_a_search():
    with pytest.raises(CommandError, match="--settings-of"):
        call_command("train", "--name", "v1")
