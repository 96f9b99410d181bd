"""Ask for a search of settings: the row holds everything that the result depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.errors import DomainError
from labelhub.jobs.services import jobs
from labelhub.registry.models import Corpus, Run, Search
from labelhub.registry.services import corpora, folders, refurbishing, runs
from mlcore.corpus.plan import UNBALANCED, CurationPlan
from mlcore.exclusion import ExclusionRule
from mlcore.training.config import WORDS, TrainingConfig

MOST_TRIALS = 500
MOST_WORKERS = 16


class NothingFound(DomainError):
    """No trial of the search has finished yet."""


@transaction.atomic
def start(
    *,
    corpus: Corpus,
    name: str,
    rules: Sequence[ExclusionRule],
    list_version: int,
    plan: CurationPlan = UNBALANCED,
    config: TrainingConfig,
    trials: int,
    workers: int,
    by: User | None,
    now: datetime,
) -> Search:
    """
    Write the search and ask the ml workers to carry it out.

    Args:
        rules, list_version, plan: as of a run.
        config: the settings that the first trial takes; names are read as words, because what
            is searched are the sizes of that network.
        trials: finished ones and those that were ended early, in all.
        workers: how many may try at once.

    Raises:
        folders.BadName, folders.NameInUse: choose another name for the search.
        runs.Lacking: the corpus has nothing for a branch that the settings want.
    """
    checked = folders.check_name(name)
    if missing := set(config.branches) - set(corpora.branches(corpus)):
        raise runs.lacking(corpus, missing)
    search = _record(
        checked,
        corpus,
        rules=[rule.as_record() for rule in rules],
        list_version=list_version,
        plan=plan.as_record(),
        config=replace(config, name_reads=WORDS).as_record(),
        trials=trials,
        workers=workers,
        created_by=by,
        created_at=now,
    )
    search.job = jobs.enqueue("search", by=by, key=search.name, search_id=search.pk)
    search.save(update_fields=["job"])
    details = {"name": search.name, "corpus": corpus.name, "trials": trials, "workers": workers}
    audit.record(by=by, verb="started a search", target=search, details=details, now=now)
    return search


@transaction.atomic
def train_best(*, search: Search, version_name: str, by: User | None, now: datetime) -> Run:
    """
    Start a run on the rows of the search with the best settings that it has found so far.

    Raises:
        NothingFound: no trial has finished.
        folders.BadName, folders.NameInUse: choose another name for the version.
    """
    return runs.start(
        corpus=search.corpus,
        version_name=version_name,
        rules=[ExclusionRule.from_record(record) for record in search.rules],
        list_version=search.list_version,
        plan=CurationPlan.from_record(search.plan),
        config=best_config(search),
        by=by,
        now=now,
    )


def best_config(search: Search) -> TrainingConfig:
    """
    Return the settings of the best trial, with those that the search left alone.

    Raises:
        NothingFound: no trial has finished.
    """
    best: dict[str, Any] | None = search.found.get("best")
    if best is None:
        raise NothingFound(_("No trial has finished yet; wait for the first one."))
    return TrainingConfig.from_record({**search.config, **best["settings"]})


def _record(name: str, corpus: Corpus, **values: Any) -> Search:
    decided = refurbishing.corrections(corpus)
    try:
        with transaction.atomic():
            return Search.objects.create(
                name=name,
                corpus=corpus,
                relabelled=decided.relabelled,
                confirmed=decided.confirmed,
                **values,
            )
    except IntegrityError:
        raise folders.NameInUse(
            _("There is a search named %(name)s already; choose another name.") % {"name": name}
        ) from None
