from io import StringIO

import pytest
from django.core.management import call_command

from labelhub.jobs.services import carrying, jobs
from labelhub.labelling.models import Consensus, HiddenCheck
from tests.factories import (
    AnnotationFactory,
    CategoryFactory,
    HiddenCheckFactory,
    JudgementFactory,
    ReviewDrawFactory,
    RoundFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db


def test_the_nightly_job_settles_both_sources():
    AnnotationFactory()
    AnnotationFactory(round=RoundFactory(source="given"))
    job = jobs.enqueue("settle_consensus", by=None)

    carrying.carry_out(job.pk)

    job.refresh_from_db()
    assert job.state == "done", job.error
    assert set(Consensus.objects.values_list("source", "state")) == {
        ("people", "settled"),
        ("given", "settled"),
    }


def test_the_job_of_a_closed_round_settles_its_source():
    AnnotationFactory()
    AnnotationFactory(round=RoundFactory(source="given"))
    job = jobs.enqueue("settle_consensus", by=None, source="given")

    carrying.carry_out(job.pk)

    assert Consensus.objects.get().source == "given"


def test_the_command_says_how_many_samples_it_settled():
    AnnotationFactory()
    said = StringIO()

    call_command("settle_consensus", stdout=said)

    assert said.getvalue() == "people: 1 samples\ngiven: 0 samples\n"


def test_the_command_settles_by_majority_when_asked():
    sample, round, bag = SampleFactory(), RoundFactory(), CategoryFactory()
    for category in (bag, bag, CategoryFactory()):
        AnnotationFactory(sample=sample, round=round, category=category)

    call_command("settle_consensus", "--majority", "--source", "people", stdout=StringIO())

    assert Consensus.objects.get().method == "majority"


def test_each_night_checks_are_made_and_worn_ones_retired():
    worn = HiddenCheckFactory(showings=5)
    JudgementFactory.create_batch(2, sample=ReviewDrawFactory().sample, category=CategoryFactory())
    job = jobs.enqueue("renew_checks", by=None)

    carrying.carry_out(job.pk)

    job.refresh_from_db()
    assert job.state == "done", job.error
    assert HiddenCheck.objects.get(retired_at=None) != worn
