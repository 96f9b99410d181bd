"""A walk through the demo market without a worker, up to predictions that stand for a training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from analysis.services import demo, demo_logins
from analysis.services.demo_walk import Walk
from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample
from labelhub.registry.models import ModelVersion
from tests.factories import NOW, ModelVersionFactory, PredictionFactory

SAMPLES, ROWS = 40, 60


class FakeJob:
    """A job without a worker: it remembers the stages it was told."""

    job_id = 0

    def __init__(self) -> None:
        self.stages: list[str] = []

    def report(self, stage: str = "", done: int = 0, total: int = 0) -> None:
        self.stages.append(stage)

    def is_cancelled(self) -> bool:
        return False

    def check(self) -> None:
        """Nobody cancels."""

    @contextmanager
    def writing(self) -> Iterator[None]:
        with transaction.atomic():
            yield


@contextmanager
def walking(samples: int, rows: int) -> Iterator[Walk]:
    """Make the logins and the files of a market, for as long as the walk takes."""
    demo_logins.logins(now=NOW)
    with demo._market(samples, rows) as files:
        yield Walk(FakeJob(), User.objects.get(username="curator"), files, samples)


def take(walk: Walk, *steps) -> None:
    for step in steps:
        step(walk)


def predicted(walk: Walk, **values) -> ModelVersion:
    """Return a version that says the same of every sample."""
    version = ModelVersionFactory(**values)
    category = Category.objects.get(path="출산/육아>유아동의류>재킷")
    for sample in Sample.objects.order_by("pk"):
        PredictionFactory(version=version, sample=sample, category=category)
    return version


@pytest.fixture
def walk(db) -> Iterator[Walk]:
    with walking(SAMPLES, ROWS) as walk:
        yield walk
