"""What the live version is least sure of comes first in assisted rounds."""

import pytest

from labelhub.catalog.models import Sample
from labelhub.jobs.models import Job
from labelhub.labelling.models import Round
from labelhub.labelling.services import claims, rounds
from labelhub.registry.models import ModelVersion, Run
from labelhub.registry.services import priorities
from tests.factories import (
    NOW,
    AssignmentFactory,
    CorpusFactory,
    ModelVersionFactory,
    PredictionFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    run = Run.objects.create(version_name="v1", corpus=CorpusFactory(), seed=0, created_at=NOW)
    return ModelVersionFactory(
        name="v1", origin="trained", run=run, folder="v1", stage="live", promoted_at=NOW
    )


def predicted(version: ModelVersion, *probabilities: float) -> list[int]:
    """Return samples whose first category has these probabilities."""
    made = [
        PredictionFactory(version=version, probability=share, probabilities=[share], rest=1 - share)
        for share in probabilities
    ]
    return [prediction.sample_id for prediction in made]


def served(round: Round) -> list[int]:
    """Return the samples in the order in which one person gets them."""
    claimed = claims.claim(round=round, annotator=UserFactory(), now=NOW, count=9)
    samples = dict(round.assignments.values_list("pk", "sample"))
    return [samples[each.id] for each in claimed]


def test_the_least_sure_sample_comes_first(version):
    sure, unsure, fair = predicted(version, 0.9, 0.2, 0.5)
    round = RoundFactory(is_blind=False)
    for sample in (sure, unsure, fair):
        AssignmentFactory(round=round, sample_id=sample)

    assert priorities.write(version=version) == 3

    assert served(round) == [unsure, fair, sure]


def test_a_round_that_is_drawn_later_has_the_same_order(version):
    sure, unsure = predicted(version, 0.9, 0.2)
    priorities.write(version=version)

    round = rounds.create(
        name="later",
        samples=Sample.objects.all(),
        terms=rounds.Terms(is_blind=False),
        seed=1,
        by=None,
        now=NOW,
    )

    assert served(round) == [unsure, sure]


def test_a_blind_round_keeps_its_random_order(version):
    sure, unsure = predicted(version, 0.9, 0.2)
    round = RoundFactory()
    for sample in (sure, unsure):
        AssignmentFactory(round=round, sample_id=sample)

    priorities.write(version=version)

    assert served(round) == [sure, unsure]
    assert set(round.assignments.values_list("turn", flat=True)) == {0}


def test_what_somebody_holds_stays_where_it_is(version):
    [unsure] = predicted(version, 0.2)
    held = AssignmentFactory(
        round=RoundFactory(is_blind=False),
        sample_id=unsure,
        annotator=UserFactory(),
        lease_expires_at=NOW,
    )

    priorities.write(version=version)

    held.refresh_from_db()
    assert held.turn == 0


def test_samples_that_the_version_did_not_predict_keep_their_priority(version):
    other = SampleFactory(priority=0.7)
    predicted(version, 0.5)

    priorities.write(version=version)

    other.refresh_from_db()
    assert other.priority == 0.7


def test_more_than_a_batch_is_written_whole(version, monkeypatch):
    monkeypatch.setattr(priorities, "BATCH", 2)
    samples = predicted(version, 0.9, 0.8, 0.7, 0.6, 0.5)

    assert priorities.write(version=version) == 5

    found = Sample.objects.filter(pk__in=samples).order_by("pk")
    shown = [round(sample.priority, 6) for sample in found]
    assert shown == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_a_version_that_is_not_live_orders_nothing():
    version = ModelVersionFactory()
    [unsure] = predicted(version, 0.2)

    priorities.follow(version)

    assert priorities.write(version=version) == 0
    assert Sample.objects.get(pk=unsure).priority == 0
    assert not Job.objects.filter(kind="prioritise").exists()


def test_new_predictions_of_the_live_version_are_followed(version):
    priorities.follow(version)

    assert Job.objects.get(kind="prioritise").params == {"version_id": version.pk}
